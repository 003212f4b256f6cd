/** Ids that sort by the time they were made, so that any process can insert in batches without asking the database. */
import { v7 } from 'uuid';

/** A new uuid v7. */
export const newId = (): string => v7();
