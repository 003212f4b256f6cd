/** An archive that was not unpacked when it came in (README.md): held, with the reason. Chosen by the file's name, not by a feed. */
import { filesInside } from '../../archives/index.ts';
import { ArchiveRefused } from '../../archives/limits.ts';
import { type Format, HeldPayload } from '../../contract.ts';

/** Looks for the reason again, in the same way and within the same bounds. */
async function reasonOf(name: string, source: Parameters<Format['read']>[0]): Promise<string> {
  try {
    for await (const { content } of filesInside(name, source)) await readToEnd(content);
    return 'none that is found now (the file wanted was not in it, or it can be unpacked): hand it over again';
  } catch (error) {
    if (error instanceof ArchiveRefused) return error.message;
    throw error;
  }
}

async function readToEnd(content: AsyncIterable<Uint8Array>): Promise<void> {
  const steps = content[Symbol.asyncIterator]();
  while ((await steps.next()).done !== true);
}

/** How the bytes of an archive begin. */
const isZip = (start: Uint8Array): boolean => start[0] === 0x50 && start[1] === 0x4b;

export const format: Format = {
  name: 'packed',
  kind: 'reference',
  checkOptions: () => [],
  async *read(source) {
    const name = isZip(await source.read(0, 2)) ? 'file.zip' : 'file.gz';
    const reason = await reasonOf(name, source);
    yield [];
    throw new HeldPayload('file', 'archive', `the archive was not unpacked: ${reason}`);
  },
};
