/** A control id that comes again with other content: kept, read, and flagged the same whichever message is read first. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type World, normalizeWorld, numberedId, units, visitEvent } from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.rows(`truncate raw_message, raw_receipt, raw_state, record_error, ehr_event, patient, patient_identifier,
    encounter, change, exception_cause, exception_work`);
});

const receivedAt = (minute: number): string => `2026-03-10T12:0${minute}:00.000Z`;
const flags = () => world.rows('select raw_id, ordinal, field, accepted from record_error order by raw_id, ordinal');
const flagged = (...numbers: number[]) =>
  numbers.map((number) => ({ raw_id: numberedId(number), ordinal: -1, field: 'MSH-10', accepted: true }));

const visit = (number: number) => ({
  payload: units(visitEvent({ visitNumber: `V-${number}` })),
  rawId: numberedId(number),
  controlId: 'SAME',
  receivedAt: receivedAt(number),
});

test('every message but the first received is flagged, and all of them are read', async () => {
  await world.receive('north', [visit(1), visit(2), visit(3), { ...visit(4), controlId: 'OTHER' }]);
  await world.drain('north');
  expect(await flags()).toEqual(flagged(2, 3));
  expect(await world.rows('select visit_number from encounter order by 1')).toHaveLength(4);
  const flagCause = {
    subject: 'ehr SAME#message 1',
    detail: 'MSH-10: the control id was used before for another content',
  };
  expect(await world.rows('select subject, detail from exception_cause')).toEqual([flagCause, flagCause]);
});

test('one that was received earlier but stored and read later moves the flag', async () => {
  await world.receive('north', [visit(2)]);
  await world.drain('north');
  expect(await flags()).toEqual([]);
  await world.receive('north', [visit(1)]);
  await world.drain('north');
  expect(await flags()).toEqual(flagged(2));
  await world.receive('north', [visit(3)]);
  await world.drain('north');
  expect(await flags()).toEqual(flagged(2, 3));
});

test('files, other feeds and other tenants have nothing to do with it', async () => {
  await world.receive('north', [visit(1), { ...visit(2), feed: 'files' }, { ...visit(3), feed: 'files' }]);
  await world.receive('south', [visit(4)]);
  await world.drain('north');
  await world.drain('south');
  expect(await flags()).toEqual([]);
});
