/** `hub trace <id>`: the whole chain around a dispense, prescription number, visit, order or invoice number, with sources. */
import type { Command } from 'commander';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';
import { FINDINGS, OK, print, printJson, progress } from './output.ts';
import { globals, withSession, type Session } from './session.ts';

const FIND_DISPENSES = statement(import.meta.url, 'find-dispenses.sql');
const TRACE_DISPENSES = statement(import.meta.url, 'trace-dispenses.sql');
const SHOWN = 10;

/** A message and the values that hold because of it. */
interface ValueSource {
  message: string;
  rawId: string;
  trigger: string;
  values: string;
}

interface Trace {
  tenant: string;
  dispense: {
    id: string;
    pharmacy: string;
    rxNumber: string;
    fillNumber: number;
    dateOfService: string;
    ndc11: string | null;
    quantity: string | null;
    unit: string;
    state: string;
    source: string;
  };
  encounter: {
    visitNumber: string;
    startedAt: string | null;
    class: string;
    site: string | null;
    source: string;
    sources: ValueSource[];
  } | null;
  prescription: {
    orderNumber: string;
    writtenDate: string | null;
    source: string;
    sources: ValueSource[];
  } | null;
  determination: {
    entity: string;
    status: string;
    bucket: string | null;
    reason: string | null;
    rules: { rule: string; answer: string; reason: string }[];
  } | null;
  entries: { posting: string; bucket: string; quantity: string }[];
  allocations: {
    quantity: string;
    invoiceNumber: string;
    account: string;
    invoiceDate: string;
    packages: string;
    source: string;
  }[];
  exceptions: { code: string; subject: string; detail: string }[];
}

async function traces(session: Session, id: string): Promise<Trace[]> {
  const found: Trace[] = [];
  for (const tenant of session.tenants) {
    found.push(
      ...(await withTenant(
        session.ingest,
        tenant.id,
        async (tx) => {
          const dispenses = await run<{ id: string }>(tx, FIND_DISPENSES, [tenant.id, id.trim(), SHOWN]);
          const rows = await run<{ trace: Omit<Trace, 'tenant'> }>(tx, TRACE_DISPENSES, [
            tenant.id,
            dispenses.map((row) => row.id),
          ]);
          return rows.map((row) => ({ tenant: tenant.name, ...row.trace }));
        },
        { readOnly: true },
      )),
    );
  }
  return found;
}

const MARKS: Record<string, string> = { PASS: '✓', FAIL: '✗', UNKNOWN: '?', NOT_APPLICABLE: '–' };

/** Which message said which value, one line per message. */
const sourceLines = (indent: string, sources: readonly ValueSource[]): string[] =>
  sources.map(({ message, rawId, trigger, values }) => `${indent}· ${values}  ← ${trigger} in ${message} of ${rawId}`);

/** The lines of one chain; a missing link is said, with the reason where a rule gives one. */
function linesOf(trace: Trace): string[] {
  const { dispense, encounter, prescription, determination } = trace;
  const lines = [
    encounter === null
      ? 'Encounter: none matched'
      : `Encounter ${encounter.visitNumber}  ${encounter.startedAt ?? ''} ${encounter.class}  site ${encounter.site ?? 'unmapped'}  ← ${encounter.source}`,
    ...sourceLines('    ', encounter?.sources ?? []),
    prescription === null
      ? '└ Prescription: none matched'
      : `└ Prescription ${prescription.orderNumber}  written ${prescription.writtenDate ?? '?'}  ← ${prescription.source}`,
    ...sourceLines('      ', prescription?.sources ?? []),
    `  └ Dispense ${dispense.pharmacy} Rx ${dispense.rxNumber} fill ${dispense.fillNumber} on ${dispense.dateOfService}  ${dispense.ndc11 ?? 'NDC unknown'} x${dispense.quantity ?? '?'} ${dispense.unit}  ${dispense.state}  ← ${dispense.source}`,
  ];
  if (determination !== null) {
    lines.push(
      `    └ ${determination.status}${determination.bucket === null ? '' : ` → ${determination.bucket}`}  for ${determination.entity}${determination.reason === null ? '' : `  because ${determination.reason}`}`,
    );
    lines.push(
      `      ${determination.rules.map((rule) => `${MARKS[rule.answer] ?? rule.answer} ${rule.rule}${rule.answer === 'PASS' ? '' : ` (${rule.reason})`}`).join('  ')}`,
    );
  }
  for (const entry of trace.entries) lines.push(`      └ ${entry.posting} ${entry.quantity} ${entry.bucket}`);
  for (const share of trace.allocations)
    lines.push(
      `        └ ${share.quantity} repaid by invoice ${share.invoiceNumber} of ${share.invoiceDate}, account ${share.account} (${share.packages} packages)  ← ${share.source}`,
    );
  for (const exception of trace.exceptions)
    lines.push(`      ! ${exception.code} ${exception.subject}: ${exception.detail}`);
  return lines;
}

/** Adds the command. */
export function registerTrace(program: Command): void {
  program
    .command('trace')
    .description('show the chain around an id: dispense, Rx number, visit, order or invoice number')
    .argument('<id>', 'what to look for')
    .option('--json', 'one JSON object a dispense')
    .action(async (id: string, options: { json?: boolean }, command: Command) => {
      const found = await withSession(globals(command), (session) => traces(session, id));
      if (found.length === 0)
        progress(
          'No dispense hangs together with this id. Try a dispense id, Rx number, visit number, order number or invoice number.',
        );
      for (const trace of found) {
        if (options.json === true) printJson(trace);
        else print([`[${trace.tenant}] ${trace.dispense.id}`, ...linesOf(trace), ''].join('\n'));
      }
      process.exitCode = found.length === 0 ? FINDINGS : OK;
    });
}
