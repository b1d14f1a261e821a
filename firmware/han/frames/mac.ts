/** IEEE 802.15.4-2006 MAC frames (clause 7.2), without their FCS: the radio adds and checks that. */
import type { Eui64 } from "../../wire/message.ts";
import { malformed, Reader, Writer } from "./bytes.ts";

export const BROADCAST = 0xffff;
/** Longest MPDU without its FCS. */
export const MAX_MPDU_BYTES = 125;

/** None, 16-bit short, or 64-bit extended. */
export type MacAddress = undefined | number | Eui64;

export const MacType = { beacon: 0, data: 1, ack: 2, command: 3 } as const;
export type MacType = (typeof MacType)[keyof typeof MacType];

export interface MacFrame {
  readonly type: MacType;
  readonly sequence: number;
  readonly ackRequest: boolean;
  readonly framePending: boolean;
  readonly destinationPan?: number;
  readonly destination: MacAddress;
  readonly sourcePan?: number;
  readonly source: MacAddress;
  readonly payload: Uint8Array;
}

const mode = (address: MacAddress): number =>
  address === undefined ? 0 : typeof address === "number" ? 2 : 3;

/** PAN compression is used whenever both addresses stand and the PANs are equal. */
export function encodeMac(frame: MacFrame): Uint8Array {
  const both = frame.source !== undefined && frame.destination !== undefined;
  const compressed = both && frame.sourcePan === frame.destinationPan;
  const writer = new Writer().u16(
    frame.type |
      (frame.framePending ? 0x10 : 0) |
      (frame.ackRequest ? 0x20 : 0) |
      (compressed ? 0x40 : 0) |
      (mode(frame.destination) << 10) |
      (mode(frame.source) << 14),
  );
  writer.u8(frame.sequence);
  if (frame.destination !== undefined) writeAddress(writer.u16(frame.destinationPan!), frame.destination);
  if (frame.source !== undefined && !compressed) writer.u16(frame.sourcePan!);
  writeAddress(writer, frame.source);
  return writer.bytes(frame.payload).done();
}

function writeAddress(writer: Writer, address: MacAddress): void {
  if (typeof address === "number") writer.u16(address);
  else if (address !== undefined) writer.eui(address);
}

/** Throws `han/malformed`; MAC security and frame versions above 1 are refused (Zigbee uses neither). */
export function decodeMac(mpdu: Uint8Array): MacFrame {
  if (mpdu.length > MAX_MPDU_BYTES)
    throw malformed("MAC frame", `${MAX_MPDU_BYTES} bytes at most`, mpdu.length);
  const reader = new Reader(mpdu);
  const control = reader.u16("MAC frame control");
  checkControl(control);
  const sequence = reader.u8("MAC sequence number");
  const destinationMode = (control >>> 10) & 3;
  const sourceMode = control >>> 14;
  const destinationPan = destinationMode ? reader.u16("destination PAN") : undefined;
  const destination = readAddress(reader, destinationMode, "destination address");
  const compressed = (control & 0x40) !== 0;
  const sourcePan = !sourceMode ? undefined : compressed ? destinationPan : reader.u16("source PAN");
  const source = readAddress(reader, sourceMode, "source address");
  return {
    type: (control & 7) as MacType,
    sequence,
    ackRequest: (control & 0x20) !== 0,
    framePending: (control & 0x10) !== 0,
    ...(destinationPan === undefined ? {} : { destinationPan }),
    destination,
    ...(sourcePan === undefined ? {} : { sourcePan }),
    source,
    payload: reader.rest(),
  };
}

function checkControl(control: number): void {
  if ((control & 7) > 3) throw malformed("MAC frame type", "0..3", control & 7);
  if (control & 0x08) throw malformed("MAC security", "none", "on");
  if ((control & 0x0380) !== 0) throw malformed("MAC reserved bits", "0", control & 0x0380);
  if (((control >>> 12) & 3) > 1) throw malformed("MAC frame version", "0 or 1", (control >>> 12) & 3);
  if (((control >>> 10) & 3) === 1 || control >>> 14 === 1)
    throw malformed("MAC address mode", "0, 2 or 3", 1);
  const both = ((control >>> 10) & 3) !== 0 && control >>> 14 !== 0;
  if (control & 0x40 && !both) throw malformed("PAN compression", "both addresses", "one");
}

function readAddress(reader: Reader, addressMode: number, field: string): MacAddress {
  if (addressMode === 0) return undefined;
  return addressMode === 2 ? reader.u16(field) : reader.eui(field);
}

/** MAC command frames (clause 7.3) that joining needs. */
export type MacCommand =
  | { readonly command: "association-request"; readonly capability: number }
  | { readonly command: "association-response"; readonly shortAddress: number; readonly status: number }
  | { readonly command: "disassociation"; readonly reason: number }
  | { readonly command: "data-request" }
  | { readonly command: "beacon-request" };

/** Association status (table 83). */
export const Association = { success: 0, panAtCapacity: 1, accessDenied: 2 } as const;
/** Full device, mains powered, receiver always on, allocate an address (figure 56). */
export const MAINS_DEVICE_CAPABILITY = 0x8e;

export function encodeMacCommand(command: MacCommand): Uint8Array {
  switch (command.command) {
    case "association-request":
      return Uint8Array.of(1, command.capability);
    case "association-response":
      return new Writer().u8(2).u16(command.shortAddress).u8(command.status).done();
    case "disassociation":
      return Uint8Array.of(3, command.reason);
    case "data-request":
      return Uint8Array.of(4);
    case "beacon-request":
      return Uint8Array.of(7);
  }
}

export function decodeMacCommand(payload: Uint8Array): MacCommand {
  const reader = new Reader(payload);
  const command = readMacCommand(reader, reader.u8("MAC command"));
  reader.end("MAC command");
  return command;
}

function readMacCommand(reader: Reader, id: number): MacCommand {
  switch (id) {
    case 1:
      return { command: "association-request", capability: reader.u8("capability") };
    case 2:
      return {
        command: "association-response",
        shortAddress: reader.u16("short address"),
        status: reader.u8("association status"),
      };
    case 3:
      return { command: "disassociation", reason: reader.u8("disassociation reason") };
    case 4:
      return { command: "data-request" };
    case 7:
      return { command: "beacon-request" };
    default:
      throw malformed("MAC command", "1, 2, 3, 4 or 7", id);
  }
}
