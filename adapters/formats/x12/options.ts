/** Feed options of `x12`, checked and made ready. README.md explains them. */
import type { AccountType } from '../../../src/model/records.ts';
import { unknownOptions } from '../../tables/options.ts';
import { ACCOUNT_OPTION } from './account.ts';

type Given = Readonly<Record<string, unknown>>;

const OPTIONS = ['wholesaler', 'account', 'prices', 'acknowledge'];
const ACCOUNT_TYPES: readonly AccountType[] = ['340B', 'GPO', 'WAC'];
const ANY_PRICE = '*';

/** What the options say. */
export interface X12Options {
  /** Name of the wholesaler in the account master; '' = ISA06 says it. */
  wholesaler: string;
  /** Where the account number stands; undefined = the usual places. */
  account: string | undefined;
  /** CTP02 of an 832 (`*` = any) -> account type whose catalogue price it is. */
  prices: ReadonlyMap<string, AccountType>;
  /** True = every received functional group is to be answered with a 997. */
  acknowledge: boolean;
}

const isAccountType = (value: unknown): value is AccountType => ACCOUNT_TYPES.some((type) => type === value);
const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Problems of the options, each a sentence naming the option. */
export function optionProblems(options: Given): string[] {
  const problems = unknownOptions(options, OPTIONS);
  const { wholesaler, account, prices, acknowledge } = options;
  if (wholesaler !== undefined && (typeof wholesaler !== 'string' || wholesaler.trim() === ''))
    problems.push('wholesaler must be the name of the wholesaler as the account master has it');
  if (account !== undefined && !(typeof account === 'string' && ACCOUNT_OPTION.test(account)))
    problems.push('account must say where the account number stands, as N1*BT or REF*11');
  if (acknowledge !== undefined && typeof acknowledge !== 'boolean') problems.push('acknowledge must be true or false');
  if (prices !== undefined && !isObject(prices))
    problems.push('prices must map a price code of the catalogue (CTP02, or * for any) to 340B, GPO or WAC');
  for (const [code, type] of isObject(prices) ? Object.entries(prices) : [])
    if (!isAccountType(type)) problems.push(`prices: ${code} must be one of ${ACCOUNT_TYPES.join(', ')}`);
  return problems;
}

/** The options as the maps take them; they have passed `optionProblems`. */
export function x12Options(options: Given): X12Options {
  const { wholesaler, account, prices, acknowledge } = options;
  const types = new Map<string, AccountType>();
  for (const [code, type] of isObject(prices) ? Object.entries(prices) : [])
    if (isAccountType(type)) types.set(code.toUpperCase(), type);
  return {
    wholesaler: typeof wholesaler === 'string' ? wholesaler.trim() : '',
    account: typeof account === 'string' ? account : undefined,
    prices: types,
    acknowledge: acknowledge === true,
  };
}

/** Account type of a price code; undefined = the feed takes no such price. */
export const priceType = ({ prices }: X12Options, code: string): AccountType | undefined =>
  prices.get(code.toUpperCase()) ?? prices.get(ANY_PRICE);
