import { expect, test } from '@jest/globals';
import { packageSize } from './package-size.ts';

const OWN = '99001-1048-01';

test.each([
  [`100 TABLET in 1 BOTTLE (${OWN})`, '100', 'EA'],
  [`3 BLISTER PACK in 1 CARTON (${OWN})  > 10 TABLET, FILM COATED in 1 BLISTER PACK`, '30', 'EA'],
  [`5 SYRINGE in 1 CARTON (${OWN})  > .4 mL in 1 SYRINGE`, '2', 'ML'],
  [`12 TRAY in 1 CASE (99001-1048-99)  > 2 VIAL in 1 TRAY (${OWN})  > 10 mL in 1 VIAL`, '20', 'ML'],
  [`1 TUBE in 1 CARTON (${OWN})  > 30 g in 1 TUBE`, '30', 'GM'],
  [`28 kg in 1 DRUM (${OWN})`, '28000', 'GM'],
  [`10 VIAL in 1 CARTON (${OWN})  > 1 INJECTION, POWDER, FOR SOLUTION in 1 VIAL`, '10', 'EA'],
  [`2 KIT in 1 CARTON (${OWN})  *  1 mL in 1 VIAL *  2 SWAB in 1 POUCH`, '2', 'EA'],
  [`30 TABLET in 2 BOTTLE (${OWN})`, '15', 'EA'],
])('%s is %s %s', (description, size, unit) => {
  expect(packageSize(description, OWN)).toEqual({ size, unit });
});

test.each([
  `1 VIAL in 1 CARTON (${OWN})  > 500 mg in 1 VIAL`,
  `1 CANISTER in 1 CARTON (${OWN})  > 200 AEROSOL, METERED in 1 CANISTER`,
  `10 [iU] in 1 VIAL (${OWN})`,
  `1 TABLET in 3 BOTTLE (${OWN})`,
  '0 TABLET in 1 BOTTLE',
  'a bottle of tablets',
  '',
  '5 mL in 1 VIAL * 2 SWAB in 1 POUCH',
  `${'99 BOX in 1 BOX > '.repeat(6)}9 TABLET in 1 BOX`,
  `${'1 BOX in 1 BOX > '.repeat(40)}9 TABLET in 1 BOX`,
])('%s cannot be read, and says why', (description) => {
  expect(packageSize(description, OWN)).toEqual({ problem: expect.any(String) });
});
