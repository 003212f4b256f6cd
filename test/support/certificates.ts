/** X.509 certificates for tests, made on the spot: an authority and what it signs. P-256 keys, DER written by hand. */
import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** Key and certificate in PEM. */
export interface Identity {
  key: string;
  cert: string;
}

/** What a certificate says. */
export interface CertificateWish {
  commonName: string;
  dns?: readonly string[];
  /** Default: a day ago until tomorrow. */
  validFrom?: Date;
  validTo?: Date;
}

const DAY_MS = 86_400_000;

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.of(tag, length), content]);
  const size = length < 256 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const nameOf = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))));
const timeOf = (at: Date): Buffer =>
  der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));
const extension = (id: string, value: Uint8Array): Buffer => sequence(oid(id), der(0x04, value));

function pem(name: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${name}-----\n${lines.join('\n')}\n-----END ${name}-----\n`;
}

let serial = 1;

function certificate(
  wish: CertificateWish,
  publicKey: KeyObject,
  issuer: string,
  signer: KeyObject,
  ca: boolean,
): string {
  const { commonName, dns = [] } = wish;
  const validFrom = wish.validFrom ?? new Date(Date.now() - DAY_MS);
  const validTo = wish.validTo ?? new Date(Date.now() + DAY_MS);
  const names = dns.map((name) => der(0x82, Buffer.from(name)));
  const extensions = [
    ...(ca ? [extension('551d13', sequence(der(0x01, Buffer.of(0xff))))] : []),
    ...(names.length > 0 ? [extension('551d11', sequence(...names))] : []),
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of((serial += 1))),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(timeOf(validFrom), timeOf(validTo)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const signature = sign('sha256', body, signer);
  return pem('CERTIFICATE', sequence(body, ECDSA_SHA256, der(0x03, Buffer.of(0), signature)));
}

const keyPair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyText = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Makes an authority that signs itself. */
export function makeAuthority(commonName: string): Identity {
  const { publicKey, privateKey } = keyPair();
  return {
    key: keyText(privateKey),
    cert: certificate({ commonName }, publicKey, commonName, privateKey, true),
  };
}

/** A key with a certificate that `authority`, named `issuer`, has signed. */
export function makeIdentity(authority: Identity, issuer: string, wish: CertificateWish): Identity {
  const { publicKey, privateKey } = keyPair();
  return {
    key: keyText(privateKey),
    cert: certificate(wish, publicKey, issuer, createPrivateKey(authority.key), false),
  };
}
