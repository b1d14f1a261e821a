/** Device types: one row each, with its number on every interface. Add a device type here, its features in `devices/`. */
import type { DeviceName } from "./define.ts";
import type { Role } from "./roles.ts";

/** Parts of a board (`hal/board.ts`) that a device type cannot do without. */
export type BoardPart =
  | "metrology"
  | "loadSwitch"
  | "auxiliary"
  | "tamper"
  | "userInterface"
  | "modem"
  | "radio";

export interface DeviceRow {
  readonly words: string;
  /** Its type's number in the factory region of its flash, for ever. */
  readonly factoryNumber: number;
  /** The board it stands on: CHF and GPF share the hub's. */
  readonly board: "hub" | "own";
  /** Type 1 devices have certificates and are commanded; type 2 only read; a handheld carries messages. */
  readonly category: "hub" | "type 1" | "type 2" | "handheld";
  /** Device type of CS03 joins (GBCS); undefined where it is never named in one. */
  readonly joinNumber?: number;
  /** Number in the hub's device log (Blue Book class 104, CCS01). */
  readonly logNumber?: number;
  /** Device type in DUIS; undefined where the DCC knows none of its own. */
  readonly duis?: string;
  /** How it shows its data: COSEM objects, clusters, or nothing to the WAN. */
  readonly shows: "cosem" | "clusters" | "nothing";
  readonly parts: readonly BoardPart[];
  /** Who is told of refusals and tampering, and answers for it. */
  readonly overseer: Role;
  /** Sleeps, and fetches what waits for it. */
  readonly sleepy: boolean;
  /** Has a tunnel from the hub. */
  readonly tunnel: boolean;
  /** Keeps voltage and outages in a power event log; others have them in their event log. */
  readonly powerLog?: true;
}

const meter = {
  board: "own",
  category: "type 1",
  overseer: "supplier",
  sleepy: false,
  tunnel: true,
} as const;
const hub = {
  board: "hub",
  category: "hub",
  overseer: "accessControlBroker",
  sleepy: false,
  tunnel: false,
} as const;
const listener = {
  board: "own",
  category: "type 2",
  joinNumber: 6,
  shows: "nothing",
  parts: ["radio"],
  overseer: "accessControlBroker",
  sleepy: false,
  tunnel: false,
} as const;

/** The SAPC's numbers are those of an electricity meter: an assumption, no source seen names its own. */
export const devices: Readonly<Record<DeviceName, DeviceRow>> = {
  ESME: {
    ...meter,
    factoryNumber: 1,
    words: "electricity meter",
    joinNumber: 1,
    logNumber: 0,
    duis: "ESME",
    shows: "cosem",
    parts: ["metrology", "loadSwitch", "auxiliary", "tamper", "userInterface", "radio"],
    powerLog: true,
  },
  CHF: {
    ...hub,
    factoryNumber: 2,
    words: "communications hub function",
    joinNumber: 2,
    duis: "CHF",
    shows: "cosem",
    parts: ["modem", "radio"],
  },
  GPF: {
    ...hub,
    factoryNumber: 3,
    words: "gas proxy function",
    joinNumber: 3,
    logNumber: 254,
    duis: "GPF",
    shows: "clusters",
    parts: [],
    overseer: "supplier",
  },
  GSME: {
    ...meter,
    factoryNumber: 4,
    words: "gas meter",
    joinNumber: 0,
    logNumber: 1,
    duis: "GSME",
    shows: "clusters",
    parts: ["metrology", "loadSwitch", "tamper", "userInterface", "radio"],
    sleepy: true,
    tunnel: false,
  },
  PPMID: {
    ...meter,
    factoryNumber: 5,
    words: "prepayment interface",
    joinNumber: 5,
    logNumber: 132,
    duis: "PPMID",
    shows: "nothing",
    parts: ["userInterface", "radio"],
    overseer: "accessControlBroker",
  },
  HCALCS: {
    ...meter,
    factoryNumber: 6,
    words: "load control switch",
    joinNumber: 4,
    logNumber: 13,
    duis: "HCALCS",
    shows: "nothing",
    parts: ["loadSwitch", "radio"],
  },
  SAPC: {
    ...meter,
    factoryNumber: 7,
    words: "stand-alone auxiliary proportional controller",
    joinNumber: 1,
    logNumber: 0,
    duis: "ESME",
    shows: "cosem",
    parts: ["auxiliary", "tamper", "radio"],
  },
  IHD: { ...listener, factoryNumber: 8, words: "in-home display", logNumber: 128, duis: "IHD" },
  CAD: { ...listener, factoryNumber: 9, words: "consumer access device", logNumber: 130, duis: "CAD" },
  HHT: {
    factoryNumber: 10,
    board: "own",
    category: "handheld",
    words: "hand-held terminal",
    shows: "nothing",
    parts: ["radio"],
    overseer: "accessControlBroker",
    sleepy: false,
    tunnel: true,
  },
};

/** The device type that a number in a factory region means, or undefined. */
export const deviceByFactoryNumber = (number: number): DeviceName | undefined =>
  (Object.keys(devices) as DeviceName[]).find((name) => devices[name].factoryNumber === number);
