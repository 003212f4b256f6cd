/**
 * The message tools behind the API: what a mutation asks for, done on the ingesting pool, which alone may read bytes, inside the
 * tenant of the key. The command line does the same with src/messages directly.
 */
import { type Format, PlaceUnknown, type TreeUnit } from '../adapters/contract.ts';
import { CommandRefused, type Commands } from '../schema/commands.ts';
import type { Scope } from './access/scope.ts';
import type { Database } from './db/client.ts';
import { withTenant } from './db/tenant.ts';
import type { Log } from './log.ts';
import { EditRefused, editMessage } from './messages/edit.ts';
import { excerptsAt, positionsOf } from './messages/excerpts.ts';
import { bytesOfMessage, errorsOfMessage, findMessage, type MessageFacts } from './messages/messages.ts';
import { openedUnits } from './messages/opened.ts';
import { countReplay, findReplay, startReplay, stopReplays } from './messages/replay.ts';
import { StoredSource } from './normalize/stored-source.ts';

/** What the commands work with. */
export interface CommandParts {
  db: Database;
  formats: ReadonlyMap<string, Format>;
  clock: () => Date;
  log: Log;
  /** Something waits: time to look for work. */
  wake: () => void;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Text of a message that is handed out. */
const TEXT_MOST = 1024 * 1024;
/** Errors of a large file whose messages are handed out. */
const UNITS_MOST = 50;

const nameOf = ({ keyId }: Scope): string => `key ${keyId}`;

/** An id as sent; one that is none names nothing. */
function known(id: string, what: string): string {
  const text = id.trim().toLowerCase();
  if (!UUID.test(text)) throw new CommandRefused('NOT_FOUND', `There is no ${what} of this id.`);
  return text;
}

/** The hub's commands. */
export function messageCommands({ db, formats, clock, log, wake }: CommandParts): Commands {
  return {
    openMessage: (scope, id) => open({ db, formats, log }, scope, known(id, 'message')),
    editMessage: async (scope, { id, set, text, reason }) => {
      const original = known(id, 'message');
      const make = maker(formats, set ?? [], text ?? undefined);
      const editor = { name: nameOf(scope), reason, at: clock() };
      const edited = await refusing(() => editMessage(db, scope.tenantId, original, make, editor));
      wake();
      return { id: edited, supersedes: original };
    },
    countReplay: (scope, wish) => countReplay(db, scope.tenantId, wish, clock()),
    replayMessages: async (scope, wish, reason) => {
      const started = await startReplay(db, scope.tenantId, wish, { name: nameOf(scope), reason, at: clock() });
      wake();
      return started;
    },
    stopReplay: async (scope, id) => {
      const wanted = known(id, 'replay');
      await stopReplays(db, scope.tenantId, wanted, clock());
      const found = await findReplay(db, scope.tenantId, wanted);
      if (found === undefined) throw new CommandRefused('NOT_FOUND', 'There is no replay of this id.');
      return found;
    },
  };
}

async function open(
  { db, formats, log }: Pick<CommandParts, 'db' | 'formats' | 'log'>,
  scope: Scope,
  id: string,
): Promise<object> {
  const found = await withTenant(
    db,
    scope.tenantId,
    async (tx) => {
      const facts = await findMessage(tx, scope.tenantId, id);
      if (facts === undefined) throw new CommandRefused('NOT_FOUND', 'There is no message of this id.');
      const errors = await errorsOfMessage(tx, scope.tenantId, id);
      return { facts, errors, bytes: await bytesOfMessage(tx, scope.tenantId, facts) };
    },
    { readOnly: true },
  );
  const { facts, errors, bytes } = found;
  log({ level: 'info', event: 'message opened', rawId: id, name: nameOf(scope) });
  const format = facts.format === null ? undefined : formats.get(facts.format);
  const unitsAt = async (): Promise<TreeUnit[]> => {
    const source = new StoredSource(db, scope.tenantId, { month: facts.month, rawId: id, sizeBytes: facts.sizeBytes });
    const excerpts = await excerptsAt(format, source, positionsOf(errors, UNITS_MOST));
    return excerpts.flatMap(({ unit }) => unit ?? []);
  };
  return {
    id,
    format: facts.format,
    state: facts.state,
    text: bytes === undefined ? null : new TextDecoder().decode(bytes.subarray(0, TEXT_MOST)),
    complete: bytes !== undefined && bytes.length <= TEXT_MOST,
    units: openedUnits(bytes === undefined ? await unitsAt() : (format?.tree?.(bytes) ?? []), errors),
  };
}

function maker(
  formats: ReadonlyMap<string, Format>,
  set: readonly { place: string; value: string }[],
  text: string | undefined,
): (original: MessageFacts, bytes: Uint8Array) => Uint8Array {
  if ((text === undefined) === (set.length === 0))
    throw new CommandRefused('BAD_USER_INPUT', 'An edit takes set or text, one of them.');
  if (text !== undefined) return () => new TextEncoder().encode(text);
  return ({ format }, bytes) => {
    const setValues = format === null ? undefined : formats.get(format)?.edit;
    if (setValues === undefined)
      throw new CommandRefused('BAD_USER_INPUT', 'Values of this format cannot be set one by one; give the text.');
    return setValues(bytes, set);
  };
}

/** What stands against an edit is said to the caller. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EditRefused)
      throw new CommandRefused(error.code === 'BAD_EDIT' ? 'BAD_USER_INPUT' : error.code, error.message);
    if (error instanceof PlaceUnknown) throw new CommandRefused('BAD_USER_INPUT', error.message);
    throw error;
  }
}
