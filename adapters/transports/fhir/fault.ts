/** What goes wrong with a FHIR server, in words of ours: they may stand in the log. */

/** The server said no, or nothing. */
export class FhirFault extends Error {
  override readonly name = 'FhirFault';
  /** HTTP status; 0 = no answer. */
  readonly status: number;
  constructor(message: string, status = 0, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
