/** Answers in the user's terms: watt-hours, times and states instead of results and structures. */
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { SupplyState } from "../../firmware/objects/use-cases.ts";
import type { Value } from "../../firmware/wire/message.ts";
import { toHex } from "../premises/trace.ts";
import { alertMeaning, alertText } from "./alert-codes.ts";
import { type Exchange, succeeded } from "./exchange.ts";

/** An answer in the user's terms; its fields depend on the use case. */
// biome-ignore lint/suspicious/noExplicitAny: a scenario names the fields of the use case it asked for
export type Reading = Readonly<Record<string, any>>;
type List = readonly Value[];
const list = (value: Value | undefined): List => (Array.isArray(value) ? value : []);

const supplyStates = Object.fromEntries(Object.entries(SupplyState).map(([name, number]) => [number, name]));

const log = ([entries]: List): Reading => ({
  entries: list(entries).map((entry) => {
    const [timeS, code, other] = list(entry);
    return {
      timeS,
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

const readers: Readonly<Record<string, (values: List) => Reading>> = {
  ECS17b: ([registers]) => ({ activeImportWh: list(registers)[0], reactiveImportVarh: list(registers)[2] }),
  ECS17d: ([registers]) => ({ touWh: list(registers) }),
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
  ECS45: ([state]) => ({ supply: supplyStates[Number(state)] ?? state }),
  ECS52: ([version]) => ({ firmwareVersion: version instanceof Uint8Array ? toHex(version) : version }),
  ECS70: (values) => ({ timeS: values[3], status: values[4] }),
  CCS06: ([devices]) => ({
    devices: list(devices).map((row) =>
      Object.fromEntries(deviceFields.map((name, i) => [name, plainEui(list(row)[i])])),
    ),
  }),
  CS02a: ([cells]) => ({
    cells: list(cells).map((row) => {
      const [cell, holder, keyId, counter] = list(row);
      return { cell, holder: plainEui(holder), keyId: plainEui(keyId), counter };
    }),
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
