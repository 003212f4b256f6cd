/** The token endpoint of a simulated FHIR server: SMART backend services, one client, tokens that expire. */
import { randomBytes } from 'node:crypto';
import { importSPKI, jwtVerify, type JWTVerifyGetKey } from 'jose';

/** The one client that may come in. */
export interface SimClient {
  clientId: string;
  /** SPKI PEM, or where the client's keys are looked up. */
  publicKey: string | JWTVerifyGetKey;
  algorithm: 'RS384' | 'ES384';
  /** How long a token lives. */
  seconds: number;
}

/** Grants and checks tokens. */
export class SimTokens {
  private readonly granted = new Map<string, number>();
  private readonly used = new Set<string>();
  /** Tokens granted so far. */
  count = 0;

  constructor(
    private readonly client: SimClient | null,
    private readonly clock: () => Date,
  ) {}

  /** Answers a token request; null = refused. */
  async grant(form: URLSearchParams, audience: string): Promise<object | null> {
    if (this.client === null) return null;
    const { clientId, publicKey, algorithm, seconds } = this.client;
    if (form.get('grant_type') !== 'client_credentials') return null;
    try {
      const keyOf: JWTVerifyGetKey = typeof publicKey === 'string' ? () => importSPKI(publicKey, algorithm) : publicKey;
      const { payload } = await jwtVerify(form.get('client_assertion') ?? '', keyOf, {
        algorithms: [algorithm],
        issuer: clientId,
        subject: clientId,
        audience,
        requiredClaims: ['jti', 'exp'],
        maxTokenAge: '5 min',
        currentDate: this.clock(),
      });
      const jti = payload.jti ?? '';
      if (this.used.has(jti)) return null;
      this.used.add(jti);
    } catch {
      return null;
    }
    const token = randomBytes(16).toString('base64url');
    this.granted.set(token, this.clock().getTime() + seconds * 1000);
    this.count += 1;
    return { access_token: token, token_type: 'bearer', expires_in: seconds, scope: form.get('scope') };
  }

  /** True when a request with this Authorization header may pass. */
  allows(header: string | undefined): boolean {
    if (this.client === null) return true;
    const until = this.granted.get((header ?? '').replace(/^Bearer /, ''));
    return until !== undefined && until > this.clock().getTime();
  }

  /** Makes all tokens worthless, as a server that was restarted. */
  revoke(): void {
    this.granted.clear();
  }
}
