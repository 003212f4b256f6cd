/**
 * Tells stories: makes a patient, a visit, an order and a dispense that fit together, except where a story says otherwise,
 * and keeps the books. Every story goes through `care`, so that what is not said is always the eligible case.
 */
import { addDays, daysBetween, participates } from '../../model/calendar.ts';
import { drugsOf, type SimDrug } from './drugs.ts';
import { at, quantityText, type Outcome, type SimDispense, type SimOrder, type SimVisit } from './events.ts';
import { entityOf, type SimPharmacy, type SimPlan, type SimTenant } from './organisation.ts';
import { staffOf, type Medical, type People, type SimPatient, type SimPrescriber } from './people.ts';
import type { Random } from './random.ts';

/** Days after the date of service during which a missing patient or visit may still come (policy `waitDays`). */
const WAIT_DAYS = 14;

/** Numbers of visits, orders and prescriptions; never the same twice. */
export interface Numbering {
  visit(): string;
  order(): string;
  rx(): string;
}

/** What a story says; the rest is chosen. */
export interface Scene {
  story: string;
  /** Parent 340B ID at whose site the visit is. */
  entity: string;
  /** The outcome once the waiting window is over; `INELIGIBLE_LATER` and `HELD` are PENDING while it is open. */
  outcome: Outcome | 'INELIGIBLE_LATER';
  dateOfService: string;
  pharmacy?: SimPharmacy;
  drug?: SimDrug;
  patient?: SimPatient;
  /** PV1-3.1; default a site of the entity. */
  location?: string;
  patientClass?: string;
  /** Days from the visit to the fill; default 0-3. */
  lead?: number;
  /** Days from the visit to the written date; default 0. */
  writtenAfter?: number;
  /** NAMED: the order names the visit; UNNAMED: it does not; NONE: no order. */
  order?: 'NAMED' | 'UNNAMED' | 'NONE';
  /** False: the patient never comes to the EHR. */
  seen?: boolean;
  prescriber?: SimPrescriber;
  /** Prescriber id on the claim; default the prescriber's NPI. */
  prescriberId?: string | null;
  plan?: SimPlan | null;
  fill?: number;
  ndcText?: string;
  units?: number;
  withIdentifier?: boolean;
}

/** What came of a scene. */
export interface Told {
  patient: SimPatient;
  visit: SimVisit | null;
  order: SimOrder | null;
  dispense: SimDispense;
}

const ORDINARY_CLASSES = ['O', 'O', 'O', 'O', 'O', 'O', 'R', 'E', 'E', 'OBS'];

/** Books of one tenant's events. */
export class Teller {
  readonly visits: SimVisit[] = [];
  readonly orders: SimOrder[] = [];
  readonly dispenses: SimDispense[] = [];
  private readonly returning = new Map<string, SimPatient[]>();

  constructor(
    readonly tenant: SimTenant,
    readonly medical: Medical,
    readonly people: People,
    readonly random: Random,
    readonly numbers: Numbering,
    readonly today: string,
    /** Days of history. */
    readonly days: number,
  ) {}

  /** A date of service; `old` = the waiting window is over today. Always before today. */
  day(old: boolean): string {
    return addDays(this.today, -this.random.int(old ? WAIT_DAYS + 2 : 1, this.days - 1));
  }

  /** A pharmacy with an arrangement of the entity in force on the day. */
  pharmacyOf(entity: string, day: string, needsPatient = false): SimPharmacy {
    return this.random.pick(
      this.tenant.pharmacies.filter(
        (pharmacy) =>
          (pharmacy.sendsPatient || !needsPatient) &&
          pharmacy.arrangements.some((row) => row.entity === entity && participates(day, row.begin, row.termination)),
      ),
    );
  }

  pharmacy(ncpdp: string): SimPharmacy {
    const found = this.tenant.pharmacies.find((one) => one.ncpdp === ncpdp);
    if (found === undefined) throw new RangeError(`no pharmacy ${ncpdp}`);
    return found;
  }

  plan(bin: string): SimPlan {
    return this.random.pick(this.tenant.plans.filter((plan) => plan.bin === bin));
  }

  /** A plan that has nothing to do with Medicaid; cash only where claims do not go through a switch. */
  ordinaryPlan(pharmacy: SimPharmacy): SimPlan | null {
    if (pharmacy.feed.includes('-rx-') && this.random.chance(0.1)) return null;
    return this.random.pick(
      this.tenant.plans.filter(({ type, listed }) => listed && (type === 'COMMERCIAL' || type === 'MEDICARE_D')),
    );
  }

  /** A new patient or one who was at this entity before. */
  somebody(entity: string): SimPatient {
    const known = this.returning.get(entity) ?? [];
    if (known.length > 20 && this.random.chance(0.3)) return this.random.pick(known);
    const patient = this.people.patient();
    this.returning.set(entity, [...known.slice(-400), patient]);
    return patient;
  }

