/**
 * What mutations ask of the hub. Reads are compiled to SQL and never come this way; a command runs in the ordinary resolvers,
 * is permitted by role before its arguments are looked at, and answers small objects of its own.
 */
import { GraphQLError } from 'graphql';
import type { Role } from '../src/access/classes.ts';
import type { Scope } from '../src/access/scope.ts';

/** A place of a message and the value that shall stand there. */
export interface FieldChange {
  place: string;
  value: string;
}

/** Which messages a replay puts back. */
export interface ReplayWish {
  states: readonly ('HELD' | 'REJECTED' | 'QUARANTINED')[];
  feed?: string | null;
  since?: string | null;
  until?: string | null;
}

/** The hub's commands. They throw CommandRefused with a sentence for the caller; anything else is a fault of the hub. */
export interface Commands {
  openMessage(scope: Scope, id: string): Promise<object>;
  editMessage(
    scope: Scope,
    wish: { id: string; set?: readonly FieldChange[] | null; text?: string | null; reason: string },
  ): Promise<object>;
  countReplay(scope: Scope, wish: ReplayWish): Promise<object[]>;
  replayMessages(scope: Scope, wish: ReplayWish, reason: string): Promise<object>;
  stopReplay(scope: Scope, id: string): Promise<object>;
}

/** A command that cannot be done; `code` tells programs why. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What resolvers get of a request. */
export interface CommandContext {
  scope: Scope;
  commands?: Commands | undefined;
  onFault: (error: unknown) => void;
}

const coded = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } });

/** Runs a command if the key's role may. What the hub did not mean for the caller is told to the operator alone. */
export async function command<T>(
  { scope, commands, onFault }: CommandContext,
  roles: readonly Role[],
  run: (commands: Commands, scope: Scope) => Promise<T>,
): Promise<T> {
  if (!roles.includes(scope.role)) throw coded('FORBIDDEN', 'This key may not do that.');
  if (commands === undefined) throw coded('UNAVAILABLE', 'This hub takes no commands.');
  try {
    return await run(commands, scope);
  } catch (error) {
    if (error instanceof CommandRefused) throw coded(error.code, error.message);
    onFault(error);
    throw coded('INTERNAL_SERVER_ERROR', 'The hub could not do this.');
  }
}
