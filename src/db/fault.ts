/**
 * Places where a test may end the process as a power cut would. `FAULT=stored-before-ack:3` sends SIGKILL to the process at
 * the third passage of that place; several are separated by commas. Without FAULT a passage costs one comparison, and outside
 * tests FAULT refuses to start.
 */

/** The places of what comes in, in the order in which a delivery passes them. */
export const INTAKE_POINTS = [
  'frame-read',
  'file-read',
  'file-pieces-stored',
  'before-store',
  'stored-before-ack',
  'after-ack',
  'file-stored-before-archive',
  'file-archived',
  'edit-in-transaction',
  'edit-committed',
  'replay-in-transaction',
  'replay-committed',
  'normalize-in-transaction',
  'portion-in-transaction',
  'portion-committed',
  'normalize-committed',
  'decide-in-transaction',
  'decide-committed',
  'accumulate-in-transaction',
  'reconcile-in-transaction',
  'allocate-in-transaction',
  'exceptions-in-transaction',
  'fhir-page-read',
  'fhir-page-stored-before-watermark',
  'fhir-watermark-moved',
] as const;

/** The places of what goes out, in the order in which a file passes them. */
export const OUTBOUND_POINTS = [
  'outbound-begun',
  'outbound-uploaded',
  'outbound-intended',
  'outbound-renamed',
  'outbound-recorded',
] as const;

const FAULT_POINTS = [...INTAKE_POINTS, ...OUTBOUND_POINTS] as const;

/** Name of a place. */
export type FaultPoint = (typeof FAULT_POINTS)[number];

const isPoint = (name: string): name is FaultPoint => FAULT_POINTS.some((point) => point === name);

/** Reads `point:n,point:n`. Throws a sentence when it is set outside tests, or names no place or no passage. */
export function readFaults(environment: NodeJS.ProcessEnv): Map<FaultPoint, number> {
  const wanted = environment['FAULT'] ?? '';
  const armed = new Map<FaultPoint, number>();
  if (wanted === '') return armed;
  if (environment['HUB_FAULTS'] !== '1' && environment['NODE_ENV'] !== 'test')
    throw new Error('FAULT makes the hub end itself and is for tests only. Unset FAULT to start.');
  for (const part of wanted.split(',')) {
    const [, name = '', passage = ''] = /^\s*([a-z-]+):([1-9]\d*)\s*$/.exec(part) ?? [];
    if (!isPoint(name))
      throw new Error(`FAULT="${part}" is not <point>:<passage>. Points: ${FAULT_POINTS.join(', ')}.`);
    armed.set(name, Number(passage));
  }
  return armed;
}

const armed = readFaults(process.env);
const inert = armed.size === 0;

/** The one call that the paths make. */
export const fault = {
  /** Marks a place. With FAULT set for it, its n-th passage is the last thing this process does. */
  point(name: FaultPoint): void {
    if (inert) return;
    const left = armed.get(name);
    if (left === undefined) return;
    armed.set(name, left - 1);
    if (left === 1) process.kill(process.pid, 'SIGKILL');
  },
};
