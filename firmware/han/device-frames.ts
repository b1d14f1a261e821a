/** The frames a device sends to get in, back in, and out. */
import type { Eui64 } from "../wire/message.ts";
import {
  BROADCAST,
  encodeMacCommand,
  MAINS_DEVICE_CAPABILITY,
  type MacCommand,
  MacType,
} from "./frames/mac.ts";
import { encodeNwkCommand, NWK_BROADCAST_RX_ON, type NwkCommand } from "./frames/nwk.ts";
import { DEVICE_ANNOUNCE, encodeDeviceAnnounce, ZDO_ENDPOINT, ZDO_PROFILE } from "./frames/zdo.ts";
import type { Candidate } from "./joining/device-machine.ts";
import type { Link } from "./stack/link.ts";
import type { Node } from "./stack/node.ts";

const HUB_ADDRESS = 0x0000;
const UNASSIGNED = 0xffff;

/** Asks every network on this channel for its beacon. */
export async function scan(link: Link, channel: number): Promise<void> {
  await link.tune(channel, BROADCAST, UNASSIGNED);
  await link.sendMac({
    type: MacType.command,
    ackRequest: false,
    destinationPan: BROADCAST,
    destination: BROADCAST,
    source: undefined,
    payload: encodeMacCommand({ command: "beacon-request" }),
  });
}

export async function associate(link: Link, network: Candidate): Promise<void> {
  await link.tune(network.channel, network.panId, UNASSIGNED);
  const command = { command: "association-request", capability: MAINS_DEVICE_CAPABILITY } as const;
  await sendToHub(link, network, BROADCAST, command);
}

/** Asks the hub for what waits for this device. */
export async function poll(link: Link, network: Candidate): Promise<void> {
  await sendToHub(link, network, network.panId, { command: "data-request" });
}

async function sendToHub(
  link: Link,
  network: Candidate,
  sourcePan: number,
  command: MacCommand,
): Promise<void> {
  await link.sendMac({
    type: MacType.command,
    ackRequest: true,
    destinationPan: network.panId,
    destination: network.hubAddress,
    sourcePan,
    source: link.eui64,
    payload: encodeMacCommand(command),
  });
}

export async function requestRejoin(link: Link, hub: Eui64): Promise<void> {
  await sendNwk(link, hub, { command: "rejoin-request", capability: MAINS_DEVICE_CAPABILITY });
}

export async function sayLeave(link: Link, hub: Eui64): Promise<void> {
  await sendNwk(link, hub, { command: "leave", request: false, rejoin: false });
}

async function sendNwk(link: Link, destinationEui: Eui64, command: NwkCommand): Promise<void> {
  const payload = encodeNwkCommand(command);
  await link.sendNwk({ type: "command", destination: HUB_ADDRESS, destinationEui, payload });
}

/** Tells all which address goes with which EUI-64 (Zigbee 2.4.3.1.11). */
export async function announce({ aps, link }: Node): Promise<void> {
  const { eui64 } = link;
  const { shortAddress } = link.network!;
  const payload = encodeDeviceAnnounce({
    sequence: 0,
    shortAddress,
    eui64,
    capability: MAINS_DEVICE_CAPABILITY,
  });
  const address = {
    destinationEndpoint: ZDO_ENDPOINT,
    cluster: DEVICE_ANNOUNCE,
    profile: ZDO_PROFILE,
    sourceEndpoint: ZDO_ENDPOINT,
  };
  await aps.broadcast(NWK_BROADCAST_RX_ON, address, payload);
}
