/** What the GraphQL world's patients and visits say of their sources, histories and of each other, and what else EHRs tell of them. */
import { newId } from '../../src/db/ids.ts';

const TEXTS = ['location', 'O\'Brien "the" \\ back', 'ünï'];

/** Sources of a record: its number decides what is there, so that nothing else in the world moves. */
export const said = (index: number): unknown =>
  Array.from({ length: index % 3 }, (_, place) => ({
    rawId: newId(),
    position: `message ${place + 1}`,
    trigger: 'A08',
    ...(place === index % 4 ? {} : { values: `class PV1-2, ${TEXTS[index % TEXTS.length]} PV1-3` }),
  }));

/** History of a visit, by its number. */
export const phases = (index: number): unknown =>
  Array.from({ length: (index + 1) % 3 }, (_, place) => ({
    at: `2026-03-0${place + 1}T01:30:15.123Z`,
    status: 'ACTIVE',
    class: ['AMB', 'IMP'][place],
    rawId: newId(),
    position: 'message 1',
  }));

/** Merges between neighbours. */
export const linksBetween = (patients: readonly { id: string }[]) =>
  patients.slice(1).map(({ id }, index) => ({
    raw_id: newId(),
    position: 'message 1',
    patient_id: id,
    other_id: patients[index]?.id,
    kind: 'MERGE',
    since: `2026-03-0${index + 1}T01:30:15.123Z`,
  }));

/** Insurances, referrals and consult notes of the patients, by number: some answer nothing, one names no patient. */
export function resourcesOf(patients: readonly { id: string; raw_id?: unknown }[]) {
  const common = (index: number) => ({
    raw_id: patients[index % patients.length]?.raw_id ?? newId(),
    position: 'line 1',
    id: newId(),
    source_system: 'epic',
    number: `R${index}`,
    patient_id: index === 5 ? null : patients[index % patients.length]?.id,
    status: index === 4 ? 'CANCELLED' : 'ACTIVE',
    sources: said(index),
  });
  const day = (index: number): string => `2026-01-0${index + 1}`;
  const six = <Row>(make: (index: number) => Row): Row[] => Array.from({ length: 6 }, (_, index) => make(index));
  return {
    coverages: six((index) => ({
      ...common(index),
      payer_name: TEXTS[index % TEXTS.length],
      bin: index % 2 ? '610000' : null,
      cardholder: `C${index}`,
      valid_from: day(index),
    })),
    referrals: six((index) => ({
      ...common(index),
      visit_number: `V${index}`,
      ordered_date: index % 2 ? day(index) : null,
      performer_npi: '1000000004',
    })),
    consultNotes: six((index) => ({
      ...common(index),
      referral_number: index % 3 ? `R${index % 2}` : null,
      author_npi: '1000000012',
      written_date: day(index),
    })),
  };
}
