#!/usr/bin/env node
// The one way into the product: finds Node 24, compiles when the sources are newer than the build, then runs the hub,
// a script or jest. It is plain JavaScript for Node 20, because it must run before anything is compiled, and it does not
// rely on install scripts having run: the Node 24 binary is looked up in the platform package when the link is missing.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(join(root, 'package.json'));
// A young generation that grows to its usual bound keeps 200 MB that reading a large file has no use for (docs/decisions/0006).
const RUN = ['--enable-source-maps', '--max-semi-space-size=8'];
const SOURCES = ['src', 'adapters', 'schema', 'drizzle', 'test', 'scripts', 'bench'];

/** Path of a Node 24 binary: this process, the platform package, or (with a warning) whatever runs us. */
function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  try {
    const packageFile = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    const binary = join(dirname(packageFile), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(binary)) return binary;
  } catch {
    // No platform package here: the running Node is used.
  }
  return process.execPath;
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

/**
 * Compiles when a source is newer than the last build, and copies what tsc leaves behind (.sql, samples). The product is
 * compiled without the tests; proofs and benches need them too (`everything`).
 */
function build(everything) {
  const stamp = join(root, 'dist', everything ? '.built-everything' : '.built');
  const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  const sources = SOURCES.filter((name) => existsSync(join(root, name))).flatMap((name) => [
    ...files(join(root, name)),
  ]);
  const newest = Math.max(...[...sources, join(root, 'tsconfig.json')].map((path) => statSync(path).mtimeMs));
  if (builtAt > newest) return;
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const compiled = spawnSync(node24(), [tsc, '-p', join(root, everything ? 'tsconfig.json' : 'tsconfig.build.json')], {
    stdio: ['ignore', 2, 2],
  });
  if (compiled.status !== 0) process.exit(compiled.status ?? 1);
  for (const path of sources.filter((name) => !name.endsWith('.ts'))) {
    const target = join(root, 'dist', relative(root, path));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(path, target);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  cpSync(join(root, 'package.json'), stamp, { preserveTimestamps: false });
}

function run(args, env = {}) {
  const binary = node24();
  const path = `${dirname(binary)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`;
  const child = spawn(binary, args, { stdio: 'inherit', env: { ...process.env, PATH: path, ...env } });
  // A Ctrl-C reaches the whole foreground group; the child decides how to stop, the launcher only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT') child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(signal ? 128 + 2 : (code ?? 1)));
}

const [first, ...rest] = process.argv.slice(2);
build(first === '--script' && /^(test|bench)\//.test(rest[0] ?? ''));
if (first === '--jest') {
  const jest = join(dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');
  run(['--experimental-vm-modules', '--no-warnings', jest, ...rest], { NODE_NO_WARNINGS: '1' });
} else {
  if (first === '--build-only') process.exit(0);
  else if (first === '--script') run([...RUN, join(root, 'dist', rest[0].replace(/\.ts$/, '.js')), ...rest.slice(1)]);
  else run([...RUN, '--no-warnings', join(root, 'dist/src/main.js'), ...process.argv.slice(2)]);
}
