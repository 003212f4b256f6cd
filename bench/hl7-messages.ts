/** HL7 v2 messages for the benches: visits as an interface engine sends them, with the segments that the hub does not read. */

/** The numbers of a message: patient, visit and minute are functions of its place, so that visits go on over many messages. */
interface Facts {
  trigger: string;
  patient: number;
  visit: number;
  minute: number;
}

/** Of a hundred messages: arrivals, updates, departures, changes of class, cancellations, merges. */
const TRIGGERS = [
  ...Array.from({ length: 40 }, () => 'A04'),
  ...Array.from({ length: 38 }, () => 'A08'),
  ...Array.from({ length: 14 }, () => 'A03'),
  'A01',
  'A02',
  'A06',
  'A07',
  'A11',
  'A13',
  'A31',
  'A40',
];

const digits = (value: number, length: number): string => String(value).padStart(length, '0');

/** `YYYYMMDDHHMMSS`, going on through the days of March. */
function time(minute: number): string {
  const at = new Date(Date.UTC(2026, 2, 1) + minute * 60_000);
  return at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '');
}

function factsOf(index: number): Facts {
  // Spread over the triggers without a pattern that repeats with the visits.
  const trigger = TRIGGERS[(index * 37) % TRIGGERS.length] ?? 'A08';
  const opens = trigger === 'A04' || trigger === 'A01';
  const visit = opens ? index : Math.max(0, index - ((index * 7919) % 400));
  return { trigger, patient: visit % 50_000, visit, minute: Math.floor(index / 5) };
}

/** The `index`-th message. */
export function adtMessage(index: number): string {
  const { trigger, patient, visit, minute } = factsOf(index);
  const mrn = `${digits(patient, 7)}^^^BENCH&1.2.840.99999&ISO^MR`;
  const birth = `19${digits(30 + (patient % 70), 2)}0${1 + (patient % 9)}1${patient % 9}`;
  const at = time(minute);
  const npi = `1${digits(700_000_000 + (visit % 500), 9)}`;
  const pid = `PID|1||${mrn}~${digits(patient, 9)}^^^STATE^PI||Sample${patient % 997}^Given${patient % 89}^Q^^^^L||${birth}|${patient % 2 ? 'F' : 'M'}||2106-3|${patient} Test Street^^Testville^IL^60601^USA^H||(312)555-0100^PRN^PH||ENG|M||${digits(visit, 8)}^^^BENCH^AN`;
  const head = [
    `MSH|^~\\&|EHR|MAIN|HUB|BENCH|${at}||ADT^${trigger}^ADT_A01|B${digits(index, 9)}|P|2.5.1|||AL|NE||UNICODE UTF-8`,
    `EVN|${trigger}|${at}|||CLERK^Test^Clerk`,
    pid,
  ];
  if (trigger === 'A40') return [...head, `MRG|${digits(patient + 50_000, 7)}^^^BENCH^MR`, ''].join('\r');
  return [
    ...head,
    'PD1|||TEST CLINIC^^10001|1234567893^Primary^Care^^^^^^NPI',
    `NK1|1|Relative^Test^R|SPO^Spouse|${patient} Test Street^^Testville^IL^60601|(312)555-0101`,
    `PV1|1|${trigger === 'A01' || trigger === 'A06' ? 'I' : 'O'}|CLINIC${visit % 40}^${visit % 20}^1^MAIN^^^^^Test clinic|R|||${npi}^Doctor^Test^^^^MD^^NPPES^L^^^NPI|${npi}^Doctor^Test|||MED||||A0|||OUT|${digits(visit, 9)}^^^BENCH^VN|COM||||||||||||||||01|||MAIN||ADM|||${time(minute - 5)}${trigger === 'A03' ? `|${at}` : ''}`,
    'PV2|||^Follow-up',
    'OBX|1|NM|8302-2^Body height^LN||170|cm|||||F',
    'AL1|1|DA|^Penicillin|MO|Hives',
    'DG1|1||E11.9^Type 2 diabetes^I10||20260301|W',
    'GT1|1||Sample^Given||1 Test Street^^Testville^IL^60601',
    `IN1|1|PPO^Plan|610000|Test Payer|||||GRP${visit % 30}|||20250101||||Sample^Given|SEL|${birth}`,
    '',
  ].join('\r');
}
