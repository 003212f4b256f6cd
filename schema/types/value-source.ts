/** Which message said the values of an EHR record, and where in it they stand. */
import { Elements, ElementText, Type } from '../declare.ts';

@Type({ about: 'A message and the values of this record that hold because of it.' })
export class ValueSource {
  @ElementText('rawId', () => String, { data: 'OPS', about: 'Id of the stored payload.' })
  rawMessageId!: string;

  @ElementText('position', () => String, { data: 'OPS', about: 'Message inside the payload, e.g. `message 1`.' })
  position!: string;

  @ElementText('trigger', () => String, { data: 'OPS', about: 'Trigger event, e.g. A08.' })
  trigger!: string;

  @ElementText('values', () => String, {
    data: 'OPS',
    about: 'Each value with its segment and field: `class PV1-2, location PV1-3`.',
  })
  values!: string;
}

/** The field `sources` of a record that keeps them. */
export const Sources = (): PropertyDecorator =>
  Elements({ column: 'sources' }, () => [ValueSource], {
    data: 'OPS',
    required: true,
    about: 'Which message said each value, and in which segment and field.',
  }) as PropertyDecorator;
