/** The senders of `mllp-ack`, in a process of their own: each sends its next message when the last one is acknowledged. */
import { MllpClient } from '../adapters/transports/mllp/client.ts';

/** What to send, where and how long. */
export interface SendersInput {
  host: string;
  port: number;
  senders: number;
  /** Seconds that count, after the warm-up seconds. */
  seconds: number;
  warmSeconds: number;
  /** Begins every control id of this round. */
  prefix: string;
}

/** What the senders saw. */
export interface SendersAnswer {
  /** Acknowledged while it counted, and how long that was. */
  counted: number;
  seconds: number;
  /** Acknowledged in all: so many must be stored. */
  acknowledged: number;
  refused: number;
  /** Milliseconds from write to acknowledgement of each counted message. */
  latencies: number[];
}

/** An admission of the size that EHRs send. Synthetic. */
function message(controlId: string, patient: number): string {
  const mrn = String(patient).padStart(7, '0');
  return [
    `MSH|^~\\&|EPIC|BENCH|HUB|340B|20260302120000||ADT^A01^ADT_A01|${controlId}|P|2.5.1`,
    'EVN|A01|20260302120000',
    `PID|1||${mrn}^^^BENCH^MR||FAMILY${mrn}^GIVEN^A||19700101|F|||1 MAIN ST^^SPRINGFIELD^IL^62701||5550100`,
    `PV1|1|O|CLINIC^12^A^GENERAL||||1234567893^DOE^JANE^^^^^^NPI|||MED||||1|||1234567893^DOE^JANE|OP|V${mrn}|||||||||||||||||||||||||20260302114500`,
    `DG1|1||E11.9^TYPE 2 DIABETES^I10|||A`,
    `IN1|1|PLAN1|00001|PAYER|1 PLAN ST^^CHICAGO^IL^60601||||GRP1||||20260101|||HMO|FAMILY${mrn}^GIVEN|01|19700101`,
  ].join('\r');
}

/** Sends until the time is up. */
export async function sendMessages(json: string): Promise<SendersAnswer> {
  const input: SendersInput = JSON.parse(json);
  const clients = Array.from({ length: input.senders }, () => new MllpClient(input.host, input.port));
  const begin = performance.now() + input.warmSeconds * 1000;
  const end = begin + input.seconds * 1000;
  const latencies: number[] = [];
  let acknowledged = 0;
  let refused = 0;
  const sender = async (client: MllpClient, index: number): Promise<void> => {
    for (let count = 0; ; count += 1) {
      const sentAt = performance.now();
      if (sentAt >= end) return;
      const { code } = await client.send(message(`${input.prefix}${index}-${count}`, index * 100_000 + count));
      if (code !== 'AA' && code !== 'CA') refused += 1;
      else {
        acknowledged += 1;
        if (sentAt >= begin && performance.now() <= end) latencies.push(performance.now() - sentAt);
      }
    }
  };
  await Promise.all(clients.map(sender));
  for (const client of clients) client.close();
  return { counted: latencies.length, seconds: input.seconds, acknowledged, refused, latencies };
}
