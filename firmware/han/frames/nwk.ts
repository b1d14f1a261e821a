/** Zigbee network-layer frames (Zigbee 3.3, 3.4). Multicast and source routes are refused: a GB home has one hop. */
import type { Eui64 } from "../../wire/message.ts";
import { malformed, Reader, Writer } from "./bytes.ts";
import { readSecurityHeader, type SecurityHeader } from "./security.ts";

export interface NwkHeader {
  readonly type: "data" | "command";
  readonly destination: number;
  readonly source: number;
  readonly radius: number;
  readonly sequence: number;
  readonly destinationEui?: Eui64;
  readonly sourceEui?: Eui64;
  readonly secured: boolean;
}

export interface NwkFrame {
  readonly header: NwkHeader;
  /** The bytes of the header as they stood: authenticated data. */
  readonly headerBytes: Uint8Array;
  readonly security?: SecurityHeader;
  /** Sealed while `security` stands. */
  readonly payload: Uint8Array;
}

/** Every receiver that is on. */
export const NWK_BROADCAST_RX_ON = 0xfffd;
const VERSION = 2;
const Flag = {
  multicast: 0x100,
  security: 0x200,
  sourceRoute: 0x400,
  toEui: 0x800,
  fromEui: 0x1000,
} as const;
/** Bits 13..15: end device initiator, and reserved. */
const RESERVED = 0xc000;

export function encodeNwkHeader(header: NwkHeader): Uint8Array {
  const control =
    (header.type === "command" ? 1 : 0) |
    (VERSION << 2) |
    (header.secured ? Flag.security : 0) |
    (header.destinationEui === undefined ? 0 : Flag.toEui) |
    (header.sourceEui === undefined ? 0 : Flag.fromEui);
  const writer = new Writer().u16(control).u16(header.destination).u16(header.source);
  writer.u8(header.radius).u8(header.sequence);
  if (header.destinationEui !== undefined) writer.eui(header.destinationEui);
  if (header.sourceEui !== undefined) writer.eui(header.sourceEui);
  return writer.done();
}

/** Throws `han/malformed`. */
export function decodeNwk(bytes: Uint8Array): NwkFrame {
  const reader = new Reader(bytes);
  const control = reader.u16("NWK frame control");
  checkControl(control);
  const header = readHeader(reader, control);
  const headerBytes = bytes.slice(0, reader.offset);
  if (!header.secured) return { header, headerBytes, payload: reader.rest() };
  const security = readSecurityHeader(reader);
  return { header, headerBytes, security, payload: reader.rest() };
}

function checkControl(control: number): void {
  if ((control & 3) > 1) throw malformed("NWK frame type", "0 or 1", control & 3);
  if (((control >>> 2) & 15) !== VERSION)
    throw malformed("NWK version", VERSION.toString(), (control >>> 2) & 15);
  const unsupported = control & (Flag.multicast | Flag.sourceRoute | RESERVED);
  if (unsupported)
    throw malformed("NWK frame control", "no multicast, source route or reserved bit", unsupported);
}

function readHeader(reader: Reader, control: number): NwkHeader {
  const destination = reader.u16("NWK destination");
  const source = reader.u16("NWK source");
  const radius = reader.u8("NWK radius");
  const sequence = reader.u8("NWK sequence number");
  const destinationEui = control & Flag.toEui ? reader.eui("NWK destination EUI-64") : undefined;
  const sourceEui = control & Flag.fromEui ? reader.eui("NWK source EUI-64") : undefined;
  return {
    type: control & 1 ? "command" : "data",
    destination,
    source,
    radius,
    sequence,
    ...(destinationEui === undefined ? {} : { destinationEui }),
    ...(sourceEui === undefined ? {} : { sourceEui }),
    secured: (control & Flag.security) !== 0,
  };
}

/** NWK commands (3.4) of joining, leaving and coming back. */
export type NwkCommand =
  | { readonly command: "leave"; readonly request: boolean; readonly rejoin: boolean }
  | { readonly command: "rejoin-request"; readonly capability: number }
  | { readonly command: "rejoin-response"; readonly shortAddress: number; readonly status: number };

export function encodeNwkCommand(command: NwkCommand): Uint8Array {
  switch (command.command) {
    case "leave":
      return Uint8Array.of(4, (command.request ? 0x40 : 0) | (command.rejoin ? 0x20 : 0));
    case "rejoin-request":
      return Uint8Array.of(6, command.capability);
    case "rejoin-response":
      return new Writer().u8(7).u16(command.shortAddress).u8(command.status).done();
  }
}

export function decodeNwkCommand(payload: Uint8Array): NwkCommand {
  const reader = new Reader(payload);
  const command = readNwkCommand(reader, reader.u8("NWK command"));
  reader.end("NWK command");
  return command;
}

function readNwkCommand(reader: Reader, id: number): NwkCommand {
  switch (id) {
    case 4: {
      const options = reader.u8("leave options");
      return { command: "leave", request: (options & 0x40) !== 0, rejoin: (options & 0x20) !== 0 };
    }
    case 6:
      return { command: "rejoin-request", capability: reader.u8("capability") };
    case 7:
      return {
        command: "rejoin-response",
        shortAddress: reader.u16("short address"),
        status: reader.u8("rejoin status"),
      };
    default:
      throw malformed("NWK command", "4, 6 or 7", id);
  }
}
