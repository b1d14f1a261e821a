/**
 * What brings alerts about, by their code: something happens to a device or its board, and firmware finds it out. A cause
 * may look at what the reference tells (times, reasons, values) to bring about just that; it raises nothing itself.
 * Outcomes of future-dated commands need no row: their command is their cause.
 */
import {
  alerts,
  fromPlain,
  type MessageId,
  messages,
  type Plain,
  toPlain,
  useCases,
  type ValueOf,
  valueTypes,
} from "../../firmware/model/index.ts";
import { type Alert, type Header, Kind } from "../../firmware/wire/message.ts";
import { euiText } from "../../hal/base/eui64.ts";
import { makeUtrn } from "../headend/utrn.ts";
import { beginS, type Kit, type ReferenceDevice, type RunningReference } from "./reference-device.ts";
import { makeCommand, makeHeader, type Sent } from "./sender.ts";

export interface Scene {
  readonly running: RunningReference;
  readonly device: ReferenceDevice;
  readonly kit: Kit;
  /** As the reference tells it, hidden values opened. */
  readonly alert: Alert;
  /** Of the reference. */
  readonly header: Header;
}

export type Cause = (scene: Scene) => Promise<void>;

// --- what causes do ---

/** A command of a party of the set. */
async function send({ running, kit }: Scene, id: MessageId, sent: Sent): Promise<void> {
  await running.ask(makeCommand(running, kit, id, sent));
}

/** Brings a member ("object.member") into the state in which a read shows `value`. */
async function load({ running }: Scene, path: string, value: unknown): Promise<void> {
  const steps = useCases.flatMap((useCase) => useCase.steps);
  const step = steps.find((each) => each.path === path && each.kind === "get");
  if (step === undefined) throw new Error(`causes: nobody reads ${path}`);
  await running.device.load({ step, value: undefined }, toPlain(step.gives, value as never));
}

/** What comes next is the alert: none before it counts. */
const countFrom = ({ running, header }: Scene): Promise<void> =>
  running.device.setAlertCounter(header.counter - 1n);

const minuteS = 60;
const hourS = 3600;

// --- power ---

/** The mains fail and come back, when the alert says. */
const outage: Cause = async ({ alert, running }) => {
  const [lostS, restoredS] = alert.values as readonly [number, number];
  const { board } = running;
  await running.moveTo(lostS);
  board.mockMains.lose();
  await running.run(1000 * (restoredS - lostS));
  board.mockMains.restore();
  await running.run(1000 * minuteS);
};

// --- the hardware ---

/** By the reasons of an integrity warning, from 1 on. */
const conditions = [
  ...(["memory", "program", "program-storage", "ram", "unexpected-reset", "watchdog-reset"] as const),
  ...(["metrology-firmware", "measurement"] as const),
];

/** The hardware finds something wrong with itself. */
const hardwareDoubted: Cause = async ({ alert, running }) => {
  const reason = (alert.values[0] as Uint8Array)[1] ?? 0;
  const condition = conditions[reason - 1];
  if (condition !== undefined) running.board.faults.supervisor?.set(condition, true);
};

// --- commands that are refused ---

/** A party sends what is not for its role. */
const foreignCommand: Cause = (scene) =>
  send(scene, "ECS42", { role: "networkOperator", values: { "supplyControl.execute": 51 } });

/** A command that no device of the type has comes in: code and counter of it are told; for a party, by the ACB. */
const unsupportedCommand: Cause = async ({ running, kit, alert, header }) => {
  const told = alert.values[0] as Uint8Array;
  const view = new DataView(told.buffer, told.byteOffset);
  const { originator: device, target: originator, supplementary } = header;
  const named = { code: view.getUint16(0), counter: view.getBigUint64(2) };
  const command = { kind: Kind.command, originator, target: device, ...named };
  const bytes = makeHeader(running, kit, supplementary ? { ...command, supplementary } : command);
  await running.ask(bytes);
};

// --- billing ---

type RegisterEntry = ValueOf<typeof valueTypes.registerLogEntry>;

/** A billing period ends, with the registers where the entry has them. */
const billingPeriodEnds: Cause = async (scene) => {
  const { log } = messages.ECS68.alert.body.fields;
  const [entry] = fromPlain(log, scene.alert.values[0] as Plain);
  if (entry === undefined) return;
  const { time } = entry;
  await scene.running.moveTo(time - minuteS);
  await loadRegisters(scene, entry);
  const midnight = { time: { hour: 0, minute: 0, second: 0, hundredth: 0 }, date: {} };
  await send(scene, "ECS30a", { values: { "billingCalendar.executionTimes": [midnight] } });
  await scene.running.run(1000 * minuteS);
};

