/**
 * The electricity meter through outages: the interruption is logged (8F57) while hold-up energy lasts, and told
 * to nobody; after the return 8F35 (short) or 8F36 (three minutes or more) goes to the network operator with both
 * times (ECS80, message 0067). A polyphase meter does the same for each phase (8F58–5A, 8F37–3C).
 */
import { alerts } from "../../model/index.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { type OutageSettings, OutageWatch, outageDefaults, watchMains } from "./watch.ts";

export type { OutageSettings } from "./watch.ts";

interface Codes {
  readonly lost: number;
  readonly short: number;
  readonly long: number;
}
const supplyCodes: Codes = {
  lost: alerts.supplyInterrupted.code,
  short: alerts.supplyRestored.code,
  long: alerts.supplyRestoredAfterLong.code,
};
const phaseCodes = (phase: number): Codes => ({
  lost: alerts.supplyInterruptedPhase1.code + phase,
  short: alerts.supplyRestoredPhase1.code + 2 * phase,
  long: alerts.supplyRestoredAfterLongPhase1.code + 2 * phase,
});

export function meterOutageFeature(context: DeviceContext, settings: Partial<OutageSettings> = {}): Feature {
  const all: OutageSettings = { ...outageDefaults, ...settings };
  const watch = (name: string, codes: Codes) =>
    new OutageWatch(context, {
      name,
      lostCode: codes.lost,
      settings: all,
      restored: ({ interruptedS, restoredS, long }, change) =>
        report(context, long ? codes.long : codes.short, {
          timeS: restoredS,
          values: [interruptedS, restoredS],
          changes: [change],
        }),
    });
  const supply = watch("supply", supplyCodes);
  const phases = [0, 1, 2].map((phase) => watch(`phase${phase + 1}`, phaseCodes(phase)));

  /** A phase is out only while another is there: with all of them gone it is the supply that is out. */
  async function see(present: readonly boolean[], atS: number): Promise<void> {
    const any = present.includes(true);
    await supply.feed(any, atS);
    if (present.length === 1) return;
    for (const [index, watched] of phases.entries()) {
      const there = present[index] ?? true;
      if (there || any) await watched.feed(there, atS);
    }
  }

  return { name: "outage", objects: [], start: () => watchMains(context, see) };
}
