/** The readers of `chain-query`, in a process of their own: each asks for its next page when it has the last one. */
import { Agent, request } from 'node:http';

/** What to ask, where and how long. */
export interface ReadersInput {
  port: number;
  path: string;
  headers: Record<string, string>;
  /** Bodies to post, in turn. */
  bodies: string[];
  readers: number;
  /** Seconds that count, after the warm-up seconds. */
  seconds: number;
  warmSeconds: number;
}

/** What the readers got. */
export interface ReadersAnswer {
  /** Pages answered while it counted. */
  counted: number;
  /** Pages answered in all. */
  answered: number;
  /** Milliseconds of each counted page. */
  latencies: number[];
  /** Answer to the first body, to compare servers by. */
  first: string;
}

function post(input: ReadersInput, agent: Agent, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { ...input.headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(
      { agent, host: '127.0.0.1', port: input.port, path: input.path, method: 'POST', headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`status ${response.statusCode ?? 0}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Reads until the time is up. */
export async function readPages(json: string): Promise<ReadersAnswer> {
  const input: ReadersInput = JSON.parse(json);
  const agent = new Agent({ keepAlive: true, maxSockets: input.readers });
  const first = await post(input, agent, input.bodies[0] ?? '');
  const begin = performance.now() + input.warmSeconds * 1000;
  const end = begin + input.seconds * 1000;
  const latencies: number[] = [];
  let answered = 1;
  const reader = async (index: number): Promise<void> => {
    for (let at = index; ; at += 1) {
      const askedAt = performance.now();
      if (askedAt >= end) return;
      await post(input, agent, input.bodies[at % input.bodies.length] ?? '');
      answered += 1;
      if (askedAt >= begin && performance.now() <= end) latencies.push(performance.now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: input.readers }, (_, index) => reader(index)));
  agent.destroy();
  return { counted: latencies.length, answered, latencies, first };
}
