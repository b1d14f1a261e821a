/** The GBCS wire's envelope: opening and answering commands, beside the bare operations. `gbcs-meter.ts` has a device. */
import { generateKeyPairSync, sign } from "node:crypto";
import { agreement, macs } from "../firmware/wire/gbcs/kdf.ts";
import { type GbcsMessage, gbcsWire, macContextOf } from "../firmware/wire/gbcs/wire.ts";
import { fromHex } from "../hal/base/hex.ts";
import type { Crypto } from "../hal/board.ts";
import type { BenchTask } from "./measure.ts";

const device = { eui: "00DB1234567890A0", secret: new Uint8Array(32).fill(5) };
const broker = { secret: new Uint8Array(32).fill(6) };
const supplier = { eui: "90B3D51F30010000", secret: new Uint8Array(32).fill(7) };
const noKeyId = new Uint8Array(0);

/** An ECS43-sized DLMS payload: one action with one argument. */
const payload = fromHex("D9200003E9000103000900000A006AFF0101120034");
const reply = fromHex("DA200003E900000100010300");

export function gbcsTasks(crypto: Crypto): BenchTask[] {
  const ends = endsOf(crypto);
  return [...opening(crypto, ends), ...answering(crypto, ends), ...exchanges(crypto, ends)].map((task) => ({
    ...task,
    name: `gbcs/${task.name}/${crypto.name}`,
  }));
}

type Ends = ReturnType<typeof endsOf>;

/** Whose keys there are, the command that all tasks are about, and the device's MACs with a peer. */
function endsOf(crypto: Crypto) {
  const own = agreement(crypto, device.secret);
  const plain = gbcsWire.encode(message(1, supplier.eui, device.eui, 0x0050, payload));
  const macsWith = (peer: Uint8Array, bytes: Uint8Array) => {
    const made = macs(crypto, own, peer, macContextOf(bytes));
    if (made === undefined) throw new Error("bench: no shared secret");
    return made;
  };
  return { plain, macsWith, supplierKey: crypto.p256Signer(supplier.secret) };
}

/** A MAC-only and a critical command, and what the device opens them with. */
function commandsOf(crypto: Crypto, { plain, macsWith, supplierKey }: Ends) {
  const verify = crypto.p256Verifier(supplierKey.publicKey);
  const commandMac = macsWith(crypto.p256Signer(broker.secret).publicKey, plain);
  const protect = (bytes: Uint8Array) => gbcsWire.protect(bytes, commandMac(macContextOf(plain)), noKeyId);
  const readOnly = protect(plain);
  const critical = protect(gbcsWire.sign(plain, supplierKey.sign, noKeyId));
  const open = (bytes: Uint8Array, isCritical: boolean) => {
    const envelope = gbcsWire.peek(bytes);
    if (!gbcsWire.macValid(envelope, commandMac(envelope.header)))
      throw new Error("bench: a good MAC was refused");
    if (isCritical && !gbcsWire.signatureValid(envelope, verify))
      throw new Error("bench: a good signature was refused");
    return gbcsWire.decode(envelope);
  };
  return { verify, readOnly, critical, open };
}

function opening(crypto: Crypto, ends: Ends): BenchTask[] {
  const { plain, supplierKey } = ends;
  const { verify, readOnly, critical, open } = commandsOf(crypto, ends);
  const { mac } = floorOf(crypto);
  const signature = supplierKey.sign(plain);
  const bare = () => {
    mac.run();
    verify(plain, signature);
  };
  return [
    { name: "open-non-critical", run: () => void open(readOnly, false), floor: mac },
    {
      name: "open-critical",
      run: () => void open(critical, true),
      floor: { name: "GMAC + SHA-256 + verify", run: bare },
    },
    { name: "refused-malformed", run: () => refused(readOnly.subarray(0, readOnly.length - 1)) },
  ];
}

/** What the device answers with: signed, or with a MAC for the supplier. */
function answersOf(crypto: Crypto, { macsWith, supplierKey }: Ends) {
  const deviceKey = crypto.p256Signer(device.secret);
  const answer = () => gbcsWire.encode(message(2, device.eui, supplier.eui, 0x0050, reply));
  const replyMac = macsWith(supplierKey.publicKey, answer());
  return {
    deviceKey,
    signed: () => gbcsWire.sign(answer(), deviceKey.sign, noKeyId),
    withMac() {
      const bytes = answer();
      return gbcsWire.protect(bytes, replyMac(macContextOf(bytes)), noKeyId);
    },
  };
}

function answering(crypto: Crypto, ends: Ends): BenchTask[] {
  const { deviceKey, signed, withMac } = answersOf(crypto, ends);
  const bareSign = () => void deviceKey.sign(ends.plain);
  return [
    { name: "answer-critical", run: () => void signed(), floor: { name: "sign", run: bareSign } },
    { name: "answer-non-critical", run: () => void withMac(), floor: floorOf(crypto).mac },
    { name: "sign", run: bareSign, floor: { name: "OpenSSL's random sign", run: randomSign(ends.plain) } },
  ];
}

/** The signature that a device would make if it need not be the same every run: the measure of ours. */
function randomSign(plain: Uint8Array): () => void {
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return () => void sign("sha256", plain, { key, dsaEncoding: "ieee-p1363" });
}

/** A command opened and answered, as far as the envelope goes: no counters, no execution, no journal. */
function exchanges(crypto: Crypto, ends: Ends): BenchTask[] {
  const { verify, readOnly, critical, open } = commandsOf(crypto, ends);
  const { deviceKey, signed, withMac } = answersOf(crypto, ends);
  const signature = ends.supplierKey.sign(ends.plain);
  const { mac } = floorOf(crypto);
  const bareCritical = () => {
    verify(ends.plain, signature);
    deviceKey.sign(ends.plain);
  };
  const bareMacs = () => {
    mac.run();
    mac.run();
  };
  const criticalExchange = () => {
    open(critical, true);
    signed();
  };
  const macExchange = () => {
    open(readOnly, false);
    withMac();
  };
  return [
    { name: "exchange-critical", run: criticalExchange, floor: { name: "verify + sign", run: bareCritical } },
    { name: "exchange-mac-only", run: macExchange, floor: { name: "2 GMAC + 2 SHA-256", run: bareMacs } },
  ];
}

function message(
  kind: 1 | 2,
  originator: string,
  target: string,
  code: number,
  content: Uint8Array,
): GbcsMessage {
  return { header: { kind, code, originator, target, counter: 1001n }, payload: content };
}

function refused(bytes: Uint8Array): void {
  try {
    gbcsWire.peek(bytes);
  } catch {
    return;
  }
  throw new Error("bench: a malformed message was opened");
}

/** One bare AES-128-GMAC over a message's bytes and one SHA-256 over the KDF's input. */
function floorOf(crypto: Crypto): { readonly mac: { readonly name: string; run(): void } } {
  const key = new Uint8Array(16).fill(1);
  const nonce = new Uint8Array(12).fill(2);
  const [aad, nothing, kdfInput] = [
    new Uint8Array(69).fill(4),
    new Uint8Array(0),
    new Uint8Array(69).fill(8),
  ];
  return {
    mac: {
      name: "GMAC + SHA-256",
      run: () => {
        crypto.sha256(kdfInput);
        crypto.aesGcmSeal(key, nonce, aad, nothing, 12);
      },
    },
  };
}
