/** The migration that turned verdicts from jsonb into bytes: a database of before says the same afterwards, and is not judged again. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { connect } from '../../src/db/client.ts';
import { newId } from '../../src/db/ids.ts';
import { MIGRATIONS_FOLDER, migrate } from '../../src/db/migrate.ts';
import { createHash } from 'node:crypto';
import { encodeVerdicts, numberHex, ResultTree, resultText } from '../../src/decide/verdict-codec.ts';
import { RULE_CODES, type RuleCode, type Verdict } from '../../src/model/verdict.ts';
import { emptyDatabase } from '../support/database.ts';
import { readVerdicts, type RuleResultRow } from '../support/verdicts.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const [tenant, patient, visit, claim, plan] = [newId(), newId(), newId(), newId(), newId()];

const VERDICTS = RULE_CODES.map((rule, place) => ({
  rule,
  answer: place === 3 ? 'FAIL' : 'PASS',
  reason: place === 3 ? 'NO_QUALIFYING_VISIT' : 'COVERED',
  evidence: [
    { kind: 'claim', id: claim, note: 'RECEIPT' },
    { kind: 'patient', id: patient },
    { kind: 'plan', id: plan, note: 'COMMERCIAL' },
    { kind: 'encounter', id: visit, note: 'QUALIFIES' },
    ...Array.from({ length: place }, () => ({ kind: 'encounter', id: newId(), note: 'CLASS_IMP' })),
    { kind: 'encounter', id: '', note: '2_MORE' },
  ].slice(place === 0 ? 6 : 0),
}));

test('verdicts that were jsonb read the same as bytes, and are the bytes that judging would write', async () => {
  const database = await emptyDatabase();
  const owner = connect(database.ownerUrl, { role: 'owner', max: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  const migrateTo = async (...names: string[]): Promise<void> => {
    for (const name of names) copyFileSync(join(MIGRATIONS_FOLDER, `${name}.sql`), join(folder, `${name}.sql`));
    await migrate({ ownerUrl: database.ownerUrl, now: NOW, folder, registry: {} });
  };
  try {
    await migrateTo('0000_init', '0001_late_facts', '0002_large_files');
    await owner.query('alter table determination enable row level security');
    await owner.query('alter table determination force row level security');
    for (const [current, sequence] of [
      [false, 1],
      [true, 2],
    ])
      await owner.query(
        `insert into determination (tenant_id, id, dispense_id, entity, sequence, status, bucket, orderable, reason, provisional,
          patient_id, encounter_id, prescription_id, verdicts, policy_version_id, decision_date, decided_at, current, winning)
        values ($1, $2, $3, 'DSH1', $4, 'INELIGIBLE', null, false, 'ENCOUNTER_QUALIFYING', false, $5, $6, null, $7::text::jsonb, null,
          '2026-03-01', '2026-03-01T10:00:00Z', $8, true)`,
        [tenant, newId(), newId(), sequence, patient, visit, JSON.stringify(VERDICTS), current],
      );
    await migrateTo('0003_compact_determinations');
    const results = await owner.query<RuleResultRow>('select * from rule_result');
    const rows = await owner.query<{ verdicts: Buffer; claim_id: string | null; current: boolean; absence: boolean }>(
      'select verdicts, claim_id, current, absence from determination order by sequence',
    );
    expect(rows).toMatchObject([
      { current: false, claim_id: claim, absence: true },
      { current: true, claim_id: null, absence: true },
    ]);
    const known = { claim, patient, encounter: visit, prescription: null };
    const byNumber = new Map(results.map((row) => [row.number, row]));
    for (const { verdicts } of rows) expect(readVerdicts(verdicts, known, byNumber)).toEqual(VERDICTS);

    const judged = new Map<RuleCode, Verdict>(VERDICTS.map((one) => [one.rule, one as Verdict]));
    const tree = new ResultTree();
    const draft = tree.draft(judged, known);
    for (const result of tree.results) {
      const digest = createHash('sha256').update(resultText(result)).digest('hex').slice(0, 32);
      result.hex = numberHex(results.find((row) => row.digest === digest)?.number ?? 0);
    }
    const written = encodeVerdicts(draft);
    expect(rows.map(({ verdicts }) => verdicts.toString('hex'))).toEqual([written, written]);
  } finally {
    await owner.end();
    await database.drop();
    rmSync(folder, { recursive: true });
  }
});
