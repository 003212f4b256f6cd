/**
 * From claim transactions to dispenses (DOMAIN.md 4 and 12 B): all transactions of one prescription at one pharmacy are
 * sorted by adjudication and folded per payer. Pure, so that order of arrival and duplicates cannot matter.
 */
import type { ClaimCode } from '../model/records.ts';

/** One transaction with its response joined: the columns of `claim_transaction` that folding and judging read. */
export interface Claim {
  id: string;
  transactionKey: string;
  ncpdp: string;
  rxNumber: string;
  code: ClaimCode;
  /** 112-AN, its own or that of the paired response; '' = no response yet (12.14). */
  responseStatus: string;
  fillNumber: number | null;
  dateOfService: string;
  dispensingStatus: string;
  bin: string;
  pcn: string;
  payerGroup: string;
  otherCoverage: number;
  otherPayers: { bin: string; pcn: string; group: string }[];
  adjudicatedAt: string | null;
  batchCreatedAt: string | null;
  batchReference: string;
  transactionIndex: number;
  ordinal: number;
  receivedAt: string;
  ndcText: string | null;
  quantity: string | null;
  unit: string;
  daysSupply: number | null;
  writtenDate: string | null;
  prescriberId: string | null;
  familyCompare: string | null;
  givenCompare: string | null;
  birthDate: string | null;
  sex: string | null;
  idAuthority: string | null;
  idValue: string | null;
  totalPaid: string | null;
  rawId: string;
  position: string;
}

export type DispenseState = 'OPEN' | 'REVERSED' | 'NEVER_PAID';

/** What the transactions of one identity add up to. */
export interface FoldedDispense {
  ncpdp: string;
  rxNumber: string;
  fillNumber: number;
  dateOfService: string;
  dispensingStatus: string;
  state: DispenseState;
  /** A paid claim was seen at some time (12.41). */
  everPaid: boolean;
  /** Supplies drug, quantity, prescriber and patient: the open primary claim, else the last that stood. */
  primary: Claim;
  /** Open claims, primary first; one per payer (BIN + PCN). Empty unless OPEN. */
  open: Claim[];
  /** Written date of the lowest known fill of the prescription (12.26). */
  writtenDate: string | null;
}

/** All that the transactions of one prescription at one pharmacy say. */
export interface FoldedPrescription {
  dispenses: FoldedDispense[];
  /** Reversals that found nothing to reverse so far (REVERSAL_ORPHAN). */
  orphans: Claim[];
}

/** When a transaction was adjudicated (12.11), milliseconds; a file without any time stands at its receipt. */
const adjudicated = (claim: Claim): number =>
  Date.parse(claim.adjudicatedAt ?? claim.batchCreatedAt ?? claim.receivedAt);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byReference = (a: string, b: string): number =>
  /^\d+$/.test(a) && /^\d+$/.test(b) && Number(a) !== Number(b) ? Number(a) - Number(b) : byText(a, b);

/** Adjudication order; the transaction key breaks what the standard leaves open, so that the order is total. */
export const byAdjudication = (a: Claim, b: Claim): number =>
  adjudicated(a) - adjudicated(b) ||
  byReference(a.batchReference, b.batchReference) ||
  a.transactionIndex - b.transactionIndex ||
  a.ordinal - b.ordinal ||
  byText(a.transactionKey, b.transactionKey);

const paid = (claim: Claim): boolean => claim.code !== 'B2' && claim.responseStatus === 'P';
const reversing = (claim: Claim): boolean =>
  claim.code === 'B2' && (claim.responseStatus === 'A' || claim.responseStatus === 'P');
const payerOf = (claim: Claim): string => `${claim.bin}|${claim.pcn}`;
const identityOf = (claim: Claim): string => `${claim.fillNumber}|${claim.dateOfService}|${claim.dispensingStatus}`;

/** Folds all transactions of one prescription at one pharmacy. The order and repetition of `claims` mean nothing. */
export function foldClaims(claims: readonly Claim[]): FoldedPrescription {
  const once = [...new Map(claims.map((claim) => [claim.transactionKey, claim])).values()].sort(byAdjudication);
  const groups = new Map<string, Claim[]>();
  for (const claim of once) {
    if (claim.code === 'B2' || claim.fillNumber === null) continue;
    const group = groups.get(identityOf(claim));
    if (group) group.push(claim);
    else groups.set(identityOf(claim), [claim]);
  }
  const orphans = once.filter((claim) => claim.code === 'B2' && !placeReversal(claim, groups) && reversing(claim));
  const dispenses: FoldedDispense[] = [];
  for (const group of groups.values()) {
    const folded = foldIdentity(group.sort(byAdjudication));
    dispenses.push(folded.dispense);
    orphans.push(...folded.pending);
  }
  dispenses.sort(byFill);
  const writtenDate = dispenses.find((dispense) => dispense.everPaid && dispense.writtenDate)?.writtenDate ?? null;
  for (const dispense of dispenses) dispense.writtenDate = writtenDate ?? dispense.writtenDate;
  return { dispenses, orphans: orphans.sort(byAdjudication) };
}

