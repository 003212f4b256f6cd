/** The FHIR servers of the configuration: whether they are there, what they are, and whether they let the hub in. */
import { probeFhir, type FhirProbe } from '../../../adapters/transports/fhir/probe.ts';
import type { Configuration } from '../../config/load.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const PROBE_MS = 5_000;
const TOKENS = { granted: 'a token was granted', fixed: 'a fixed token is used', none: 'no token is used' };

function findingOf(check: string, probe: FhirProbe): Finding {
  if ('fault' in probe)
    return problem(
      check,
      probe.fault,
      'check source.fhir.url, the network and the smart settings; the hub keeps trying by itself',
    );
  const { version, token } = probe;
  if (!/^[45]\./.test(version)) return warning(check, `speaks FHIR ${version}`, 'ask for its R4 endpoint');
  return ok(check, `speaks FHIR ${version}, ${TOKENS[token]}`);
}

/** One line for each feed that asks a FHIR server. */
export const checkFhir = ({ feeds }: Configuration, clock: () => Date): Promise<Finding[]> =>
  Promise.all(
    feeds.flatMap(({ feed, source }) =>
      'fhir' in source
        ? [probeFhir(source.fhir, PROBE_MS, clock).then((probe) => findingOf(`fhir ${feed}`, probe))]
        : [],
    ),
  );
