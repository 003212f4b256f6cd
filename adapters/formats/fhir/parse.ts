/**
 * Bytes to entries: one resource, a Bundle (searchset, history, transaction, collection ...) or NDJSON (bulk export), told
 * apart by what they are. NDJSON is read line by line; a bad line is one bad entry.
 */
import { HeldPayload, type Source } from '../../contract.ts';
import { bytesOf } from '../../source.ts';
import { foreignPayload } from '../../tables/foreign-payload.ts';
import { decodeText } from '../../tables/text-encoding.ts';
import { isObject, type JsonObject } from './element.ts';
import { type Line, linesOf, streamLines, headOf } from './lines.ts';
import { resourceId, Scope } from './references.ts';

/** One resource, or the deletion of one, with where it stood. */
export interface Entry {
  position: string;
  /** Null: there is no resource to read; `fault` or `deleted` says what there is instead. */
  resource: JsonObject | null;
  id: string;
  /** Time of the version when the resource itself states none: the entry's, the Bundle's, or the export's. */
  time: unknown;
  /** Version by `response.etag`, when the resource states none. */
  etag: string;
  scope: Scope;
  deleted?: { type: string; id: string };
  fault?: { field: string; message: string; original: string };
}

const DEEPEST = 3;
/** What lines of NDJSON may refer to among the lines before them, and how many of those are remembered. */
const REFERRED_TO = new Set(['Practitioner', 'PractitionerRole', 'Medication', 'Organization', 'Location']);
const MOST_REMEMBERED = 20_000;
const textOf = (object: unknown, field: string): string => {
  const value = isObject(object) && Object.hasOwn(object, field) ? object[field] : undefined;
  return typeof value === 'string' ? value.trim() : '';
};

const bad = (position: string, field: string, message: string, original = ''): Entry => ({
  position,
  resource: null,
  id: '',
  time: undefined,
  etag: '',
  scope: new Scope(),
  fault: { field, message, original: original.slice(0, 200) },
});

/** `Encounter/12`, `https://ehr.example/fhir/Encounter/12/_history/3`: type and id. */
function namedBy(url: string): { type: string; id: string } | undefined {
  const match = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/?#]+)?$/.exec(url);
  return match ? { type: match[1] ?? '', id: match[2] ?? '' } : undefined;
}

function* bundleEntries(bundle: JsonObject, prefix: string, time: unknown, depth: number): Generator<Entry> {
  const entries: unknown = bundle['entry'];
  if (entries === undefined || entries === null) return;
  if (!Array.isArray(entries)) {
    yield bad(prefix, 'Bundle.entry', 'a list was expected');
    return;
  }
  const stated = textOf(bundle, 'timestamp') || textOf(bundle['meta'], 'lastUpdated');
  const bundleTime = textOf(bundle, 'type') === 'searchset' ? time : stated || time;
  const scope = new Scope();
  for (const entry of entries) {
    if (!isObject(entry) || !isObject(entry['resource'])) continue;
    const fullUrl = textOf(entry, 'fullUrl');
    scope.add(entry['resource'], fullUrl, resourceId(entry['resource'], fullUrl));
  }
  for (const [index, entry] of entries.entries())
    yield* entryOf(entry, `${prefix}.entry[${index}]`, bundleTime, scope, depth);
}

function* entryOf(
  entry: unknown,
  position: string,
  bundleTime: unknown,
  scope: Scope,
  depth: number,
): Generator<Entry> {
  if (!isObject(entry)) return yield bad(position, 'Bundle.entry', 'an object was expected');
  const { resource, request, response } = entry;
  const fullUrl = textOf(entry, 'fullUrl');
  const time = textOf(response, 'lastModified') || bundleTime;
  const etag = textOf(response, 'etag');
  if (textOf(request, 'method').toUpperCase() === 'DELETE') {
    const deleted = namedBy(textOf(request, 'url')) ?? namedBy(fullUrl);
    if (deleted === undefined) yield bad(position, 'Bundle.entry.request.url', 'a deletion that names no resource');
    else yield { position, resource: null, id: deleted.id, time, etag, scope, deleted };
    return;
  }
  if (isObject(resource)) {
    yield* resourceEntries({ position, resource, id: resourceId(resource, fullUrl), time, etag, scope }, depth + 1);
    return;
  }
  // Answers to a transaction name what was done and need no resource.
  if (isObject(response) && resource === undefined)
    yield { position, resource: { resourceType: 'Answer' }, id: '', time, etag, scope };
  else yield bad(position, 'Bundle.entry.resource', 'an entry without a resource');
}