const byFill = (a: FoldedDispense, b: FoldedDispense): number =>
  a.fillNumber - b.fillNumber ||
  byText(a.dateOfService, b.dateOfService) ||
  byText(a.dispensingStatus, b.dispensingStatus);

/**
 * Puts a reversal beside the claims it can mean: its own identity, else the only one that does not contradict it (12.16; a
 * reversal rarely repeats the dispensing status of a partial fill). False = there is no such dispense.
 */
function placeReversal(reversal: Claim, groups: Map<string, Claim[]>): boolean {
  const own = reversal.fillNumber === null ? undefined : groups.get(identityOf(reversal));
  if (own) {
    own.push(reversal);
    return true;
  }
  const fits = [...groups.values()].filter((group) => {
    const claim = group[0];
    return (
      claim?.dateOfService === reversal.dateOfService &&
      group.some(paid) &&
      (reversal.fillNumber === null || reversal.fillNumber === claim.fillNumber) &&
      (reversal.dispensingStatus === '' || reversal.dispensingStatus === claim.dispensingStatus)
    );
  });
  if (fits.length !== 1) return false;
  fits[0]?.push(reversal);
  return true;
}

/** What stands while the transactions of one identity are walked in order. */
interface Standing {
  /** Open claim of each payer. */
  open: Map<string, Claim>;
  /** Reversals that found no open claim and wait for the next paid one (12.12). */
  pending: Claim[];
  lastPaid: Claim | null;
}

function foldIdentity(claims: Claim[]): { dispense: FoldedDispense; pending: Claim[] } {
  const standing: Standing = { open: new Map(), pending: [], lastPaid: null };
  for (const claim of claims) {
    if (paid(claim)) openClaim(standing, claim);
    else if (reversing(claim)) reverseClaim(standing, claim);
  }
  const open = [...standing.open.values()].sort(byPrecedence);
  const content = open[0] ?? standing.lastPaid ?? claims.findLast((claim) => claim.code !== 'B2');
  if (content === undefined || content.fillNumber === null) throw new Error('an identity without a claim');
  const dispense: FoldedDispense = {
    ncpdp: content.ncpdp,
    rxNumber: content.rxNumber,
    fillNumber: content.fillNumber,
    dateOfService: content.dateOfService,
    dispensingStatus: content.dispensingStatus,
    state: open.length > 0 ? 'OPEN' : standing.lastPaid ? 'REVERSED' : 'NEVER_PAID',
    everPaid: standing.lastPaid !== null,
    primary: content,
    open,
    writtenDate: content.writtenDate,
  };
  return { dispense, pending: standing.pending };
}

/** B1 and B3 paid: opens, or replaces what its payer had open (12.14); a waiting reversal of that payer cancels it (12.12). */
function openClaim(standing: Standing, claim: Claim): void {
  standing.lastPaid = claim;
  const payer = payerOf(claim);
  const waiting = standing.pending.findIndex(
    (reversal) =>
      (reversal.bin === '' || payerOf(reversal) === payer) &&
      (reversal.adjudicatedAt === null || claim.adjudicatedAt === null),
  );
  if (waiting >= 0 && !standing.open.has(payer)) standing.pending.splice(waiting, 1);
  else standing.open.set(payer, claim);
}

/** B2: closes its payer's claim, all payers' when it names none (12.3); otherwise it waits. */
function reverseClaim(standing: Standing, reversal: Claim): void {
  if (reversal.bin === '' && standing.open.size > 0) standing.open.clear();
  else if (!standing.open.delete(payerOf(reversal))) standing.pending.push(reversal);
}

/** The primary claim first (12.3): lowest other-coverage code, earliest adjudication, BIN. */
const byPrecedence = (a: Claim, b: Claim): number =>
  a.otherCoverage - b.otherCoverage ||
  adjudicated(a) - adjudicated(b) ||
  byText(a.bin, b.bin) ||
  byText(a.pcn, b.pcn) ||
  byAdjudication(a, b);
