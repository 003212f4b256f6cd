/** HL7 v2 (2.1 to 2.8) from an EHR: patients, visits, prescriptions. README.md says which fields are read. */
import type { Format } from '../../contract.ts';
import { whole } from '../../source.ts';
import { mapMessage } from './map.ts';
import { readUnits } from './parse.ts';

const VISIT_NUMBERS = ['PV1-19', 'PV1-50', 'PID-18'];

/** The format `hl7v2`. Option `visitNumber`: which field is the stable visit number of this site (default `PV1-19`). */
export const format: Format = {
  name: 'hl7v2',
  kind: 'ehr',
  checkOptions(options) {
    const unknown = Object.keys(options).filter((name) => name !== 'visitNumber');
    const problems = unknown.map((name) => `unknown option "${name}"; hl7v2 knows visitNumber`);
    const chosen = options['visitNumber'];
    if (chosen !== undefined && !VISIT_NUMBERS.some((field) => field === chosen))
      problems.push(`visitNumber must be one of ${VISIT_NUMBERS.join(', ')}`);
    return problems;
  },
  read: whole(function* read(bytes, context) {
    for (const { position, message, errors } of readUnits(bytes)) {
      if (message) yield mapMessage(message, errors, position, context);
      else yield { position, records: [], errors };
    }
  }),
};
