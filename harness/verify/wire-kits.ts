/** The two wires as the checker sees them. */

import { eui64ToBytes } from "../../firmware/wire/cose/eui64.ts";
import { pairMac } from "../../firmware/wire/cose/keys.ts";
import { type CoseEnvelope, coseWire, decodePlain } from "../../firmware/wire/cose/wire.ts";
import { SharedSecrets } from "../../firmware/wire/gbcs/kdf.ts";
import { type GbcsEnvelope, gbcsWire, readPreCommand } from "../../firmware/wire/gbcs/wire.ts";
import type { Crypto, Verifier } from "../../hal/board.ts";
import type { WireKit } from "./check-message.ts";

export function gbcsKit(crypto: Crypto): WireKit<GbcsEnvelope> {
  const secrets = new SharedSecrets(crypto, 64);
  return {
    name: "gbcs",
    peek: gbcsWire.peek,
    readPreCommand: (bytes) => readPreCommand(bytes).message.header,
    macValid: gbcsWire.macValid,
    signatureValid: gbcsWire.signatureValid,
    pairMac: (secret, publicKey, { macContext }) => secrets.pairMac(secret, publicKey, macContext),
    verifier: remembered((publicKey) => crypto.p256Verifier(publicKey)),
  };
}

export function coseKit(crypto: Crypto): WireKit<CoseEnvelope> {
  return {
    name: "cose",
    peek: coseWire.peek,
    readPreCommand: (bytes) => decodePlain(bytes).header,
    macValid: coseWire.macValid,
    signatureValid: coseWire.signatureValid,
    pairMac(secret, publicKey, { header }) {
      const parties = { originator: eui64ToBytes(header.originator), target: eui64ToBytes(header.target) };
      return pairMac(crypto, secret, publicKey, parties);
    },
    verifier: remembered((publicKey) => crypto.ed25519Verifier(publicKey)),
  };
}

/** Keys of the store live as long as the run: each is imported once. */
function remembered(make: (publicKey: Uint8Array) => Verifier): (publicKey: Uint8Array) => Verifier {
  const made = new WeakMap<Uint8Array, Verifier>();
  return (publicKey) => {
    const verifier = made.get(publicKey) ?? make(publicKey);
    made.set(publicKey, verifier);
    return verifier;
  };
}
