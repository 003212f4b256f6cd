/**
 * Resources that others refer to (who prescribed, which drug): an export has them in files of their own, and a later one only
 * if they changed. Each part of a file is given the ones that its lines name, so that it can be understood by itself.
 */
import type { FhirServer } from './server.ts';

/** Types that are handed over with what refers to them. */
export const COMPANIONS = ['Practitioner', 'Medication'] as const;

const REFERENCE =
  /"reference"\s*:\s*"(?:[^"#]*\/)?((?:Practitioner|Medication)\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^"]*)?"/g;
/** Bytes that are remembered; beyond that a resource is asked for each time. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Resources asked for one by one for one part: more says that something is wrong with the export. */
const MOST_ASKED = 500;

/** What is known of them, by `Type/id`; null = the server does not give it. */
export class Companions {
  private readonly known = new Map<string, string | null>();
  private size = 0;

  constructor(private readonly server: FhirServer) {}

  /** Remembers a line of an export that is such a resource. */
  note(line: string): void {
    let resource: unknown;
    try {
      resource = JSON.parse(line);
    } catch {
      return;
    }
    if (typeof resource !== 'object' || resource === null || !('resourceType' in resource) || !('id' in resource))
      return;
    this.remember(`${String(resource.resourceType)}/${String(resource.id)}`, line.trim());
  }

  private remember(name: string, line: string | null): void {
    this.size += line?.length ?? 0;
    if (this.size <= MOST_BYTES) this.known.set(name, line);
  }

  /** The resources that these lines name, one a line, in the order of their names. */
  async of(lines: readonly string[]): Promise<string[]> {
    const names = new Set<string>();
    for (const line of lines) for (const [, name = ''] of line.matchAll(REFERENCE)) names.add(name);
    const found: string[] = [];
    let asked = 0;
    for (const name of [...names].sort()) {
      let line = this.known.get(name);
      if (line === undefined && asked < MOST_ASKED) {
        asked += 1;
        line = await this.read(name);
        this.remember(name, line);
      }
      if (line) found.push(line);
    }
    return found;
  }

  private async read(name: string): Promise<string | null> {
    const { status, bytes } = await this.server.ask(name.split('/')[0] ?? '', this.server.at(name));
    if (status !== 200) return null;
    try {
      // On one line, whatever the server's layout.
      return JSON.stringify(JSON.parse(Buffer.from(bytes).toString('utf8')));
    } catch {
      return null;
    }
  }
}
