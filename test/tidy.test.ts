/** The architecture is a test: directions, sizes and names (scripts/tidy.ts), and proof that it can fail. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tidy } from '../scripts/tidy.ts';

test('the tree keeps its directions, sizes and names', () => {
  expect(tidy(process.cwd())).toEqual([]);
});

test('a stage that imports another stage, a long file and an empty name are found', () => {
  const root = mkdtempSync(join(tmpdir(), 'tidy-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const folder of ['src', 'adapters', 'schema', 'drizzle', 'test', 'scripts', 'bench'])
    mkdirSync(join(root, folder), { recursive: true });
  write('src/decide/decide.ts', "import { accrue } from '../accumulate/accrue.ts';\n");
  write('src/decide/rules/late.ts', "import { readFileSync } from 'node:fs';\nexport const at = Date.now();\n");
  write('src/model/utils.ts', 'export {};\n'.repeat(401));
  expect(tidy(root).map((breach) => breach.file)).toEqual([
    'src/decide/decide.ts',
    'src/decide/rules/late.ts',
    'src/decide/rules/late.ts',
    'src/model/utils.ts',
    'src/model/utils.ts',
  ]);
});
