/**
 * The EHR of a crash proof that is asked instead of sending: a FHIR server whose resources change all the time. What it is told
 * is where the next search begins: everything older that it gave out in the last one has then been acknowledged.
 */
import type { Database } from '../../src/db/client.ts';
import { startFhirServer, type FhirSimulator, type GivenPage } from '../../src/simulate/fhir/server.ts';
import { FhirStore } from '../../src/simulate/fhir/store.ts';
import type { Cast } from '../../src/simulate/world/build.ts';
import { waitFor } from '../support/wait-for.ts';
import type { FeedFile } from './crash-place.ts';
import { sha256Of, type CrashJournal } from './crash-senders.ts';

const TYPES = ['Patient', 'Encounter', 'ServiceRequest', 'DocumentReference'] as const;
const SCOPES = TYPES.flatMap((type) => [type, `${type}/_history`]);
/** Something happens at the EHR, milliseconds. */
const EVERY_MS = 80;
const PER_PAGE = 4;
const SETTLE_MS = 120_000;
/** What becomes of a visit; the hub's word for it. Every thirteenth is deleted at the end. */
const LIVES = [
  ['planned', 'ACTIVE'],
  ['in-progress', 'ACTIVE'],
  ['finished', 'ACTIVE'],
  ['cancelled', 'CANCELLED'],
] as const;
const DELETED_EVERY = 13;

interface Entry {
  resource?: { resourceType: string; id: string; meta: { versionId: string; lastUpdated: string } };
  request?: { method: string; url: string };
  response?: { lastModified: string; etag: string };
}

/** A version that a page says something of: `Patient/p1 3`, and when the server stored it. */
interface Given {
  version: string;
  at: string;
  deleted: boolean;
}

function givenBy(text: string): Given[] {
  const { entry = [] } = JSON.parse(text) as { entry?: Entry[] };
  return entry.map(({ resource, request, response }) => {
    const name = request?.url ?? `${resource?.resourceType}/${resource?.id}`;
    const number = response?.etag.replaceAll(/\D/g, '') ?? resource?.meta.versionId;
    const at = response?.lastModified ?? resource?.meta.lastUpdated ?? '';
    return { version: `${name} ${number}`, at, deleted: request?.method === 'DELETE' };
  });
}

/** The server, and what the hub has told it by asking. */
export class FhirPartner {
  /** Versions that were given out and that a later search began after. */
  readonly acknowledged = new Set<string>();
  /** What the search under way has given out, by scope. */
  readonly #given = new Map<string, Given[]>();
  /** Searches begun, by scope. */
  readonly #begun = new Map<string, number>();
  readonly #store = new FhirStore();
  /** How each visit stands, by the hub's words. */
  readonly #visits = new Map<string, string>();
  readonly #feed: string;
  #server: FhirSimulator | undefined;
  #timer: NodeJS.Timeout | undefined;
  #changes = 0;
  /** Finished visits: each has a referral with its consult note. */
  #referrals = 0;

  private constructor(
    private readonly cast: Cast,
    private readonly journal: CrashJournal,
  ) {
    this.#feed = `${cast.name}-fhir`;
  }

  /** Starts the server on a free port; something happens there from now on. */
  static async start(cast: Cast, journal: CrashJournal): Promise<FhirPartner> {
    const partner = new FhirPartner(cast, journal);
    const clock = (): Date => new Date();
    const onPage = (page: GivenPage): void => partner.#gave(page);
    partner.#server = await startFhirServer({ port: 0, store: partner.#store, clock, onPage });
    partner.#timer = setInterval(() => partner.#change(), EVERY_MS);
    return partner;
  }

  /** The feed that asks. It reaches back by nothing, so that what a watermark has passed is never asked for again. */
  feedFile(): FeedFile {
    const { name, tenant } = this.cast;
    const source = { url: this.#server?.url, types: [...TYPES], count: PER_PAGE, pollSeconds: 0.2, overlapSeconds: 0 };
    return {
      feed: this.#feed,
      tenant: name,
      kind: 'ehr',
      source: { fhir: { ...source, privateNetwork: true } },
      format: { fhir: {} },
      timezone: tenant.zone,
      serves: tenant.entities.map(({ id }) => id),
    };
  }

  /** One visit after the other goes through its life. */
  #change(): void {
    const step = this.#changes % LIVES.length;
    const id = `${Math.floor(this.#changes / LIVES.length)}`;
    const [status, becomes] = LIVES[step] ?? LIVES[0];
    const at = new Date().toISOString();
    // A deletion is only looked for once the hub has begun to.
    const deletes = Number(id) % DELETED_EVERY === 0 && this.#begun.has('Encounter/_history');
    const subject = { reference: `Patient/${id}` };
    if (step === 0) this.#store.put({ resourceType: 'Patient', id, birthDate: '1980-01-01' }, at);
    if (step === LIVES.length - 1 && deletes) this.#store.delete('Encounter', id, at);
    else this.#store.put({ resourceType: 'Encounter', id, status, class: { code: 'AMB' }, subject }, at);
    if (status === 'finished') this.#refer(id, subject, at);
    this.#visits.set(id, step === LIVES.length - 1 && deletes ? 'DELETED' : becomes);
    this.#changes += 1;
  }

