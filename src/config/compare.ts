/** How a declared feed differs from the one that was applied last: paths and values for people, secrets left out. */

const SECRET = /password|secret|privatekey|passphrase|token/i;

/** The same declaration with secrets that stand in it replaced; references to files and variables stay. */
export function withoutSecrets(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutSecrets(one, name)]));
  if (SECRET.test(key) && typeof value === 'string' && !/^\$\{(file|env):/.test(value)) return '(not kept)';
  return value;
}

/** One difference: where, what it was, what it will be; undefined = not there. */
export interface Difference {
  path: string;
  from: unknown;
  to: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** All differences of two declarations, by path. Lists are compared as wholes. */
export function differences(from: unknown, to: unknown, path = ''): Difference[] {
  if (isObject(from) && isObject(to))
    return [...new Set([...Object.keys(from), ...Object.keys(to)])]
      .sort()
      .flatMap((key) => differences(from[key], to[key], path === '' ? key : `${path}.${key}`));
  return same(from, to) ? [] : [{ path, from, to }];
}

/** Equal whatever the order of their keys is: a database does not keep it. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
