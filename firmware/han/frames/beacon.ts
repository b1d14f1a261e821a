/** Beacons of a Zigbee network: 802.15.4 superframe fields and the NWK payload (Zigbee 3.6.7). */
import type { Eui64 } from "../../wire/message.ts";
import { malformed, Reader, Writer } from "./bytes.ts";

export interface Beacon {
  readonly permitJoining: boolean;
  readonly extendedPanId: Eui64;
  /** 0 for the coordinator. */
  readonly depth: number;
  readonly updateId: number;
}

/** No superframe (orders 15), sent by the PAN coordinator. */
const SUPERFRAME = 0x4fff;
const ASSOCIATION_PERMIT = 0x8000;
/** Stack profile 2 (PRO), protocol version 2. */
const PROFILE_AND_VERSION = 0x22;
const ROUTER_AND_END_DEVICE_CAPACITY = 0x84;
/** Beaconless networks have no offset. */
const NO_OFFSET = 0xff_ffff;

export function encodeBeacon(beacon: Beacon): Uint8Array {
  return new Writer()
    .u16(SUPERFRAME | (beacon.permitJoining ? ASSOCIATION_PERMIT : 0))
    .u8(0)
    .u8(0)
    .u8(0)
    .u8(PROFILE_AND_VERSION)
    .u8(ROUTER_AND_END_DEVICE_CAPACITY | ((beacon.depth & 15) << 3))
    .eui(beacon.extendedPanId)
    .u24(NO_OFFSET)
    .u8(beacon.updateId)
    .done();
}

/** Throws `han/malformed` for anything but a Zigbee PRO beacon without GTS and pending lists. */
export function decodeBeacon(payload: Uint8Array): Beacon {
  const reader = new Reader(payload);
  const superframe = reader.u16("superframe");
  const lists = reader.u16("GTS and pending lists");
  if (lists !== 0) throw malformed("GTS and pending lists", "none", lists);
  const protocol = reader.u8("protocol id");
  const profile = reader.u8("stack profile");
  if (protocol !== 0 || profile !== PROFILE_AND_VERSION) {
    throw malformed("beacon protocol", "Zigbee PRO", `${protocol}/${profile}`);
  }
  const capacity = reader.u8("capacity");
  const extendedPanId = reader.eui("extended PAN id");
  reader.u24("offset");
  const updateId = reader.u8("update id");
  reader.end("beacon");
  const permitJoining = (superframe & ASSOCIATION_PERMIT) !== 0;
  return { permitJoining, extendedPanId, depth: (capacity >>> 3) & 15, updateId };
}
