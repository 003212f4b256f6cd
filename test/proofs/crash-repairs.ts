/**
 * The one who repairs interfaces during a crash proof: edits messages and replays what was set aside, through the API of the hub
 * that is about to be killed, and remembers which edits were answered. An edit that was answered is there exactly once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createKey } from '../../src/access/keys.ts';
import type { Database } from '../../src/db/client.ts';
import { tenantId } from '../../src/db/tenant.ts';

const PAUSE_MS = 100;
const MESSAGES = '{ messages(first: 40, filter: {state: {in: [DONE]}, feed: {eq: "FEED"}}) { nodes { id } } }';
const EDIT = 'mutation ($input: EditMessageInput!) { editMessage(input: $input) { id } }';
const REPLAY = 'mutation { replayMessages(filter: {states: [REJECTED]}, reason: "crash proof") { id total } }';

/** A message that is taken, answered well, and cannot be read: it says no time. */
export const untimed = (controlId: string): { controlId: string; text: string } => ({
  controlId,
  text: `MSH|^~\\&|EHRSIM|F|THROUGHLINE|T|||ADT^A08|${controlId}|P|2.5.1\rPID|1||U1^^^U^MR\r`,
});

interface Answer {
  data?: Record<string, { id?: string; nodes?: { id: string }[] }> | null;
}

/** Repairs one tenant's EHR feed. */
export class Repairs {
  /** Ids of edited messages that the hub has told. */
  readonly told: string[] = [];
  #key: string | undefined;
  #count = 0;

  /** Makes a key; the hub must run. */
  async prepare(db: Database, tenant: string): Promise<void> {
    if (this.#key !== undefined) return;
    const [row] = await db.query<{ id: string }>('select id from tenant where name = $1', [tenant]);
    if (row === undefined) throw new Error(`no tenant ${tenant}`);
    const wish = { name: 'crash proof', role: 'operator' as const, days: 1, now: new Date() };
    this.#key = await createKey(db, { tenantId: tenantId(row.id), ...wish });
  }

  /** Edits and replays until the hub is gone. */
  async during(port: number, feed: string, alive: () => boolean): Promise<void> {
    while (alive()) {
      try {
        const { data } = await this.#ask(port, MESSAGES.replace('FEED', feed));
        const nodes = data?.['messages']?.nodes ?? [];
        const chosen = nodes[this.#count % Math.max(1, nodes.length)];
        this.#count += 1;
        if (chosen !== undefined) await this.#edit(port, chosen.id);
        await this.#ask(port, REPLAY);
      } catch {
        // The hub died under the request: whether it was done is not known.
      }
      await sleep(PAUSE_MS);
    }
  }

  async #edit(port: number, id: string): Promise<void> {
    const set = [{ place: 'PID-5.2', value: `Edited${this.#count}` }];
    const { data } = await this.#ask(port, EDIT, { input: { id, set, reason: 'crash proof' } });
    const edited = data?.['editMessage']?.id;
    if (edited !== undefined) this.told.push(edited);
  }

  async #ask(port: number, query: string, variables: object = {}): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#key}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(5_000),
    });
    return (await response.json()) as Answer;
  }

  /** What is wrong with the edits that were told and those that are stored; empty = each is there once, and whole. */
  async check(db: Database): Promise<string[]> {
    const [row] = await db.query<{ missing: number; broken: number; edits: number }>(
      `select (select count(*)::int from unnest($1::uuid[]) as t (id)
           where not exists (select 1 from message_edit e where e.edited_id = t.id)) as missing,
         (select count(*)::int from message_edit e
           where (select count(*) from raw_message m where m.id = e.edited_id) <> 1
             or (select count(*) from raw_receipt r where r.raw_id = e.edited_id) <> 1
             or (select s.state from raw_state s where s.raw_id = e.original_id) <> 'SUPERSEDED') as broken,
         (select count(*)::int from message_edit) as edits`,
      [this.told],
    );
    const { missing = 0, broken = 0, edits = 0 } = row ?? {};
    return [
      ...(missing > 0 ? [`${missing} of ${this.told.length} edits were answered and are not stored`] : []),
      ...(broken > 0 ? [`${broken} of ${edits} edits are half stored or their originals still count`] : []),
    ];
  }
}
