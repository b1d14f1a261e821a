/**
 * What the hardware finds wrong with itself, with its start and with what is wired to it (facts §3): each condition has its
 * codes, and what touches the meter's integrity is told as a warning with its reason, too (81A0).
 */
import type { Condition } from "../../../hal/board.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import { alerts } from "../../model/index.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { ToldCondition, type ToldSettings } from "../told.ts";

interface Told {
  readonly began: number;
  /** Of most no end is told. */
  readonly ended?: number;
  /** Of an integrity warning: 0 other, 9 unspecified. */
  readonly reason?: number;
}

const codes: Readonly<Partial<Record<Condition, Told>>> = {
  memory: { began: alerts.memoryFault.code, reason: 1 },
  program: { began: alerts.programFault.code, reason: 2 },
  "program-storage": { began: alerts.programStorageFault.code, reason: 3 },
  ram: { began: alerts.ramFault.code, reason: 4 },
  "unexpected-reset": { began: alerts.unexpectedReset.code, reason: 5 },
  "watchdog-reset": { began: alerts.watchdogReset.code, reason: 6 },
  "metrology-firmware": { began: alerts.metrologyFirmwareFault.code, reason: 7 },
  measurement: { began: alerts.measurementFault.code, reason: 8 },
  firmware: { began: alerts.firmwareFaultAtStart.code },
  "phase-sequence": { began: alerts.phaseSequenceWrong.code },
  polarity: { began: alerts.polarityWrong.code },
  "reverse-current": { began: alerts.currentReversed.code },
  "power-factor": { began: alerts.powerFactorLow.code, ended: alerts.powerFactorOk.code },
  "hub-detached": { began: alerts.hubDetached.code, ended: alerts.hubAttached.code },
  "local-port": { began: alerts.localPortUsed.code },
};

/** Of a meter of one phase, and of three: their numbers are not in order. */
const overCurrent = ["over-current-1", "over-current-2", "over-current-3"] as const;
const overCurrentOfPhases = [
  alerts.overCurrentPhase1.code,
  alerts.overCurrentPhase2.code,
  alerts.overCurrentPhase3.code,
];

export function supervisionFeature(context: DeviceContext, settings: Partial<ToldSettings> = {}): Feature {
  const watches = new Map<Condition, ToldCondition>();
  for (const [condition, told] of Object.entries({ ...codes, ...overCurrents(context) }))
    watches.set(
      condition as Condition,
      new ToldCondition(context, {
        key: `supervision/${condition}`,
        settings,
        tell: (active, change) => tell(context, told, active, change),
      }),
    );
  return {
    name: "supervision",
    objects: [],
    async start() {
      const { supervisor } = context.board;
      if (supervisor === undefined) return;
      supervisor.onChange(
        context.event("supervision", async ({ condition, active }) => watches.get(condition)?.feed(active)),
      );
      const now = await supervisor.read();
      for (const [condition, watch] of watches) await watch.feed(now.includes(condition));
    },
  };
}

function overCurrents({ board }: DeviceContext): Readonly<Record<string, Told>> {
  if (board.metrology?.phaseCount !== 3) return { [overCurrent[0]]: { began: alerts.overCurrent.code } };
  return Object.fromEntries(
    overCurrent.map((name, i) => [name, { began: overCurrentOfPhases[i] as number }]),
  );
}

async function tell(
  context: DeviceContext,
  { began, ended, reason }: Told,
  active: boolean,
  change: JournalChange,
): Promise<void> {
  const code = active ? began : ended;
  if (code === undefined) return context.journal.commit([change]);
  // First: a power cut between the two says it twice rather than not at all.
  if (active && reason !== undefined)
    await report(context, alerts.integrityWarning.code, { values: [Uint8Array.of(0, reason)] });
  await report(context, code, { changes: [change] });
}
