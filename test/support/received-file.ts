/** What a test puts in the place of the receiver: takes a file in whole. */
import { createHash } from 'node:crypto';
import type { FileDelivery } from '../../adapters/contract.ts';

/** A file as a transport handed it over. */
export interface ReceivedFile {
  name: string;
  bytes: Buffer;
  sha256: string;
}

/** Rejects with the content's own error, as the receiver does. */
export async function receivedFile({ name, content }: FileDelivery): Promise<ReceivedFile> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return { name, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
