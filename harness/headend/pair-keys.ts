/** What a party and a device share, from the party's side: MACs and hidden values; agreed once per pair. */

import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { ContextMac, HiddenValues, Suite } from "../../firmware/wire/suite.ts";
import { fromHex } from "../../hal/base/hex.ts";
import type { Crypto } from "../../hal/board.ts";
import type { AgreementKey } from "./parties.ts";

export interface PairKeys {
  readonly mac: ContextMac;
  readonly hidden: HiddenValues;
}

const cache = new WeakMap<AgreementKey, Map<string, PairKeys>>();

/** Keys of `own` (a party's agreement key) and `peer` (a device's public key) for messages of this direction. */
export function pairKeys(
  suite: Suite,
  crypto: Crypto,
  own: AgreementKey,
  peer: Uint8Array,
  { originator, target }: { readonly originator: Eui64; readonly target: Eui64 },
): PairKeys {
  const pairs = cache.get(own) ?? new Map<string, PairKeys>();
  cache.set(own, pairs);
  const name = `${originator}/${target}/${Buffer.from(peer).toString("hex")}`;
  const known = pairs.get(name);
  if (known !== undefined) return known;
  const pair = { originator: fromHex(originator), target: fromHex(target) };
  const mac = suite.macs(crypto, own.agreement, peer, pair);
  const hidden = suite.hiddenValues(crypto, own.agreement, peer, pair);
  if (mac === undefined || hidden === undefined)
    throw new MeterbenchError("headend/key-agreement", `no shared key between ${originator} and ${target}`);
  const made = { mac, hidden };
  pairs.set(name, made);
  return made;
}
