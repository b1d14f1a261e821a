/**
 * The fifteen invalid messages of RFC 9529 chapter 4, as extracted in vectors/edhoc/rfc9529_invalid.json.
 * Most are of method 3 and of P-256 suites, which is refused by itself; where that would hide the stated fault, the
 * message is also given as method 0, suite 0 with the same fault in it.
 */
import { strict as assert } from "node:assert";
import { advance, initiator, responder } from "../../../../../firmware/wire/cose/edhoc/index.ts";
import { binaryAdd, extract, transcript2 } from "../../../../../firmware/wire/cose/edhoc/key-schedule.ts";
import { encodeMessage2 } from "../../../../../firmware/wire/cose/edhoc/messages.ts";
import type { CodedError } from "../../../../../hal/base/coded-error.ts";
import { hex, readJson, vectors } from "../../../../support/shared-data.ts";
import { crypto, pair, seeded } from "./sessions.ts";

interface Invalid {
  readonly title: string;
  readonly kind: "message_1" | "message_2" | "PLAINTEXT_2";
  readonly hex: string;
}

interface Expected {
  readonly code: string;
  readonly message: RegExp;
  /** The same fault without the foreign method and suite. */
  readonly own?: { readonly hex: string; readonly code: string; readonly message: RegExp };
}

const encoding = "edhoc/encoding";

const expected: Readonly<Record<string, Expected>> = {
  "Surplus array encoding of message": { code: encoding, message: /fewer than the 4 items/ },
  "Surplus bstr encoding of connection identifier": { code: encoding, message: /C_I.*one-byte integer/ },
  "Surplus array encoding of ciphersuite": { code: encoding, message: /SUITES_I.*array of 2/ },
  "Text string encoding of ephemeral key": { code: encoding, message: /G_X is no byte string/ },
  "Wrong number of CBOR sequence elements": { code: encoding, message: /one byte string, got 2/ },
  "Surplus map encoding of ID_CRED field": { code: encoding, message: /lone kid inside a map/ },
  "Surplus bstr encoding of ID_CRED field": { code: encoding, message: /kid.*one-byte integer/ },
  "Error in length of ephemeral key": {
    code: "edhoc/method",
    message: /method 3/,
    own: { hex: `00005821${"20".repeat(33)}0e`, code: encoding, message: /G_X has 33 bytes/ },
  },
  // The two faults below exist on P-256 only; X25519 takes every 32-byte string as a coordinate.
  "Error in elliptic curve representation": { code: "edhoc/method", message: /method 3/ },
  "Error in elliptic curve point": { code: "edhoc/method", message: /method 3/ },
  "Curve point of low order": {
    code: "edhoc/method",
    message: /method 3/,
    own: {
      hex: "00005820edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f0e",
      code: "edhoc/key",
      message: /small order/,
    },
  },
  "Error in length of MAC": { code: encoding, message: /signature.*64 bytes/ },
  "Error in elliptic curve encoding": {
    code: "edhoc/method",
    message: /method 3/,
    own: {
      hex: "0000581fd9697725d23a688b12d1c7e0108a08c9f71a85a09c20814976ab21122248fc0e",
      code: encoding,
      message: /G_X has 31 bytes/,
    },
  },
  "Unnecessary long encoding": { code: encoding, message: /byte 0: expected the shortest form/ },
  "Indefinite-length array encoding": { code: encoding, message: /definite length/ },
};

/** A message_2 whose plaintext is exactly `plaintext`: what a hostile responder can make an initiator read. */
function message2With(message1: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const secret = seeded(1, "hostile ephemeral");
  const publicKey = crypto.x25519PublicKey(secret);
  const transcript = transcript2(crypto, publicKey, message1);
  const shared = crypto.x25519(secret, message1.subarray(4, 36)) as Uint8Array;
  const prk = extract(crypto, transcript, shared);
  return encodeMessage2(publicKey, binaryAdd(crypto, prk, transcript, plaintext));
}

function refusal(kind: Invalid["kind"], bytes: Uint8Array): CodedError {
  const sides = pair(1);
  const first = initiator(sides.initiator);
  const message = kind === "PLAINTEXT_2" ? message2With(first.send as Uint8Array, bytes) : bytes;
  const step = advance(kind === "message_1" ? responder(sides.responder) : first.state, message);
  assert.equal(step.state.phase, "failed");
  assert.equal(step.result, undefined);
  assert.ok(step.send, "an error message tells the peer");
  return step.failure as CodedError;
}

describe("EDHOC, the invalid messages of RFC 9529", () => {
  let cases: Invalid[];
  before(function () {
    cases = readJson<Invalid[]>(vectors(this, "edhoc/rfc9529_invalid.json"));
  });

  it("are fifteen, each with an expectation here", () => {
    assert.deepEqual(cases.map((c) => c.title).sort(), Object.keys(expected).sort());
  });

  for (const [title, { code, message, own }] of Object.entries(expected)) {
    it(`refuses: ${title}`, () => {
      const { kind, hex: bytes } = cases.find((c) => c.title === title) as Invalid;
      const failure = refusal(kind, hex(bytes));
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
    });
    if (own === undefined) continue;
    it(`refuses in method 0, suite 0: ${title}`, () => {
      const failure = refusal("message_1", hex(own.hex));
      assert.equal(failure.code, own.code);
      assert.match(failure.message, own.message);
    });
  }
});
