/** What the published procedures leave unsaid, or are not at hand to say: each a setting, with the bench's default. */
import { CodedError } from "../../../hal/base/coded-error.ts";

export interface ThresholdSettings {
  /** The window of counting, seconds. Not known; the default is a day. */
  readonly windowS: number;
  /** Steps by which the window slides: what is counted covers `windowS`, and at most a step more. */
  readonly windowSteps: number;
  /**
   * Command variants that are neither counted nor judged. Not known; default 4, the transform of a critical request: it
   * reaches no device, and comes back as a signed pre-command, which is counted.
   */
  readonly uncounted: readonly number[];
  /** What a warning threshold does is not known: the request passes, and its user is warned of one threshold once in so many seconds. */
  readonly warnOnceInS: number;
  /** How long a request may lie in quarantine before the DCC deletes it, seconds. Not known; the default is 30 days. */
  readonly keepS: number;
  /** Most requests of one user in quarantine, and most of all users; what comes beyond is refused. */
  readonly maxPerUser: number;
  readonly maxInAll: number;
  /** About how many octets of memory their requests may take, of one user and in all; what comes beyond is refused. */
  readonly maxOctetsPerUser: number;
  readonly maxOctetsInAll: number;
  /** Notices leave in batches: one so often (seconds), of at most so many. A full quarantine must be told in 30 minutes. */
  readonly noticeEveryS: number;
  readonly noticeBatch: number;
  /** Requests that have left quarantine and are remembered for the reports; the oldest are forgotten first. */
  readonly maxRemembered: number;
  /** Where a file's signature stands. Not known; default its last line, else bytes beside it. */
  readonly signature: "trailer" | "detached";
  /** Longest file taken. */
  readonly maxFileBytes: number;
  /** DCC alert code of each kind. That N44 to N46 are for quarantined requests is from memory, unverified; which is which, too. */
  readonly alertCodes: Readonly<Record<BreachKind, string>>;
}

/** DUIS's three kinds of QuarantinedRequest. */
export type BreachKind = "ADUserThresholdBreach" | "ADDCCThresholdBreach" | "ADAttributeLimitsBreach";

/** KPI 11: within so many seconds the user is to be told. */
export const NOTICE_LIMIT_S = 1800;

export const defaultSettings: ThresholdSettings = {
  windowS: 86_400,
  windowSteps: 96,
  uncounted: [4],
  warnOnceInS: 86_400,
  keepS: 30 * 86_400,
  maxPerUser: 10_000,
  maxInAll: 50_000,
  maxOctetsPerUser: 16 << 20,
  maxOctetsInAll: 64 << 20,
  noticeEveryS: 60,
  noticeBatch: 2_000,
  maxRemembered: 100_000,
  signature: "trailer",
  maxFileBytes: 1 << 20,
  alertCodes: {
    ADUserThresholdBreach: "N44",
    ADDCCThresholdBreach: "N45",
    ADAttributeLimitsBreach: "N46",
  },
};

/** The defaults, but for what is told. Throws `thresholds/settings` for what is no such setting, or would tell users too late. */
export function settingsWith(told: Partial<ThresholdSettings>): ThresholdSettings {
  const settings = { ...defaultSettings, ...told };
  for (const [name, value] of Object.entries(settings))
    if (typeof value === "number" && !(Number.isFinite(value) && value > 0))
      throw refused(name, "a number above 0", String(value));
  const { maxInAll, noticeBatch, noticeEveryS, keepS, windowSteps } = settings;
  if (!Number.isInteger(windowSteps)) throw refused("windowSteps", "a whole number", String(windowSteps));
  const lastS = Math.ceil(maxInAll / noticeBatch) * noticeEveryS;
  if (lastS > NOTICE_LIMIT_S)
    throw refused(
      "noticeBatch",
      `batches that tell of ${maxInAll} in ${NOTICE_LIMIT_S} s`,
      `${lastS} s; raise noticeBatch or lower noticeEveryS`,
    );
  if (keepS < NOTICE_LIMIT_S)
    throw refused("keepS", `${NOTICE_LIMIT_S} or more: users must hear of it first`, String(keepS));
  return settings;
}

const refused = (name: string, expected: string, got: string) =>
  new CodedError("thresholds/settings", `threshold setting ${name}: expected ${expected}, got ${got}`, {
    name,
    expected,
    got,
  });
