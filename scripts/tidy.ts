/**
 * The architecture as a check: who may import whom, how long files may be, which names say nothing. Every message says what
 * to do instead. Runs in `npm run check` and as a test.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const STAGES = [
  'receive',
  'messages',
  'normalize',
  'decide',
  'accumulate',
  'order',
  'reconcile',
  'monitor',
  'audit',
].map((name) => `src/${name}`);
const VALUE_PACKAGES = ['temporal-polyfill', 'decimal.js'];

/** Folder -> folders it may import besides itself. The first matching row counts. `npm: false` = no packages, no node:. */
const DIRECTIONS: { folder: RegExp; may: string[]; npm?: boolean; instead: string }[] = [
  {
    folder: /^src\/[a-z]+\/rules\//,
    may: ['src/model'],
    npm: false,
    instead: 'a rule is a pure function of facts: gather what it needs in facts.sql',
  },
  {
    folder: /^src\/model\//,
    may: [],
    npm: false,
    instead: 'the model knows nothing else: move the code to the folder that needs it',
  },
  { folder: /^drizzle\//, may: ['src/model'], instead: 'tables know only the model' },
  {
    folder: /^src\/db\//,
    may: ['src/model', 'drizzle', 'adapters/contract.ts'],
    instead: 'database code knows tables and the model',
  },
  {
    folder: /^adapters\/formats\//,
    may: ['src/model', 'adapters/contract.ts', 'adapters/source.ts', 'adapters/tables', 'adapters/archives'],
    instead: 'a format is pure: bytes in, records out',
  },
  {
    folder: /^adapters\/transports\//,
    may: ['src/model', 'adapters/contract.ts', 'adapters/pickup'],
    instead: 'a transport moves bytes and knows no meaning',
  },
  { folder: /^adapters\//, may: ['src/model', 'adapters'], instead: 'the registry lists adapters only' },
  {
    folder: /^src\/order\//,
    may: ['src/model', 'src/db', 'drizzle', 'adapters/contract.ts', 'src/outbound/queue.ts'],
    instead: 'what goes to a partner is handed to the outbound queue; sending it is src/outbound',
  },
  {
    folder: /^src\/(receive|messages|normalize|decide|accumulate|order|reconcile|monitor|audit)\//,
    may: ['src/model', 'src/db', 'drizzle', 'adapters/contract.ts', 'adapters/source.ts', 'adapters/pickup/source.ts'],
    instead: 'a stage reads and writes tables; it never calls another stage or an adapter',
  },
  {
    folder: /^src\/outbound\//,
    may: ['src/model', 'src/db', 'drizzle', 'adapters/contract.ts', 'adapters/pickup'],
    instead: 'sending knows tables and what a place to deliver to can do; src/hub.ts hands it the place',
  },
  {
    folder: /^src\/(config|access)\//,
    may: ['src/model', 'src/db', 'drizzle', 'adapters/contract.ts'],
    instead: 'config and access know the database only',
  },
  {
    folder: /^src\/read\//,
    may: ['src/model', 'src/db', 'src/access', 'drizzle'],
    instead: 'reading compiles to SQL; it knows no stage',
  },
  {
    folder: /^src\/http\//,
    may: [
      'schema',
      'src/model',
      'src/read',
      'src/access',
      'src/monitor',
      'src/config',
      'src/db',
      'adapters/contract.ts',
    ],
    instead: 'http serves what schema and read declare',
  },
  {
    folder: /^schema\//,
    may: ['src/model', 'src/read', 'src/access', 'src/pipeline.ts', 'drizzle'],
    instead: 'schema declares; src/read compiles',
  },
  {
    folder: /^src\/simulate\//,
    may: ['src/model', 'adapters'],
    instead: 'simulators speak the wire: they use formats and transports only',
  },
  {
    folder: /^src\/pipeline\.ts$/,
    may: STAGES.concat('src/db', 'src/model'),
    instead: 'the pipeline lists the stages',
  },
];
const BANNED_NAMES = /(^|[-.])(utils?|helpers?|common|misc|shared|stuff)([-.]|$)/;
const MAX_LINES = 400;

/** One breach: where, what, and what to do instead. */
export interface Breach {
  file: string;
  message: string;
}

function* sources(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (/\.(ts|sql)$/.test(name)) yield path;
  }
}

const IMPORT = /^(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm;

function importBreaches(root: string, file: string, text: string): Breach[] {
  const rule = file.endsWith('.test.ts') ? undefined : DIRECTIONS.find((row) => row.folder.test(file));
  if (rule === undefined) return [];
  const own = rule.folder.exec(file)?.[0] ?? '';
  const home = own.includes('formats/') || own.includes('transports/') ? file.split('/').slice(0, 3).join('/') : own;
  const breaches: Breach[] = [];
  for (const [, target = ''] of text.matchAll(IMPORT)) {
    if (!target.startsWith('.')) {
      if (rule.npm === false && !VALUE_PACKAGES.includes(target))
        breaches.push({ file, message: `imports ${target}; ${rule.instead}` });
      continue;
    }
    const to = relative(root, resolve(root, dirname(file), target))
      .split(sep)
      .join('/');
    const allowed = to.startsWith(home) || rule.may.some((folder) => to === folder || to.startsWith(`${folder}/`));
    if (!allowed) breaches.push({ file, message: `imports ${to}; ${rule.instead}` });
  }
  return breaches;
}

function purityBreaches(file: string, text: string): Breach[] {
  if (!/^src\/(model|[a-z]+\/rules)\//.test(file)) return [];
  const found = /Date\.now\(|new Date\(\)|Math\.random\(|setTimeout\(/.exec(text);
  return found === null ? [] : [{ file, message: `uses ${found[0]}; time and chance are parameters here` }];
}

/** All breaches below `root`. */
export function tidy(root: string): Breach[] {
  const breaches: Breach[] = [];
  for (const folder of ['src', 'adapters', 'schema', 'drizzle', 'test', 'scripts', 'bench']) {
    for (const path of sources(join(root, folder))) {
      const file = relative(root, path).split(sep).join('/');
      if (file.startsWith('drizzle/migrations') || file === 'drizzle/schema.sql') continue;
      const text = readFileSync(path, 'utf8');
      const lines = text.split('\n').length;
      if (lines > MAX_LINES)
        breaches.push({ file, message: `has ${lines} lines; split it by responsibility (at most ${MAX_LINES})` });
      const name = file.split('/').at(-1) ?? '';
      if (BANNED_NAMES.test(name))
        breaches.push({ file, message: 'is named after nothing; name it after what it is responsible for' });
      if (name !== name.toLowerCase())
        breaches.push({ file, message: 'has capitals in its name; files are kebab-case' });
      if (name.endsWith('.ts')) breaches.push(...importBreaches(root, file, text), ...purityBreaches(file, text));
    }
  }
  return breaches;
}

if (process.argv[1]?.endsWith('tidy.js') === true) {
  const breaches = tidy(process.cwd());
  for (const { file, message } of breaches) console.error(`${file}: ${message}`);
  console.log(`tidy: ${breaches.length} breaches`);
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
