/** Voltage of one phase and of three, and outages of single phases. */

import type { Premises } from "../../index.ts";
import type { AlertName, Cause } from "./cause.ts";

const minuteMs = 60_000;

const families = [
  ...["averageVoltageHigh", "averageVoltageLow", "extremeOverVoltage", "extremeUnderVoltage"],
  ...["voltageSag", "voltageSwell"],
] as const;
const ofPhase = (phase: "" | "Phase1" | "Phase2" | "Phase3"): AlertName[] =>
  families.flatMap((name) => [`${name}${phase}`, `${name}Ended${phase}`] as AlertName[]);

/** High for two averaging periods, usual, low, usual again. */
async function highAndLow(home: Premises): Promise<void> {
  for (const volts of [290, 230, 175, 230]) {
    home.device("esme").board.mockMains.setVoltage(volts);
    await home.run(21 * minuteMs);
  }
}

const polyphase = { meterMains: { phaseCount: 3 } } as const;
/** A phase goes for a while, and comes back. */
async function losePhases(home: Premises, ms: number): Promise<void> {
  const { mockMains } = home.device("esme").board;
  for (const phase of [0, 1, 2]) {
    mockMains.lose(phase);
    await home.run(ms);
    mockMains.restore(phase);
    await home.run(minuteMs);
  }
}

export const voltageCauses: readonly Cause[] = [
  { what: "high and low voltage", tells: ofPhase(""), bring: highAndLow },
  {
    what: "high and low voltage of three phases",
    home: polyphase,
    tells: [...ofPhase("Phase1"), ...ofPhase("Phase2"), ...ofPhase("Phase3")],
    bring: highAndLow,
  },
  {
    what: "a phase of three that is gone for a minute",
    home: polyphase,
    tells: [
      ...(["supplyInterruptedPhase1", "supplyInterruptedPhase2", "supplyInterruptedPhase3"] as const),
      ...(["supplyRestoredPhase1", "supplyRestoredPhase2", "supplyRestoredPhase3"] as const),
    ],
    bring: (home) => losePhases(home, minuteMs),
  },
  {
    what: "a phase of three that is gone for four minutes",
    home: polyphase,
    tells: [
      ...(["supplyRestoredAfterLongPhase1", "supplyRestoredAfterLongPhase2"] as const),
      "supplyRestoredAfterLongPhase3",
    ],
    bring: (home) => losePhases(home, 4 * minuteMs),
  },
  {
    what: "an outage of a minute",
    tells: ["supplyInterrupted", "supplyRestored"],
    bring: async (home) => {
      await home.cutMains(minuteMs);
    },
  },
  {
    what: "an outage of four minutes",
    tells: ["supplyRestoredAfterLong"],
    bring: async (home) => {
      await home.cutMains(4 * minuteMs);
    },
  },
];
