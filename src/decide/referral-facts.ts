/** Referrals of the matched patients, where the policy lets them count (rule 5): orders out with the notes that came back. */
import type { Transaction } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { MergedPatients } from './merged-patients.ts';
import type { ReferralRow } from './rules/facts.ts';

const REFERRALS = statement(import.meta.url, 'facts-referrals.sql');

/** A referral of a person. */
export type PatientReferral = ReferralRow & { patientId: string };

interface FoundRow {
  id: string;
  sourceSystem: string;
  number: string;
  patientId: string;
  orderedDate: string;
  performerNpi: string | null;
  noteId: string | null;
  notePatientId: string | null;
  authorNpi: string | null;
}

/** Reads them by columns of patients and days. A note about somebody else closes nobody's loop. */
export async function gatherReferrals(
  tx: Transaction,
  columns: readonly unknown[],
  people: MergedPatients,
): Promise<PatientReferral[]> {
  const found = new Map<string, PatientReferral>();
  for (const row of await run<FoundRow>(tx, REFERRALS, columns)) {
    const { id, sourceSystem, number, orderedDate, performerNpi } = row;
    const patientId = people.survivor(row.patientId);
    const referral = found.get(id) ?? { id, sourceSystem, number, patientId, orderedDate, performerNpi, notes: [] };
    found.set(id, referral);
    if (row.noteId !== null && row.notePatientId !== null && people.survivor(row.notePatientId) === patientId)
      referral.notes.push({ id: row.noteId, authorNpi: row.authorNpi });
  }
  return [...found.values()];
}
