/** The migration after which rows that a whole list ended keep their periods: what was ended before is found and judged again. */
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { connect } from '../../src/db/client.ts';
import { newId } from '../../src/db/ids.ts';
import { MIGRATIONS_FOLDER, migrate } from '../../src/db/migrate.ts';
import { emptyDatabase } from '../support/database.ts';

const NAME = '0012_interface_listeners.sql';

test('what whole lists ended before has its last day, and its tenant is judged again', async () => {
  const database = await emptyDatabase();
  const owner = connect(database.ownerUrl, { role: 'owner', max: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  const migrateTo = async (names: readonly string[]): Promise<void> => {
    for (const name of names) copyFileSync(join(MIGRATIONS_FOLDER, name), join(folder, name));
    await migrate({ ownerUrl: database.ownerUrl, now: new Date('2026-11-22T12:00:00Z'), folder, registry: {} });
  };
  try {
    await migrateTo(readdirSync(MIGRATIONS_FOLDER).filter((name) => name.endsWith('.sql') && name < NAME));
    const [north, south] = [newId(), newId()];
    for (const [id, name] of [
      [north, 'north'],
      [south, 'south'],
    ])
      await owner.query(`insert into tenant (id, name, title, zone) values ($1, $2, $2, 'America/Chicago')`, [
        id,
        name,
      ]);
    const place = (
      location: string,
      site: string,
      from: string,
      knownFrom: string,
      knownTo: string | null,
      tenant = north,
    ) =>
      owner.query(
        `insert into location_crosswalk (tenant_id, id, facility, location, site, cost_report_line, valid_from, valid_to, known_from, known_to, raw_id, position, ordinal)
         values ($1, $2, 'F', $3, $4, '', $5, null, $6, $7, $2, 'line 1', 1)`,
        [tenant, newId(), location, site, from, knownFrom, knownTo],
      );
    // Superseded, ended by a list in the evening of 4 March, current; another tenant has nothing that was ended.
    await place('L1', 'OLD', '2026-01-01', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z');
    await place('L1', 'GONE', '2026-01-01', '2026-02-01T00:00:00Z', '2026-03-05T02:00:00Z');
    await place('L2', 'THERE', '2026-01-01', '2026-01-01T00:00:00Z', null);
    await place('L1', 'THERE', '2026-01-01', '2026-01-01T00:00:00Z', null, south);
    for (const [number, day] of [
      ['V1', '2026-03-04'],
      ['V2', '2026-03-05'],
    ])
      await owner.query(
        `insert into encounter (tenant_id, id, source_system, visit_number, class, status, start_date, facility, location, history, sources, raw_id, position)
         values ($1, $2, 'ehr', $3, 'O', 'OPEN', $4, 'F', 'L1', '[]', '[]', $2, 'message 1')`,
        [north, newId(), number, day],
      );
    await migrateTo([NAME]);
    expect(
      await owner.query(`select site, ended_on from location_crosswalk where tenant_id = $1 order by site`, [north]),
    ).toEqual([
      { site: 'GONE', ended_on: '2026-03-04' },
      { site: 'OLD', ended_on: null },
      { site: 'THERE', ended_on: null },
    ]);
    expect(await owner.query('select visit_number, site_id340b from encounter order by visit_number')).toEqual([
      { visit_number: 'V1', site_id340b: 'GONE' },
      { visit_number: 'V2', site_id340b: null },
    ]);
    expect(await owner.query('select tenant_id, kind from change')).toEqual([{ tenant_id: north, kind: 'ALL' }]);
  } finally {
    await owner.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  }
});
