/** Two parties with keys, and messages between them, for the tests of this wire. */
import fc from "fast-check";
import { agreement, keyId, pairMac } from "../../../../firmware/wire/cose/keys.ts";
import { coseWire } from "../../../../firmware/wire/cose/wire.ts";
import type {
  Header,
  Message,
  Operation,
  OperationResult,
  Value,
} from "../../../../firmware/wire/message.ts";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";

export const crypto = nodeCrypto();
export const supplier = "90B3D51F30000002";
export const meter = "00DB1234567890A0";

const bytes32 = (fill: number) => new Uint8Array(32).fill(fill);
export const supplierSigner = crypto.ed25519Signer(bytes32(1));
export const supplierVerifier = crypto.ed25519Verifier(supplierSigner.publicKey);
export const supplierSecret = bytes32(2);
export const meterSecret = bytes32(3);
export const pair = { originator: new Uint8Array(8).fill(1), target: new Uint8Array(8).fill(2) };
export const mac = pairMac(
  crypto,
  agreement(crypto, supplierSecret),
  crypto.x25519PublicKey(meterSecret),
  pair,
)!;
export const kid = keyId(crypto, supplierSigner.publicKey);

export const header: Header = {
  kind: 1,
  code: 0x50,
  originator: supplier,
  target: meter,
  counter: 1_234_567_890_123n,
};
export const command: Message = { header, operations: [{ kind: "call", object: 5, member: 1, value: 0 }] };
export const response: Message = {
  header: { ...header, kind: 2, originator: meter, target: supplier, timeS: 1_700_000_000 },
  results: [{ status: 0 }, { status: 0, value: [1, [2n ** 60n, null, true], "x", new Uint8Array(3)] }],
};
export const alert: Message = {
  header: { ...header, kind: 3, originator: meter, target: supplier, timeS: 1_700_000_000 },
  alertCode: 0x8f36,
  values: [1_700_000_000, 1_700_000_600],
};

/** Every way a message is protected. */
export const sealed = (message: Message): Record<"mac" | "signature" | "signature+mac", Uint8Array> => {
  const plain = coseWire.encode(message);
  const signed = coseWire.sign(plain, supplierSigner.sign, kid);
  return {
    mac: coseWire.protect(plain, mac, kid),
    signature: signed,
    "signature+mac": coseWire.protect(signed, mac, kid),
  };
};

const leaf: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.string({ maxLength: 10 }),
  fc.uint8Array({ maxLength: 40 }),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie("value"), { maxLength: 6 })),
}));
const eui64 = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((n) => n.toString(16).padStart(16, "0").toUpperCase());
const counter = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** Optional fields are absent, never undefined. */
const headers = <K extends Header["kind"]>(kind: K) =>
  fc.record(
    {
      kind: fc.constant(kind),
      code: fc.nat(0xffff),
      originator: eui64,
      target: eui64,
      counter,
      timeS: fc.nat(0xffff_ffff),
      supplementary: fc.record({ party: eui64, counter }, { noNullPrototype: true, requiredKeys: ["party"] }),
    },
    { noNullPrototype: true, requiredKeys: ["kind", "code", "originator", "target", "counter"] },
  ) as fc.Arbitrary<Header>;

const operation = fc.record(
  {
    kind: fc.constantFrom("get", "set", "call"),
    object: fc.nat(0xffff),
    member: fc.nat(0xff),
    value,
  },
  { noNullPrototype: true, requiredKeys: ["kind", "object", "member"] },
) as fc.Arbitrary<Operation>;
const result = fc.record(
  { status: fc.constantFrom(0, 1, 2, 3, 4, 12, 250), value },
  { noNullPrototype: true, requiredKeys: ["status"] },
) as fc.Arbitrary<OperationResult>;

const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { noNullPrototype: true });

export const messages: fc.Arbitrary<Message> = fc.oneof(
  plain({ header: headers(1), operations: fc.array(operation, { maxLength: 8 }) }),
  plain({ header: headers(2), results: fc.array(result, { maxLength: 8 }) }),
  plain({ header: headers(3), alertCode: fc.nat(0xffff), values: fc.array(value, { maxLength: 4 }) }),
);
