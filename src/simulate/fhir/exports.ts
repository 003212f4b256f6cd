/** Bulk exports of a simulated FHIR server: a job that takes two looks, files of NDJSON, deletions, the end. */
import type { FhirStore } from './store.ts';

interface Job {
  files: Map<string, string>;
  manifest: object;
  looks: number;
}

/** Jobs by number. */
export class Exports {
  private readonly jobs = new Map<string, Job>();
  private count = 0;

  constructor(
    private readonly store: FhirStore,
    private readonly base: () => string,
  ) {}

  /** Begins a job over these types; answers its URL. */
  begin(types: readonly string[], since: string, now: string): string {
    const id = String((this.count += 1));
    const files = new Map<string, string>();
    const listed = (name: string, type: string, lines: object[]): object[] => {
      if (lines.length === 0) return [];
      files.set(name, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
      return [{ type, url: `${this.base()}/export/${id}/${name}`, count: lines.length }];
    };
    const output = types.flatMap((type) =>
      listed(
        `${type}.ndjson`,
        type,
        this.store.living(type, since).flatMap(({ resource }) => resource ?? []),
      ),
    );
    const deleted = types.flatMap((type) => {
      const gone = this.store
        .history(type, since)
        .filter((one) => one.resource === null && this.store.read(type, one.id) === null);
      const entry = gone.map((one) => ({ request: { method: 'DELETE', url: `${type}/${one.id}` } }));
      const bundle = { resourceType: 'Bundle', type: 'transaction', entry };
      return listed(`${type}-deleted.ndjson`, 'Bundle', since === '' || entry.length === 0 ? [] : [bundle]);
    });
    const manifest = { transactionTime: now, request: '', requiresAccessToken: true, output, deleted, error: [] };
    this.jobs.set(id, { files, manifest, looks: 0 });
    return `${this.base()}/export/${id}`;
  }

  /** The manifest; null while the job goes on, undefined when there is no such job. */
  look(id: string): object | null | undefined {
    const job = this.jobs.get(id);
    if (job === undefined) return undefined;
    job.looks += 1;
    return job.looks < 2 ? null : job.manifest;
  }

  file(id: string, name: string): string | undefined {
    return this.jobs.get(id)?.files.get(name);
  }

  end(id: string): boolean {
    return this.jobs.delete(id);
  }
}
