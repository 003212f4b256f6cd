/** A message's fields with what is wrong at each: what people look at, on the command line and through the API. */
import type { TreeField, TreeUnit } from '../../adapters/contract.ts';
import type { MessageError } from './messages.ts';

/** A field with the sentences that errors say of it or of a part of it. */
export interface OpenedField extends TreeField {
  problems: string[];
}

/** A message of a payload with its problems. */
export interface OpenedUnit {
  position: string;
  segments: { name: string; fields: OpenedField[] }[];
}

/** True when an error speaks of this place or of a part of it. */
export const marks = (field: string, place: string): boolean =>
  field === place || field.startsWith(`${place}.`) || field.startsWith(`${place}[`);

/** The messages of a payload; of one with many only those that an error speaks of. */
export function openedUnits(tree: readonly TreeUnit[], errors: readonly MessageError[]): OpenedUnit[] {
  const told = new Set(errors.map(({ position }) => position));
  const units = tree.length === 1 ? tree : tree.filter(({ position }) => told.has(position));
  return units.map(({ position, segments }) => {
    const own = errors.filter((error) => error.position === position);
    const opened = (field: TreeField): OpenedField => ({
      ...field,
      problems: own.filter((error) => marks(error.field, field.place)).map(({ message }) => message),
    });
    return { position, segments: segments.map(({ name, fields }) => ({ name, fields: fields.map(opened) })) };
  });
}
