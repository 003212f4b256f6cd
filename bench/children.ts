/**
 * Work of a bench that belongs into a process of its own: senders, whose CPU is not the hub's, and whatever is measured by
 * its memory. A child is this program again with `--child <name>`; it gets one message and answers with one.
 */
import { fork } from 'node:child_process';

/** A child's work; its input is JSON text. */
export type ChildWork = (input: string) => Promise<unknown>;

/** What a child answered. */
type Answer<T> = { ok: true; result: T } | { ok: false; message: string };

/** Runs a child to its end; `program` is another one than this. @throws with the child's own message when it fails, or with its exit. */
export function runChild<T>(name: string, input: unknown, program = process.argv[1] ?? ''): Promise<T> {
  const child = fork(program, ['--child', name], { stdio: ['ignore', 2, 2, 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (answer: Answer<T>) => {
      if (answer.ok) resolve(answer.result);
      else reject(new Error(`${name}: ${answer.message}`));
    });
    child.once('exit', (code, signal) => reject(new Error(`${name} ended early (${signal ?? code ?? 'unknown'})`)));
    child.send(JSON.stringify(input));
  });
}

/** The other side: waits for the input, works, answers, ends. */
export function serveChild(work: ChildWork): void {
  process.once('message', (input) => {
    work(String(input))
      .then((result): Answer<unknown> => ({ ok: true, result }))
      .catch((error: unknown): Answer<unknown> => ({
        ok: false,
        message: error instanceof Error ? error.message : 'unknown',
      }))
      .then((answer) => process.send?.(answer, () => process.disconnect()))
      .catch(() => process.exit(1));
  });
}
