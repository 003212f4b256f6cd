/** Access to the server: a fixed bearer token, or SMART backend services (private_key_jwt, RS384 or ES384). */
import { randomUUID } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { FhirFault } from './fault.ts';
import type { Answer, Call } from './request.ts';

/** A feed's `auth.smart`. */
export interface SmartConfig {
  clientId: string;
  tokenUrl: string;
  scope: string;
  /** PKCS#8 PEM. */
  privateKey: string;
  keyId: string;
  algorithm: 'RS384' | 'ES384';
  /** Further public keys (SPKI PEM) in the feed's key set: the next one before it signs, the last one after it did. */
  published?: readonly { keyId: string; algorithm: 'RS384' | 'ES384'; publicKey: string }[] | undefined;
}

/** How a feed identifies itself; neither = the server is open. */
export interface TokenConfig {
  bearer?: string | undefined;
  smart?: SmartConfig | undefined;
}

/** What asks for tokens. */
export interface TokenSource {
  /** The token of the moment; undefined = the server is open. */
  token(): Promise<string | undefined>;
  /** The server refused the last token: the next one is a new one. */
  forget(): void;
}

/** A token is not used in its last minute: it may expire on its way. */
const SKEW_MS = 60_000;
/** SMART allows five minutes. */
const ASSERTION_SECONDS = 240;

/** The same token every time, or none. */
export const fixedToken = (token: string | undefined): TokenSource => ({
  token: () => Promise.resolve(token),
  forget: () => undefined,
});

interface Granted {
  token: string;
  until: number;
}

function granted(answer: Answer, now: number): Granted {
  if (answer.status !== 200) throw new FhirFault(`the token endpoint answered ${answer.status}`);
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(answer.bytes).toString('utf8'));
  } catch {
    throw new FhirFault('the token endpoint did not answer with JSON');
  }
  const token: unknown = typeof said === 'object' && said !== null && 'access_token' in said ? said.access_token : '';
  const seconds: unknown = typeof said === 'object' && said !== null && 'expires_in' in said ? said.expires_in : 0;
  if (typeof token !== 'string' || token === '') throw new FhirFault('the token endpoint gave no access_token');
  return { token, until: now + (typeof seconds === 'number' ? seconds * 1000 : 0) - SKEW_MS };
}

/** Asks for a token when it has none that lives. `call` reaches the token endpoint. */
function smartToken(config: SmartConfig, call: (call: Call) => Promise<Answer>, clock: () => Date): TokenSource {
  let held: Granted | null = null;
  let asking: Promise<Granted> | null = null;
  const ask = async (): Promise<Granted> => {
    const now = clock();
    const key = await importPKCS8(config.privateKey, config.algorithm);
    const seconds = Math.floor(now.getTime() / 1000);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: config.algorithm, kid: config.keyId, typ: 'JWT' })
      .setIssuer(config.clientId)
      .setSubject(config.clientId)
      .setAudience(config.tokenUrl)
      .setJti(randomUUID())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(key);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: config.scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const url = new URL(config.tokenUrl);
    return granted(await call({ url, method: 'POST', headers, body: form.toString() }), now.getTime());
  };
  return {
    async token() {
      if (held !== null && held.until > clock().getTime()) return held.token;
      // Several requests that find no token share one question.
      asking ??= ask().finally(() => (asking = null));
      held = await asking;
      return held.token;
    },
    forget() {
      held = null;
    },
  };
}

/** The tokens of a feed. */
export const tokensOf = (
  { bearer, smart }: TokenConfig,
  clock: () => Date,
  call: (call: Call) => Promise<Answer>,
): TokenSource => (smart === undefined ? fixedToken(bearer) : smartToken(smart, call, clock));
