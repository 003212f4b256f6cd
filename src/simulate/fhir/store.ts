/** What a simulated FHIR server holds: every version of every resource, in memory. */

/** A resource as JSON. */
export interface FhirResource {
  resourceType: string;
  id: string;
  [element: string]: unknown;
}

/** One version. `resource` null = deleted. */
export interface Version {
  type: string;
  id: string;
  version: number;
  /** Instant at which the server stored it. */
  at: string;
  resource: FhirResource | null;
}

/** All versions, and the living by type. */
export class FhirStore {
  private readonly versions = new Map<string, Version[]>();
  private readonly log: Version[] = [];

  /** Stores the next version; the same content again is no new version. */
  put(resource: FhirResource, at: string): void {
    const { resourceType: type, id } = resource;
    const earlier = this.versions.get(`${type}/${id}`)?.at(-1);
    const { meta: _meta, ...before } = earlier?.resource ?? { meta: null };
    if (earlier !== undefined && JSON.stringify(before) === JSON.stringify(resource)) return;
    this.add(type, id, at, (version) => ({ ...resource, meta: { versionId: String(version), lastUpdated: at } }));
  }

  /** Deletes a living resource. */
  delete(type: string, id: string, at: string): void {
    if (this.read(type, id) !== null) this.add(type, id, at, () => null);
  }

  private add(type: string, id: string, at: string, make: (version: number) => FhirResource | null): void {
    const key = `${type}/${id}`;
    const list = this.versions.get(key) ?? [];
    const version = { type, id, version: list.length + 1, at, resource: make(list.length + 1) };
    list.push(version);
    this.versions.set(key, list);
    this.log.push(version);
  }

  /** The latest version, null when there is none or it is a deletion. */
  read(type: string, id: string): FhirResource | null {
    return this.versions.get(`${type}/${id}`)?.at(-1)?.resource ?? null;
  }

  /** Living resources of a type stored at or after `since`, in the order in which they came. */
  living(type: string, since: string): Version[] {
    return [...this.versions.values()].flatMap((list) => {
      const last = list.at(-1);
      return last?.type === type && last.resource !== null && last.at >= since ? [last] : [];
    });
  }

  /** All versions of a type stored at or after `since`, newest first. */
  history(type: string, since: string): Version[] {
    return this.log
      .filter((version) => version.type === type && version.at >= since)
      .toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.version - a.version));
  }

  get size(): number {
    return this.log.length;
  }
}
