/** Which devices a home has: their names, types and numbers, each with a default, and checked as a whole. */
import { isModelled, type ModelledDevice, modelledDevices } from "../../firmware/devices/boot.ts";
import type { DeviceSettings } from "../../firmware/devices/settings.ts";
import { devices } from "../../firmware/model/devices.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { Ether, LoadProfile, MainsSettings, MockBoard, Scheduler } from "../../hal/mock/index.ts";
import type { BoardPair } from "./boards.ts";

/** Makes a pair of a device's simulated board and the remote one that lends it parts. */
export type ConnectBoard = (
  mock: MockBoard,
  home: { readonly scheduler: Scheduler; readonly startUtcMs: number },
) => Promise<BoardPair>;

/** One device of a home. What it leaves out, the home's options say. */
export interface HomeDeviceSpec {
  /** What it is called in the home (`home.device(name)`) and in its events: letters, digits, "-". */
  readonly name: string;
  readonly type: ModelledDevice;
  /** 16 hexadecimal digits; default: a number of its own. */
  readonly eui?: Eui64;
  /** Of a meter's point of supply: 13 digits, the last of them a check digit; default: a number of its own. */
  readonly mpxn?: string;
  readonly mains?: Partial<MainsSettings>;
  /** What it meters. */
  readonly load?: LoadProfile;
  readonly loadCsv?: string;
  /** 2: a twin-element meter, which counts a second circuit apart. Default 1. */
  readonly elementCount?: 1 | 2;
  /** From the hub, metres. */
  readonly distanceM?: number;
  readonly settings?: Partial<DeviceSettings>;
  /** See {@link PremisesOptions.printedInstallCode}. */
  readonly printedInstallCode?: "another" | Uint8Array;
  /** Its keys come from a PKI that nobody here trusts. */
  readonly rogue?: boolean;
  /** It runs on parts of a real board: see `boards.ts`. */
  readonly board?: ConnectBoard;
}

/** A device with all its numbers. */
export type NumberedSpec = HomeDeviceSpec & { readonly eui: Eui64; readonly mpxn: string };

export const defaultDevices: readonly HomeDeviceSpec[] = [
  { name: "hub", type: "CHF" },
  { name: "esme", type: "ESME" },
];

/** Those that a device has which names none: the first of a type these, others by their place. */
const firstEui: Readonly<Partial<Record<ModelledDevice, Eui64>>> = {
  CHF: "00DB1234567890A2",
  ESME: "00DB1234567890A0",
  SAPC: "00DB1234567890A6",
};

/** A device that stands on a board of its own hangs on a hub. */
export const isHub = ({ type }: Pick<HomeDeviceSpec, "type">): boolean => devices[type].board === "hub";

const mpanPrimes = [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43];

/** The home's `n`th metering point. */
function mpan(n: number): string {
  const digits = String(100_000_000_000 + n);
  const sum = mpanPrimes.reduce((total, prime, i) => total + prime * Number(digits[i]), 0);
  return digits + String((sum % 11) % 10);
}

/** Gives each device its numbers. */
export function numbered(specs: readonly HomeDeviceSpec[]): readonly NumberedSpec[] {
  const isFirst = (at: number) => specs.findIndex(({ type }) => type === specs[at]?.type) === at;
  return specs.map((spec, at) => ({
    ...spec,
    eui:
      spec.eui ??
      (isFirst(at) ? firstEui[spec.type] : undefined) ??
      `00DB12345678910${at.toString(16).toUpperCase()}`,
    mpxn: spec.mpxn ?? mpan(specs.slice(0, at).filter((other) => !isHub(other)).length),
  }));
}

/** A device of each type that there is firmware for, as a home of defaults has it; the seed decides their keys. */
export const standardDevices: readonly NumberedSpec[] = numbered([
  ...defaultDevices,
  ...modelledDevices
    .filter((type) => !defaultDevices.some((spec) => spec.type === type))
    .map((type) => ({ name: type.toLowerCase(), type })),
]);

export const standardDevice = (type: ModelledDevice): NumberedSpec =>
  standardDevices.find((spec) => spec.type === type) as NumberedSpec;

/** Puts the hub in the middle, and each other device at its distance: east, north, west, south, and so on. */
export function placeDevices(ether: Ether, specs: readonly HomeDeviceSpec[], distanceM: number): void {
  const ways = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ] as const;
  let placed = 0;
  for (const spec of specs) {
    if (isHub(spec)) {
      ether.place(spec.name, { xM: 0, yM: 0 });
      continue;
    }
    const [x, y] = ways[placed++ % ways.length] as readonly [number, number];
    const awayM = spec.distanceM ?? distanceM;
    ether.place(spec.name, { xM: x * awayM, yM: y * awayM });
  }
}

/** Events of a home have these sources, too. */
const otherSources = ["head-end", "wan", "han", "power", "premises", "attacker"];
const maxDevices = 16;

/** Throws `premises/option`, naming the device, for a set that no home can have. */
export function checkDevices(specs: readonly HomeDeviceSpec[]): void {
  if (!Array.isArray(specs) || specs.length === 0 || specs.length > maxDevices)
    throw wrong("devices", `a list of 1 to ${maxDevices} devices`, specs);
  for (const [at, spec] of specs.entries()) {
    if (typeof spec !== "object" || spec === null) throw wrong(`devices[${at}]`, "a device", spec);
    const { name, type, eui, mpxn } = spec;
    if (typeof name !== "string" || !/^[a-z][a-z0-9-]{0,31}$/i.test(name))
      throw wrong(`devices[${at}].name`, 'letters, digits and "-", beginning with a letter', name);
    if (otherSources.includes(name))
      throw wrong(
        `devices[${at}].name`,
        `none of ${otherSources.join(", ")}, which are sources of events`,
        name,
      );
    if (!isModelled(type))
      throw wrong(
        `device ${name}, type`,
        `one that there is firmware for: ${modelledDevices.join(", ")}`,
        type,
      );
    if (eui !== undefined && !/^[0-9A-F]{16}$/.test(eui))
      throw wrong(`device ${name}, eui`, "16 hexadecimal digits in capitals", eui);
    if (mpxn !== undefined && !/^\d{6,13}$/.test(mpxn))
      throw wrong(`device ${name}, mpxn`, "6 to 13 digits", mpxn);
  }
  for (const what of ["name", "eui"] as const) checkUnique(what, numbered(specs));
  if (specs.filter(isHub).length > 1)
    throw wrong(
      "devices",
      "one hub at most: a home has one",
      specs.filter(isHub).map(({ name }) => name),
    );
}

function checkUnique(what: "name" | "eui", specs: readonly NumberedSpec[]): void {
  const doubled = specs.find((spec, at) => specs.findIndex((other) => other[what] === spec[what]) !== at);
  if (doubled !== undefined) throw wrong(`devices, ${what}`, "each once", doubled[what]);
}

function wrong(option: string, expected: string, got: unknown): CodedError {
  const shown = JSON.stringify(got) ?? "none";
  return new CodedError("premises/option", `premises: ${option}: expected ${expected}, got ${shown}`, {
    ...{ option, expected, got },
  });
}
