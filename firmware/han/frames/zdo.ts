/** Zigbee device objects (Zigbee 2.4.3): what a joining device announces. */
import type { Eui64 } from "../../wire/message.ts";
import { Reader, Writer } from "./bytes.ts";

export const ZDO_PROFILE = 0x0000;
export const ZDO_ENDPOINT = 0;
export const DEVICE_ANNOUNCE = 0x0013;

export interface DeviceAnnounce {
  readonly sequence: number;
  readonly shortAddress: number;
  readonly eui64: Eui64;
  readonly capability: number;
}

export function encodeDeviceAnnounce(announce: DeviceAnnounce): Uint8Array {
  const writer = new Writer().u8(announce.sequence).u16(announce.shortAddress);
  return writer.eui(announce.eui64).u8(announce.capability).done();
}

/** Throws `han/malformed`. */
export function decodeDeviceAnnounce(payload: Uint8Array): DeviceAnnounce {
  const reader = new Reader(payload);
  const announce = {
    sequence: reader.u8("ZDO sequence number"),
    shortAddress: reader.u16("short address"),
    eui64: reader.eui("EUI-64"),
    capability: reader.u8("capability"),
  };
  reader.end("device announce");
  return announce;
}