  /** A visit with the message that opens it. */
  visit(patient: SimPatient, entity: string, day: string, change: Partial<SimVisit> = {}): SimVisit {
    const sites = entityOf(this.tenant, entity).sites.filter(
      (site) => site.location !== '4WEST' && participates(day, site.start, site.termination),
    );
    const start = at(day, this.random.int(7 * 60, 17 * 60), this.random.int(0, 59));
    const patientClass = change.patientClass ?? this.random.pick(ORDINARY_CLASSES);
    const visit: SimVisit = {
      number: this.numbers.visit(),
      patient,
      location: sites.length === 0 ? '' : this.random.pick(sites).location,
      start,
      attending: this.random.pick(staffOf(this.medical, this.tenant, entity)),
      steps: [{ trigger: patientClass === 'I' || patientClass === 'OBS' ? 'A01' : 'A04', at: start }],
      ...change,
      patientClass,
    };
    this.visits.push(visit);
    return visit;
  }

  private orderOf(
    scene: Scene,
    visit: SimVisit | null,
    dispense: SimDispense,
    prescriber: SimPrescriber,
  ): SimOrder | null {
    const mode = scene.order ?? 'NAMED';
    if (mode === 'NONE') return null;
    const sameDay = visit !== null && visit.start.slice(0, 10) === dispense.written;
    const order: SimOrder = {
      number: this.numbers.order(),
      patient: dispense.patient,
      visit: mode === 'NAMED' && visit !== null ? visit.number : '',
      drug: dispense.drug,
      quantity: dispense.quantity,
      refills: dispense.fill === 0 ? this.random.int(0, 5) : 11,
      rx: dispense.pharmacy.sendsPatient && this.random.chance(0.2) ? '' : dispense.rx,
      written: sameDay ? `${dispense.written}T${visit.start.slice(11, 17)}59` : at(dispense.written, 18 * 60),
      prescriber,
    };
    this.orders.push(order);
    return order;
  }

  private outcomeOf(scene: Scene): Outcome {
    const open = daysBetween(scene.dateOfService, this.today) <= WAIT_DAYS;
    if (scene.outcome === 'INELIGIBLE_LATER') return open ? 'PENDING' : 'INELIGIBLE';
    return scene.outcome === 'HELD' && open ? 'PENDING' : scene.outcome;
  }

  private drugFor(scene: Scene): SimDrug {
    if (scene.drug !== undefined) return scene.drug;
    if ((scene.fill ?? 0) === 0 && this.random.chance(0.03))
      return this.random.pick(drugsOf('SCHEDULE_II', 'SCHEDULE_IV'));
    return this.random.pick(drugsOf('ORDINARY', 'ORDINARY', 'TWO_PACKAGES'));
  }

  private dispenseOf(scene: Scene, patient: SimPatient, written: string, prescriber: SimPrescriber): SimDispense {
    const { dateOfService } = scene;
    const pharmacy = scene.pharmacy ?? this.pharmacyOf(scene.entity, dateOfService, scene.order === 'NONE');
    const drug = this.drugFor(scene);
    const units = scene.units ?? this.random.pick(drug.quantities);
    const dispense: SimDispense = {
      story: scene.story,
      outcome: this.outcomeOf(scene),
      entity: scene.entity,
      pharmacy,
      rx: this.numbers.rx(),
      fill: scene.fill ?? 0,
      dateOfService,
      drug,
      ndcText: scene.ndcText ?? drug.ndc11,
      quantity: quantityText(units),
      daysSupply: units >= 90 ? 90 : 30,
      written,
      prescriberId: scene.prescriberId === undefined ? prescriber.npi : scene.prescriberId,
      patient,
      withIdentifier: scene.withIdentifier ?? this.random.chance(0.4),
      plan: scene.plan === undefined ? this.ordinaryPlan(pharmacy) : scene.plan,
      dispensingStatus: '',
      transactions: [
        {
          code: 'B1',
          status: 'P',
          day: dateOfService,
          at: at(dateOfService, this.random.int(9 * 60, 20 * 60), this.random.int(0, 59)),
        },
      ],
    };
    this.dispenses.push(dispense);
    return dispense;
  }

  /** Visit, order, dispense and paid claim of one scene. */
  care(scene: Scene): Told {
    const seen = scene.seen ?? true;
    const visitDay = addDays(scene.dateOfService, -(scene.lead ?? this.random.int(0, 3)));
    const written = addDays(visitDay, scene.writtenAfter ?? 0);
    const patient = scene.patient ?? (scene.order === 'NONE' ? this.people.patient() : this.somebody(scene.entity));
    const prescriber = scene.prescriber ?? this.random.pick(staffOf(this.medical, this.tenant, scene.entity));
    const visit = seen
      ? this.visit(patient, scene.entity, visitDay, {
          attending: prescriber,
          ...(scene.location === undefined ? {} : { location: scene.location }),
          ...(scene.patientClass === undefined ? {} : { patientClass: scene.patientClass }),
        })
      : null;
    const dispense = this.dispenseOf(scene, patient, written, prescriber);
    const order = seen ? this.orderOf(scene, visit, dispense, prescriber) : null;
    return { patient, visit, order, dispense };
  }
}
