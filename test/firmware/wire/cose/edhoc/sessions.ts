/** Sessions for the EDHOC tests: two sides with keys made from a seed, and the trace of RFC 9529 chapter 2. */
import { strict as assert } from "node:assert";
import {
  advance,
  type CredentialResolver,
  type EdhocIdentity,
  type EdhocOptions,
  type EdhocState,
  type EdhocStep,
  encodeIdCred,
  initiator,
  responder,
  x509Identity,
} from "../../../../../firmware/wire/cose/edhoc/index.ts";
import type { Crypto } from "../../../../../hal/board.ts";
import { nodeCrypto } from "../../../../../hal/crypto/index.ts";
import { hex, readJson, toHex, vectors } from "../../../../support/shared-data.ts";

export const crypto: Crypto = nodeCrypto();

/** Looks items of RFC 9529 chapter 2 up by section, name and kind. */
export function trace(context: Mocha.Context): (section: string, name: string, kind?: string) => Uint8Array {
  type Item = { section: string; name: string; kind: string; hex: string };
  const file = readJson<{ chapters: { items: Item[] }[] }>(vectors(context, "edhoc/rfc9529_traces.json"));
  const items = (file.chapters[0] as { items: Item[] }).items;
  return (section, name, kind = "Raw Value") => {
    const item = items.find((i) => i.section === section && i.name === name && i.kind === kind);
    assert.ok(item, `no ${kind} ${name} in ${section}`);
    return hex(item.hex);
  };
}

/** A resolver that knows exactly these identities. */
export function knows(
  ...known: { identity: EdhocIdentity; publicKey: Uint8Array; subject: string }[]
): CredentialResolver {
  return (id) => {
    const wanted = toHex(encodeIdCred(id));
    const found = known.find((k) => toHex(encodeIdCred(k.identity.idCred)) === wanted);
    if (found === undefined) return { refused: "no such credential is known here" };
    return {
      credential: found.identity.credential,
      verify: crypto.ed25519Verifier(found.publicKey),
      subject: found.subject,
    };
  };
}

/** Bytes that depend on `seed` and `label` alone. */
export const seeded = (seed: number, label: string): Uint8Array =>
  crypto.sha256(new TextEncoder().encode(`${label} ${seed}`));

/** One party with a made-up certificate (EDHOC looks at no byte of it; the resolver does). */
export function party(seed: number, label: string) {
  const signer = crypto.ed25519Signer(seeded(seed, `${label} key`));
  const der = seeded(seed, `${label} certificate`);
  return { identity: x509Identity(crypto, der, signer), publicKey: signer.publicKey, subject: label };
}

export interface Pair {
  readonly initiator: EdhocOptions;
  readonly responder: EdhocOptions;
}

/** Options of two sides that know each other. */
export function pair(
  seed: number,
  changes: { initiator?: Partial<EdhocOptions>; responder?: Partial<EdhocOptions> } = {},
): Pair {
  const i = party(seed, "initiator");
  const r = party(seed, "responder");
  const side = (own: typeof i, peer: typeof i, id: number): EdhocOptions => ({
    crypto,
    own: own.identity,
    resolve: knows(peer),
    ephemeralSecret: seeded(seed, `${own.subject} ephemeral`),
    connectionId: Uint8Array.of(id),
  });
  return {
    initiator: { ...side(i, r, 0x01), ...changes.initiator },
    responder: { ...side(r, i, 0x18), ...changes.responder },
  };
}

export interface Run {
  readonly messages: Uint8Array[];
  readonly initiator: EdhocStep;
  readonly responder: EdhocStep;
}

/** Runs a session; `change` may alter message 1 to 4 on its way. Stops at the first failure. */
export function run(sides: Pair, change = (_number: number, message: Uint8Array) => message): Run {
  const messages: Uint8Array[] = [];
  let left: EdhocStep = initiator(sides.initiator);
  let right: EdhocStep = { state: responder(sides.responder) };
  let next = left.send;
  for (let number = 1; next !== undefined; number++) {
    const sent = change(number, next);
    messages.push(sent);
    const toResponder = number % 2 === 1;
    const step = advance(stateOf(toResponder ? right : left), sent);
    if (toResponder) right = step;
    else left = step;
    next = step.failure === undefined ? step.send : undefined;
  }
  return { messages, initiator: left, responder: right };
}

const stateOf = (step: EdhocStep): EdhocState => step.state;
