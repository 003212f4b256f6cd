/** A day's claims of a feed as the pharmacy sends them: a batch with its response file, or a delimited extract. */
import { writeExtract, type ExtractRow } from '../../../adapters/formats/claim-extract/write.ts';
import { writeBatch, type ClaimAnswer, type ClaimRequest } from '../../../adapters/formats/ncpdp-batch/write.ts';
import type { SimDispense, SimTransaction } from './events.ts';
import { CLAIM_FEEDS, type SimFile } from './feeds.ts';
import type { SimTenant } from './organisation.ts';

/** A transaction with its dispense. */
export interface Placed {
  dispense: SimDispense;
  transaction: SimTransaction;
}

/** As pharmacies write names: capitals without accents. */
const printed = (name: string): string =>
  name
    .replaceAll('ø', 'o')
    .replaceAll('Ł', 'L')
    .replaceAll('’', "'")
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toUpperCase();

const dollars = (amount: number): string => amount.toFixed(2);

function common({ dispense, transaction }: Placed, tenant: SimTenant) {
  const { patient, drug, pharmacy } = dispense;
  const plan = transaction.plan ?? dispense.plan;
  const quantity = transaction.quantity ?? dispense.quantity;
  const cost = (Number(quantity) / drug.size) * Number(drug.prices.WAC);
  return {
    code: transaction.code,
    providerQualifier: '07',
    providerId: pharmacy.ncpdp,
    rxNumber: dispense.rx,
    fillNumber: dispense.fill,
    dateOfService: dispense.dateOfService,
    dispensingStatus: dispense.dispensingStatus,
    bin: plan?.bin ?? '',
    pcn: plan?.pcn ?? '',
    group: plan?.group ?? '',
    cardholder: plan === null ? '' : `C${patient.mrn.replaceAll(/\D/g, '')}`,
    otherCoverage: transaction.otherCoverage ?? 0,
    otherPayers: [],
    ndcText: dispense.ndcText,
    quantity,
    unit: drug.unit,
    daysSupply: dispense.daysSupply,
    writtenDate: dispense.written,
    prescriberQualifier: dispense.prescriberId === null ? '' : '01',
    prescriberId: dispense.prescriberId,
    patient: {
      familyName: printed(patient.family),
      givenName: printed(patient.given),
      birthDate: patient.birthDate,
      sex: patient.sex,
      identifier: dispense.withIdentifier ? { authority: tenant.authority, type: 'MR', value: patient.mrn } : null,
    },
    compound: false,
    submissionClarification: [],
    basisOfCost: '01',
    amounts: {
      ingredientCost: dollars(cost),
      dispensingFee: '2.50',
      patientPay: '5.00',
      totalPaid: dollars(Math.max(cost - 2.5, 0)),
    },
  };
}

/** The row of an extract. */
function extractRow(placed: Placed, tenant: SimTenant): ExtractRow {
  const { pharmacy } = placed.dispense;
  return {
    ...common(placed, tenant),
    ...(placed.dispense.unreadable === true ? { quantity: '3O' } : {}),
    ...(pharmacy.sendsPatient ? {} : { providerQualifier: '01', providerId: pharmacy.npi }),
    responseStatus: placed.transaction.status,
    adjudicatedLocal: placed.transaction.at,
  };
}

function request(placed: Placed, tenant: SimTenant, index: number): ClaimRequest {
  return {
    ...common(placed, tenant),
    ...(placed.dispense.unreadable === true ? { fillNumber: null } : {}),
    productQualifier: '03',
    batchReference: String(index + 1).padStart(10, '0'),
    transactionIndex: 1,
  };
}

function answer({ dispense, transaction }: Placed, asked: ClaimRequest): ClaimAnswer {
  const accepted = transaction.status === 'P';
  return {
    code: asked.code,
    batchReference: asked.batchReference,
    transactionIndex: 1,
    responseStatus: transaction.status,
    providerQualifier: asked.providerQualifier,
    providerId: asked.providerId,
    dateOfService: asked.dateOfService,
    rxNumber: dispense.rx,
    ...(transaction.status === 'R' ? { rejectCodes: ['75'] } : {}),
    amounts: accepted
      ? asked.amounts
      : { ingredientCost: null, dispensingFee: null, patientPay: null, totalPaid: null },
  };
}

/** The files of one feed and day; `label` makes their names and the batch number. */
export function claimFiles(feed: string, day: string, label: string, placed: Placed[], tenant: SimTenant): SimFile[] {
  const declared = CLAIM_FEEDS[feed];
  if (declared === undefined) throw new RangeError(`no claim feed ${feed}`);
  const sorted = [...placed].sort((a, b) => (a.transaction.at < b.transaction.at ? -1 : 1));
  if (declared.format === 'claim-extract') {
    const rows = sorted.map((one) => extractRow(one, tenant));
    return [{ feed, name: `${feed}_${label}.txt`, bytes: writeExtract(rows, declared.options), day }];
  }
  const requests = sorted.map((one, index) => request(one, tenant, index));
  const { requestFile, responseFile } = writeBatch({
    sender: feed.toUpperCase().slice(0, 24),
    receiver: 'THROUGHLINE',
    batchId: label.slice(-7),
    createdAt: `${day}T23:30`,
    requests,
    responses: sorted.flatMap((one, index) => {
      const asked = requests[index];
      return asked === undefined || one.transaction.status === '' ? [] : [answer(one, asked)];
    }),
  });
  return [
    { feed, name: `${feed}_${label}_REQ.txt`, bytes: requestFile, day },
    { feed, name: `${feed}_${label}_RSP.txt`, bytes: responseFile, day },
  ];
}

/** Transactions by feed and day of their file. */
export function byFeedAndDay(dispenses: readonly SimDispense[]): Map<string, Map<string, Placed[]>> {
  const feeds = new Map<string, Map<string, Placed[]>>();
  for (const dispense of dispenses)
    for (const transaction of dispense.transactions) {
      const days = feeds.get(dispense.pharmacy.feed) ?? new Map<string, Placed[]>();
      feeds.set(dispense.pharmacy.feed, days);
      const day = days.get(transaction.day) ?? [];
      days.set(transaction.day, day);
      day.push({ dispense, transaction });
    }
  return feeds;
}
