/** Text of the OPAIS daily file, piece by piece -> its covered entities, as objects whose fields are read one by one. */
import { HeldPayload } from '../../contract.ts';
import { JsonListCutter, NoJsonList } from '../../tables/json-list.ts';

/** A JSON object of the file. Only named fields are read, through `textOf` and `listOf`. */
export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field as trimmed text; numbers (ceId, contractId, pharmacyId) as their digits; anything else, or absent, is ''. */
export function textOf(object: JsonObject, field: string): string {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // A NUL can come in through a JSON escape; PostgreSQL's text cannot hold it.
  return typeof value === 'string' ? value.trim().replaceAll('\u0000', '\uFFFD') : '';
}

/** The objects of a list field; absent or not a list is empty. */
export function listOf(object: JsonObject, field: string): JsonObject[] {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** An object field; absent or not an object is empty. */
export function objectOf(object: JsonObject, field: string): JsonObject {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  return isObject(value) ? value : {};
}

/** Nodes and links are a drawing made from the file, without participation dates. */
const DERIVED = ['nodes', 'links'];

function held(error: NoJsonList, cutter: JsonListCutter): HeldPayload {
  if (error.kind === 'SYNTAX') return new HeldPayload('document', 'JSON', error.message);
  const derived = DERIVED.every((key) => cutter.listKeys.has(key));
  const reason = derived
    ? 'this is a network of nodes and links derived from OPAIS: it has no participation and termination dates to judge by'
    : 'expected the published daily file: an object with a list of covered entities, or that list';
  return new HeldPayload('document', 'coveredEntities', reason);
}

function parseEntry(json: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    throw new NoJsonList('SYNTAX', 'the file is not JSON; it may be cut off');
  }
}

/**
 * The entries of the published file, piece by piece: of an object with `coveredEntities`, or of that list itself. Entries that
 * are no objects are null.
 * @throws HeldPayload for anything else.
 */
export async function* entitiesOf(texts: AsyncIterable<string>): AsyncGenerator<(JsonObject | null)[]> {
  const cutter = new JsonListCutter('coveredEntities');
  try {
    for await (const text of texts) yield Array.from(cutter.cut(text), parseEntry);
    cutter.end();
  } catch (error) {
    throw error instanceof NoJsonList ? held(error, cutter) : error;
  }
}
