/** Day profiles as the journal keeps them: 16 days of 48 switches are 5 KB, where their names alone would take 40. */
import type { ValueOf, valueTypes } from "../../model/index.ts";
import { tariffScriptTable } from "./values.ts";

type Day = ValueOf<(typeof valueTypes)["day"]>;
const OPEN = 0xff;
const switchBytes = 6;

/** Day 1, count 1; for each switch hour 1, minute 1, second 1, hundredth 1, selector 2. Of days that `readDays` takes. */
export function packDays(days: readonly Day[]): Uint8Array {
  return Uint8Array.from(
    days.flatMap(({ day, switches }) => [
      day,
      switches.length,
      ...switches.flatMap(({ start: { hour, minute, second, hundredth }, selector }) => [
        ...[hour, minute, second, hundredth].map((part = OPEN) => part),
        selector >> 8,
        selector & 0xff,
      ]),
    ]),
  );
}

export function unpackDays(bytes: Uint8Array): Day[] {
  const days: Day[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [day = 0, count = 0] = bytes.subarray(at, at + 2);
    at += 2;
    const switches = Array.from({ length: count }, (_, i) =>
      unpackSwitch(bytes.subarray(at + i * switchBytes)),
    );
    at += count * switchBytes;
    days.push({ day, switches });
  }
  return days;
}

function unpackSwitch([hour = 0, minute = 0, second = 0, hundredth = OPEN, high = 0, low = 0]: Uint8Array) {
  const start = { hour, minute, second, ...(hundredth !== OPEN && { hundredth }) };
  return { start, script: Uint8Array.from(tariffScriptTable), selector: high * 256 + low };
}
