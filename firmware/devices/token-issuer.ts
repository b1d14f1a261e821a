/** Whose top-up tokens a meter takes: the supplier that holds its prepayment key, from that credential's floor on. */
import { euiBytes } from "../../hal/base/eui64.ts";
import type { TokenIssuer } from "../features/topup/feature.ts";
import { tokenMac } from "../wire/token-mac.ts";
import type { Device } from "./device.ts";

export function tokenIssuer({ anchors, board, counters, identity }: Device): TokenIssuer | undefined {
  const shared = anchors.shared({ role: "supplier", usage: "agree", cellUsage: "topUp" });
  if (shared === undefined) return undefined;
  const pair = { originator: euiBytes(shared.holder), target: euiBytes(identity.eui64) };
  return {
    supplier: shared.holder,
    mac: tokenMac(board.crypto, shared.secret, pair),
    floor: counters.highestTopUp("supplier", shared.holder),
  };
}
