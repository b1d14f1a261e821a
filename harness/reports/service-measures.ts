/** The DCC's service measures, as far as public pages say how they are computed. */
import { type Marked, markings } from "../headend/markings.ts";
import type { Anomaly } from "../headend/thresholds/quarantine.ts";
import { NOTICE_LIMIT_S } from "../headend/thresholds/settings.ts";

/** KPI 11: the share of anomalous requests whose user was told within 30 minutes. Only its name and kind are public: the reading is ours. */
export interface Kpi11 {
  readonly measure: "KPI 11";
  /** Those whose 30 minutes are over, or whose user has been told: the whole of which the share is a part. */
  readonly anomalous: number;
  readonly within: number;
  /** Told later, or not at all. */
  readonly late: number;
  /** Not told yet, and not late yet: in no share. */
  readonly open: number;
  /** Per cent; undefined when there was nothing to tell. */
  readonly share: number | undefined;
  /** Of those told, seconds from quarantine until the user had it. */
  readonly medianS: number | undefined;
  readonly worstS: number | undefined;
}

/** Of the anomalies of a period, as it is now (UTC seconds). The time counts until the user's system has the notice. */
export function kpi11(notices: readonly Pick<Anomaly, "quarantinedS" | "toldS">[], nowS: number): Kpi11 {
  const delays = notices
    .flatMap(({ quarantinedS, toldS }) => (toldS === undefined ? [] : [toldS - quarantinedS]))
    .sort((a, b) => a - b);
  const within = delays.filter((delayS) => delayS <= NOTICE_LIMIT_S).length;
  const open = notices.filter(
    ({ quarantinedS, toldS }) => toldS === undefined && nowS - quarantinedS <= NOTICE_LIMIT_S,
  ).length;
  const anomalous = notices.length - open;
  return {
    measure: "KPI 11",
    ...{ anomalous, within, late: anomalous - within, open },
    share: anomalous === 0 ? undefined : (100 * within) / anomalous,
    medianS: delays[(delays.length - 1) >> 1],
    worstS: delays.at(-1),
  };
}

/** For people; the marking stands in the first line. */
export function kpi11Lines({ report, marking, by }: Marked<Kpi11>): readonly string[] {
  const { anomalous, within, late, open, share, medianS, worstS } = report;
  const { liability } = markings[marking];
  const costs =
    typeof liability === "string"
      ? `${liability} liability`
      : `liability up to £${liability.limitPounds.toLocaleString("en-GB")}`;
  const told = (seconds: number | undefined) => (seconds === undefined ? "–" : `${Math.round(seconds)} s`);
  return [
    marking === "none" ? "unmarked" : `${marking} (marked by ${by}; ${costs})`,
    `KPI 11: ${share === undefined ? "–" : `${share.toFixed(2)} %`} of anomalous requests told within 30 minutes`,
    `${within} of ${anomalous}; ${late} late, ${open} not due yet; median ${told(medianS)}, worst ${told(worstS)}`,
  ];
}
