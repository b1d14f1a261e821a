/**
 * Strings of 256 bits, one bit an event: bit n, the last one being 0, is code 81n in the supplier's strings and 80n in the
 * network operator's (GBCS notes on ECS25x). Kept as hex, most significant digit first. Pure.
 */
import { type AlertRow, alerts } from "../../model/index.ts";

export const eventStrings = [
  "supplierAlert",
  "supplierHan",
  "supplierAudible",
  "supplierLog",
  "operatorAlert",
  "operatorLog",
] as const;
/** Of the supplier: events that alert over the WAN, are shared on the HAN, sound an alarm, are logged. */
export type EventString = (typeof eventStrings)[number];
export type EventStrings = Readonly<Record<EventString, string>>;

/** What becomes of one event. */
export interface Behaviour {
  readonly alert: boolean;
  readonly han: boolean;
  readonly audible: boolean;
  readonly log: boolean;
}

const bits = 256;
const hexOf = (value: bigint): string => value.toString(16).padStart(bits / 4, "0");
const numberOf = (hex: string): bigint => BigInt(`0x${hex}`);
const has = (hex: string, n: number): boolean => ((numberOf(hex) >> BigInt(n)) & 1n) === 1n;

/** As objects show it: 0 and 1, the bit of n = 255 first. */
export const toBits = (hex: string): string => numberOf(hex).toString(2).padStart(bits, "0");
export const fromBits = (text: string): string => hexOf(BigInt(`0b${text}`));

/** A change is a mask and the bits that take its place: what the mask leaves out stays. */
export function changed(hex: string, change: string): string {
  const mask = numberOf(fromBits(change.slice(0, bits)));
  const wanted = numberOf(fromBits(change.slice(bits)));
  return hexOf((numberOf(hex) & ~mask) | (wanted & mask));
}

const supplierFamily = 0x81;
const operatorFamily = 0x80;

/** What the strings say of an event; what none of them speaks of is as its row has it. */
export function behaviourOf(strings: EventStrings, row: AlertRow): Behaviour {
  const n = row.code & 0xff;
  const asRow = { alert: row.wan !== "none", han: row.han, audible: false, log: row.logs.length > 0 };
  switch (row.code >> 8) {
    case supplierFamily:
      return {
        alert: has(strings.supplierAlert, n),
        han: has(strings.supplierHan, n),
        audible: has(strings.supplierAudible, n),
        log: has(strings.supplierLog, n),
      };
    case operatorFamily:
      return { ...asRow, alert: has(strings.operatorAlert, n), log: has(strings.operatorLog, n) };
    default:
      return asRow;
  }
}

/** Of the supplier's, off until it wants them: a hub that is attached or taken away, and a clock out of tolerance. */
const alertsOff: readonly number[] = [
  alerts.hubAttached.code,
  alerts.hubDetached.code,
  alerts.clockOutOfTolerance.code,
];

/** The strings that do as the rows say; `alerts`: are alerts that may be switched off on? */
export function asDelivered(rows: readonly AlertRow[], alerts: boolean): EventStrings {
  const where = (family: number, test: (row: AlertRow) => boolean): string =>
    hexOf(
      rows
        .filter((row) => row.code >> 8 === family && test(row))
        .reduce((all, { code }) => all | (1n << BigInt(code & 0xff)), 0n),
    );
  const alert = ({ code, wan }: AlertRow) => alerts && wan !== "none" && !alertsOff.includes(code);
  const log = ({ logs }: AlertRow) => logs.length > 0;
  return {
    supplierAlert: where(supplierFamily, alert),
    supplierHan: where(supplierFamily, ({ han }) => han),
    supplierAudible: hexOf(0n),
    supplierLog: where(supplierFamily, log),
    operatorAlert: where(operatorFamily, alert),
    operatorLog: where(operatorFamily, log),
  };
}
