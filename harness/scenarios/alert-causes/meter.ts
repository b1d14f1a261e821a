/** What happens at the meter: tampering, faults of its hardware, its switch, its load, its buttons, its clock. */
import type { Condition, TamperInput } from "../../../hal/board.ts";
import { constantLoad } from "../../../hal/mock/index.ts";
import type { Premises } from "../../index.ts";
import { loadLimit } from "../samples.ts";
import type { Cause } from "./cause.ts";

const minuteMs = 60_000;
const board = (home: Premises) => home.device("esme").board;

async function tamper(home: Premises, ...inputs: TamperInput[]): Promise<void> {
  for (const active of [true, false])
    for (const input of inputs) {
      board(home).mockTamper.set(input, active);
      await home.run(10_000);
    }
}

/** Each holds for ten seconds. */
async function conditions(home: Premises, ...all: Condition[]): Promise<void> {
  for (const condition of all)
    for (const active of [true, false]) {
      board(home).mockSupervisor.set(condition, active);
      await home.run(10_000);
    }
}

/** Found at a start. */
async function startWith(home: Premises, ...all: Condition[]): Promise<void> {
  for (const condition of all) {
    board(home).mockSupervisor.set(condition, true);
    await home.powerCut("esme");
    await home.run(minuteMs);
    board(home).mockSupervisor.set(condition, false);
  }
}

async function press(home: Premises, keys: string): Promise<void> {
  for (const key of keys) {
    board(home).mockUserInterface.press(key as "a");
    await home.run(100);
  }
}

/** The meter's clock runs so far ahead, s, at its next start. */
async function ahead(home: Premises, seconds: number): Promise<void> {
  board(home).mockClock.setRtcMs((home.nowS + seconds) * 1000);
  await home.powerCut("esme");
  await home.run(5 * minuteMs);
}

const window = (home: Premises, fromS = -3600) => ({
  CurrentDateTime: home.nowS + fromS,
  TolerancePeriod: 7200,
});

const enable = (...codes: string[]) => ({
  ElectricitySupplierAlerts: {
    SupplierESMECommon: Object.fromEntries(codes.map((code) => [`x${code}`, "Enable" as const])),
  },
});

export const meterCauses: readonly Cause[] = [
  {
    what: "covers opened, and what a maker senses besides",
    tells: [
      ...(["meterCoverRemoved", "meterCoverClosed", "terminalCoverRemoved", "terminalCoverClosed"] as const),
      ...(["secondTerminalCoverRemoved", "otherTamper"] as const),
    ],
    bring: (home) => tamper(home, "meter-cover", "terminal-cover", "second-terminal-cover", "other"),
  },
  {
    what: "a magnet at a meter that locks its supply",
    tells: ["magnetDetected", "magnetGone", "lockedByTamper"],
    bring: async (home) => {
      await home.command("6.25", { SupplyTamperState: "Locked" });
      await tamper(home, "magnet");
    },
  },
  {
    what: "self checks that fail",
    tells: [
      ...(["measurementFault", "metrologyFirmwareFault", "memoryFault", "programFault"] as const),
      ...(["programStorageFault", "ramFault", "integrityWarning"] as const),
    ],
    bring: (home) =>
      conditions(home, "measurement", "metrology-firmware", "memory", "program", "program-storage", "ram"),
  },
  {
    what: "starts that nobody wanted, and firmware that does not verify",
    tells: ["unexpectedReset", "watchdogReset", "firmwareFaultAtStart"],
    bring: (home) => startWith(home, "unexpected-reset", "watchdog-reset", "firmware"),
  },
  {
    what: "wrong wiring and load, as the metrology chip sees them",
    tells: ["polarityWrong", "currentReversed", "overCurrent", "powerFactorLow", "powerFactorOk"],
    bring: (home) => conditions(home, "polarity", "reverse-current", "over-current-1", "power-factor"),
  },
  {
    what: "wrong wiring and load of three phases",
    home: { meterMains: { phaseCount: 3 } },
    tells: ["phaseSequenceWrong", "overCurrentPhase1", "overCurrentPhase2", "overCurrentPhase3"],
    bring: (home) => conditions(home, "phase-sequence", "over-current-1", "over-current-2", "over-current-3"),
  },
  {
    what: "a hub taken away and put back, and a reading head, where the supplier wants to hear of it",
    tells: ["hubDetached", "hubAttached", "localPortUsed"],
    bring: async (home) => {
      await home.command("6.22", enable("81A2", "81A3"));
      await conditions(home, "hub-detached", "local-port");
    },
  },
  {
    what: "a switch that does not open, and one that does not close",
    tells: ["disconnectFailed", "connectFailed"],
    bring: async (home) => {
      const { faults } = board(home).mockLoadSwitch;
      faults.welded = true;
      await home.request("7.2");
      faults.welded = false;
      await home.command("7.2");
      faults.stuckOpen = true;
      await home.request("7.1");
    },
  },
  {
    what: "a supply that is armed, then enabled at the meter, and a PIN set and entered",
    tells: ["supplyArmed", "userCommandDone", "userCommandFailed"],
    bring: async (home) => {
      await home.command("7.2");
      await home.command("7.3");
      await press(home, "a6a1234a");
      await home.run(3 * minuteMs);
      await press(home, "9999a1234a");
    },
  },
  {
    what: "a message that the consumer acknowledges",
    tells: ["messageAcknowledged"],
    bring: async (home) => {
      await home.command("3.1", { SupplierMessage: "Hello" });
      await press(home, "a");
    },
  },
  {
    what: "more load than the limit",
    home: { load: constantLoad(8000) },
    tells: ["loadLimitExceeded", "armedByLoadLimit", "enabledAfterLoadLimit"],
    bring: async (home) => {
      await home.command("6.4.1", loadLimit);
      await home.run(10 * minuteMs);
    },
  },
  {
    what: "a clock five seconds ahead that is set",
    tells: ["clockAdjusted"],
    bring: async (home) => {
      await ahead(home, 5);
      await home.command("6.11", window(home));
    },
  },
  {
    what: "a clock a minute ahead, and a window that is missed",
    tells: ["clockNotAdjusted", "clockOutOfTolerance"],
    bring: async (home) => {
      await home.command("6.22", enable("81C6"));
      await ahead(home, 60);
      await home.request("6.11", window(home));
      await home.request("6.11", window(home, 36_000));
    },
  },
];
