/** SMP (MCUmgr) packets, bare and in the console's frames. */
import { crc16Xmodem } from "../../hal/base/crc.ts";
import { toHex } from "../../hal/base/hex.ts";
import { cborText } from "./cbor-text.ts";
import { Annotator, type DecodedNode, hexNumber, noFit } from "./node.ts";
import { commandName, errorName, groups, operations } from "./smp-names.ts";

const HEADER_BYTES = 8;
const FIRST_OWN_GROUP = 64;

export function decodeSmp(bytes: Uint8Array): DecodedNode {
  const a = new Annotator(bytes);
  const first = takeFirst(a);
  a.expect("flags", "00");
  const length = a.unsigned("data length", 2);
  if (length !== bytes.length - HEADER_BYTES)
    throw noFit(2, `data length says ${length}, but ${bytes.length - HEADER_BYTES} bytes follow the header`);
  const group = a.unsigned(
    "group",
    2,
    (v) => groups[v] ?? (v >= FIRST_OWN_GROUP ? "user group" : "unassigned"),
  );
  if (group < FIRST_OWN_GROUP && groups[group] === undefined)
    throw noFit(4, `group ${group} is not assigned`);
  a.unsigned("sequence", 1);
  const command = a.unsigned("command", 1, (v) => commandName(group, v));
  takePayload(a, group);
  const name = [groups[group] ?? `group ${group}`, commandName(group, command) ?? `command ${command}`];
  return a.node(`SMP ${name.join(" ")}, ${first}`);
}

function takeFirst(a: Annotator): string {
  const first = a.bytes[0] ?? 0xff;
  const operation = operations[first & 7];
  const version = (first >> 3) & 3;
  if (first >> 5 !== 0 || version > 1 || operation === undefined)
    throw noFit(0, `first byte ${hexNumber(first, 2)} is no SMP version 1 or 2 operation`);
  a.take("operation", 1, (b) => ({ value: toHex(b), note: `SMP version ${version + 1}, ${operation}` }));
  return operation;
}

/** A CBOR map for the standard groups; anything for users' own. */
function takePayload(a: Annotator, group: number): void {
  if (a.left === 0) return;
  const payload = a.bytes.subarray(a.at);
  try {
    const { entries, isMap, text } = cborText(payload);
    if (!isMap) throw noFit(a.place, "the payload is no CBOR map");
    if (entries.length === 0) a.take("payload", a.left, () => text);
    for (const { key, value, offset, length } of entries)
      a.fields.push({ name: key, value, offset: a.place + offset, length, ...meaning(key, value) });
    a.at = a.bytes.length;
  } catch (error) {
    if (group < FIRST_OWN_GROUP) throw noFit(a.place, `payload: ${(error as Error).message}`, error);
    a.take("payload", a.left);
  }
}

function meaning(key: string, value: string): { note?: string } {
  return key === '"rc"' && /^\d{1,4}$/.test(value) ? { note: errorName(Number(value)) } : {};
}

/** 65,535 bytes and more in lines of 93; lines are at most 127 bytes, and longer ones from generous senders. */
const MAX_LINES = 1000;
const MAX_LINE_BYTES = 512;

/** Console frames: `06 09` base64 LF, then `04 14` base64 LF …: length, packet, CRC-16/XMODEM. */
export function decodeSmpConsole(bytes: Uint8Array): DecodedNode {
  const a = new Annotator(bytes);
  const stream: number[] = [];
  for (let lines = 0; a.left > 0 && lines < MAX_LINES; lines++) {
    a.expect(lines === 0 ? "start marker" : "continuation marker", lines === 0 ? "0609" : "0414");
    stream.push(...takeLine(a));
  }
  a.end();
  const packet = checkFrame(a, Uint8Array.from(stream));
  return a.node("SMP console frame", [decodeSmp(packet)]);
}

function takeLine(a: Annotator): Uint8Array {
  const end = a.at + a.bytes.subarray(a.at, a.at + MAX_LINE_BYTES).indexOf(0x0a);
  if (end < a.at) throw noFit(a.place, `a console line without a line feed within ${MAX_LINE_BYTES} bytes`);
  const text = new TextDecoder("latin1").decode(a.bytes.subarray(a.at, end)).replace(/\r$/, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw noFit(a.place, "a console line that is not base64");
  a.take("base64", end - a.at, () => text);
  a.expect("line feed", "0A");
  return Uint8Array.from(Buffer.from(text, "base64"));
}

function checkFrame(a: Annotator, stream: Uint8Array): Uint8Array {
  if (stream.length < 4) throw noFit(0, `a frame of ${stream.length} decoded bytes, at least 4 expected`);
  const length = ((stream[0] ?? 0) << 8) | (stream[1] ?? 0);
  if (length !== stream.length - 2)
    throw noFit(0, `frame length says ${length}, but ${stream.length - 2} decoded bytes follow`);
  const packet = stream.subarray(2, -2);
  const crc = crc16Xmodem(packet);
  const got = ((stream.at(-2) ?? 0) << 8) | (stream.at(-1) ?? 0);
  if (crc !== got) throw noFit(0, `frame CRC ${hexNumber(got, 4)}, computed ${hexNumber(crc, 4)}`);
  a.say("frame length", String(length), "packet and CRC");
  a.say("CRC-16", hexNumber(crc, 4), "right");
  return packet;
}
