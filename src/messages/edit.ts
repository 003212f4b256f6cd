/**
 * Edit and replay: an edited message is stored as a message of its own that takes the place of its original. That it does is a
 * fact (`message_edit`) of which every rebuild is made; normalizing takes back what the original said and reads the edited
 * one. The original's bytes stay as they came.
 */
import { createHash } from 'node:crypto';
import { DatabaseError, type Database } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import { newId } from '../db/ids.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantId, type TenantTransaction, withTenant } from '../db/tenant.ts';
import { bytesOfMessage, findMessage, type MessageFacts } from './messages.ts';

const LOCK = statement(import.meta.url, 'lock-message.sql');
const INSERT = statement(import.meta.url, 'insert-edit.sql');
const RELEASE = statement(import.meta.url, 'release-messages.sql');

/** Who edits, when and why. */
export interface Editor {
  name: string;
  reason: string;
  at: Date;
}

/** The edit cannot be made; `code` says why to programs, the message to people. */
export class EditRefused extends Error {
  override readonly name = 'EditRefused';
  readonly code: 'NOT_FOUND' | 'NOT_EDITABLE' | 'BAD_EDIT';
  constructor(code: EditRefused['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Stores an edited message. `make` gets the original's facts and bytes and answers the edited bytes.
 * @returns the id of the edited message, which waits to be normalized.
 * @throws EditRefused and whatever `make` throws; nothing is stored then.
 */
export async function editMessage(
  db: Database,
  tenant: TenantId,
  id: string,
  make: (original: MessageFacts, bytes: Uint8Array) => Uint8Array,
  editor: Editor,
): Promise<string> {
  if (editor.reason.trim() === '') throw new EditRefused('BAD_EDIT', 'An edit needs a reason.');
  try {
    const edited = await withTenant(db, tenant, (tx) => storeEdit(tx, id, make, editor));
    fault.point('edit-committed');
    return edited;
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlstate === '23505')
      throw new EditRefused('NOT_EDITABLE', `Message ${id} was edited in the same moment; look at it again.`);
    throw error;
  }
}

async function storeEdit(
  tx: TenantTransaction,
  id: string,
  make: (original: MessageFacts, bytes: Uint8Array) => Uint8Array,
  { name, reason, at }: Editor,
): Promise<string> {
  const [state] = await run<{ state: string; accepted: number; duplicate: number }>(tx, LOCK, [tx.tenantId, id]);
  const original = state && (await findMessage(tx, tx.tenantId, id));
  if (original === undefined) throw new EditRefused('NOT_FOUND', `There is no message ${id}.`);
  const obstacle = obstacleOf(original);
  if (obstacle !== undefined) throw new EditRefused('NOT_EDITABLE', obstacle);
  const bytes = await bytesOfMessage(tx, tx.tenantId, original);
  if (bytes === undefined) throw new EditRefused('NOT_EDITABLE', TOO_LARGE);
  const made = make(original, bytes);
  if (Buffer.compare(made, bytes) === 0) throw new EditRefused('BAD_EDIT', 'The edit changes nothing.');
  const edited = newId();
  const receivedAt = at.toISOString();
  await run(tx, INSERT, [
    tx.tenantId,
    id,
    edited,
    original.feed,
    `${receivedAt.slice(0, 7)}-01`,
    `edit of ${id}`,
    createHash('sha256').update(made).digest('hex'),
    original.name,
    receivedAt,
    made,
    name,
    reason.trim(),
  ]);
  await run(tx, RELEASE, [tx.tenantId, [id]]);
  fault.point('edit-in-transaction');
  return edited;
}

const TOO_LARGE = 'A large file is not edited here: send the corrected file.';

/** Why a message may not be edited; undefined = it may. */
function obstacleOf({ state, supersededBy, kind, accepted, duplicate, parts }: MessageFacts): string | undefined {
  if (supersededBy !== null) return `It was edited already: edit ${supersededBy} instead.`;
  if (state === 'PENDING') return 'It still waits to be normalized; try again in a moment.';
  if (parts > 0) return TOO_LARGE;
  // What an EHR said can be taken back statement by statement. Claims, invoices and master data are corrected by a later
  // version of the same record, which their keys supersede.
  if (kind !== 'ehr' && accepted + duplicate > 0)
    return 'Records of it count already. Send the corrected records in a new file: they take the place of these by their keys.';
  return undefined;
}
