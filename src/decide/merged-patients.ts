/** Which patient records are one person (DOMAIN.md 12.21): edges are stored, sets are found when they are asked for. */
import type { Transaction } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';

const READ = statement(import.meta.url, 'read-merged-patients.sql');

/** An edge between two records; the patient of a MERGE is part of the other. */
export interface PatientEdgeRow {
  patientId: string;
  otherId: string;
  kind: 'MERGE' | 'LINK';
  patientKey: string;
  otherKey: string;
  /** Both birth dates are known and the same. */
  bornTogether: boolean | null;
}

/** Sets of records. A record that is in none stands for itself. */
export class MergedPatients {
  readonly #survivor = new Map<string, string>();
  readonly #members = new Map<string, string[]>();

  /** @param edges all edges of the persons asked for. */
  constructor(edges: readonly PatientEdgeRow[]) {
    // A link that joins people of different birth dates is a family, not a person: nothing may be inferred from it.
    const counting = edges.filter((edge) => edge.kind === 'MERGE' || edge.bornTogether === true);
    const keys = new Map<string, string>();
    const near = new Map<string, string[]>();
    for (const { patientId, otherId, patientKey, otherKey } of counting) {
      keys.set(patientId, patientKey).set(otherId, otherKey);
      near.set(patientId, [...(near.get(patientId) ?? []), otherId]);
      near.set(otherId, [...(near.get(otherId) ?? []), patientId]);
    }
    const away = new Set(counting.filter(({ kind }) => kind === 'MERGE').map(({ patientId }) => patientId));
    const byKey = (left: string, right: string): number => ((keys.get(left) ?? '') < (keys.get(right) ?? '') ? -1 : 1);
    for (const start of near.keys()) {
      if (this.#survivor.has(start)) continue;
      const members = [start];
      const seen = new Set(members);
      for (const member of members)
        for (const next of near.get(member) ?? []) if (!seen.has(next) && seen.add(next)) members.push(next);
      // Links leave several that were not merged away, contradicting merges none: the key decides, the same in every rebuild.
      const standing = members.filter((member) => !away.has(member));
      const [survivor = start] = (standing.length > 0 ? standing : members).sort(byKey);
      for (const member of members) this.#survivor.set(member, survivor);
      this.#members.set(survivor, members);
    }
  }

  /** The record that stands for the person. */
  survivor(patientId: string): string {
    return this.#survivor.get(patientId) ?? patientId;
  }

  /** All records of the person for whom this one stands. */
  members(survivor: string): readonly string[] {
    return this.#members.get(survivor) ?? [survivor];
  }
}

/** The persons of these patients. */
export async function mergedPatients(
  tx: Transaction,
  tenant: TenantId,
  patients: Iterable<string>,
): Promise<MergedPatients> {
  return new MergedPatients(await edgesOf(tx, tenant, patients));
}

/** These patients and everybody whom an edge joins to them, counting or not: whose answers a change of theirs can alter. */
export async function joinedPatients(
  tx: Transaction,
  tenant: TenantId,
  patients: readonly string[],
): Promise<string[]> {
  const edges = await edgesOf(tx, tenant, patients);
  return [...new Set([...patients, ...edges.flatMap(({ patientId, otherId }) => [patientId, otherId])])];
}

async function edgesOf(tx: Transaction, tenant: TenantId, patients: Iterable<string>): Promise<PatientEdgeRow[]> {
  const ids = [...new Set(patients)];
  return ids.length === 0 ? [] : run<PatientEdgeRow>(tx, READ, [tenant, ids]);
}
