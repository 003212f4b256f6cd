/** Stores the edges between patients of one person, where they differ from what is stored. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { recordset } from '../recordset.ts';
import type { PatientEdge } from './fold-patient.ts';
import { findIds, keyText } from './locked-rows.ts';

const READ = statement(import.meta.url, 'read-patient-links.sql');
const PATIENTS = statement(import.meta.url, 'find-patients.sql');
const DELETE = statement(import.meta.url, 'delete-patient-links.sql');
const INSERT = statement(import.meta.url, 'insert-patient-links.sql');

/** A locked patient of whom links speak, and the edges that start there now. */
export interface LinkedPatient {
  id: string;
  sourceSystem: string;
  edges: PatientEdge[];
}

interface LinkRow {
  patientId: string;
  otherId: string;
  kind: string;
  since: string;
  rawId: string;
  position: string;
}

const compared = (rows: readonly LinkRow[]): string =>
  JSON.stringify(rows.map((row) => [row.otherId, row.kind, row.since, row.rawId, row.position]));

/** Brings the edges of these patients up to date; answers a change for both ends of every edge that came or went. */
export async function writePatientLinks(tx: TenantTransaction, patients: readonly LinkedPatient[]): Promise<Change[]> {
  if (patients.length === 0) return [];
  const ids = patients.map(({ id }) => id);
  const stored = Map.groupBy(await run<LinkRow>(tx, READ, [tx.tenantId, ids]), (row) => row.patientId);
  const named = patients.flatMap(({ sourceSystem, edges }) =>
    edges.map(({ otherKey: key }) => ({ sourceSystem, key })),
  );
  const others = await findIds(tx, PATIENTS, named);
  const outdated: string[] = [];
  const rows: LinkRow[] = [];
  const changed = new Set<string>();
  for (const { id, sourceSystem, edges } of patients) {
    const present = edges
      .flatMap(({ otherKey, ...edge }): LinkRow[] => {
        const otherId = others.get(keyText({ sourceSystem, key: otherKey }));
        return otherId === undefined ? [] : [{ patientId: id, otherId, ...edge }];
      })
      .sort((left, right) => (left.otherId < right.otherId ? -1 : 1));
    const before = stored.get(id) ?? [];
    if (compared(before) === compared(present)) continue;
    if (before.length > 0) outdated.push(id);
    rows.push(...present);
    for (const { otherId } of [...before, ...present]) changed.add(otherId);
    changed.add(id);
  }
  if (outdated.length > 0) await run(tx, DELETE, [tx.tenantId, outdated]);
  if (rows.length > 0) await run(tx, INSERT, [tx.tenantId, recordset(rows)]);
  return [...changed].map((key) => ({ kind: 'PATIENT', key }));
}
