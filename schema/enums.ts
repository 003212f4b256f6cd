/** Enums of the API. Codes whose set may grow (exception codes, reasons) stay text; `340B` is no GraphQL name, so buckets do too. */
import { registerEnumType } from 'type-graphql';

const named = <T extends Record<string, string>>(name: string, description: string, values: T): T => {
  registerEnumType(values, { name, description });
  return values;
};

const of = <T extends string>(...names: T[]): Record<T, T> =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<T, T>;

export const DeterminationStatus = named(
  'DeterminationStatus',
  'Answer of a determination: any FAIL = INELIGIBLE; any UNKNOWN = PENDING while the window is open, then HELD; else ELIGIBLE.',
  of('ELIGIBLE', 'PENDING', 'HELD', 'INELIGIBLE'),
);
export const DispenseState = named(
  'DispenseState',
  'OPEN while at least one payer has a paid claim; REVERSED; NEVER_PAID.',
  of('OPEN', 'REVERSED', 'NEVER_PAID'),
);
export const RuleAnswer = named('RuleAnswer', 'What a rule says.', of('PASS', 'FAIL', 'UNKNOWN', 'NOT_APPLICABLE'));
export const FeedHealth = named(
  'FeedHealth',
  'FRESH; LATE beyond its warning age; SILENT beyond its error age or never heard; FAILING while payloads are quarantined; PAUSED.',
  of('FRESH', 'LATE', 'FAILING', 'SILENT', 'PAUSED'),
);
export const ExceptionState = named(
  'ExceptionState',
  'State of an exception case; it closes itself when its cause is gone.',
  of('OPEN', 'IN_PROGRESS', 'WAITING', 'RESOLVED', 'DISMISSED'),
);
export const OutboundState = named(
  'OutboundState',
  'DRAFT waits for a release; QUEUED; SENDING; SENT = at the partner; UNCERTAIN = its folder cannot tell, a person must; FAILED = not delivered.',
  of('DRAFT', 'QUEUED', 'SENDING', 'SENT', 'UNCERTAIN', 'FAILED'),
);
export const Severity = named('Severity', 'How urgent a case is.', of('HIGH', 'MEDIUM', 'LOW'));
export const DispenseOrder = named(
  'DispenseOrder',
  'Order of dispenses. A page continues in the order it began.',
  of('DATE_OF_SERVICE_DESC', 'DATE_OF_SERVICE_ASC', 'ID'),
);
export const EncounterOrder = named(
  'EncounterOrder',
  'Order of encounters.',
  of('START_DATE_DESC', 'START_DATE_ASC', 'ID'),
);
export const InvoiceOrder = named(
  'InvoiceOrder',
  'Order of invoices.',
  of('INVOICE_DATE_DESC', 'INVOICE_DATE_ASC', 'ID'),
);
export const MessageState = named(
  'MessageState',
  'PENDING until it is read; DONE; HELD = must not be read; REJECTED = nothing in it could be read; QUARANTINED = the hub failed on it; SUPERSEDED = an edited message took its place.',
  of('PENDING', 'DONE', 'HELD', 'REJECTED', 'QUARANTINED', 'SUPERSEDED'),
);
export const ReplayState = named('ReplayState', 'State of a replay.', of('RUNNING', 'DONE', 'STOPPED'));
export const ReplayableState = named(
  'ReplayableState',
  'States that messages can be put back from: nothing that they said counts.',
  of('HELD', 'REJECTED', 'QUARANTINED'),
);
export const MessageOrder = named(
  'MessageOrder',
  'Order of messages: the latest first, or oldest first.',
  of('LATEST', 'ID'),
);
export const ImportOrder = named(
  'ImportOrder',
  'Order of files of master and reference data.',
  of('RECEIVED_AT_DESC', 'RECEIVED_AT_ASC', 'ID'),
);
