/** X12 from wholesalers: 810 invoices and credit memos. README.md says which segments and elements are read. */
import type { Format, Parsed } from '../../contract.ts';
import { whole } from '../../source.ts';
import { decodeText } from '../../tables/text-encoding.ts';
import { unknownOptions } from '../../tables/options.ts';
import { ACCOUNT_OPTION } from './account.ts';
import { transactionSets } from './envelope.ts';
import type { TransactionSet } from './envelope.ts';
import { mapInvoice } from './map.ts';
import { segmentsOf } from './parse.ts';

/** A set that the hub does not read: `SET_850`. */
function ignored(set: TransactionSet): Parsed {
  const code = set.segments[0]?.element(1).toUpperCase() ?? '';
  return {
    position: set.position,
    records: [],
    errors: [],
    ignored: `SET_${/^[A-Z0-9]{1,6}$/.test(code) ? code : 'UNKNOWN'}`,
  };
}

/** The format `x12`. Options: `wholesaler` (else ISA06), `account` (where the account number stands: `N1*BT`, `REF*11`). */
export const format: Format = {
  name: 'x12',
  kind: 'invoices',
  checkOptions(options) {
    const problems = unknownOptions(options, ['wholesaler', 'account']);
    const { wholesaler, account } = options;
    if (wholesaler !== undefined && (typeof wholesaler !== 'string' || wholesaler.trim() === ''))
      problems.push('wholesaler must be the name of the wholesaler as the account master has it');
    if (account !== undefined && !(typeof account === 'string' && ACCOUNT_OPTION.test(account)))
      problems.push('account must say where the account number stands, as N1*BT or REF*11');
    return problems;
  },
  read: whole(function* read(bytes, context) {
    for (const unit of transactionSets(segmentsOf(decodeText(bytes)))) {
      if (unit.kind === 'remark') {
        const { position, errors } = unit;
        yield { position, records: [], errors, ...(unit.ignored === undefined ? {} : { ignored: unit.ignored }) };
      } else if (unit.segments[0]?.element(1) === '810') yield* mapInvoice(unit, context);
      else yield ignored(unit);
    }
  }),
};
