/** Times of DER (X.690 §11.7, §11.8): UTC to the second, as YYYYMMDDHHMMSSZ. */
import { readIsoTime } from "../../../hal/base/iso-time.ts";
import { writeDateTime } from "./date-time.ts";

/** 9999-12-31 23:59:59, UTC seconds: "never", in certificates (RFC 5280 §4.1.2.5) as in payloads. */
export const END_OF_TIME_S = 253_402_300_799;

const form = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const TEXT_LENGTH = 15;

/** UTC seconds, below 0 before 1970; or what came instead. `century`: the digits that a UTCTime leaves out. */
export function readTimeText(octets: Uint8Array, century = ""): number | string {
  // One character too many at most is looked at: a foreign text is neither long nor shown.
  const text = century + String.fromCharCode(...octets.subarray(0, TEXT_LENGTH + 1));
  const [, year, month, day, hour, minute, second] = form.exec(text) ?? [];
  if (year === undefined) return `${octets.length} other octets`;
  const time = readIsoTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return typeof time === "number" ? time / 1000 : time.fault;
}

/** `timeS`: up to {@link END_OF_TIME_S}. */
export function timeText(timeS: number): string {
  const [high = 0, low = 0, month, day, , hour, minute, second] = writeDateTime(timeS);
  const two = [month, day, hour, minute, second].map((part) => String(part).padStart(2, "0"));
  return `${String(high * 256 + low).padStart(4, "0")}${two.join("")}Z`;
}
