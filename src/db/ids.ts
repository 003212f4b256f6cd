/** Ids that sort by the time they were made, so that any process can insert in batches without asking the database. */
import { v7 } from 'uuid';

/** A new uuid v7. */
export const newId = (): string => v7();

/** The lowest id that could be made at an instant: earlier ids sort before it. */
export function firstIdOf(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
