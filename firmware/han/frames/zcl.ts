/** Zigbee Cluster Library frames (ZCL 2.4), and the general commands the Time cluster needs. */
import { malformed, Reader, Writer } from "./bytes.ts";

/** Smart Energy profile, and the endpoint every device of ours serves it on. */
export const SE_PROFILE = 0x0109;
export const SE_ENDPOINT = 1;
export const Cluster = {
  time: 0x000a,
  tunneling: 0x0704,
} as const;

export interface ZclFrame {
  /** Specific to the cluster; otherwise a general command. */
  readonly specific: boolean;
  readonly fromServer: boolean;
  readonly disableDefaultResponse: boolean;
  readonly manufacturer?: number;
  readonly sequence: number;
  readonly command: number;
  readonly payload: Uint8Array;
}

export const GeneralCommand = {
  readAttributes: 0x00,
  readAttributesResponse: 0x01,
} as const;
export const ZclStatus = {
  success: 0x00,
  failure: 0x01,
  unsupportedAttribute: 0x86,
} as const;

export function encodeZcl(frame: ZclFrame): Uint8Array {
  const writer = new Writer().u8(
    (frame.specific ? 0x01 : 0) |
      (frame.manufacturer === undefined ? 0 : 0x04) |
      (frame.fromServer ? 0x08 : 0) |
      (frame.disableDefaultResponse ? 0x10 : 0),
  );
  if (frame.manufacturer !== undefined) writer.u16(frame.manufacturer);
  return writer.u8(frame.sequence).u8(frame.command).bytes(frame.payload).done();
}

/** Throws `han/malformed`. */
export function decodeZcl(bytes: Uint8Array): ZclFrame {
  const reader = new Reader(bytes);
  const control = reader.u8("ZCL frame control");
  if ((control & 3) > 1) throw malformed("ZCL frame type", "0 or 1", control & 3);
  if ((control & 0xe2) !== 0) throw malformed("ZCL frame control", "no reserved bit", control);
  const manufacturer = control & 0x04 ? reader.u16("manufacturer") : undefined;
  return {
    specific: (control & 1) === 1,
    fromServer: (control & 0x08) !== 0,
    disableDefaultResponse: (control & 0x10) !== 0,
    ...(manufacturer === undefined ? {} : { manufacturer }),
    sequence: reader.u8("ZCL sequence number"),
    command: reader.u8("ZCL command"),
    payload: reader.rest(),
  };
}

/** UTCTime: seconds since 2000-01-01 (ZCL 2.6.2.16). */
const UTC_TIME = 0xe2;
const ZIGBEE_EPOCH_S = 946_684_800;
/** 0xFFFFFFFF of ZCL is "no time"; what no clock of 32 bits since 1970 can hold is none, either. */
const LAST_TIME_S = 0xffff_fffe;
export const TIME_ATTRIBUTE = 0x0000;
const MAX_ATTRIBUTES = 16;

export function encodeReadAttributes(attributes: readonly number[]): Uint8Array {
  const writer = new Writer();
  for (const attribute of attributes) writer.u16(attribute);
  return writer.done();
}

/** Throws `han/malformed` for no, half or more than 16 attributes. */
export function decodeReadAttributes(payload: Uint8Array): readonly number[] {
  const reader = new Reader(payload);
  if (reader.left === 0 || reader.left > 2 * MAX_ATTRIBUTES) {
    throw malformed("read attributes", `1..${MAX_ATTRIBUTES} attributes`, reader.left / 2);
  }
  const attributes: number[] = [];
  while (reader.left > 0) attributes.push(reader.u16("attribute"));
  return attributes;
}

/** The answer about the Time attribute: UTC seconds since 1970, or undefined when there is no time. */
export function encodeTimeResponse(attributes: readonly number[], utcS: number | undefined): Uint8Array {
  const writer = new Writer();
  for (const attribute of attributes) {
    writer.u16(attribute);
    if (attribute !== TIME_ATTRIBUTE) writer.u8(ZclStatus.unsupportedAttribute);
    else if (utcS === undefined || utcS < ZIGBEE_EPOCH_S) writer.u8(ZclStatus.failure);
    else
      writer
        .u8(ZclStatus.success)
        .u8(UTC_TIME)
        .u32(Math.floor(utcS) - ZIGBEE_EPOCH_S);
  }
  return writer.done();
}

/** UTC seconds since 1970; undefined when the server has no time. Throws `han/malformed`. */
export function decodeTimeResponse(payload: Uint8Array): number | undefined {
  const reader = new Reader(payload);
  const attribute = reader.u16("attribute");
  const status = reader.u8("attribute status");
  if (attribute !== TIME_ATTRIBUTE) throw malformed("attribute", "0 (Time)", attribute);
  if (status !== ZclStatus.success) return undefined;
  const type = reader.u8("attribute type");
  if (type !== UTC_TIME) throw malformed("attribute type", "0xE2 (UTCTime)", type);
  const utcS = reader.u32("Time") + ZIGBEE_EPOCH_S;
  reader.end("read attributes response");
  return utcS <= LAST_TIME_S ? utcS : undefined;
}
