/** Zigbee application-support frames (Zigbee 2.2.5): data, commands, acknowledgements, and blocks of long data. */
import { malformed, Reader, Writer } from "./bytes.ts";
import { readSecurityHeader, type SecurityHeader } from "./security.ts";

export const ApsType = { data: 0, command: 1, ack: 2 } as const;
export type ApsType = (typeof ApsType)[keyof typeof ApsType];

/** Endpoints, cluster and profile of data and of its acknowledgement. */
export interface ApsAddress {
  readonly destinationEndpoint: number;
  readonly cluster: number;
  readonly profile: number;
  readonly sourceEndpoint: number;
}

/** One block of a fragmented message (extended header). */
export interface ApsBlock {
  readonly first: boolean;
  /** Of a first block: how many there are. Of the others, and of acknowledgements: which one this is. */
  readonly number: number;
  /** Of acknowledgements: which blocks of the window arrived. */
  readonly bitfield?: number;
}

export interface ApsHeader {
  readonly type: ApsType;
  readonly broadcast: boolean;
  readonly ackRequest: boolean;
  readonly secured: boolean;
  readonly counter: number;
  /** Absent from commands and their acknowledgements. */
  readonly address?: ApsAddress;
  readonly block?: ApsBlock;
}

export interface ApsFrame {
  readonly header: ApsHeader;
  readonly headerBytes: Uint8Array;
  readonly security?: SecurityHeader;
  /** Sealed while `security` stands. */
  readonly payload: Uint8Array;
}

const Flag = { ackFormat: 0x10, security: 0x20, ackRequest: 0x40, extended: 0x80 } as const;
const BROADCAST_DELIVERY = 2;

export function encodeApsHeader(header: ApsHeader): Uint8Array {
  const writer = new Writer().u8(
    header.type |
      (header.broadcast ? BROADCAST_DELIVERY << 2 : 0) |
      (header.type === ApsType.ack && header.address === undefined ? Flag.ackFormat : 0) |
      (header.secured ? Flag.security : 0) |
      (header.ackRequest ? Flag.ackRequest : 0) |
      (header.block === undefined ? 0 : Flag.extended),
  );
  if (header.address !== undefined) {
    const { destinationEndpoint, cluster, profile, sourceEndpoint } = header.address;
    writer.u8(destinationEndpoint).u16(cluster).u16(profile).u8(sourceEndpoint);
  }
  writer.u8(header.counter);
  if (header.block !== undefined) {
    writer.u8(header.block.first ? 1 : 2).u8(header.block.number);
    if (header.type === ApsType.ack) writer.u8(header.block.bitfield ?? 0xff);
  }
  return writer.done();
}

/** Throws `han/malformed`. Group and indirect delivery are refused: GB devices use neither. */
export function decodeAps(bytes: Uint8Array): ApsFrame {
  const reader = new Reader(bytes);
  const header = readHeader(reader, reader.u8("APS frame control"));
  const headerBytes = bytes.slice(0, reader.offset);
  if (!header.secured) return { header, headerBytes, payload: reader.rest() };
  const security = readSecurityHeader(reader);
  return { header, headerBytes, security, payload: reader.rest() };
}

function readHeader(reader: Reader, control: number): ApsHeader {
  const type = control & 3;
  const delivery = (control >>> 2) & 3;
  if (type === 3) throw malformed("APS frame type", "0..2", type);
  if (delivery !== 0 && delivery !== BROADCAST_DELIVERY)
    throw malformed("APS delivery", "unicast or broadcast", delivery);
  const ackOfCommand = (control & Flag.ackFormat) !== 0;
  if (ackOfCommand && type !== ApsType.ack)
    throw malformed("APS ack format", "only on acknowledgements", type);
  const bare = type === ApsType.command || ackOfCommand;
  const address = bare ? undefined : readAddress(reader);
  const counter = reader.u8("APS counter");
  const block = control & Flag.extended ? readBlock(reader, type as ApsType, bare) : undefined;
  return {
    type: type as ApsType,
    broadcast: delivery === BROADCAST_DELIVERY,
    ackRequest: (control & Flag.ackRequest) !== 0,
    secured: (control & Flag.security) !== 0,
    counter,
    ...(address === undefined ? {} : { address }),
    ...(block === undefined ? {} : { block }),
  };
}

function readAddress(reader: Reader): ApsAddress {
  return {
    destinationEndpoint: reader.u8("destination endpoint"),
    cluster: reader.u16("cluster"),
    profile: reader.u16("profile"),
    sourceEndpoint: reader.u8("source endpoint"),
  };
}

function readBlock(reader: Reader, type: ApsType, bare: boolean): ApsBlock {
  if (bare) throw malformed("APS extended header", "none on commands", "one");
  const control = reader.u8("extended frame control");
  if (control !== 1 && control !== 2) throw malformed("fragmentation", "first or later block", control);
  const number = reader.u8("block number");
  const bitfield = type === ApsType.ack ? reader.u8("ack bitfield") : undefined;
  return { first: control === 1, number, ...(bitfield === undefined ? {} : { bitfield }) };
}