function* resourceEntries(entry: Entry, depth: number): Generator<Entry> {
  const { resource, position } = entry;
  if (resource === null || resource['resourceType'] !== 'Bundle') return yield entry;
  if (depth > DEEPEST) return yield bad(position, 'Bundle.entry', 'Bundles inside Bundles, too deep to be read');
  const prefix = position === 'Bundle' ? position : `${position} Bundle`;
  let any = false;
  for (const inner of bundleEntries(resource, prefix, entry.time, depth)) {
    any = true;
    yield inner;
  }
  if (!any) yield { ...entry, resource: { resourceType: 'EmptyBundle' } };
}

function alone(resource: JsonObject, position: string, time: unknown, scope: Scope): Entry {
  return { position, resource, id: resourceId(resource, ''), time, etag: '', scope };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The time of the export, which the hub writes as the first line of what it downloads (see README). */
const exportTime = (resource: JsonObject): unknown => {
  const parameters: unknown = resource['resourceType'] === 'Parameters' ? resource['parameter'] : undefined;
  const found = Array.isArray(parameters)
    ? parameters.find((one: unknown) => textOf(one, 'name') === 'transactionTime')
    : undefined;
  return isObject(found) ? found['valueInstant'] : undefined;
};

/** Reads lines one after the other; what one of them says about the export's time holds for those behind it. */
class LineReader {
  private time: unknown;
  private readonly scope = new Scope();
  private remembered = 0;

  *read({ number, text }: Line): Generator<Entry> {
    const position = `line ${number}`;
    const resource = parsed(text);
    if (!isObject(resource)) return yield bad(position, 'line', 'the line is not a JSON object', text);
    const told = exportTime(resource);
    if (told !== undefined) {
      this.time = told;
      return;
    }
    this.remember(resource);
    yield* resourceEntries(alone(resource, position, this.time, this.scope), 0);
  }

  /** Lines may refer to people, drugs and places of lines before them. */
  private remember(resource: JsonObject): void {
    const type = textOf(resource, 'resourceType');
    if (!REFERRED_TO.has(type) || this.remembered >= MOST_REMEMBERED) return;
    this.remembered += 1;
    this.scope.add(resource, '', resourceId(resource, ''));
  }
}

const isResource = (value: unknown): boolean => isObject(value) && typeof value['resourceType'] === 'string';

/** True when the payload is NDJSON as far as its head tells: a whole resource in the first line, and more behind it. */
function startsAsLines(head: string): boolean {
  const [first, second] = linesOf(head);
  return first !== undefined && second !== undefined && isResource(parsed(first.text));
}

function* readWhole(text: string): Generator<Entry> {
  const document = parsed(text);
  if (isObject(document)) {
    const type = textOf(document, 'resourceType');
    return yield* resourceEntries(
      alone(document, type === 'Bundle' ? 'Bundle' : 'resource', undefined, new Scope()),
      0,
    );
  }
  const lines = [...linesOf(text)];
  if (!lines.some((line) => isResource(parsed(line.text))))
    throw new HeldPayload('document', 'JSON', 'neither a FHIR resource as JSON nor NDJSON; it may be cut off');
  const reader = new LineReader();
  for (const line of lines) yield* reader.read(line);
}

/** All entries, a few at a time. @throws HeldPayload when it is no FHIR JSON at all. */
export async function* readEntries(source: Source): AsyncGenerator<Entry[]> {
  const head = decodeText(await headOf(source));
  if (head.trim() === '') throw new HeldPayload('document', 'JSON', 'the payload is empty');
  const foreign = foreignPayload(head);
  if (foreign !== null) throw new HeldPayload('document', 'JSON', `${foreign}; a FHIR feed takes FHIR R4 as JSON`);
  if (!startsAsLines(head)) return yield [...readWhole(decodeText(await bytesOf(source)))];
  const reader = new LineReader();
  for await (const lines of streamLines(source)) yield lines.flatMap((line) => [...reader.read(line)]);
}
