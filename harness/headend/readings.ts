/** Answers in the user's terms: watt-hours, times and states instead of results and structures. */
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { fromPlain, useCases, valueTypes } from "../../firmware/model/index.ts";
import { UNSET_TIME, type Value } from "../../firmware/wire/message.ts";
import { toHex } from "../../hal/base/hex.ts";
import { alertMeaning, alertText } from "./alert-codes.ts";
import { type Exchange, succeeded } from "./exchange.ts";

/** An answer in the user's terms; its fields depend on the use case. */
// biome-ignore lint/suspicious/noExplicitAny: a scenario names the fields of the use case it asked for
export type Reading = Readonly<Record<string, any>>;
type List = readonly Value[];
const list = (value: Value | undefined): List => (Array.isArray(value) ? value : []);

const supplyState = (value: Value | undefined): string => fromPlain(valueTypes.supplyState, value);

/** A clock that was never set tells no time, and least of all 1970. */
const time = (timeS: Value | undefined): unknown => (timeS === UNSET_TIME ? "clock not set" : timeS);

/** Of a device that has not been heard, or by no clock that was set. */
const heard = (value: unknown): unknown => (value === UNSET_TIME ? "not heard" : value);

const log = ([entries]: List): Reading => ({
  entries: list(entries).map((entry) => {
    const [timeS, code, other] = list(entry);
    return {
      timeS: time(timeS),
      code: alertText(Number(code)),
      meaning: alertMeaning(Number(code)),
      ...(other instanceof Uint8Array && other.length > 0 ? { other: toHex(other) } : {}),
    };
  }),
});

const timed = (name: string) => (row: Value) => ({ timeS: list(row)[0], [name]: list(row)[1] });

const deviceFields = [
  "eui",
  "status",
  "maxRssiDbm",
  /** Of a sub-GHz device; 127 says that this one is at 2.4 GHz. Its field is named averageRSSI in class 104. */
  "linkQuality",
  "minRssiDbm",
  "maxLqi",
  "averageLqi",
  "minLqi",
  "lastHeardS",
  "hops",
  "failures",
  "successes",
  "applicationVersion",
  "stackVersion",
] as const;

/** CS02b: nothing when it was kept for later, or cancelled what was kept. */
const replacement = ([answer]: List): Reading => {
  const { outcome } = fromPlain(valueTypes.replacementReply, answer);
  if (outcome === undefined) return {};
  const { authoriserCounter, mode, floors, cells } = outcome;
  return {
    authoriserCounter: Number(authoriserCounter),
    mode,
    floors: floors.map(({ role, floor, topUp }) => ({
      role,
      floor: Number(floor),
      ...(topUp === undefined ? {} : { topUpFloor: Number(topUp[0]?.floor) }),
    })),
    cells: cells.map(({ cell, status, oldHolder, oldKey, newHolder, newKey }) => ({
      cell,
      outcome: status,
      oldHolder: toHex(oldHolder),
      oldKeyId: toHex(oldKey),
      newHolder: toHex(newHolder),
      newKeyId: toHex(newKey),
    })),
  };
};
const replacements = Object.fromEntries(
  useCases.filter(({ id }) => id.startsWith("CS02b")).map(({ id }) => [id, replacement]),
);

const readers: Readonly<Record<string, (values: List) => Reading>> = {
  ECS17b: ([registers]) => ({ activeImportWh: list(registers)[0], reactiveImportVarh: list(registers)[2] }),
  ECS17d: ([registers]) => ({ touWh: list(list(registers)[0]) }),
  ECS22b: ([rows]) => ({ halfHours: list(rows).map(timed("wh")) }),
  ECS23: ([under, , over, , rows, periodS]) => ({
    underCount: under,
    overCount: over,
    averages: list(rows).map(timed("averageV")),
    averagingPeriodS: periodS,
  }),
  ECS27: ([trips, count, , thresholdW, periodS, restorationS]) => ({
    onTrip: trips === true ? "disable" : "unchanged",
    count,
    thresholdW,
    periodS,
    restorationS,
  }),
  ECS35a: log,
  ECS35b: log,
  ECS35c: log,
  ECS35d: log,
  ECS35e: log,
  ECS26c: ([offsetS, number, limitS]) => ({ offsetS, number, limitS }),
  ECS45: ([state]) => ({ supply: supplyState(state) }),
  ECS52: ([version]) => ({ firmwareVersion: version instanceof Uint8Array ? toHex(version) : version }),
  ECS70: (values) => ({ timeS: time(values[3]), status: values[4] }),
  CCS06: ([devices]) => ({
    devices: list(devices).map((row) =>
      Object.fromEntries(deviceFields.map((name, i) => [name, heard(plainEui(list(row)[i]))])),
    ),
  }),
  ...replacements,
  CS02a: ([roles]) => ({
    roles: fromPlain(valueTypes.anchorsReply, roles).map(({ role, status, counter, anchors = [] }) => ({
      role,
      status,
      ...(counter === undefined ? {} : { counter: Number(counter) }),
      anchors: anchors.map(({ usage, cellUsage, holder, key }) => ({
        usage,
        prepay: cellUsage === "topUp",
        holder: toHex(holder),
        keyId: toHex(key),
      })),
    })),
  }),
};

const plainEui = (value: Value | undefined): unknown => (value instanceof Uint8Array ? toHex(value) : value);

/** Throws `headend/no-reading` unless the device answered and every operation succeeded. */
export function reading(exchange: Exchange): Reading {
  const { answer, status, reference, preCommand } = exchange;
  if (answer === undefined || !succeeded(exchange))
    throw new MeterbenchError(
      "headend/no-reading",
      `service request ${reference} (${preCommand.useCase.id}): nothing to read, ` +
        (answer === undefined ? `it is ${status}` : `the device answered ${statuses(exchange)}`),
      { reference, status },
    );
  const values = answer.results.map((result) => result.value ?? null);
  return readers[preCommand.useCase.id]?.(values) ?? { values };
}

const statuses = (exchange: Exchange): string =>
  (exchange.answer?.results ?? []).map((result) => result.status).join(", ");
