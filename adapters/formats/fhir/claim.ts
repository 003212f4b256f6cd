/** ExplanationOfBenefit of type pharmacy (CARIN Blue Button, CMS Part D) to one claim transaction. */
import { Decimal } from 'decimal.js';
import type { ClaimRecord, EventStamp, Stated } from '../../../src/model/records.ts';
import { hasCode, identifierType, ndcOf, npiOf } from './codes.ts';
import type { Element } from './element.ts';
import type { FhirOptions } from './options.ts';
import { patientOf } from './patient.ts';
import { targetOf, type Scope } from './references.ts';

interface Context {
  stamp: EventStamp;
  scope: Scope;
  options: FhirOptions;
  ordinal: number;
}

/** True when its type says pharmacy. */
export const isPharmacyClaim = (eob: Element): boolean => hasCode(eob.child('type'), 'pharmacy', 'PDE', 'PHARMACY');

const information = (eob: Element, code: string): Element | undefined =>
  eob
    .list('supportingInfo')
    .find((one) => hasCode(one.child('category'), code) || one.list('code').some((coded) => hasCode(coded, code)));

/** A coded value of CMS's own variables (`adjstmt_dltn_cd`). */
const variable = (eob: Element, name: string): string =>
  eob
    .list('supportingInfo')
    .flatMap((one) => one.child('code').list('coding'))
    .find((coding) => coding.text('system').endsWith(`/${name}`))
    ?.text('code') ?? '';

/** Cancelled and deleted claims reverse, adjusted ones replace. */
function codeOf(eob: Element): ClaimRecord['code'] {
  const adjustment = variable(eob, 'adjstmt_dltn_cd');
  if (['cancelled', 'entered-in-error'].includes(eob.text('status')) || adjustment === 'D') return 'B2';
  return adjustment === 'A' ? 'B3' : 'B1';
}

/** The pharmacy: facility, else provider, by NPI or NCPDP id. */
function pharmacyOf(eob: Element, scope: Scope): { providerQualifier: string; providerId: string } | undefined {
  for (const name of ['facility', 'provider']) {
    const reference = eob.child(name);
    const npi = npiOf(reference, eob, scope);
    if (npi !== null) return { providerQualifier: '01', providerId: npi };
    const identifier = reference.child('identifier');
    if (identifierType(identifier) === 'NCPDP')
      return { providerQualifier: '07', providerId: identifier.text('value') };
  }
  return undefined;
}

/** BIN, PCN and group of the Coverage, where the payload has it; else the feed's own. Undefined = not known. */
function payerOf(eob: Element, { scope, options }: Context): ClaimRecord['otherPayers'][number] | undefined {
  const insurance = eob.list('insurance');
  const focal = insurance.find((one) => one.child('focal').value === true) ?? insurance[0];
  const coverage = focal === undefined ? undefined : targetOf(focal.child('coverage'), eob, scope).resource;
  const value = (code: string): string =>
    coverage
      ?.list('class')
      .find((one) => hasCode(one.child('type'), code))
      ?.text('value') ?? '';
  const bin = value('rxbin');
  return bin === '' ? (options.payer ?? undefined) : { bin, pcn: value('rxpcn'), group: value('rxgroup') };
}

const money = (eob: Element, ...codes: string[]): string | null => {
  const found = [...eob.list('total'), ...eob.list('item').flatMap((item) => item.list('adjudication'))].find((one) =>
    hasCode(one.child('category'), ...codes),
  );
  return found?.child('amount').decimal('value') ?? null;
};

const quantityOf = (value: Stated<string>): string | null => (value ? new Decimal(value).toFixed(3) : null);

/** The prescription number: the identifier of the system that the feed names. */
const rxNumberOf = (eob: Element, options: FhirOptions): string => {
  const found = eob.list('identifier').find((one) => one.text('system') === options.rxNumberSystem);
  const value = found?.text('value') ?? '';
  return /^\d+$/.test(value) ? value.replace(/^0+(?=\d)/, '') : value;
};

