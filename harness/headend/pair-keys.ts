/** The MAC and the value key between a party and a device, from the party's side; made once per pair. */

import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { pairMac, type ValueKey, valueKey } from "../../firmware/wire/cose/keys.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Crypto, Mac } from "../../hal/board.ts";
import { fromHex } from "./parameters.ts";
import type { AgreementKey } from "./parties.ts";

export interface PairKeys {
  readonly mac: Mac;
  readonly valueKey: ValueKey;
}

const cache = new WeakMap<AgreementKey, Map<string, PairKeys>>();

/** Keys of `own` (a party's agreement key) and `peer` (a device's public key) for messages of this direction. */
export function pairKeys(
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
  const context = { originator: fromHex(originator), target: fromHex(target) };
  const mac = pairMac(crypto, own.secret, peer, context);
  const value = valueKey(crypto, own.secret, peer, context);
  if (mac === undefined || value === undefined)
    throw new MeterbenchError("headend/key-agreement", `no shared key between ${originator} and ${target}`);
  const made = { mac, valueKey: value };
  pairs.set(name, made);
  return made;
}
