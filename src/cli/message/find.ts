/** Finding a message by its id, whichever tenant has it. */
import type { Tenant } from '../../db/stage.ts';
import { withTenant } from '../../db/tenant.ts';
import {
  bytesOfMessage,
  editsOfMessage,
  errorsOfMessage,
  findMessage,
  type MessageEdit,
  type MessageError,
  type MessageFacts,
} from '../../messages/messages.ts';
import { UsageError } from '../output.ts';
import type { Session } from '../session.ts';

/** A message with all that is known of it. */
export interface FoundMessage {
  tenant: Tenant;
  facts: MessageFacts;
  errors: MessageError[];
  edits: MessageEdit[];
  /** Undefined for a large file. */
  bytes: Uint8Array | undefined;
}

/** Throws when no tenant has it. */
export async function findAnywhere({ ingest, tenants }: Session, id: string): Promise<FoundMessage> {
  for (const tenant of tenants) {
    const found = await withTenant(
      ingest,
      tenant.id,
      async (tx): Promise<FoundMessage | undefined> => {
        const facts = await findMessage(tx, tenant.id, id);
        if (facts === undefined) return undefined;
        const errors = await errorsOfMessage(tx, tenant.id, id);
        const edits = await editsOfMessage(tx, tenant.id, id);
        return { tenant, facts, errors, edits, bytes: await bytesOfMessage(tx, tenant.id, facts) };
      },
      { readOnly: true },
    );
    if (found !== undefined) return found;
  }
  throw new UsageError(`no tenant has a message ${id}`);
}