async function loadRegisters(scene: Scene, entry: RegisterEntry): Promise<void> {
  const { import: total, secondaryImport, tou, secondaryTou, block1, block2, block3, block4 } = entry;
  const wattHour = { scaler: 0, unit: "wattHour" };
  await load(scene, "importRegisters.value", {
    ...{ import: total, importUnit: wattHour, reactive: 0, reactiveUnit: { scaler: 0, unit: "varHour" } },
    ...(secondaryImport !== undefined && { secondaryImport }),
  });
  await load(scene, "touRegisters.value", { tou, ...(secondaryTou && { secondaryTou }) });
  // Eight registers of each block, then eight counters, which the log leaves out.
  const counters = new Array<number>(8).fill(0);
  const values = [block1, block2, block3, block4].flatMap((registers) => [...registers, ...counters]);
  await load(scene, "blockTouRegisters.value", { values });
}

// --- auxiliary control ---

/** A channel as ECS101 and ECS102 name it: high nibble way, low nibble controller. */
const controllerOf = (channel: number): number => channel & 15;
const proportional = Uint8Array.of(0xff);

async function limit(
  scene: Scene,
  channel: number,
  level: number,
  fromS: number,
  untilS: number,
): Promise<void> {
  const n = controllerOf(channel);
  await load(scene, `auxiliaryType${n}.value`, proportional);
  await send(scene, "ECS47e", {
    role: "loadController",
    values: {
      [`auxiliaryLimitStart${n}.value`]: fromS,
      [`auxiliaryLimitEnd${n}.value`]: untilS,
      "auxiliaryLimitControl.execute": channel * 256 + level,
    },
  });
}

/** A limit is set. It lasts a day at most, whatever the reference tells of it. */
const limitSet: Cause = async (scene) => {
  const [channel, fromS, untilS, level] = scene.alert.values as readonly [number, number, number, number];
  await limit(scene, channel, level, fromS, Math.min(untilS, fromS + 24 * hourS));
};

const limitEnds: Cause = async (scene) => {
  const [channel, level] = scene.alert.values as readonly [number, number];
  await scene.running.moveTo(beginS - hourS);
  await limit(scene, channel, level, beginS - hourS, beginS);
  await countFrom(scene);
  await scene.running.moveTo(beginS - 1);
  await scene.running.run(1000);
};

/** A controller is told to go where the state says that it is. */
const stateChanges: Cause = async (scene) => {
  await load(scene, "auxiliaryType1.value", proportional);
  const { outputState = "0" } = JSON.parse(String(scene.alert.values[0])) as { outputState?: string };
  await send(scene, "ECS47a", {
    values: {
      "auxiliaryStart1.value": { moment: beginS },
      "auxiliaryEnd1.value": { moment: beginS + hourS },
      "auxiliaryControl.execute": 0x1100 + Number(outputState),
    },
  });
};

// --- the hub below 1 GHz ---

/** Milliseconds on the air in an hour: beneath all thresholds that are set at first, and beyond each. */
const airtime = { normal: 0, limited: 55_000, critical: 84_000, regulated: 108_000 } as const;
type Share = keyof typeof airtime;

/** A device is on the air for a share of an hour, and for another in the hour after it; the last brings the alert. */
const onTheAir =
  (...shares: readonly Share[]): Cause =>
  async (scene) => {
    const { running, alert } = scene;
    const device = alert.values[0] as Uint8Array;
    for (const [at, share] of shares.entries()) {
      if (at > 0) await running.run(1000 * (hourS + minuteS));
      if (at === shares.length - 1) await countFrom(scene);
      running.board.mockSubGhz.happen({ kind: "sent", device, airtimeMs: airtime[share] });
      await running.run(0);
    }
  };

/** The share goes on from one level to the next within the hour. */
const moreOnTheAir =
  (from: Share, to: Share): Cause =>
  async (scene) => {
    const { running, alert } = scene;
    const device = alert.values[0] as Uint8Array;
    const { mockSubGhz } = running.board;
    mockSubGhz.happen({ kind: "sent", device, airtimeMs: airtime[from] });
    await running.run(0);
    await countFrom(scene);
    mockSubGhz.happen({ kind: "sent", device, airtimeMs: airtime[to] - airtime[from] });
  };

/** A scan finds the channel that is told quieter than the one in use. */
const quieterChannel: Cause = async (scene) => {
  const [bits] = scene.alert.values[0] as readonly [string, Uint8Array];
  const [page, number] = [Number.parseInt(bits.slice(0, 5), 2), 31 - bits.lastIndexOf("1")];
  await load(scene, "subGhzChannel.value", `11111${"1".padEnd(27, "0")}`);
  scene.running.board.mockSubGhz.interfere({ page, number }, -130);
  await scanAsked(scene);
  await countFrom(scene);
  await scene.running.run(15_000);
};

const scanAsked: Cause = (scene) => send(scene, "DBCH05", { values: { "subGhzScan.value": 0 } });

const configured: Cause = async (scene) => {
  const value = fromPlain(valueTypes.subGhzConfiguration, scene.alert.values[0] as Plain);
  await send(scene, "DBCH04", { values: { "subGhzConfiguration.value": value } });
};

