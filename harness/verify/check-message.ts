/** Is one message authentic? The same steps on both wires; what differs is a {@link WireKit}. */
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { type Header, Kind, type Protection } from "../../firmware/wire/message.ts";
import type { Envelope } from "../../firmware/wire/wire.ts";
import type { Mac, Verifier } from "../../hal/board.ts";
import type { KeyStore, Party, PartyKey } from "./key-store.ts";

/** What checking needs of a wire. `peek` and `readPreCommand` throw `wire/...` on anything else. */
export interface WireKit<E extends Envelope = Envelope> {
  readonly name: "cose" | "gbcs";
  peek(bytes: Uint8Array): E;
  readPreCommand(bytes: Uint8Array): Header;
  macValid(envelope: E, mac: Mac): boolean;
  signatureValid(envelope: E, verify: Verifier): boolean;
  /** Undefined when the public key is invalid. */
  pairMac(secret: Uint8Array, publicKey: Uint8Array, envelope: E): Mac | undefined;
  verifier(publicKey: Uint8Array): Verifier;
}

export type CheckedKind = keyof typeof Kind | "pre-command";

/** `header` and `kind` as read, before anything was authenticated, when the envelope could be read at all. */
export interface Checked {
  readonly status: "ok" | "refused";
  /** Why refused: a word, then what exactly. Words: malformed, unprotected, no-key, bad-mac, bad-signature. */
  readonly reason?: string;
  readonly kind?: CheckedKind;
  readonly header?: Header;
  readonly protection?: Protection | "none";
}

export function checkMessage<E extends Envelope>(
  bytes: Uint8Array,
  kit: WireKit<E>,
  keys: KeyStore,
): Checked {
  let envelope: E;
  try {
    envelope = kit.peek(bytes);
  } catch (error) {
    return checkPreCommand(bytes, kit, error);
  }
  const { header, protection } = envelope;
  const reason = macRefusal(envelope, kit, keys) ?? signatureRefusal(envelope, kit, keys);
  const kind = kindName(header);
  return { status: reason ? "refused" : "ok", kind, header, protection, ...(reason && { reason }) };
}

/** A pre-command is recognised, and never authentic: nothing protects it yet. */
function checkPreCommand<E extends Envelope>(bytes: Uint8Array, kit: WireKit<E>, why: unknown): Checked {
  try {
    const header = kit.readPreCommand(bytes);
    const reason =
      "unprotected: a pre-command carries neither signature nor MAC, so nothing shows who made it";
    return { status: "refused", kind: "pre-command", header, protection: "none", reason };
  } catch (error) {
    if (!(error instanceof MeterbenchError) || !(why instanceof MeterbenchError)) throw error;
    return { status: "refused", reason: `malformed: ${why.message}` };
  }
}

function kindName(header: Header): keyof typeof Kind {
  return header.kind === Kind.command ? "command" : header.kind === Kind.response ? "response" : "alert";
}

function macRefusal<E extends Envelope>(envelope: E, kit: WireKit<E>, keys: KeyStore): string | undefined {
  if (envelope.macTag === undefined) return undefined;
  const { makers, receiver } = macParties(envelope.header, keys);
  const other = keys.party(receiver)?.keys.ka;
  const pairs = makers.flatMap((maker) => keyPair(maker.keys.ka, other));
  if (pairs.length === 0) return noMacKey(envelope.header, makers, receiver, other);
  const valid = pairs.some(([secret, publicKey]) => {
    const mac = kit.pairMac(secret, publicKey, envelope);
    return mac !== undefined && kit.macValid(envelope, mac);
  });
  return valid
    ? undefined
    : `bad-mac: not made with the key of ${makers.map((m) => m.eui).join(" or ")} and ${receiver}`;
}

/** A party's command gets its MAC from the ACB; a device makes its own, for whatever it sends. */
function macParties(header: Header, keys: KeyStore): { makers: readonly Party[]; receiver: string } {
  const sender = keys.party(header.originator);
  const byBroker = header.kind === Kind.command && sender?.role !== "device";
  const makers = byBroker ? keys.withRole("accessControlBroker") : sender ? [sender] : [];
  return { makers, receiver: header.target };
}

/** Either side's private key makes the same MAC. */
function keyPair(a: PartyKey | undefined, b: PartyKey | undefined): [Uint8Array, Uint8Array][] {
  if (a?.secret && b) return [[a.secret, b.publicKey]];
  return b?.secret && a ? [[b.secret, a.publicKey]] : [];
}

function noMacKey(
  header: Header,
  makers: readonly Party[],
  receiver: string,
  other: PartyKey | undefined,
): string {
  const maker =
    makers[0]?.eui ?? (header.kind === Kind.command ? "the access control broker" : header.originator);
  const missing = [];
  if (!makers.some((party) => party.keys.ka)) missing.push(`the key-agreement key of ${maker}`);
  if (other === undefined) missing.push(`the key-agreement key of ${receiver}`);
  if (missing.length > 0) return `no-key: ${missing.join(" and ")} is not in the key folder`;
  return `no-key: the MAC needs the private key-agreement key of ${maker} or of ${receiver}; the key folder has neither`;
}

function signatureRefusal<E extends Envelope>(
  envelope: E,
  kit: WireKit<E>,
  keys: KeyStore,
): string | undefined {
  if (envelope.signature === undefined) return undefined;
  const { originator } = envelope.header;
  const key = keys.party(originator)?.keys.ds;
  if (key === undefined) return `no-key: the digital-signature key of ${originator} is not in the key folder`;
  if (kit.signatureValid(envelope, kit.verifier(key.publicKey))) return undefined;
  return `bad-signature: not made with the key of ${originator}`;
}
