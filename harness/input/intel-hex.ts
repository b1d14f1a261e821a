/** Intel HEX: records of up to 255 bytes, each with its address and checksum. */
import { fromHex } from "../../hal/base/hex.ts";
import { type Fault, faultAt } from "./text.ts";

/** Bytes and where they belong. */
export interface IntelHexImage {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** A hole no larger than this is erased flash between two parts of one image; a larger one parts two images. */
const MAX_HOLE_BYTES = 64 * 1024;

export const isIntelHex = (text: string): boolean => /^\s*:[0-9a-f]{10}/i.test(text);

/** What the records hold, as one piece: small holes are erased flash (0xFF). Two pieces far apart are refused, and named. */
export function readIntelHex(text: string): IntelHexImage | Fault {
  const pieces: IntelHexImage[] = [];
  let base = 0;
  let ended = false;
  let at = 0;
  for (const line of text.split("\n")) {
    const start = at + line.search(/\S|$/);
    at += line.length + 1;
    if (line.trim() === "") continue;
    if (ended) return faultAt(text, start, "expected nothing after the record of the end (type 01)");
    const record = readRecord(line.trim());
    if (typeof record === "string") return faultAt(text, start, record);
    const { type, address, data } = record;
    if (type === 0) pieces.push({ address: base + address, bytes: data });
    else if (type === 1) ended = true;
    else if (type === 2 || type === 4) {
      if (data.length !== 2) return faultAt(text, start, `expected 2 bytes in a record of type 0${type}`);
      base = ((data[0] as number) * 256 + (data[1] as number)) * (type === 4 ? 0x10000 : 16);
    } else if (type !== 3 && type !== 5)
      return faultAt(text, start, `expected a record of type 00 to 05, got ${type}`);
  }
  if (!ended)
    return faultAt(text, text.length, "expected the record of the end (:00000001FF): the file is cut short");
  return joined(pieces);
}

function readRecord(line: string): { type: number; address: number; data: Uint8Array } | string {
  if (!/^:(?:[0-9a-f]{2}){5,}$/i.test(line))
    return "expected an Intel HEX record: a colon and pairs of digits";
  const bytes = fromHex(line.slice(1));
  const [count = 0, high = 0, low = 0, type = 0] = bytes;
  if (bytes.length !== count + 5)
    return `expected ${count} bytes of data, as the record says, got ${bytes.length - 5}`;
  if (bytes.reduce((sum, byte) => sum + byte, 0) % 256 !== 0)
    return "the record's checksum is wrong: a digit was changed";
  return { type, address: high * 256 + low, data: bytes.slice(4, -1) };
}

function joined(pieces: IntelHexImage[]): IntelHexImage | Fault {
  const whole = (fault: string): Fault => ({ line: 1, column: 1, fault });
  const sorted = pieces.filter(({ bytes }) => bytes.length > 0).sort((a, b) => a.address - b.address);
  const [first] = sorted;
  if (first === undefined) return whole("expected records with data, got none");
  let end = first.address;
  for (const { address, bytes } of sorted) {
    if (address < end) return whole(`two records hold address 0x${address.toString(16)}`);
    if (address - end > MAX_HOLE_BYTES)
      return whole(
        `it holds more than one piece: one ends at 0x${end.toString(16)}, the next begins at ` +
          `0x${address.toString(16)}; give the file of one image`,
      );
    end = address + bytes.length;
  }
  if (end - first.address > MAX_BYTES) return whole(`expected at most ${MAX_BYTES} bytes, got more`);
  const bytes = new Uint8Array(end - first.address).fill(0xff);
  for (const piece of sorted) bytes.set(piece.bytes, piece.address - first.address);
  return { address: first.address, bytes };
}
