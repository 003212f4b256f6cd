/** Which records are one person, from the edges between them. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MergedPatients, type PatientEdgeRow } from '../../src/decide/merged-patients.ts';

const edge = (
  patientId: string,
  otherId: string,
  kind: 'MERGE' | 'LINK' = 'MERGE',
  bornTogether: boolean | null = true,
): PatientEdgeRow => ({ patientId, otherId, kind, patientKey: `k${patientId}`, otherKey: `k${otherId}`, bornTogether });

describe('merged patients', () => {
  test('a chain has one survivor, whoever asks', () => {
    const people = new MergedPatients([edge('c', 'b'), edge('b', 'a'), edge('d', 'a')]);
    expect(['a', 'b', 'c', 'd', 'x'].map((id) => people.survivor(id))).toEqual(['a', 'a', 'a', 'a', 'x']);
    expect([...people.members('a')].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(people.members('x')).toEqual(['x']);
  });

  test('a link joins records of the same birth date only', () => {
    const same = new MergedPatients([edge('b', 'c', 'LINK')]);
    expect(same.survivor('c')).toBe('b');
    for (const bornTogether of [false, null])
      expect(new MergedPatients([edge('b', 'c', 'LINK', bornTogether)]).survivor('c')).toBe('c');
  });

  test('neither the order of the edges nor a circle of merges makes a difference', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const edges = fc.array(fc.tuple(id, id, fc.constantFrom('MERGE' as const, 'LINK' as const)), { maxLength: 9 });
    fc.assert(
      fc.property(edges, (drawn) => {
        const all = drawn.map(([from, to, kind]) => edge(from, to, kind));
        const [one, other] = [new MergedPatients(all), new MergedPatients(all.toReversed())];
        for (const { patientId, otherId } of all) {
          expect(one.survivor(patientId)).toBe(one.survivor(otherId));
          expect(other.survivor(patientId)).toBe(one.survivor(patientId));
          expect(one.members(one.survivor(patientId))).toContain(patientId);
        }
      }),
    );
  });
});
