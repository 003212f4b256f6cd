/** `hub message`: finding, looking at, correcting and repeating what came in. */
import type { Command } from 'commander';
import { registerEdit } from './message/edit.ts';
import { registerList } from './message/list.ts';
import { registerReplay } from './message/replay.ts';
import { registerShow } from './message/show.ts';

/** Adds the commands. */
export function registerMessage(program: Command): void {
  const message = program.command('message').description('what came in: find, look at, correct, read again');
  for (const register of [registerList, registerShow, registerEdit, registerReplay]) register(message);
}
