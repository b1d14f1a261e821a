/** What happened inside a device, for traces and reports; never for behaviour. */
export interface Observation {
  readonly kind: string;
  readonly [field: string]: unknown;
}
