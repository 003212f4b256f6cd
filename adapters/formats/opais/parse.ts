/** Bytes of the OPAIS daily file -> its covered entities, as objects whose fields are read one by one. */
import { HeldPayload } from '../../contract.ts';
import { decodeText } from '../../tables/text-encoding.ts';

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

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeText(bytes));
  } catch {
    throw new HeldPayload('document', 'JSON', 'the file is not JSON; it may be cut off');
  }
}

/**
 * The entries of the published file: an object with `coveredEntities`, or that array itself. Entries that are no objects are null.
 * @throws HeldPayload for anything else; nodes and links are a drawing made from the file, without participation dates.
 */
export function parseEntities(bytes: Uint8Array): (JsonObject | null)[] {
  const document = parseJson(bytes);
  const entities: unknown = isObject(document) ? document['coveredEntities'] : document;
  if (Array.isArray(entities)) return entities.map((entity) => (isObject(entity) ? entity : null));
  const derived = isObject(document) && Array.isArray(document['nodes']) && Array.isArray(document['links']);
  const reason = derived
    ? 'this is a network of nodes and links derived from OPAIS: it has no participation and termination dates to judge by'
    : 'expected the published daily file: an object with a list of covered entities, or that list';
  throw new HeldPayload('document', 'coveredEntities', reason);
}
