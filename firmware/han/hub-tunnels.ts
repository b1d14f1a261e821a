/** The hub's side of tunnels: it asks each device for one, and asks again (Smart Energy annex D.6). */

import {
  ANY_MANUFACTURER,
  GB_PROTOCOL,
  MAX_TRANSFER_BYTES,
  type TunnelCommand,
  TunnelStatus,
} from "./frames/tunneling.ts";
import type { Member } from "./member.ts";
import type { HanEventKind } from "./options.ts";
import type { Node } from "./stack/node.ts";
import type { Peer } from "./stack/peer.ts";
import { Tunnel } from "./tunnel.ts";

const RENEW_MS = 0xffff * 1000;
const BUSY_MS = 180_000;
const RETRY_MS = 60_000;

export interface HubTunnelDuties {
  onMessage(member: Member, bytes: Uint8Array): Promise<void>;
  report(kind: HanEventKind, member: Member): Promise<void>;
}

export class HubTunnels {
  readonly #node: Node;
  readonly #duties: HubTunnelDuties;

  constructor(node: Node, duties: HubTunnelDuties) {
    this.#node = node;
    this.#duties = duties;
  }

  /** What goes through `peer`'s tunnel. */
  between(peer: Peer): Tunnel {
    return new Tunnel({
      transfer: (id, data, done) =>
        this.#node.zcl.sendTunnel(peer, { command: "transfer", tunnel: id, data }, done),
      after: (delayMs, action) => this.#node.after(delayMs, action),
    });
  }

  /** Asks for a tunnel: after EDHOC, at power-up, when the device has come back, and every 0xFFFF seconds. */
  async open(member: Member): Promise<void> {
    this.#openLater(member, RETRY_MS);
    await this.#node.zcl.sendTunnel(member.peer, {
      command: "request",
      protocol: GB_PROTOCOL,
      manufacturer: ANY_MANUFACTURER,
      flowControl: false,
      maxTransferBytes: MAX_TRANSFER_BYTES,
    });
  }

  async take(member: Member, command: TunnelCommand): Promise<void> {
    switch (command.command) {
      case "response":
        return await this.#answered(member, command.tunnel, command.status);
      case "transfer":
        return await this.#transferred(member, command.tunnel, command.data);
      case "transfer-error":
        member.tunnel.closed();
        return await this.open(member);
      default:
        return;
    }
  }

  async #answered(member: Member, tunnel: number, status: number): Promise<void> {
    if (status !== TunnelStatus.success) return this.#openLater(member, BUSY_MS);
    this.#openLater(member, RENEW_MS);
    await this.#duties.report("tunnel-opened", member);
    await member.tunnel.opened(tunnel);
  }

  /** A device that uses a number the hub does not know gives it up when told so, and needs another. */
  async #transferred(member: Member, tunnel: number, bytes: Uint8Array): Promise<void> {
    if (member.tunnel.takes(tunnel)) return await this.#duties.onMessage(member, bytes);
    await this.#node.zcl.sendTunnel(member.peer, { command: "transfer-error", tunnel, status: 0 });
    await this.open(member);
  }

  #openLater(member: Member, delayMs: number): void {
    member.tunnelTimer();
    member.tunnelTimer = this.#node.after(delayMs, async () => {
      if (member.peer.linkKey !== undefined) await this.open(member);
    });
  }
}
