/** The public keys of a SMART backend client as a JWKS, for servers that fetch them: rotation without a registration. */
import { exportJWK, importPKCS8, importSPKI, type JSONWebKeySet, type JWK } from 'jose';
import type { SmartConfig } from './token.ts';

type Algorithm = SmartConfig['algorithm'];

/** Members of a public key; whatever else a key has stays here. */
const PUBLIC = ['kty', 'n', 'e', 'crv', 'x', 'y'] as const;

function published(key: JWK, keyId: string, algorithm: Algorithm): JWK {
  const parts = PUBLIC.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]] as const]));
  return { ...Object.fromEntries(parts), kid: keyId, alg: algorithm, use: 'sig', key_ops: ['verify'] };
}

/** The key that signs, and those that will or did. @throws Error naming the setting that is no such key. */
export async function keySetOf(smart: SmartConfig): Promise<JSONWebKeySet> {
  const read = async (setting: string, load: () => ReturnType<typeof importSPKI>): Promise<JWK> => {
    try {
      return await exportJWK(await load());
    } catch {
      throw new Error(`source.fhir.smart.${setting} is no key for its algorithm (PEM)`);
    }
  };
  const { privateKey, keyId, algorithm, published: others = [] } = smart;
  const own = await read('privateKey', () => importPKCS8(privateKey, algorithm, { extractable: true }));
  const keys = [published(own, keyId, algorithm)];
  for (const [index, one] of others.entries()) {
    const key = await read(`published[${index}].publicKey`, () =>
      importSPKI(one.publicKey, one.algorithm, { extractable: true }),
    );
    keys.push(published(key, one.keyId, one.algorithm));
  }
  return { keys };
}
