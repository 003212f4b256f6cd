/**
 * `hub send <host:port> <path>`: sends the HL7 messages of files to any MLLP address and reports what was answered. Needs
 * neither a database nor a configuration.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { messageBytes } from '../../adapters/formats/hl7v2/parse.ts';
import { controlIdOf } from '../../adapters/transports/mllp/answer-code.ts';
import { MllpClient, type Acknowledgement, type ClientTls } from '../../adapters/transports/mllp/client.ts';
import { sendAll } from '../../adapters/transports/mllp/send-all.ts';
import { FAILURE, FINDINGS, OK, print, printJson, progress, UsageError } from './output.ts';

interface SendOptions {
  tls?: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  connections: string;
  rate?: string;
  timeout: string;
  retries: string;
  asIs?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** A message of a file. */
interface Outgoing {
  file: string;
  number: number;
  bytes: Uint8Array;
}

const CR = 0x0d;
const LF = 0x0a;

/** Segments end with CR on the wire, whatever they end with in the file. */
function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(LF)) return bytes;
  const kept = bytes.filter((byte, index) => byte !== LF || bytes[index - 1] !== CR);
  return kept.map((byte) => (byte === LF ? CR : byte));
}

function filesOf(path: string): string[] {
  if (path === '-') return ['-'];
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new UsageError(`${path} does not exist`);
  if (!stat.isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** The messages of one file after the other; a file is read when its turn comes. */
function* messagesOf(files: readonly string[], asIs: boolean): Generator<Outgoing> {
  for (const file of files) {
    let number = 0;
    for (const bytes of messageBytes(readFileSync(file === '-' ? 0 : file))) {
      number += 1;
      yield { file: file === '-' ? 'stdin' : file, number, bytes: asIs ? bytes : withCarriageReturns(bytes) };
    }
  }
}

function addressOf(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535) throw new UsageError(`"${text}" is not host:port`);
  return { host, port };
}

function positive(name: string, text: string, whole = true): number {
  const value = Number(text);
  if (!(value > 0) || (whole && !Number.isInteger(value)))
    throw new UsageError(`--${name} takes a ${whole ? 'whole ' : ''}number above 0`);
  return value;
}

function pem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`--${name}: ${path} cannot be read`);
  }
}

function tlsOf(options: SendOptions): ClientTls | undefined {
  const { ca, cert, key, servername } = options;
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key belong together');
  if (options.tls !== true && ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca: pem('ca', ca) }),
    ...(cert === undefined || key === undefined ? {} : { cert: pem('cert', cert), key: pem('key', key) }),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** What became of all messages. */
interface Tally {
  sent: number;
  accepted: number;
  refused: number;
}

const isAccepted = ({ code }: Acknowledgement): boolean => code === '' || /^.A$/.test(code);

function report({ file, number }: Outgoing, ack: Acknowledgement, controlId: string, ms: number, json: boolean): void {
  if (json) printJson({ file, message: number, controlId, code: ack.code, text: ack.text, ms });
  else print(`${controlId.padEnd(24)}  ${(ack.code || 'none').padEnd(6)}  ${String(ms).padStart(8)}  ${ack.text}`);
}

async function send(address: string, path: string, options: SendOptions): Promise<number> {
  const { host, port } = addressOf(address);
  const tls = tlsOf(options);
  const connections = positive('connections', options.connections);
  const perSecond = options.rate === undefined ? undefined : positive('rate', options.rate, false);
  const answerMs = positive('timeout', options.timeout, false) * 1_000;
  const refusals = Number(options.retries);
  if (!Number.isInteger(refusals) || refusals < 0) throw new UsageError('--retries takes a whole number');
  const files = filesOf(path);
  if (options.dryRun === true) {
    for (const { file, number, bytes } of messagesOf(files, true)) print(`${file} ${number}: ${controlIdOf(bytes)}`);
    return OK;
  }
  const clients = Array.from(
    { length: connections },
    () => new MllpClient(host, port, { answerMs, refusals, losses: 2, ...(tls === undefined ? {} : { tls }) }),
  );
  const tally: Tally = { sent: 0, accepted: 0, refused: 0 };
  if (options.json !== true) print(`${'CONTROL ID'.padEnd(24)}  ${'ANSWER'.padEnd(6)}  ${'MS'.padStart(8)}  TEXT`);
  const one = async (client: MllpClient, message: Outgoing): Promise<void> => {
    const begun = performance.now();
    const ack = await client.send(message.bytes);
    const ms = Math.round((performance.now() - begun) * 10) / 10;
    tally.sent += 1;
    tally[isAccepted(ack) ? 'accepted' : 'refused'] += 1;
    report(message, ack, controlIdOf(message.bytes), ms, options.json === true);
  };
  try {
    await sendAll(clients, messagesOf(files, options.asIs === true), one, { perSecond });
  } catch (error) {
    progress(error instanceof Error ? error.message : 'sending failed');
    progress(`stopped after ${tally.sent} answers: ${tally.accepted} accepted, ${tally.refused} refused`);
    return FAILURE;
  } finally {
    for (const client of clients) client.close();
  }
  progress(`${tally.sent} messages: ${tally.accepted} accepted, ${tally.refused} refused`);
  return tally.refused > 0 ? FINDINGS : OK;
}

/** Adds the command. */
export function registerSend(program: Command): void {
  program
    .command('send')
    .description('send the HL7 messages of a file or folder to an MLLP address and report the answers')
    .argument('<address>', 'host:port')
    .argument(
      '<path>',
      'file, folder, or - for standard input: MSH after MSH, FHS/BHS batches, or a recorded MLLP stream',
    )
    .option('--tls', 'speak TLS')
    .option('--ca <file>', 'authority of the receiver (PEM); implies --tls')
    .option('--cert <file>', 'own certificate (PEM); implies --tls')
    .option('--key <file>', 'key of the own certificate (PEM)')
    .option('--servername <name>', "name in the receiver's certificate (default: the host)")
    .option('--connections <n>', 'connections at once; more than one does not keep the order', '1')
    .option('--rate <n>', 'most messages a second')
    .option('--timeout <seconds>', 'longest wait for an answer', '30')
    .option('--retries <n>', 'send again after AR or CR so many times', '0')
    .option('--as-is', 'keep line ends as they are in the file (default: segments end with CR)')
    .option('--dry-run', 'only list the messages')
    .option('--json', 'one JSON object an answer')
    .action(async (address: string, path: string, options: SendOptions) => {
      process.exitCode = await send(address, path, options);
    });
}
