/** Names what a payload is when it is not what its feed reads: the commonest wrong files, by their first characters. */

const MESSAGE = /<(\w+:)?Message[\s>]/;
const SCRIPT =
  /ncpdp\.org\/schema\/SCRIPT|<(\w+:)?(NewRx|CancelRx|RxRenewal|RxChange|RxFill|RxHistory|Status|Error|Verify|Header)/;

/** What the text of a payload is by its beginning; null = nothing that is known by name. */
export function foreignPayload(text: string): string | null {
  const head = text.slice(0, 4000).trimStart();
  if (head.startsWith('<')) {
    if (MESSAGE.test(head) && SCRIPT.test(head))
      return 'this is NCPDP SCRIPT XML (electronic prescribing), which the hub does not read: prescriptions come from the EHR';
    return head.includes('http://hl7.org/fhir') ? 'this is FHIR in XML' : 'this is XML';
  }
  if (head.startsWith('MSH|') || head.startsWith('\u000BMSH')) return 'this is HL7 version 2';
  if (head.startsWith('ISA*') || /^ISA[^A-Za-z0-9]/.test(head)) return 'this is an X12 interchange';
  return null;
}
