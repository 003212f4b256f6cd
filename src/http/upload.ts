/**
 * `POST /feeds/<name>/files`: a file handed over by HTTP, on the same terms as one that is picked up. The tenant is the key's,
 * the body streams, and no answer in the 200s is given before the bytes are committed; the same bytes again are a duplicate.
 */
import type express from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { FileDelivery, FileReceipt } from '../../adapters/contract.ts';
import type { Scope } from '../access/scope.ts';
import { type Database, DatabaseError } from '../db/client.ts';
import { statement } from '../db/statement.ts';
import { readTenant, type TenantId } from '../db/tenant.ts';

const FIND = statement(import.meta.url, 'find-upload-feed.sql');

/** A body may take long; it may not stand still. */
const IDLE_MS = 30_000;
const RETRY_AFTER_SECONDS = '60';
/** Plain file names, as pick-ups take them. */
const NAME = /^[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._@+=, -]{0,199}$/;

/** Where uploads go. */
export interface UploadOptions {
  /** Stores a file, or the files inside a packed one; `refused` says why one was stored without being unpacked. */
  deliver: (
    tenant: TenantId,
    feed: string,
    file: FileDelivery,
  ) => Promise<{ receipts: FileReceipt[]; refused: string | null }>;
  /** Largest body. */
  maxBytes: number;
}

/** The upload is refused; `message` tells the caller why. */
class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The body as it comes; throws when it is larger than allowed, so that nothing of it is stored. */
async function* bodyOf(request: Request, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  // Left open when the reading ends early: the sender shall hear why.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new UploadRefused(413, `The file is larger than ${maxBytes} bytes.`);
    yield chunk;
  }
}

/** The name of the file: `X-File-Name`, else that of Content-Disposition. Not in the URL, which is logged on the way. */
function nameOf(request: Request): string {
  const disposition = /filename="([^"]*)"/.exec(request.get('content-disposition') ?? '')?.[1];
  const name = request.get('x-file-name') ?? disposition;
  if (name === undefined) throw new UploadRefused(400, 'Name the file in the header X-File-Name.');
  if (!NAME.test(name))
    throw new UploadRefused(400, 'The name must be a plain file name: letters, digits and "._@+=, -".');
  return name;
}

async function checkFeed(read: Database, { tenantId }: Scope, feed: string): Promise<void> {
  const [row] = await readTenant<{ transport: string; paused: boolean }>(read, tenantId, FIND.text, [feed], FIND.name);
  if (row === undefined) throw new UploadRefused(404, 'There is no such feed.');
  if (row.transport === 'mllp') throw new UploadRefused(409, 'This feed takes messages over MLLP, not files.');
  if (row.paused) throw new UploadRefused(503, 'The feed is paused.');
}

/** What is told of a failure: ours are outages, after which the sender tries again. */
function refusalOf(error: unknown): UploadRefused | undefined {
  if (error instanceof UploadRefused) return error;
  const outage = error instanceof DatabaseError || (error instanceof Error && error.name === 'DiskNearlyFull');
  return outage ? new UploadRefused(503, 'The file could not be stored now; nothing of it was kept.') : undefined;
}

/** Adds the route behind `authenticated`, which puts the scope into `response.locals`. */
export function addUploadRoute(
  app: express.Express,
  read: Database,
  authenticated: RequestHandler,
  { deliver, maxBytes }: UploadOptions,
): void {
  const take = async (request: Request, response: Response): Promise<void> => {
    const scope = response.locals['scope'] as Scope;
    const feed = String(request.params['feed']);
    if (scope.role !== 'operator') throw new UploadRefused(403, 'Only an operator key may upload files.');
    await checkFeed(read, scope, feed);
    const name = nameOf(request);
    if (Number(request.get('content-length') ?? 0) > maxBytes)
      throw new UploadRefused(413, `The file is larger than ${maxBytes} bytes.`);
    const content = bodyOf(request, maxBytes);
    const { receipts, refused } = await deliver(scope.tenantId, feed, { name, content });
    const files = receipts.map(({ rawId, duplicate, sha256 }) => ({ rawId, duplicate, sha256 }));
    const fresh = files.some(({ duplicate }) => !duplicate);
    response.status(fresh ? 201 : 200).json({ files, ...(refused === null ? {} : { held: refused }) });
  };
  const fail = (error: unknown, response: Response, next: NextFunction): void => {
    const refusal = refusalOf(error);
    if (refusal === undefined || response.headersSent) {
      next(error);
      return;
    }
    if (refusal.status === 503) response.set('Retry-After', RETRY_AFTER_SECONDS);
    response.status(refusal.status).json({ errors: [{ message: refusal.message }] });
  };
  const prepare: RequestHandler = (request, response, next) => {
    // Whoever is refused in the middle of a body is not listened to any further.
    response.set('Connection', 'close');
    request.setTimeout(IDLE_MS, () => request.destroy());
    next();
  };
  app.post('/feeds/:feed/files', prepare, authenticated, (request, response, next) => {
    take(request, response).catch((error: unknown) => {
      // A sender that went away is nobody's fault, and nobody listens.
      if (error instanceof UploadRefused || request.complete || !request.destroyed) fail(error, response, next);
    });
  });
}
