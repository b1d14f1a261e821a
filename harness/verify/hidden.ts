/** Opens hidden values by the keys of a folder: either side's private key will do, as both agree the same secret. */
import { hiddenContextOf } from "../../firmware/wire/gbcs/hidden-values.ts";
import type { GbcsEnvelope } from "../../firmware/wire/gbcs/wire.ts";
import type { Eui64, OperationResult } from "../../firmware/wire/message.ts";
import type { Agreement, Suite } from "../../firmware/wire/suite.ts";
import { suites } from "../../firmware/wire/suites.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import { euiText } from "../../hal/base/eui64.ts";
import type { Crypto } from "../../hal/board.ts";
import type { KeyStore } from "./key-store.ts";

const suite: Suite = suites.gbcs;

/** Agrees in the name of a party, with whomever the folder has a private key of. Undefined without its certificate. */
export function agreementOf(keys: KeyStore, crypto: Crypto, eui: Eui64): Agreement | undefined {
  const own = keys.party(eui)?.keys.ka;
  if (own === undefined) return undefined;
  const { publicKey, secret } = own;
  if (secret !== undefined) return suite.agreement(crypto, secret);
  return {
    publicKey,
    agree(peerPublic) {
      const peer = secretOf(keys, peerPublic);
      return peer && suite.agreement(crypto, peer).agree(publicKey);
    },
  };
}

function secretOf(keys: KeyStore, publicKey: Uint8Array): Uint8Array | undefined {
  const held = keys.parties.flatMap(({ keys: { ka, "pp-ka": topUp } }) => [ka, topUp]);
  return held.find((key) => key?.secret && sameBytes(key.publicKey, publicKey))?.secret;
}

/** What an answer or alert hides; undefined when no key of the folder opens it. Throws `wire/malformed`. */
export function openHidden(
  keys: KeyStore,
  crypto: Crypto,
  envelope: GbcsEnvelope,
  sealed: Uint8Array,
): readonly OperationResult[] | undefined {
  const { originator, target, counter } = hiddenContextOf(envelope);
  const own = agreementOf(keys, crypto, euiText(originator));
  const peer = keys.party(euiText(target))?.keys.ka?.publicKey;
  const hidden = own && peer && suite.hiddenValues(crypto, own, peer, { originator, target });
  const { kind, code } = envelope.header;
  return hidden?.open({ kind, code, counter }, sealed);
}
