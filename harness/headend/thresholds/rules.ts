/** Thresholds as data: how many requests, and which values inside one. */

/** Above the one the user is warned, above the other the request is quarantined (of a limit below: under it). */
export interface Levels {
  readonly warning?: number;
  readonly quarantine?: number;
}

/** Levels in the rule's stead from `fromS` on and before `toS`, UTC seconds. A level that is left out: none then. */
export interface Exception extends Levels {
  readonly fromS: number;
  readonly toS: number;
}

/** Requests in a window. */
export interface CountRule extends Levels {
  /** A service reference, "4.8", with all its variants, or one variant, "4.8.1"; left out: all requests together. */
  readonly reference?: string;
  readonly exceptions?: readonly Exception[];
}

/** Values inside a request. */
export interface LimitRule extends Levels {
  /** Service reference variant, e.g. "6.4.1". */
  readonly reference: string;
  /** Path of the element in the request's form: "LoadLimitPowerThreshold", "Outer.Inner"; of a list, every item. */
  readonly attribute: string;
  readonly side: "above" | "below";
  readonly exceptions?: readonly Exception[];
}

export interface Thresholds {
  readonly counts: readonly CountRule[];
  readonly limits: readonly LimitRule[];
}

/** What holds now. */
export const levelsAt = (rule: CountRule | LimitRule, nowS: number): Levels =>
  rule.exceptions?.find(({ fromS, toS }) => fromS <= nowS && nowS < toS) ?? rule;
