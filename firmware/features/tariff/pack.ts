/**
 * Tables as the journal keeps them: the largest calendar, 16 days of 48 switches, takes 5 KB so, where the names of its
 * members alone would take 40. Of each table any value that a command could have set, and no other, is packed.
 */
import { calendarOctets, calendarValue, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Part } from "./parts.ts";
import { readDays, readSecondaryDays, tariffScriptTable } from "./values.ts";

type Types = typeof valueTypes;
type Day = ValueOf<Types["day"]>;
type SpecialDay = ValueOf<Types["specialDay"]>;
type Charge = ValueOf<Types["touCharge"]>;

interface Packing<V> {
  packs(value: V): boolean;
  pack(value: V): number[];
  unpack(octets: Uint8Array): unknown;
}

const OPEN = 0xff;
const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
/** `length` octets each. */
const pieces = (octets: Uint8Array, length: number): DataView[] =>
  Array.from(
    { length: Math.floor(octets.length / length) },
    (_, i) => new DataView(octets.buffer, octets.byteOffset + i * length, length),
  );

/** Day 1, count 1; for each switch hour 1, minute 1, second 1, hundredth 1, selector 2. */
const days = (reader: (value: Day[]) => unknown): Packing<Day[]> => ({
  packs: (value) => reader(value) !== undefined,
  pack: (value) =>
    value.flatMap(({ day, switches }) => [
      day,
      switches.length,
      ...switches.flatMap(({ start: { hour, minute, second, hundredth }, selector }) => [
        ...[hour, minute, second, hundredth].map((part = OPEN) => part),
        ...u16(selector),
      ]),
    ]),
  unpack(octets) {
    const found: Day[] = [];
    for (let at = 0; at < octets.length; ) {
      const [day = 0, count = 0] = octets.subarray(at, at + 2);
      const end = at + 2 + 6 * count;
      found.push({ day, switches: pieces(octets.subarray(at + 2, end), 6).map(switchOf) });
      at = end;
    }
    return found;
  },
});

function switchOf(view: DataView): Day["switches"][number] {
  const [hour, minute, second, hundredth] = [0, 1, 2, 3].map((at) => view.getUint8(at));
  const start = { hour, minute, second, ...(hundredth !== OPEN && { hundredth }) };
  return {
    start: start as Day["switches"][number]["start"],
    script: Uint8Array.from(tariffScriptTable),
    selector: view.getUint16(4),
  };
}

/** Index 2, date 5, day 1. */
const specialDays: Packing<SpecialDay[]> = {
  packs: () => true,
  pack: (value) =>
    value.flatMap(({ index, date, day }) => [...u16(index), ...calendarOctets("date", date), day]),
  unpack: (octets) =>
    pieces(octets, 8).map((view) => ({
      index: view.getUint16(0),
      date: calendarValue("date", new Uint8Array(view.buffer, view.byteOffset + 2, 5)) as SpecialDay["date"],
      day: view.getUint8(7),
    })),
};

/** Scales 2, commodity 9; for each charge index 1, charge 2. */
const charges: Packing<Charge> = {
  packs: () => true,
  pack: ({ scale, commodity, charges: all }) => [
    ...[scale.commodity, scale.price].map((each) => each & 0xff),
    ...[...u16(commodity.class), ...commodity.name, commodity.attribute & 0xff],
    ...all.flatMap(({ index, charge }) => [...index, ...u16(charge)]),
  ],
  unpack(octets) {
    const head = new DataView(octets.buffer, octets.byteOffset, 11);
    return {
      scale: { commodity: head.getInt8(0), price: head.getInt8(1) },
      commodity: { class: head.getUint16(2), name: octets.slice(4, 10), attribute: head.getInt8(10) },
      charges: pieces(octets.subarray(11), 3).map((view) => ({
        index: Uint8Array.of(view.getUint8(0)),
        charge: view.getInt16(1),
      })),
    };
  },
};

const packings: Partial<Record<Part, Packing<never>>> = {
  days: days(readDays),
  secondaryDays: days(readSecondaryDays),
  specialDays,
  secondarySpecial: specialDays,
  price: charges,
  secondaryPrice: charges,
};

export function packed(part: Part, value: unknown): unknown {
  const packing = packings[part];
  return packing?.packs(value as never) ? Uint8Array.from(packing.pack(value as never)) : value;
}

export function unpacked(part: Part, value: unknown): unknown {
  return value instanceof Uint8Array ? packings[part]?.unpack(value) : value;
}
