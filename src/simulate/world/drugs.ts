/** Drugs as the simulators use them: codes in every form, packages, prices per account type. */
import { readNdc } from '../../model/ndc.ts';
import { DRUG_LINES, LABELERS, SECOND_PACKAGES, type DrugLine, type DrugRole } from './drug-list.ts';

/** A package. */
export interface SimDrug {
  role: DrugRole;
  name: string;
  form: string;
  strength: string;
  ndc11: string;
  /** As printed, with hyphens. */
  packageNdc: string;
  /** Labeler and product segments as printed. */
  productNdc: string;
  labeler: string;
  labelerName: string;
  unit: 'EA' | 'ML' | 'GM';
  /** Billing units in a package. */
  size: number;
  quantities: number[];
  /** DEA schedule as the directory writes it. */
  schedule: '' | 'CII' | 'CIV';
  /** Package prices with two decimals. */
  prices: Record<'340B' | 'GPO' | 'WAC', string>;
  /** The other package of the same product, which claims never name. */
  second: SimDrug | null;
}

const dollars = (amount: number): string => amount.toFixed(2);

function drugOf([role, name, form, strength, unit, size, quantities, wac, packageNdc]: DrugLine): SimDrug {
  const reading = readNdc(packageNdc);
  const [labeler = '', product = ''] = packageNdc.split('-');
  return {
    role,
    name,
    form,
    strength,
    ndc11: reading.kind === 'EXACT' ? reading.ndc11 : '',
    packageNdc,
    productNdc: `${labeler}-${product}`,
    labeler: labeler.padStart(5, '0'),
    labelerName: LABELERS[labeler] ?? '',
    unit,
    size,
    quantities,
    schedule: role === 'SCHEDULE_II' ? 'CII' : role === 'SCHEDULE_IV' ? 'CIV' : '',
    prices: { '340B': dollars(wac * 0.46), GPO: dollars(wac * 0.83), WAC: dollars(wac) },
    second: null,
  };
}

function withSecond(line: DrugLine): SimDrug {
  const drug = drugOf(line);
  const second = SECOND_PACKAGES[drug.packageNdc];
  if (second === undefined) return drug;
  const [packageNdc, size, wac] = second;
  return { ...drug, second: drugOf([line[0], line[1], line[2], line[3], line[4], size, line[6], wac, packageNdc]) };
}

/** Every drug that claims can name. */
export const DRUGS: readonly SimDrug[] = DRUG_LINES.map(withSecond);

/** Every package of the directory. */
export const PACKAGES: readonly SimDrug[] = DRUGS.flatMap((drug) =>
  drug.second === null ? [drug] : [drug, drug.second],
);

/** Drugs of a role. */
export const drugsOf = (...roles: DrugRole[]): SimDrug[] => DRUGS.filter((drug) => roles.includes(drug.role));

/** Ten bare digits, as careless senders write it. */
export const tenDigits = (drug: SimDrug): string => drug.packageNdc.replaceAll('-', '');
