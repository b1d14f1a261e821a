/** Refuses what no home can be built from: options that do not exist, numbers that mean nothing, times that run back. */
import { defaultSettings } from "../../firmware/devices/settings.ts";
import type { HomeWire } from "../../firmware/wire/suites.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { type CutPoint, defaultEther, defaultWan, meterMains } from "../../hal/mock/index.ts";
import { partyNames } from "../headend/parties.ts";
import { nearest } from "../near-miss.ts";
import { checkDevices, defaultDevices, type HomeDeviceSpec } from "./device-specs.ts";
import type { HomeRequestOptions } from "./home.ts";
import type { PremisesOptions } from "./options.ts";

type Known<T> = Readonly<Record<keyof T & string, true>>;

// The compiler refuses a name that is missing here, or is no option.
const homeOptions: Known<PremisesOptions> = {
  ...{
    seed: true,
    wire: true,
    start: true,
    devices: true,
    loadCsv: true,
    load: true,
    distanceM: true,
    ether: true,
    wan: true,
  },
  ...{ hubMains: true, meterMains: true, settings: true, printedInstallCode: true, rogueMeter: true },
  ...{ partyKeys: true, crypto: true, boards: true, pace: true },
};
const specOptions: Known<HomeDeviceSpec> = {
  ...{
    name: true,
    type: true,
    eui: true,
    mpxn: true,
    mains: true,
    load: true,
    loadCsv: true,
    elementCount: true,
  },
  ...{ distanceM: true, settings: true, printedInstallCode: true, rogue: true, board: true },
};
const requestOptions: Known<HomeRequestOptions> = {
  ...{ to: true, by: true, timeoutMs: true, unchecked: true, signWith: true, tamper: true },
};
const groups = {
  ether: defaultEther,
  wan: defaultWan,
  hubMains: meterMains,
  meterMains,
  settings: defaultSettings,
} as const;

/** Throws `premises/option` or `premises/time`, naming the option. */
export function checkOptions(options: PremisesOptions, wire: HomeWire): void {
  checkNames("premises", options, Object.keys(homeOptions));
  const { devices = defaultDevices } = options;
  checkDevices(devices);
  for (const spec of devices) checkSpec(spec);
  checkNames("premises: partyKeys", options.partyKeys, partyNames);
  if (options.partyKeys !== undefined && wire !== "gbcs")
    throw wrong("premises/option", "partyKeys", "the wire gbcs, whose keys they are", wire);
  checkNames(
    "premises: boards",
    options.boards,
    devices.map(({ name }) => name),
  );
  for (const [group, defaults] of Object.entries(groups))
    checkGroup(group, options[group as keyof typeof groups], defaults);
  const { seed, distanceM, printedInstallCode: code } = options;
  checkCode("printedInstallCode", code);
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff))
    throw wrong("premises/option", "seed", "a whole number from 0 to 4294967295", seed);
  if (distanceM !== undefined) checkNumber("distanceM", distanceM);
}

function checkSpec(spec: HomeDeviceSpec): void {
  const where = `device ${spec.name}`;
  checkNames(`premises: ${where}`, spec, Object.keys(specOptions));
  checkGroup(`${where}: mains`, spec.mains, meterMains);
  checkGroup(`${where}: settings`, spec.settings, defaultSettings);
  if (spec.distanceM !== undefined) checkNumber(`${where}: distanceM`, spec.distanceM);
  checkCode(`${where}: printedInstallCode`, spec.printedInstallCode);
}

function checkCode(name: string, code: unknown): void {
  if (code !== undefined && code !== "another" && !(code instanceof Uint8Array))
    throw wrong("premises/option", name, '"another", or 16 bytes and their CRC', code);
}

/** Throws `premises/option` or `premises/time`. */
export function checkRequestOptions(options: HomeRequestOptions, deviceNames: readonly string[]): void {
  checkNames("request", options, Object.keys(requestOptions));
  const { to, by, timeoutMs } = options;
  if (to !== undefined) checkOneOf("to", to, deviceNames);
  if (by !== undefined) checkOneOf("by", by, partyNames);
  if (timeoutMs !== undefined) checkDuration("timeoutMs", timeoutMs);
}

/** Throws `premises/option` for what no modem could bring. */
export function checkMessage(bytes: unknown): void {
  if (bytes instanceof Uint8Array && bytes.length >= 1 && bytes.length <= 65_535) return;
  const got = bytes instanceof Uint8Array ? `${bytes.length} bytes` : bytes;
  throw wrong("premises/option", "the message to inject", "a Uint8Array of 1 to 65535 bytes", got);
}

/** Throws `premises/option`: what is no alert code would be waited for in vain, and found nowhere. */
export function checkAlertCode(code: unknown): void {
  if (typeof code === "number" && Number.isInteger(code) && code >= 0 && code <= 0xffff) return;
  throw wrong("premises/option", "an alert code", "a number from 0 to 0xFFFF", code);
}

const cutPoints: Readonly<Record<CutPoint, true>> = { before: true, torn: true, after: true };

/** Throws `premises/option`: a cut that can never strike would make a test of it pass. */
export function checkCut(n: unknown, point: string): void {
  if (!(typeof n === "number" && Number.isSafeInteger(n) && n >= 0))
    throw wrong("premises/option", "the flash operation to cut", "a whole number, 0 for the next", n);
  checkOneOf("the point to cut at", point, Object.keys(cutPoints));
}

/** Time runs forward only. Throws `premises/time`. */
export function checkDuration(name: string, ms: unknown, longest = Number.MAX_SAFE_INTEGER): void {
  if (typeof ms === "number" && ms >= 0 && ms <= longest) return;
  throw wrong("premises/time", name, "milliseconds, 0 or more", ms);
}

function checkOneOf(name: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) throw wrong("premises/option", name, `one of ${known.join(", ")}`, value);
}

function checkNames(where: string, given: object | undefined, known: readonly string[]): void {
  for (const name of Object.keys(given ?? {})) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const advice = meant === undefined ? `Known are: ${known.join(", ")}.` : `Did you mean ${meant}?`;
    throw new CodedError("premises/option", `${where}: there is no option "${name}". ${advice}`, {
      ...{ option: name, known, advice },
    });
  }
}

function checkGroup(group: string, given: object | undefined, defaults: object): void {
  checkNames(`premises: ${group}`, given, Object.keys(defaults));
  for (const [name, value] of Object.entries(given ?? {})) {
    const usual = (defaults as Record<string, unknown>)[name];
    if (typeof usual === "number" && value !== undefined) checkNumber(`${group}.${name}`, value);
    else if (typeof usual === "boolean" && typeof value !== "boolean")
      throw wrong("premises/option", `${group}.${name}`, "true or false", value);
  }
}

/** A clock may be wrong either way, and a power in dBm is a ratio; nothing else is below zero. */
const signed = /Dbm$|ErrorMs$/;

function checkNumber(name: string, value: unknown): void {
  const isShare = /Probability$|\.congestion$/.test(name);
  const sound = typeof value === "number" && Number.isFinite(value) && (value >= 0 || signed.test(name));
  if (sound && !(isShare && value > 1)) return;
  const expected = isShare ? "a share from 0 to 1" : signed.test(name) ? "a number" : "a number, 0 or more";
  throw wrong(/Ms$|S$/.test(name) ? "premises/time" : "premises/option", name, expected, value);
}

function wrong(code: string, name: string, expected: string, got: unknown): CodedError {
  return new CodedError(code, `premises: ${name}: expected ${expected}, got ${String(got)}`, {
    ...{ option: name, expected, got },
  });
}
