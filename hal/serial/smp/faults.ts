/**
 * Bad servers, as people have met them. Every switch may be set and cleared while the server runs. A number n means
 * every n-th answer (1: all of them), so that a run can be repeated; 0 or nothing switches off.
 */
export interface UploadFaults {
  /** After an erase the server still resumes a former upload where it was: the image gets a hole. */
  staleOffsetAfterErase?: boolean;
  /** Every upload request is answered with `off: 0`. */
  zeroOffset?: boolean;
}

export interface SmpFaults extends UploadFaults {
  /** Requests are taken and not answered. */
  silent?: number | boolean;
  /** A shell on the line echoes all that comes in. */
  echo?: boolean;
  /** Answers with a damaged byte; on a console the CRC tells, on a raw line nothing does. */
  badCrc?: number;
  /** Answers that stop half-way, without their line feed. */
  truncated?: number;
  /** Answers that are sent twice. */
  duplicated?: number;
  /** Log lines printed before and between the answer's lines. */
  chatter?: boolean;
  /** How long the server thinks before it answers, milliseconds. */
  delayMs?: number;
}

/** Counts answers and says which of them a fault hits. */
export class FaultCounter {
  #answers = 0;

  next(): void {
    this.#answers++;
  }

  hits(every: number | boolean | undefined): boolean {
    if (typeof every !== "number") return every === true;
    return every > 0 && this.#answers % every === 0;
  }
}
