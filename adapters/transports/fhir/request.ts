/**
 * One HTTP request to a FHIR server: no redirects, no private address unless allowed, a deadline, a cap on what is read
 * (also behind gzip). Plain node:http, because the bytes are stored as they came before anybody understands them.
 */
import { request as requestHttp, type IncomingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isPrivate, PrivateAddress, publicLookup } from './addresses.ts';

/** What is asked. */
export interface Call {
  url: URL;
  method: 'GET' | 'POST' | 'DELETE';
  headers: Record<string, string>;
  body?: string;
}

/** How one may ask. */
export interface Limits {
  /** The server may have a private address. */
  privateNetwork: boolean;
  /** PEM of the server's certificate authority; absent = the public ones. */
  ca?: string | undefined;
  /** Milliseconds without a byte before a request fails. */
  idleMs: number;
}

/** An answer whose body is still to be read. */
export interface Opened {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

/** An answer. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Uint8Array;
}

/** A body is larger than the feed's limit. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Sends a request and resolves when the answer begins. Rejects on network faults, deadlines and forbidden addresses. */
export function open(call: Call, limits: Limits, signal: AbortSignal): Promise<Opened> {
  const { url, method, headers, body } = call;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is never looked up.
  if (!limits.privateNetwork && isIP(host) !== 0 && isPrivate(host)) return Promise.reject(new PrivateAddress());
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        headers: { 'accept-encoding': 'gzip', 'user-agent': 'throughline', ...headers },
        signal,
        timeout: limits.idleMs,
        ...(limits.privateNetwork ? {} : { lookup: publicLookup }),
        ...(limits.ca === undefined ? {} : { ca: limits.ca }),
      },
      (response) => {
        const plain = response.headers['content-encoding'] !== 'gzip';
        // The pipeline's own callback would report what the reader of the stream hears anyway.
        const stream = plain ? response : pipeline(response, createGunzip(), () => undefined);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: stream });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends a request and reads the answer. @throws TooLarge. */
export async function send(call: Call, limits: Limits & { maxBytes: number }, signal: AbortSignal): Promise<Answer> {
  const { status, headers, body } = await open(call, limits, signal);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > limits.maxBytes) {
      body.destroy();
      throw new TooLarge(`an answer is larger than ${limits.maxBytes} bytes (maxBytes of the feed)`);
    }
    chunks.push(chunk);
  }
  return { status, headers, bytes: Buffer.concat(chunks) };
}
