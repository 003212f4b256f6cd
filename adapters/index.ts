/** The registry: one line per format. `src/hub.ts` hands it to the stages; transports are started there by feed. */
import type { Format } from './contract.ts';
import { format as claimExtract } from './formats/claim-extract/index.ts';
import { format as fdaNdc } from './formats/fda-ndc/index.ts';
import { format as fhir } from './formats/fhir/index.ts';
import { format as hcpcsNdc } from './formats/hcpcs-ndc/index.ts';
import { format as hl7v2 } from './formats/hl7v2/index.ts';
import { format as invoiceCsv } from './formats/invoice-csv/index.ts';
import { format as masterCsv } from './formats/master-csv/index.ts';
import { format as mefCsv } from './formats/mef-csv/index.ts';
import { format as nadacCsv } from './formats/nadac-csv/index.ts';
import { format as ncpdpBatch } from './formats/ncpdp-batch/index.ts';
import { format as opais } from './formats/opais/index.ts';
import { format as orphanCsv } from './formats/orphan-csv/index.ts';
import { format as packed } from './formats/packed/index.ts';
import { format as x12 } from './formats/x12/index.ts';

/** All formats by the name that a feed's `format:` uses. */
export const FORMATS: ReadonlyMap<string, Format> = new Map(
  [
    hl7v2,
    fhir,
    ncpdpBatch,
    claimExtract,
    x12,
    invoiceCsv,
    masterCsv,
    opais,
    fdaNdc,
    mefCsv,
    orphanCsv,
    nadacCsv,
    hcpcsNdc,
    packed,
  ].map((format) => [format.name, format]),
);
