/** Asks a FHIR server what it is, and for a token where it wants one; nothing of a patient is read. For `hub doctor`. */
import { fixedToken, tokensOf, type TokenConfig } from './token.ts';
import { FhirFault } from './fault.ts';
import { type Limits, send } from './request.ts';
import { FhirServer } from './server.ts';

/** What a server says of itself, or why it does not. */
export type FhirProbe = { version: string; token: 'granted' | 'fixed' | 'none' } | { fault: string };

/** What is probed: the parts of a feed's `source.fhir` that matter for reaching the server. */
export interface Probed extends TokenConfig, Pick<Limits, 'privateNetwork' | 'ca'> {
  url: string;
}

const MOST_BYTES = 16 * 1024 * 1024;

function versionOf(bytes: Uint8Array): string | null {
  try {
    const said: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof said === 'object' && said !== null && 'fhirVersion' in said ? String(said.fhirVersion) : null;
  } catch {
    return null;
  }
}

/** Never rejects. */
export async function probeFhir(probed: Probed, milliseconds: number, clock: () => Date): Promise<FhirProbe> {
  const signal = AbortSignal.timeout(milliseconds);
  const limits = { ...probed, idleMs: milliseconds, maxBytes: MOST_BYTES };
  const base = new URL(probed.url);
  const server = new FhirServer({
    base,
    limits,
    tokens: fixedToken(undefined),
    fileOrigins: [],
    signal,
    clock,
    pauseMs: 100,
  });
  try {
    // The capability statement is public by the standard, so a refusal here is not about the token.
    const { status, bytes } = await server.ask('metadata', server.at('metadata'));
    if (status !== 200) return { fault: `metadata answered ${status}` };
    const version = versionOf(bytes);
    if (version === null) return { fault: 'metadata is no CapabilityStatement: is the base URL right?' };
    await tokensOf(probed, clock, (call) => send(call, limits, signal)).token();
    const token = probed.smart !== undefined ? 'granted' : probed.bearer !== undefined ? 'fixed' : 'none';
    return { version, token };
  } catch (error) {
    return { fault: signal.aborted ? 'no answer in time' : error instanceof FhirFault ? error.message : 'it failed' };
  }
}
