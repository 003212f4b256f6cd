/**
 * Canonical records of the traffic around an order: what the wholesaler answers (855, 856), what either side acknowledges
 * (997, 999, TA1), what we must acknowledge. They are kept as they were said; the conventions of fields stand in records.ts.
 */

/** What a wholesaler says of an order line, in words; `OTHER` = a code without a word, `null` = it says nothing by line. */
export type OrderLineStatus =
  'ACCEPTED' | 'QUANTITY_CHANGED' | 'PRICE_CHANGED' | 'BACKORDERED' | 'REJECTED' | 'SUBSTITUTED' | 'SHIPPED' | 'OTHER';

/** One answer to an order line: an 855 may split a line (3 accepted, 2 backordered). */
export interface OrderLineAnswer {
  status: OrderLineStatus;
  /** The code as sent (ACK01: `IA`, `IB`; SN108); '' = none. */
  code: string;
  /** In the unit of the line; null = not stated. */
  quantity: string | null;
  /** Day that goes with it (ACK05); null = not stated. */
  day: string | null;
  /** Product that is sent instead (ACK07 ff); null = none named. */
  ndcText: string | null;
}

/** A line of an 855 or 856. */
export interface OrderDocumentLine {
  /** PO101 or LIN01, else the ordinal. */
  lineNumber: string;
  /** N4 value as sent; null = absent. */
  ndcText: string | null;
  /** Quantity ordered, as the wholesaler repeats it; null = not stated. */
  ordered: string | null;
  /** Unit of the quantities as sent: EA, BX, CA. */
  unit: string;
  unitPrice: string | null;
  answers: OrderLineAnswer[];
  position: string;
}

/** An order acknowledgement (855), or what one ship notice (856) says of one order. */
export interface OrderDocumentRecord {
  type: 'orderDocument';
  kind: 'ACKNOWLEDGEMENT' | 'SHIP_NOTICE';
  wholesaler: string;
  /** '' = the document names none. */
  accountNumber: string;
  /** BAK08, the wholesaler's own order number, or BSN02, the shipment; '' = none. */
  documentNumber: string;
  /** Order that it answers: BAK03 or PRF01; '' = a shipment without one. */
  purchaseOrder: string;
  /** BAK09, else BAK04; BSN03. */
  documentDate: string | null;
  /** BAK01, BSN01 as sent: 00 original, 01 cancel, 05 replace. */
  purpose: string;
  /** BAK02 as sent: AC, AD, AK, AT, RJ; '' for a ship notice. */
  response: string;
  /** Creation instant of the interchange (GS-04/05); null = unreadable, the receipt counts. */
  createdAt: string | null;
  lines: OrderDocumentLine[];
}

/** What an acknowledgement says of one transaction set. */
export interface AcknowledgedSet {
  /** 850. */
  code: string;
  /** ST02 without leading zeros. */
  controlNumber: string;
  /** AK501, IK501 as sent: A, E, R ...; '' = not stated. */
  status: string;
  /** What was wrong, without values: `IT1 22/4: 7`, `set: 5`. */
  faults: string[];
}

/** A functional acknowledgement (997, 999) of a group, or a TA1 of an interchange that we sent. */
export interface AcknowledgementRecord {
  type: 'acknowledgement';
  kind: '997' | '999' | 'TA1';
  /** Who acknowledges (ISA06). */
  partner: string;
  /** AK101: `PO` for our orders; '' for a TA1. */
  functionalCode: string;
  /** Control number of the group (AK102) or interchange (TA101) acknowledged, without leading zeros. */
  controlNumber: string;
  /** AK901 or TA104 as sent: A accepted, E accepted with errors, P in part, R rejected. */
  status: string;
  /** AK902 to AK904; null = not stated. */
  setsIncluded: number | null;
  setsReceived: number | null;
  setsAccepted: number | null;
  /** AK905 to AK909, TA105. */
  notes: string[];
  sets: AcknowledgedSet[];
  createdAt: string | null;
}

/** A transaction set of a received group, as our 997 answers it. */
export interface ReceivedSet {
  code: string;
  /** ST02 as sent: a 997 repeats it exactly. */
  controlNumber: string;
  /** A accepted, E accepted with errors noted, R rejected. */
  status: 'A' | 'E' | 'R';
  /** Codes of element 718: 1 not supported, 2 no trailer, 3 control numbers differ, 4 count differs, 5 segments in error. */
  faults: string[];
}

/** A functional group received from a partner who expects a 997. */
export interface FunctionalGroupRecord {
  type: 'functionalGroup';
  /** ISA05 and 06 of the partner, ISA07 and 08 of ourselves: a 997 turns them round. */
  partnerQualifier: string;
  partner: string;
  ownQualifier: string;
  own: string;
  /** GS02 and GS03: application codes of the two. */
  partnerCode: string;
  ownCode: string;
  interchangeNumber: string;
  /** GS01: IN, PR, SH, SC. */
  functionalCode: string;
  /** GS06 as sent. */
  controlNumber: string;
  /** GS08: 004010. */
  version: string;
  /** ISA15: P production, T test. */
  usage: string;
  /** GE01 as a number; null = no readable trailer. */
  setsIncluded: number | null;
  sets: ReceivedSet[];
}
