/**
 * The drugs of the demonstration world: generic names as anyone knows them, everything else made up. Labeler codes and
 * products are synthetic; the shapes of the codes (4-4-2, 5-3-2, 5-4-1, 5-4-2) are those of the directory.
 */

/** Why a drug is in the list. */
export type DrugRole =
  | 'ORDINARY'
  /** Two package sizes of one product; claims use the first, wholesalers may ship the second. */
  | 'TWO_PACKAGES'
  | 'OTC'
  | 'DISCONTINUED'
  | 'ORPHAN'
  | 'SCHEDULE_II'
  | 'SCHEDULE_IV'
  /** Its labeler restricts contract pharmacies. */
  | 'RESTRICTED'
  /** Two products whose bare ten-digit codes are the same text. */
  | 'CLASHING'
  /** Never dispensed: only bought by mistake. */
  | 'NEVER_DISPENSED';

/** role, name, form, strength, unit, package size, usual quantities, list price of a package in dollars, package NDC as printed. */
export type DrugLine = [DrugRole, string, string, string, 'EA' | 'ML' | 'GM', number, number[], number, string];

/** Second package sizes of products with role TWO_PACKAGES: package NDC -> [size, price]. */
export const SECOND_PACKAGES: Record<string, [string, number, number]> = {
  '70101-101-30': ['70101-101-90', 90, 118],
  '70101-102-30': ['70101-102-10', 100, 96],
  '70202-2011-3': ['70202-2011-9', 90, 240],
};