  #refer(id: string, subject: object, at: string): void {
    const request = { resourceType: 'ServiceRequest', id, status: 'active', code: { coding: [{ code: 'referral' }] } };
    const related = [{ reference: `ServiceRequest/${id}` }];
    this.#store.put({ ...request, subject, authoredOn: at }, at);
    const type = { coding: [{ system: 'http://loinc.org', code: '11488-4' }] };
    const note = { resourceType: 'DocumentReference', id, status: 'current', type, subject, context: { related } };
    this.#store.put(note, at);
    this.#referrals += 1;
  }

  #gave({ scope, since, text }: GivenPage): void {
    if (since !== null) {
      for (const { version, at } of this.#given.get(scope) ?? []) if (at < since) this.acknowledged.add(version);
      this.#given.set(scope, []);
      this.#begun.set(scope, (this.#begun.get(scope) ?? 0) + 1);
    }
    // A history is asked for its deletions only.
    const said = givenBy(text).filter(({ deleted }) => deleted || !scope.includes('/'));
    this.#given.get(scope)?.push(...said);
    const sha256 = sha256Of(text);
    const page = { tenant: this.cast.name, feed: this.#feed, controlId: sha256, sha256 };
    if (!this.journal.entries.has(`${this.#feed} ${sha256}`)) this.journal.invoke(page).told = 'given';
  }

  /** Nothing happens any more; resolves when the hub has asked for everything and come back. */
  async settle(): Promise<void> {
    clearInterval(this.#timer);
    const seen = new Map(this.#begun);
    // The third search begins after the second has read everything to its end.
    const back = (scope: string): boolean => (this.#begun.get(scope) ?? 0) >= (seen.get(scope) ?? 0) + 3;
    await waitFor('the FHIR feed to come back', () => SCOPES.every(back), SETTLE_MS);
  }

  /** What is wrong with what is stored; empty = nothing acknowledged is missing, and every visit stands as the server has it. */
  async check(db: Database): Promise<string[]> {
    const pages = await db.query<{ payload: Uint8Array }>('select m.payload from raw_message m where m.feed = $1', [
      this.#feed,
    ]);
    const stored = new Set(
      pages.flatMap(({ payload }) => givenBy(Buffer.from(payload).toString('utf8'))).map(({ version }) => version),
    );
    const lost = [...this.acknowledged].filter((version) => !stored.has(version));
    const rows = await db.query<{ visit: string; status: string }>(
      'select e.visit_number as visit, e.status from encounter e where e.source_system = $1',
      [this.#feed],
    );
    const [counts] = await db.query<{ loops: number }>(
      `select count(*)::int as loops from referral r
       join consult_note n on n.source_system = r.source_system and n.referral_number = r.number
       where r.source_system = $1 and r.status = 'ACTIVE' and n.status = 'ACTIVE'`,
      [this.#feed],
    );
    const stands = new Map(rows.map(({ visit, status }) => [visit, status]));
    const wrong = [...this.#visits].filter(([visit, status]) => stands.get(visit) !== status);
    return [
      ...(lost.length > 0
        ? [
            `${lost.length} of ${this.acknowledged.size} versions were passed by a watermark and are not stored (${lost[0]})`,
          ]
        : []),
      ...(wrong.length > 0
        ? [`${wrong.length} of ${this.#visits.size} FHIR visits stand otherwise (${wrong[0]?.join(' ')})`]
        : []),
      ...(counts?.loops === this.#referrals
        ? []
        : [`${counts?.loops} of ${this.#referrals} FHIR referrals are closed`]),
      ...(rows.length > this.#visits.size ? [`${rows.length - this.#visits.size} FHIR visits too many`] : []),
      ...(this.acknowledged.size === 0 ? ['no FHIR version was ever acknowledged'] : []),
    ];
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#server?.stop();
  }
}
