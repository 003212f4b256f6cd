/** Writes schema/schema.graphql from the declared types; `--check` fails when the committed file differs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildReadModel } from '../schema/index.ts';

const FILE = 'schema/schema.graphql';
const text = `${printSchema(lexicographicSortSchema(buildReadModel().schema))}\n`;

if (process.argv.includes('--check')) {
  const committed = readFileSync(FILE, 'utf8');
  if (committed !== text) {
    process.stderr.write(`${FILE} is not what the types declare: run npm run schema:emit and commit it.\n`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, text);
  process.stderr.write(`${FILE} written\n`);
}