/** More devices join than there is room for; the last is the one that is told. */
const noRoom: Cause = async ({ alert, running }) => {
  const { subGhzCapacity } = running.device.settings;
  const others = Array.from({ length: subGhzCapacity }, (_, n) => Uint8Array.of(0, 0, 0, 0, 0, 0, 1, n));
  for (const device of [...others, alert.values[0] as Uint8Array]) {
    running.board.mockSubGhz.happen({ kind: "join", device });
    await running.run(0);
  }
};

/** A command comes for a device that must be silent. */
const commandForSilent: Cause = async (scene) => {
  const { running, kit, alert } = scene;
  const told = alert.values[0] as Uint8Array;
  const [originator, device] = [told.subarray(0, 8), told.slice(8, 16)];
  const counter = new DataView(told.buffer, told.byteOffset).getBigUint64(17);
  await load(scene, "deviceLog.activeDevices", [{ ...heard, device }]);
  const { mockSubGhz } = running.board;
  mockSubGhz.happen({ kind: "join", device });
  await running.run(0);
  mockSubGhz.happen({ kind: "sent", device, airtimeMs: airtime.critical });
  await running.run(5000);
  await countFrom(scene);
  await running.moveTo(beginS);
  const header = { originator: euiText(originator), target: euiText(device), counter };
  running.wan?.deliver(
    makeHeader(running, kit, { kind: Kind.command, code: messages.ECS52.code, ...header }),
  );
};

/** The ACB restores the log as it is told. */
const logRestored: Cause = async (scene) => {
  const { panId, devices } = fromPlain(valueTypes.devicesBackup, scene.alert.values[0] as Plain);
  await send(scene, "CCS03", { values: { "deviceLog.restore": { panId, devices } } });
};

/** A device that has agreed its key with the hub. */
const heard = {
  status: 0xc8,
  ...{ rssiMax: 0, linkQuality: 0, rssiMin: 0, lqiMax: 0, lqiMean: 0, lqiMin: 0, lastHeard: beginS },
  ...{ hops: 1, failures: 0, successes: 0, application: 1, stack: 1 },
};

// --- firmware ---

/** An image arrives. */
const imageArrives: Cause = async ({ alert, running }) => {
  running.images.load({ hash: alert.values[0] as Uint8Array, version: Uint8Array.of(0, 0, 0, 1) });
  await running.device.imageArrived();
};

// --- the person at the meter ---

/** A token of the supplier's is typed in. */
const tokenTyped: Cause = async ({ running, kit, device }) => {
  const supplier = running.device.anchors.holder("supplier")?.eui ?? "";
  const peer = kit.keys.party(supplier)?.keys["pp-ka"]?.publicKey;
  const secret = peer && kit.standIns.agreement(device.eui)?.agree(peer);
  if (secret === undefined) return;
  const token = makeUtrn(kit.crypto, { supplier, device: device.eui, secret, counter: 1, pence: 1000 });
  for (const button of [...token, "a"] as const) {
    running.board.mockUserInterface.press(button as "a");
    await running.run(10);
  }
};

/** What a device type can find out; the others it has no row for. */
export const causes: Readonly<Record<number, Cause>> = {
  [alerts.supplyRestored.code]: outage,
  [alerts.supplyRestoredAfterLong.code]: outage,
  [alerts.notAuthorised.code]: foreignCommand,
  [alerts.commandUnsupported.code]: unsupportedCommand,
  [alerts.billingLogUpdated.code]: billingPeriodEnds,
  [alerts.auxiliaryLimitSet.code]: limitSet,
  [alerts.auxiliaryLimitEnded.code]: limitEnds,
  [alerts.auxiliaryStateChanged.code]: stateChanges,
  [alerts.hubDeviceLogChanged.code]: logRestored,
  [alerts.dutyCycleLimited.code]: onTheAir("limited"),
  [alerts.dutyCycleBelowLimited.code]: onTheAir("limited", "normal"),
  [alerts.dutyCycleCritical.code]: moreOnTheAir("limited", "critical"),
  [alerts.dutyCycleBelowCritical.code]: onTheAir("critical", "limited"),
  [alerts.dutyCycleRegulated.code]: moreOnTheAir("critical", "regulated"),
  [alerts.dutyCycleBelowRegulated.code]: onTheAir("regulated", "critical"),
  [alerts.channelChanged.code]: quieterChannel,
  [alerts.channelScanAssessed.code]: scanAsked,
  [alerts.subGhzConfigurationChanged.code]: configured,
  [alerts.subGhzFull.code]: noRoom,
  [alerts.messageDropped.code]: commandForSilent,
  [alerts.integrityWarning.code]: hardwareDoubted,
  [alerts.imageVerified.code]: imageArrives,
  [alerts.creditAddedLocally.code]: tokenTyped,
};
