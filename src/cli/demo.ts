/** `hub demo` (npm start): the hub with simulated partners over the embedded database; nothing else is needed. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { FORMATS } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { startHub, type Hub } from '../hub.ts';
import { createLog } from '../log.ts';
import { waitingWork } from '../rebuild.ts';
import { DEFAULT_PORTS, type DemoPorts } from '../simulate/demo-files.ts';
import { startSimulators, type HistoryProgress, type Simulators } from '../simulate/simulators.ts';
import { chainCounts, type ChainCounts } from './chain-counts.ts';
import { demoKeys } from './demo-keys.ts';
import { OK, print, progress, UsageError } from './output.ts';
import { stopWithin, untilStopped } from './serve.ts';
import { globals } from './session.ts';

const FIRST_SEED = 'throughline';
const SETTLE_PAUSE_MS = 250;

function portFrom(name: string, fallback: number): number {
  const text = process.env[name] ?? '';
  if (text === '') return fallback;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new UsageError(`${name} must be a port number`);
  return Number(text);
}

function portsFromEnvironment(): DemoPorts {
  const mercy = portFrom('HUB_MLLP_PORT', DEFAULT_PORTS.mllp.mercy);
  return {
    http: portFrom('HUB_HTTP_PORT', DEFAULT_PORTS.http),
    database: portFrom('HUB_DATABASE_PORT', DEFAULT_PORTS.database),
    sftp: portFrom('HUB_SFTP_PORT', DEFAULT_PORTS.sftp),
    fhir: portFrom('HUB_FHIR_PORT', DEFAULT_PORTS.fhir),
    mllp: {
      mercy,
      lakeside: portFrom(
        'HUB_MLLP_PORT_2',
        mercy === DEFAULT_PORTS.mllp.mercy ? DEFAULT_PORTS.mllp.lakeside : mercy + 1,
      ),
    },
  };
}

function scaleFromEnvironment(): number {
  const scale = Number(process.env['HUB_DEMO_SCALE'] ?? '1');
  if (!(scale > 0 && scale <= 100)) throw new UsageError('HUB_DEMO_SCALE must be a number above 0 and at most 100');
  return scale;
}

/** Says how far loading is: one line that is rewritten on a terminal, a line a quarter elsewhere. */
function progressPrinter(): (step: HistoryProgress) => void {
  let last = '';
  return ({ step, done, total }) => {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001B[K  ${step}: ${done} of ${total}${percent === 100 ? '\n' : ''}`);
      return;
    }
    const line = `  ${step}: ${Math.floor(percent / 25) * 25} %`;
    if (line !== last) progress(line);
    last = line;
  };
}

async function loadHistory(simulators: Simulators, hub: Hub): Promise<void> {
  if (!simulators.historyDelivered) {
    progress('Loading a month of history through MLLP, FHIR, SFTP and folders:');
    await simulators.loadHistory(progressPrinter());
  }
  progress('  deciding, accumulating, reconciling ...');
  while ((await waitingWork(hub.ingest, hub.tenants)) > 0)
    await new Promise((resolve) => setTimeout(resolve, SETTLE_PAUSE_MS));
}

const thousands = (value: number): string => value.toLocaleString('en-US');

function summary(counts: ChainCounts): string {
  return `${thousands(counts.encounters)} encounters → ${thousands(counts.prescriptions)} prescriptions → ${thousands(counts.dispenses)} dispenses (${thousands(counts.eligible)} eligible) → ${thousands(counts.invoiceLines)} invoice lines; ${thousands(counts.cases)} exception cases open`;
}

function whatRuns(hub: Hub, ports: DemoPorts, counts: ChainCounts, seconds: string): string[] {
  const http = `http://127.0.0.1:${hub.httpPort}`;
  return [
    '',
    `${pc.green('✔')} Ready after ${seconds} s: ${summary(counts)}`,
    '',
    `  GraphQL   ${http}/graphql    key in .hub/demo-operator.key (mercy), .hub/demo-operator-lakeside.key`,
    `  Metrics   ${http}/metrics    (the same key)`,
    `  EHRs      MLLP 127.0.0.1:${ports.mllp.mercy} (mercy), :${ports.mllp.lakeside} (lakeside)`,
    `  EHR       FHIR http://127.0.0.1:${ports.fhir}/fhir (lakeside, simulated)`,
    `  SFTP      127.0.0.1:${ports.sftp}: pharmacies and wholesalers (simulated)`,
    `  Database  127.0.0.1:${ports.database} (embedded PostgreSQL)`,
    '',
    '  Try, in another terminal:',
    '    npm run hub -- feed list',
    `    npm run hub -- trace ${counts.exampleRx}`,
    `    curl -s ${http}/graphql -H "Authorization: Bearer $(cat .hub/demo-operator.key)" -H 'Content-Type: application/json' \\`,
    `      -d "$(node -p 'JSON.stringify({query: require("fs").readFileSync("examples/queries/first.graphql", "utf8")})')"`,
    '',
    '  Live messages keep coming. Ctrl-C stops; data is kept; npm start -- --reset starts over.',
  ];
}

async function demo(directory: string, log: ReturnType<typeof createLog>): Promise<void> {
  const started = performance.now();
  const stopped = untilStopped();
  const ports = portsFromEnvironment();
  const clock = (): Date => new Date();
  const simulators = await startSimulators({
    directory,
    ports,
    world: {
      seed: process.env['HUB_DEMO_SEED'] ?? FIRST_SEED,
      today: clock().toISOString().slice(0, 10),
      scale: scaleFromEnvironment(),
    },
    clock,
    log: ({ level, message }) => log({ level, event: 'simulator', detail: message }),
  });
  let hub: Hub | null = null;
  try {
    const configuration = loadConfiguration(simulators.configuration, FORMATS);
    hub = await startHub({ directory, configuration, log, clock, environment: process.env, productionOnly: false });
    await demoKeys(hub, directory, clock());
    progress(
      `${pc.green('✔')} Database, listeners and simulators are up (${((performance.now() - started) / 1000).toFixed(1)} s)`,
    );
    const running = hub;
    const loaded = loadHistory(simulators, running).then(async () => {
      const counts = await chainCounts(running.ingest, running.tenants);
      const trickle = simulators.startTrickle();
      for (const line of whatRuns(running, ports, counts, ((performance.now() - started) / 1000).toFixed(1)))
        print(line);
      return trickle;
    });
    const signal = await Promise.race([stopped, loaded.then(() => stopped)]);
    progress(`\n${signal}: stopping ...`);
    await stopWithin(async () => {
      const trickle = await Promise.race([
        loaded.catch(() => null),
        new Promise<null>((resolve) => setTimeout(resolve, 0, null)),
      ]);
      await trickle?.stop();
    });
  } finally {
    await stopWithin(async () => {
      await simulators.stop();
      await hub?.stop();
    });
  }
}

/** Adds the command. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('run the hub with simulated EHRs, pharmacies and wholesalers over the embedded database')
    .option('--reset', 'throw away the data of earlier runs first')
    .action(async (options: { reset?: boolean }, command: Command) => {
      const { directory, logLevel } = globals(command);
      if (options.reset === true && existsSync(directory)) {
        if (!existsSync(join(directory, 'demo')))
          throw new UsageError(`${directory} holds no demo; --reset removes demo data only`);
        rmSync(directory, { recursive: true, force: true });
      }
      await demo(directory, createLog(logLevel));
      process.exitCode = OK;
    });
}
