/** The format fhir: what must hold whatever the packaging. Samples with their results are run by contract.test.ts. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HeldPayload, type Parsed } from '../../contract.ts';
import { readAll } from '../../source.ts';
import { format } from './index.ts';

const read = (payload: unknown, options: Record<string, unknown> = {}): Promise<Parsed[]> => {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const bytes = new TextEncoder().encode(text);
  return readAll(format, bytes, { feed: 'ehr-fhir', zone: 'America/Chicago', sha256: '', options });
};

const records = async (payload: unknown, options?: Record<string, unknown>) =>
  (await read(payload, options)).flatMap((unit) => unit.records);

const first = async (payload: unknown): Promise<Record<string, unknown>> => ({ ...(await records(payload))[0] });

const encounter = (more: object = {}): object => ({
  resourceType: 'Encounter',
  id: 'e1',
  meta: { versionId: '1', lastUpdated: '2026-03-01T00:00:00Z' },
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p1' },
  period: { start: '2026-03-01T09:00:00-06:00' },
  ...more,
});

describe('packaging', () => {
  const resources = [
    encounter(),
    encounter({ id: 'e2', status: 'cancelled' }),
    { resourceType: 'Patient', id: 'p1', birthDate: '1980-01-01', name: [{ family: 'Ueda' }] },
  ];

  test('the same resources say the same alone, in a Bundle and as NDJSON', async () => {
    const alone = (await Promise.all(resources.map((resource) => records(resource)))).flat();
    const bundle = { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource })) };
    expect(await records(bundle)).toEqual(alone);
    expect(await records(resources.map((resource) => JSON.stringify(resource)).join('\n'))).toEqual(alone);
    expect(await records(resources.map((resource) => JSON.stringify(resource)).join('\r\n\r\n'))).toEqual(alone);
    expect(await records(JSON.stringify(bundle, null, 2))).toEqual(alone);
  });

  test('a bad line costs nothing but itself, wherever it stands', async () => {
    const lines = resources.map((resource) => JSON.stringify(resource));
    const alone = (await Promise.all(resources.map((resource) => records(resource)))).flat();
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.string({ maxLength: 40 }), async (at, noise) => {
        const bad = `{"resourceType": ${noise.replaceAll(/\s/g, '')}`;
        const units = await read(lines.toSpliced(at, 0, bad).join('\n'));
        expect(units.flatMap((unit) => unit.records)).toEqual(alone);
        expect(units.filter((unit) => unit.errors.length > 0).map((unit) => unit.position)).toEqual([`line ${at + 1}`]);
      }),
    );
  });

  test.each([
    ['', 'empty'],
    ['{"resourceType":"Bundle","entry":[', 'cut off'],
    ['<Message xmlns="http://www.ncpdp.org/schema/SCRIPT"><Body><NewRx/></Body></Message>', 'NCPDP SCRIPT'],
    ['<Patient xmlns="http://hl7.org/fhir"/>', 'FHIR in XML'],
    ['MSH|^~\\&|A|B', 'HL7 version 2'],
  ])('%s is held as a whole', async (text, reason) => {
    await expect(read(text)).rejects.toThrow(HeldPayload);
    await expect(read(text)).rejects.toThrow(reason);
  });
});

describe('versions', () => {
  test('version numbers stand in the order of numbers, whatever their notation', async () => {
    const at = (versionId: string) => first(encounter({ meta: { versionId, lastUpdated: '2026-03-01T00:00:00Z' } }));
    const order = await Promise.all(
      ['2', '10', 'W/"11"', '100'].map(async (version) => String((await at(version))['controlId'])),
    );
    expect(order).toEqual([...order].sort());
    expect(new Set(order).size).toBe(4);
  });

  test('a version without a time takes that of its entry, its Bundle or its export', async () => {
    const bare = encounter({ meta: undefined });
    const entry = { resource: bare, response: { lastModified: '2026-05-05T00:00:00Z', etag: 'W/"7"' } };
    const bundle = (more: object, inner: object = { resource: bare }) => ({
      resourceType: 'Bundle',
      entry: [inner],
      ...more,
    });
    expect((await first(bundle({ timestamp: '2026-06-06T00:00:00Z' }, entry)))['eventAt']).toBe(
      '2026-05-05T00:00:00.000Z',
    );
    expect((await first(bundle({ timestamp: '2026-06-06T00:00:00Z' })))['eventAt']).toBe('2026-06-06T00:00:00.000Z');
    // The time of a search result is that of the search, not of what it found.
    const search = { type: 'searchset', meta: { lastUpdated: '2026-06-06T00:00:00Z' } };
    expect((await first(bundle(search)))['eventAt']).toBe('1970-01-01T00:00:00.000Z');
    const told = { name: 'transactionTime', valueInstant: '2026-07-07T00:00:00Z' };
    const lines = [{ resourceType: 'Parameters', parameter: [told] }, bare];
    const [exported] = await records(lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(exported).toMatchObject({ eventAt: '2026-07-07T00:00:00.000Z' });
  });
});

describe('references', () => {
  const named = async (reference: object): Promise<unknown> =>
    (await first(encounter({ subject: reference })))['patientIdentifiers'];

  test.each([
    'Patient/p1',
    'Patient/p1/_history/4',
    'https://ehr.example/fhir/Patient/p1',
    'http://ehr.example/a/b/Patient/p1/_history/2',
    'urn:uuid:p1',
  ])('%s names the patient by the id of its resource', async (reference) => {
    expect(await named({ reference })).toEqual([{ authority: 'Patient', type: 'FHIR', value: 'p1' }]);
  });

  test('a logical reference names the patient by its identifier, under the name of its authority', async () => {
    const identifier = { system: 'urn:mrn', value: '12' };
    const options = { authorities: { 'urn:mrn': 'MERCYMRN' } };
    const expected = { patientIdentifiers: [{ authority: 'MERCYMRN', type: '', value: '12' }] };
    expect((await records(encounter({ subject: { identifier } }), options))[0]).toMatchObject(expected);
    expect(
      (await records(encounter({ subject: { reference: 'Patient?identifier=urn:mrn|12' } }), options))[0],
    ).toMatchObject(expected);
  });

  test('a line of NDJSON may refer to people and drugs of lines before it; what is nowhere says nothing', async () => {
    const practitioner = {
      resourceType: 'Practitioner',
      id: 'd1',
      identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1679576722' }],
    };
    const medication = {
      resourceType: 'Medication',
      id: 'm1',
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/ndc', code: '00093104801' }] },
    };
    const order = {
      resourceType: 'MedicationRequest',
      id: 'o1',
      status: 'active',
      subject: { reference: 'Patient/p1' },
      medicationReference: { reference: 'Medication/m1' },
      requester: { reference: 'Practitioner/d1' },
    };
    const lines = (...all: object[]): string => all.map((line) => JSON.stringify(line)).join('\n');
    const known = { prescriberNpi: '1679576722', ndcText: '00093104801' };
    expect((await records(lines(practitioner, medication, order)))[0]).toMatchObject(known);
    // An earlier version may have had them: that must not be forgotten.
    const alone = (await records(lines(order)))[0];
    expect(alone).not.toHaveProperty('ndcText');
    expect(alone).toHaveProperty('prescriberNpi', undefined);
    const nobody = (await records({ ...order, requester: undefined, medicationReference: undefined }))[0];
    expect(nobody).toMatchObject({ prescriberNpi: null, ndcText: null });
  });

  test('a social security number never leaves the format', async () => {
    const ssn = '900-55-1234';
    const patient = {
      resourceType: 'Patient',
      id: 'p1',
      identifier: [
        { system: 'http://hl7.org/fhir/sid/us-ssn', value: ssn },
        { type: { coding: [{ code: 'SS' }] }, value: ssn },
      ],
    };
    expect(JSON.stringify(await read(patient))).not.toContain(ssn);
  });

  test("a payer's own id of a person is not taken for an identifier of the EHR", async () => {
    const claim = {
      resourceType: 'ExplanationOfBenefit',
      type: { coding: [{ code: 'pharmacy' }] },
      identifier: [{ system: 'urn:rx', value: '12' }],
      facility: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' } },
      patient: { reference: 'Patient/p1' },
      supportingInfo: [{ category: { coding: [{ code: 'refillnum' }] }, valueQuantity: { value: 0 } }],
      item: [
        {
          productOrService: { coding: [{ system: 'http://hl7.org/fhir/sid/ndc', code: '00093104801' }] },
          servicedDate: '2026-03-03',
          quantity: { value: 30 },
        },
      ],
    };
    const options = { reads: 'claims', rxNumberSystem: 'urn:rx', payer: { bin: '990011' } };
    expect((await records(claim, options))[0]).toMatchObject({
      code: 'B1',
      quantity: '30.000',
      patient: { identifier: null },
    });
    expect((await read(claim, { ...options, payer: undefined }))[0]?.errors[0]?.field).toBe(
      'ExplanationOfBenefit.insurance',
    );
  });
});

test('options are checked by name', () => {
  expect(format.checkOptions({ reads: 'ehr', authorities: { 'urn:mrn': 'M' }, payer: { bin: '1' } })).toEqual([]);
  expect(format.checkOptions({ authority: {} })[0]).toMatch(/did you mean authorities/);
  expect(format.checkOptions({ reads: 'all' })).toHaveLength(1);
  expect(format.checkOptions({ payer: { rxbin: '1' } })).toHaveLength(1);
  expect(format.checkOptions({ referralCodes: ['REF-1'], consultNoteCodes: ['11488-4'] })).toEqual([]);
  expect(format.checkOptions({ referralCodes: 'REF-1' })).toEqual(['referralCodes must be a list of codes (texts)']);
  expect(format.checkOptions({ consultNoteCodes: [] })).toHaveLength(1);
});

test('codes of its own tell a referral and a consult note from other requests and documents', async () => {
  const request = { resourceType: 'ServiceRequest', id: 's', status: 'active', subject: { reference: 'Patient/p' } };
  const document = {
    resourceType: 'DocumentReference',
    id: 'd',
    status: 'current',
    subject: { reference: 'Patient/p' },
  };
  const own = [
    { ...request, category: [{ coding: [{ code: 'Ref-1' }] }] },
    { ...document, type: { coding: [{ code: 'CN' }] } },
  ];
  expect(await records(own.map((resource) => JSON.stringify(resource)).join('\n'))).toEqual([]);
  const options = { referralCodes: ['REF-1'], consultNoteCodes: ['cn'] };
  const lines = own.map((resource) => JSON.stringify(resource)).join('\n');
  expect((await records(lines, options)).map(({ type }) => type)).toEqual(['referral', 'consultNote']);
  // The defaults are replaced, not added to.
  const usual = { ...request, code: { coding: [{ code: '3457005' }] } };
  expect(await records(usual)).toHaveLength(1);
  expect(await records(usual, options)).toEqual([]);
});