/** Fields without which there is no claim (12.18). Each missing one is noted. */
function required(eob: Element, context: Context) {
  const { notes } = eob;
  const item = eob.child('item');
  const pharmacy = pharmacyOf(eob, context.scope);
  const rxNumber = rxNumberOf(eob, context.options);
  const fill = information(eob, 'refillnum')?.child('valueQuantity').count('value');
  const served = item.date('servicedDate') ?? item.child('servicedPeriod').date('start');
  const payer = payerOf(eob, context);
  if (pharmacy === undefined)
    notes.fail('ExplanationOfBenefit.facility', 'neither an NPI nor an NCPDP id of a pharmacy');
  if (rxNumber === '') notes.fail('ExplanationOfBenefit.identifier', 'no prescription number (option rxNumberSystem)');
  if (!fill) notes.fail('ExplanationOfBenefit.supportingInfo', 'no readable fill number (category refillnum)');
  if (!served) notes.fail('ExplanationOfBenefit.item[0].servicedDate', 'no readable date of service');
  // A claim without a payer would count as paid in cash.
  if (payer === undefined)
    notes.fail('ExplanationOfBenefit.insurance', 'no BIN in its Coverage, and the feed names no payer (option payer)');
  if (pharmacy === undefined || rxNumber === '' || !fill || !served || payer === undefined) return undefined;
  return { pharmacy, rxNumber, fillNumber: Number(fill), dateOfService: served, payer, item };
}

/**
 * The person, where the payload has the Patient. The id of the payer's own resource is no identifier: the EHR may have
 * another patient under it.
 */
function personOf(eob: Element, { stamp, scope, options }: Context): ClaimRecord['patient'] {
  const { resource, id } = targetOf(eob.child('patient'), eob, scope);
  const patient = resource === undefined ? undefined : patientOf(resource, id || 'unnamed', stamp, options);
  return {
    familyName: patient?.familyName ?? null,
    givenName: patient?.givenName ?? null,
    birthDate: patient?.birthDate ?? null,
    sex: patient?.sex === 'M' || patient?.sex === 'F' ? patient.sex : null,
    identifier: patient?.identifiers.find(({ type }) => type !== 'FHIR') ?? null,
  };
}

/** The claim; undefined when a field is missing that every claim needs (noted). */
export function claimOf(eob: Element, context: Context): ClaimRecord | undefined {
  const { scope, ordinal } = context;
  const needed = required(eob, context);
  if (needed === undefined) return undefined;
  const { item, payer } = needed;
  const code = codeOf(eob);
  const ndcText = ndcOf(item.child('productOrService'));
  const quantity = quantityOf(item.child('quantity').decimal('value'));
  if (code !== 'B2' && (ndcText === null || quantity === null)) {
    if (ndcText === null) eob.notes.fail('ExplanationOfBenefit.item[0].productOrService', 'no NDC');
    else eob.notes.fail('ExplanationOfBenefit.item[0].quantity', 'no readable quantity');
    return undefined;
  }
  const prescribing = eob.list('careTeam').find((one) => hasCode(one.child('role'), 'prescribing'));
  const days = information(eob, 'dayssupply')?.child('valueQuantity').count('value');
  const created = eob.time('created');
  return {
    type: 'claim',
    code,
    responseStatus: code === 'B2' ? 'A' : eob.text('outcome') === 'error' ? 'R' : 'P',
    ...needed.pharmacy,
    rxNumber: needed.rxNumber,
    fillNumber: needed.fillNumber,
    dateOfService: needed.dateOfService,
    dispensingStatus: variable(eob, 'dspnsng_stus_cd').replace(/[^PC]/g, ''),
    ...payer,
    cardholder: '',
    otherCoverage: 0,
    otherPayers: [],
    adjudicatedAt: created ? created.instant : null,
    batchCreatedAt: null,
    batchId: '',
    batchReference: '',
    transactionIndex: 1,
    ordinal,
    ndcText,
    productQualifier: ndcText === null ? '' : '03',
    quantity,
    unit: item
      .child('quantity')
      .text('code')
      .replace(/^\[|\]$/g, '')
      .toUpperCase(),
    daysSupply: days ? Number(days) : null,
    writtenDate: null,
    prescriberQualifier: '01',
    prescriberId: prescribing === undefined ? null : npiOf(prescribing.child('provider'), eob, scope),
    patient: personOf(eob, context),
    compound: hasCode(item.child('productOrService'), 'compound'),
    submissionClarification: [variable(eob, 'submsn_clr_cd')].filter((value) => value !== ''),
    basisOfCost: '',
    amounts: {
      ingredientCost: money(eob, 'drugcost'),
      dispensingFee: null,
      patientPay: money(eob, 'paidbypatient', 'memberliability'),
      totalPaid: money(eob, 'benefit', 'paidtoprovider'),
    },
  };
}
