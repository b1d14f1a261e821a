/** The frames a hub sends to let devices in, back in, and to send them away. */
import type { Eui64 } from "../wire/message.ts";
import { encodeNwkCommand } from "./frames/nwk.ts";
import type { Member } from "./member.ts";
import type { Node } from "./stack/node.ts";
import type { Peer } from "./stack/peer.ts";

const LEAVE_TRIES = 4;
const LEAVE_RETRY_MS = 1000;
export const Rejoin = { accepted: 0, denied: 2 } as const;

/** Sealed with the key of the device's install code. */
export async function sendNetworkKey({ aps, link }: Node, { peer, registration }: Member): Promise<void> {
  const { key, keySequence } = link.network!;
  const { eui64: destination, installKey } = registration;
  const command = { command: "transport-network-key", key, keySequence, destination } as const;
  await aps.transportKey(peer.shortAddress, installKey, { ...command, source: link.eui64 }, () => {});
}

export async function answerRejoin(
  { link }: Node,
  destinationEui: Eui64,
  destination: number,
  status: number,
): Promise<void> {
  const payload = encodeNwkCommand({ command: "rejoin-response", shortAddress: destination, status });
  await link.sendNwk({ type: "command", destination, destinationEui, payload });
}

/** Again when the radio did not get it through. */
export async function tellLeave(node: Node, peer: Peer, tries = 1): Promise<void> {
  const payload = encodeNwkCommand({ command: "leave", request: true, rejoin: false });
  const { shortAddress: destination, eui64: destinationEui } = peer;
  await node.link.sendNwk({ type: "command", destination, destinationEui, payload }, (outcome) => {
    if (outcome === "sent" || tries >= LEAVE_TRIES) return;
    node.after(LEAVE_RETRY_MS, () => tellLeave(node, peer, tries + 1));
  });
}
