/** What the GraphQL world's patients and visits say of their sources, histories and of each other. */
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
