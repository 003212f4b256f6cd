import { expect, test } from '@jest/globals';
import { parentOf } from './family.ts';

const known = new Set(['BL030740', 'BL03074A', 'DSH123456', 'DSH123456A', 'RWII198011', 'CAH531304-00', 'CH032960']);

test.each([
  ['BL030740', 'BL030740'],
  ['BL03074A', 'BL030740'],
  ['CH03296AB', 'CH032960'],
  ['DSH123456', 'DSH123456'],
  ['DSH123456A', 'DSH123456'],
  ['RWII198011A', 'RWII198011'],
  ['CAH531304-00', 'CAH531304-00'],
  ['CAH531304-12', 'CAH531304-00'],
  ['CHC24102-09', 'CHC24102-00'],
  ['BL99999A', 'BL99999A'],
  ['STD59632', 'STD59632'],
])('the parent of %s is %s', (id, parent) => {
  expect(parentOf(id, known)).toBe(parent);
});
