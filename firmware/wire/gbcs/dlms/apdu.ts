/** What DLMS messages share: their first octet, and the id that repeats the end of the header's counter. */
import { toHex } from "../../../../hal/base/hex.ts";
import type { Header } from "../../message.ts";
import { malformed, Reader } from "../bytes.ts";
import { Sink } from "./sink.ts";

export const Apdu = { accessRequest: 0xd9, accessResponse: 0xda, dataNotification: 0x0f } as const;
export type Apdu = (typeof Apdu)[keyof typeof Apdu];

/** Is it DLMS at all? By its first octet, as GBCS tells its payloads apart. */
export const isDlms = (payload: Uint8Array): boolean =>
  payload[0] === Apdu.accessRequest ||
  payload[0] === Apdu.accessResponse ||
  payload[0] === Apdu.dataNotification;

/** Long-invoke-id-and-priority: a confirmed service, normal priority, and 24 bits of the counter. */
const SERVICE = 0x20;
const invokeId = ({ counter }: Header) => SERVICE * 0x1000000 + Number(BigInt.asUintN(24, counter));

/** Begins a message: kind, invoke id, no date-time. */
export function beginApdu(apdu: Apdu, header: Header): Sink {
  return new Sink().u8(apdu).u32(invokeId(header)).u8(0);
}

/** Reads what {@link beginApdu} writes. Throws `wire/malformed`. */
export function openApdu(apdu: Apdu, header: Header, payload: Uint8Array): Reader {
  const reader = new Reader(payload);
  reader.expect("DLMS message", apdu);
  const got = reader.u32("invoke id");
  const expected = invokeId(header);
  if (got !== expected) throw malformed("invoke id", 1, hex32(expected), hex32(got));
  reader.expect("date-time's length", 0);
  return reader;
}

const hex32 = (value: number) => toHex(new Sink().u32(value).written);

/** Throws `wire/malformed` unless all is read. */
export function closeApdu(reader: Reader): void {
  if (reader.left > 0)
    throw malformed("end of the message", reader.at, "no more bytes", `${reader.left} more`);
}
