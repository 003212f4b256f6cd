/** The commands of the API. Who may give them is decided by the key's role; what they do is in src/message-commands.ts. */
import 'reflect-metadata';
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import type { Role } from '../src/access/classes.ts';
import { command, type CommandContext } from './commands.ts';
import {
  EditedMessage,
  EditMessageInput,
  OpenedMessage,
  ReplayCount,
  ReplayFilter,
  StartedReplay,
} from './types/message-commands.ts';

/** Those who repair interfaces. */
const OPERATORS: readonly Role[] = ['operator'];
/** Those who read patients' data: a whole message is nothing else. */
const READERS_OF_PHI: readonly Role[] = ['operator', 'analyst_phi', 'auditor'];

@Resolver()
export class Mutations {
  @Mutation(() => OpenedMessage, {
    description:
      'Opens a message: its text and its fields, the wrong ones marked. That it was opened, and by which key, is logged.',
  })
  openMessage(@Arg('id', () => ID) id: string, @Ctx() context: object): Promise<object> {
    return command(context as CommandContext, READERS_OF_PHI, (commands, scope) => commands.openMessage(scope, id));
  }

  @Mutation(() => EditedMessage, {
    description: 'Stores a corrected message in the place of one that came. The original stays and counts no more.',
  })
  editMessage(@Arg('input', () => EditMessageInput) input: EditMessageInput, @Ctx() context: object): Promise<object> {
    return command(context as CommandContext, OPERATORS, (commands, scope) => commands.editMessage(scope, input));
  }

  @Mutation(() => [ReplayCount], { description: 'Counts what a replay would put back; changes nothing.' })
  countReplay(@Arg('filter', () => ReplayFilter) filter: ReplayFilter, @Ctx() context: object): Promise<object> {
    return command(context as CommandContext, OPERATORS, (commands, scope) => commands.countReplay(scope, filter));
  }

  @Mutation(() => StartedReplay, {
    description:
      'Puts messages that were set aside back to be read again, a batch at a time; messageReplay tells how far it is.',
  })
  replayMessages(
    @Arg('filter', () => ReplayFilter) filter: ReplayFilter,
    @Arg('reason', () => String) reason: string,
    @Ctx() context: object,
  ): Promise<object> {
    return command(context as CommandContext, OPERATORS, (commands, scope) =>
      commands.replayMessages(scope, filter, reason),
    );
  }

  @Mutation(() => StartedReplay, { description: 'Stops a replay at once: nothing more is put back.' })
  stopReplay(@Arg('id', () => ID) id: string, @Ctx() context: object): Promise<object> {
    return command(context as CommandContext, OPERATORS, (commands, scope) => commands.stopReplay(scope, id));
  }
}