/** All drugs. */
export const DRUG_LINES: DrugLine[] = [
  ['TWO_PACKAGES', 'Amlodipine', 'TABLET', '5 mg/1', 'EA', 30, [30, 90], 42, '70101-101-30'],
  ['TWO_PACKAGES', 'Lisinopril', 'TABLET', '10 mg/1', 'EA', 30, [30, 90], 31, '70101-102-30'],
  ['TWO_PACKAGES', 'Rosuvastatin', 'TABLET, FILM COATED', '20 mg/1', 'EA', 30, [30, 90], 84, '70202-2011-3'],
  ['ORDINARY', 'Atorvastatin', 'TABLET, FILM COATED', '40 mg/1', 'EA', 30, [30, 90], 66, '70101-103-30'],
  ['ORDINARY', 'Metformin', 'TABLET', '1000 mg/1', 'EA', 60, [60, 180], 38, '70101-104-60'],
  ['ORDINARY', 'Metoprolol Succinate', 'TABLET, EXTENDED RELEASE', '50 mg/1', 'EA', 30, [30, 90], 51, '70101-105-30'],
  ['ORDINARY', 'Losartan', 'TABLET', '50 mg/1', 'EA', 30, [30, 90], 47, '70101-106-30'],
  ['ORDINARY', 'Hydrochlorothiazide', 'TABLET', '25 mg/1', 'EA', 30, [30, 90], 22, '70101-107-30'],
  ['ORDINARY', 'Omeprazole', 'CAPSULE, DELAYED RELEASE', '20 mg/1', 'EA', 30, [30, 60], 44, '70202-2012-3'],
  ['ORDINARY', 'Pantoprazole', 'TABLET, DELAYED RELEASE', '40 mg/1', 'EA', 30, [30, 90], 52, '70202-2013-3'],
  ['ORDINARY', 'Levothyroxine', 'TABLET', '75 ug/1', 'EA', 30, [30, 90], 36, '70202-2014-3'],
  ['ORDINARY', 'Gabapentin', 'CAPSULE', '300 mg/1', 'EA', 90, [90, 270], 58, '70202-2015-9'],
  ['ORDINARY', 'Sertraline', 'TABLET', '50 mg/1', 'EA', 30, [30, 90], 49, '70202-2016-3'],
  ['ORDINARY', 'Escitalopram', 'TABLET', '10 mg/1', 'EA', 30, [30, 90], 46, '70202-2017-3'],
  ['ORDINARY', 'Duloxetine', 'CAPSULE, DELAYED RELEASE', '60 mg/1', 'EA', 30, [30, 60], 88, '70202-2018-3'],
  ['ORDINARY', 'Montelukast', 'TABLET, FILM COATED', '10 mg/1', 'EA', 30, [30, 90], 53, '70202-2019-3'],
  ['ORDINARY', 'Albuterol', 'AEROSOL, METERED', '90 ug/1', 'GM', 8.5, [8.5, 17], 62, '0770-3301-08'],
  ['ORDINARY', 'Fluticasone', 'SPRAY, METERED', '50 ug/1', 'GM', 16, [16], 41, '0770-3302-16'],
  ['ORDINARY', 'Budesonide Formoterol', 'AEROSOL', '160 ug/1', 'GM', 10.2, [10.2], 312, '0770-3303-10'],
  ['ORDINARY', 'Tiotropium', 'SPRAY', '2.5 ug/1', 'GM', 4, [4], 498, '0770-3304-04'],
  ['ORDINARY', 'Insulin Glargine', 'INJECTION, SOLUTION', '100 [iU]/mL', 'ML', 10, [10, 20], 286, '0770-3305-10'],
  ['ORDINARY', 'Insulin Lispro', 'INJECTION, SOLUTION', '100 [iU]/mL', 'ML', 15, [15, 30], 412, '0770-3306-15'],
  ['ORDINARY', 'Semaglutide', 'INJECTION, SOLUTION', '1.34 mg/mL', 'ML', 3, [3], 935, '0770-3307-03'],
  ['ORDINARY', 'Dulaglutide', 'INJECTION, SOLUTION', '1.5 mg/.5mL', 'ML', 2, [2], 906, '0770-3308-02'],
  ['ORDINARY', 'Empagliflozin', 'TABLET, FILM COATED', '10 mg/1', 'EA', 30, [30, 90], 594, '70303-301-30'],
  ['ORDINARY', 'Apixaban', 'TABLET, FILM COATED', '5 mg/1', 'EA', 60, [60], 561, '70303-302-60'],
  ['ORDINARY', 'Rivaroxaban', 'TABLET, FILM COATED', '20 mg/1', 'EA', 30, [30], 542, '70303-303-30'],
  ['ORDINARY', 'Sitagliptin', 'TABLET, FILM COATED', '100 mg/1', 'EA', 30, [30, 90], 518, '70303-304-30'],
  ['ORDINARY', 'Ticagrelor', 'TABLET', '90 mg/1', 'EA', 60, [60], 421, '70303-305-60'],
  ['ORDINARY', 'Clopidogrel', 'TABLET, FILM COATED', '75 mg/1', 'EA', 30, [30, 90], 57, '70303-306-30'],
  ['ORDINARY', 'Amoxicillin', 'CAPSULE', '500 mg/1', 'EA', 30, [21, 30], 19, '70404-4001-3'],
  ['ORDINARY', 'Azithromycin', 'TABLET, FILM COATED', '250 mg/1', 'EA', 6, [6], 24, '70404-4002-6'],
  ['ORDINARY', 'Cephalexin', 'CAPSULE', '500 mg/1', 'EA', 28, [28], 27, '70404-4003-2'],
  ['ORDINARY', 'Doxycycline', 'TABLET', '100 mg/1', 'EA', 20, [20], 43, '70404-4004-2'],
  ['ORDINARY', 'Prednisone', 'TABLET', '10 mg/1', 'EA', 21, [21, 42], 18, '70404-4005-2'],
  [
    'ORDINARY',
    'Amoxicillin Suspension',
    'POWDER, FOR SUSPENSION',
    '400 mg/5mL',
    'ML',
    100,
    [100, 200],
    29,
    '70404-4006-1',
  ],
  ['ORDINARY', 'Triamcinolone', 'CREAM', '1 mg/g', 'GM', 80, [80], 33, '70404-4007-8'],
  ['ORDINARY', 'Mupirocin', 'OINTMENT', '20 mg/g', 'GM', 22, [22], 39, '70404-4008-2'],
  ['ORDINARY', 'Latanoprost', 'SOLUTION', '.05 mg/mL', 'ML', 2.5, [2.5], 35, '70404-4009-2'],
  ['ORDINARY', 'Timolol', 'SOLUTION', '5 mg/mL', 'ML', 5, [5, 10], 28, '70404-4010-5'],
  ['ORDINARY', 'Emtricitabine Tenofovir', 'TABLET, FILM COATED', '200 mg/1', 'EA', 30, [30], 1820, '70505-501-30'],
  ['ORDINARY', 'Dolutegravir', 'TABLET, FILM COATED', '50 mg/1', 'EA', 30, [30], 2140, '70505-502-30'],
  ['ORDINARY', 'Adalimumab', 'INJECTION, SOLUTION', '40 mg/.4mL', 'EA', 2, [2], 6410, '70505-503-02'],
  ['ORDINARY', 'Buspirone', 'TABLET', '10 mg/1', 'EA', 60, [60], 34, '70505-504-60'],
  ['ORDINARY', 'Trazodone', 'TABLET', '50 mg/1', 'EA', 30, [30, 60], 26, '70505-505-30'],
  ['ORDINARY', 'Cyclobenzaprine', 'TABLET, FILM COATED', '10 mg/1', 'EA', 30, [30], 23, '70505-506-30'],
  ['ORDINARY', 'Meloxicam', 'TABLET', '15 mg/1', 'EA', 30, [30, 90], 21, '70505-507-30'],
  ['ORDINARY', 'Furosemide', 'TABLET', '40 mg/1', 'EA', 30, [30, 90], 17, '70505-508-30'],
  ['RESTRICTED', 'Ozanimod', 'CAPSULE', '.92 mg/1', 'EA', 30, [30], 7200, '70606-601-30'],
  ['RESTRICTED', 'Linagliptin', 'TABLET, FILM COATED', '5 mg/1', 'EA', 30, [30, 90], 502, '70606-602-30'],
  ['RESTRICTED', 'Insulin Degludec', 'INJECTION, SOLUTION', '100 [iU]/mL', 'ML', 15, [15], 488, '70606-603-15'],
  ['OTC', 'Loratadine', 'TABLET', '10 mg/1', 'EA', 30, [30], 9, '70707-701-30'],
  ['OTC', 'Aspirin Low Dose', 'TABLET, COATED', '81 mg/1', 'EA', 120, [120], 7, '70707-702-12'],
  ['OTC', 'Famotidine', 'TABLET, FILM COATED', '20 mg/1', 'EA', 50, [50], 12, '70707-703-50'],
  ['DISCONTINUED', 'Ranolazine', 'TABLET, EXTENDED RELEASE', '500 mg/1', 'EA', 60, [60], 214, '70707-704-60'],
  ['ORPHAN', 'Sapropterin', 'TABLET, SOLUBLE', '100 mg/1', 'EA', 120, [120], 3980, '70808-801-12'],
  ['ORPHAN', 'Miglustat', 'CAPSULE', '100 mg/1', 'EA', 90, [90], 8800, '70808-802-90'],
  ['SCHEDULE_II', 'Oxycodone', 'TABLET', '5 mg/1', 'EA', 30, [30, 60], 48, '70909-9001-3'],
  ['SCHEDULE_II', 'Methylphenidate', 'TABLET, EXTENDED RELEASE', '36 mg/1', 'EA', 30, [30], 156, '70909-9002-3'],
  ['SCHEDULE_IV', 'Alprazolam', 'TABLET', '.5 mg/1', 'EA', 30, [30, 60], 24, '70909-9003-3'],
  ['SCHEDULE_IV', 'Zolpidem', 'TABLET, FILM COATED', '10 mg/1', 'EA', 30, [30], 29, '70909-9004-3'],
  ['CLASHING', 'Nitrofurantoin', 'CAPSULE', '100 mg/1', 'EA', 14, [14], 37, '7123-4567-14'],
  ['CLASHING', 'Terbinafine', 'TABLET', '250 mg/1', 'EA', 30, [30], 31, '71234-567-14'],
  ['NEVER_DISPENSED', 'Bosentan', 'TABLET, FILM COATED', '125 mg/1', 'EA', 60, [60], 4210, '70808-803-60'],
  ['NEVER_DISPENSED', 'Tolvaptan', 'TABLET', '15 mg/1', 'EA', 10, [10], 3350, '70808-804-10'],
];

/** Labeler segment -> name. */
export const LABELERS: Record<string, string> = {
  '70101': 'Northbank Laboratories (synthetic)',
  '70202': 'Ferncliff Generics (synthetic)',
  '0770': 'Harrowgate Therapeutics (synthetic)',
  '70303': 'Castellan Pharma (synthetic)',
  '70404': 'Millrace Labs (synthetic)',
  '70505': 'Quillon Biologics (synthetic)',
  '70606': 'Aldermoor Pharmaceuticals (synthetic)',
  '70707': 'Brightwater Consumer Health (synthetic)',
  '70808': 'Stonecrop Rare Diseases (synthetic)',
  '70909': 'Wexcombe Controlled (synthetic)',
  '7123': 'Overlap Pharma (synthetic)',
  '71234': 'Overlay Pharma (synthetic)',
};
