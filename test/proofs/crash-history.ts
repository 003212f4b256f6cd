/** The history checker: what senders were told against what is stored. */
import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import type { Database } from '../../src/db/client.ts';
import type { CrashJournal, Entry } from './crash-senders.ts';

/** What the comparison found; each list holds control ids, at most a few. */
export interface HistoryFindings {
  /** Acknowledged and not stored. */
  lost: string[];
  /** Stored more than once, acknowledged or not. */
  doubled: string[];
  /** Stored with other bytes than were sent. */
  altered: string[];
  /** Stored and never sent. */
  invented: string[];
  /** Messages whose sender never learnt their fate, and how many of them are stored. */
  unknown: number;
  unknownStored: number;
}

interface StoredRow {
  feed: string;
  control_id: string;
  receipts: number;
  payloads: number;
  states: number;
  sha256: string;
  /** Raw id of a file that lies in compressed pieces; null = the payload is in its row. */
  in_pieces: string | null;
}

/** SHA-256 of the bytes of a file that lies in pieces. */
async function hashOfPieces(db: Database, rawId: string): Promise<string> {
  const rows = await db.query<{ bytes: Uint8Array }>(
    'select c.bytes from raw_chunk c where c.raw_id = $1::uuid order by c.part',
    [rawId],
  );
  const hash = createHash('sha256');
  for (const { bytes } of rows) hash.update(zstdDecompressSync(bytes));
  return hash.digest('hex');
}

/** Every receipt with its payload and state: a double in any of the three tables shows. */
const STORED = `
  select r.feed, r.control_id, count(*)::int as receipts, count(m.id)::int as payloads, count(s.raw_id)::int as states,
    min(encode(sha256(m.payload), 'hex')) as sha256, min(case when m.parts > 0 then m.id::text end) as in_pieces
  from raw_receipt r
  left join raw_message m on m.tenant_id = r.tenant_id and m.month = r.month and m.id = r.raw_id
  left join raw_state s on s.tenant_id = r.tenant_id and s.raw_id = r.raw_id
  -- What somebody edited was sent by nobody; the one who edits keeps a journal of it (crash-repairs.ts).
  where not exists (select 1 from message_edit e where e.tenant_id = r.tenant_id and e.edited_id = r.raw_id)
  group by r.tenant_id, r.feed, r.control_id`;

const keyOf = (row: { feed: string; control_id: string }): string => `${row.feed} ${row.control_id}`;

/** Compares the whole journal with the whole database. */
export async function checkHistory(db: Database, journal: CrashJournal): Promise<HistoryFindings> {
  const rows = await db.query<StoredRow>(STORED);
  for (const row of rows) if (row.in_pieces !== null) row.sha256 = await hashOfPieces(db, row.in_pieces);
  const [orphans] = await db.query<{ count: number }>(
    `select count(*)::int as count from raw_message m where not exists (
       select 1 from raw_receipt r where r.tenant_id = m.tenant_id and r.raw_id = m.id)`,
  );
  const findings: HistoryFindings = { lost: [], doubled: [], altered: [], invented: [], unknown: 0, unknownStored: 0 };
  if ((orphans?.count ?? 0) > 0) findings.doubled.push(`${orphans?.count} payloads without a receipt`);
  const stored = new Map(rows.map((row) => [keyOf(row), row]));
  for (const [key, entry] of journal.entries) {
    const row = stored.get(key);
    stored.delete(key);
    if (entry.told === 'unknown') {
      findings.unknown += 1;
      findings.unknownStored += row === undefined ? 0 : 1;
    }
    judge(entry, row, findings);
  }
  findings.invented.push(...stored.keys());
  return findings;
}

function judge(entry: Entry, row: StoredRow | undefined, findings: HistoryFindings): void {
  if (row === undefined || row.payloads === 0 || row.states === 0) {
    // Half stored is lost, whatever the sender was told.
    if (entry.told === 'ok' || row !== undefined) findings.lost.push(entry.controlId);
    return;
  }
  if (row.receipts > 1 || row.payloads > 1 || row.states > 1) findings.doubled.push(entry.controlId);
  else if (row.sha256 !== entry.sha256) findings.altered.push(entry.controlId);
}

/** Takes what was acknowledged since the last call and counts what is not stored or stored twice. */
export async function checkRecent(db: Database, journal: CrashJournal): Promise<{ lost: number; doubled: number }> {
  const recent = journal.unchecked.splice(0);
  try {
    return await compare(db, recent);
  } catch (error) {
    journal.unchecked.push(...recent);
    throw error;
  }
}

async function compare(db: Database, recent: readonly Entry[]): Promise<{ lost: number; doubled: number }> {
  const found = { lost: 0, doubled: 0 };
  for (const [feed, entries] of Map.groupBy(recent, (entry) => entry.feed)) {
    const rows = await db.query<{ control_id: string; count: number }>(
      `select r.control_id, count(*)::int as count from raw_receipt r join tenant t on t.id = r.tenant_id
       where t.name = $1 and r.feed = $2 and r.control_id = any($3::text[]) group by r.control_id`,
      [entries[0]?.tenant, feed, entries.map((entry) => entry.controlId)],
    );
    const counts = new Map(rows.map((row) => [row.control_id, row.count]));
    for (const { controlId } of entries) {
      const count = counts.get(controlId) ?? 0;
      if (count === 0) found.lost += 1;
      if (count > 1) found.doubled += 1;
    }
  }
  return found;
}
