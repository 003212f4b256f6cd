/**
 * References of all shapes: relative, absolute, `urn:uuid:`, contained (`#x`), conditional (`Practitioner?identifier=`) and
 * logical (an identifier instead of a reference). They are looked up only inside the payload unit they came with: the
 * resource itself and the entries of its Bundle.
 */
import { Element, isObject, type JsonObject } from './element.ts';

/** What a reference says. `type` and `id` are '' when it does not name a resource that way. */
export interface Target {
  type: string;
  id: string;
  /** Issuer and value of a logical or conditional reference. */
  system: string;
  value: string;
  /** The resource, where the payload has it. */
  resource: Element | undefined;
}

const NOTHING: Target = { type: '', id: '', system: '', value: '', resource: undefined };
const RELATIVE = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/?#]+)?$/;
const ABSOLUTE = /^https?:\/\/[^?#]*?\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/?#]+)?$/;
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?(.+)$/;
const UUID = /^urn:uuid:([A-Za-z0-9-]{1,64})$/i;

/** The entries of a Bundle by what others may call them. */
export class Scope {
  private readonly byKey = new Map<string, JsonObject>();

  /** Makes an entry findable by its full URL, its type and id, and its identifiers. */
  add(resource: JsonObject, fullUrl: string, id: string): void {
    const type = typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '';
    if (fullUrl !== '') this.byKey.set(fullUrl, resource);
    if (id !== '') this.byKey.set(`${type}/${id}`, resource);
    const identifiers: unknown = resource['identifier'];
    for (const one of Array.isArray(identifiers) ? identifiers : [])
      if (isObject(one) && typeof one['value'] === 'string')
        this.byKey.set(`${type}?${typeof one['system'] === 'string' ? one['system'] : ''}|${one['value']}`, resource);
  }

  find(key: string): JsonObject | undefined {
    return this.byKey.get(key);
  }
}

/** The id of a resource: its own, else the uuid of its entry. */
export function resourceId(resource: JsonObject, fullUrl: string): string {
  const id = resource['id'];
  if (typeof id === 'string' && id.trim() !== '') return id.trim().replaceAll('\u0000', '\uFFFD');
  return UUID.exec(fullUrl)?.[1] ?? '';
}

function conditional(reference: string): Target | undefined {
  const [, type = '', query = ''] = CONDITIONAL.exec(reference) ?? [];
  if (type === '') return undefined;
  const token = new URLSearchParams(query).get('identifier') ?? '';
  const bar = token.indexOf('|');
  return { ...NOTHING, type, system: bar < 0 ? '' : token.slice(0, bar), value: token.slice(bar + 1) };
}

/** Finds out what a Reference element points at. `root` is the resource it stands in (for contained ones). */
export function targetOf(reference: Element, root: Element, scope: Scope): Target {
  const text = reference.text('reference');
  const inside = (resource: JsonObject | undefined): Element | undefined =>
    resource === undefined ? undefined : new Element(resource, reference.path, reference.notes);
  if (text.startsWith('#')) {
    const contained = root.list('contained').find((one) => one.text('id') === text.slice(1));
    return { ...NOTHING, type: contained?.text('resourceType') ?? '', resource: contained };
  }
  const found = text === '' ? undefined : scope.find(text);
  const [, type = '', id = ''] = RELATIVE.exec(text) ?? ABSOLUTE.exec(text) ?? [];
  if (found !== undefined) {
    const foundType = typeof found['resourceType'] === 'string' ? found['resourceType'] : '';
    return { ...NOTHING, type: foundType, id: resourceId(found, text), resource: inside(found) };
  }
  if (type !== '') return { ...NOTHING, type, id, resource: inside(scope.find(`${type}/${id}`)) };
  const uuid = UUID.exec(text)?.[1];
  if (uuid !== undefined) return { ...NOTHING, type: reference.text('type'), id: uuid };
  const asked = conditional(text) ?? logical(reference);
  const known = scope.find(`${asked.type}?${asked.system}|${asked.value}`);
  return known === undefined ? asked : { ...asked, id: resourceId(known, ''), resource: inside(known) };
}

function logical(reference: Element): Target {
  const identifier = reference.child('identifier');
  if (!identifier.present) return NOTHING;
  const type = reference.text('type');
  return { ...NOTHING, type, system: identifier.text('system'), value: identifier.text('value') };
}
