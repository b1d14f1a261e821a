import { strict as assert } from "node:assert";
import fc from "fast-check";
import { issueCertificate, verifyChain } from "../../../../../firmware/wire/cose/certificate.ts";
import {
  advance,
  type CredentialResolver,
  cwtIdentity,
  type EdhocOptions,
  type EdhocStep,
  initiator,
  responder,
} from "../../../../../firmware/wire/cose/edhoc/index.ts";
import { hex, toHex } from "../../../../support/shared-data.ts";
import { crypto, knows, pair, party, run, seeded } from "./sessions.ts";

const none = new Uint8Array(0);
const meter = "00DB1234567890A0";

/** A device with a real CWT certificate, and a resolver that proves certificates up to its root. */
function cwtParty(seed: number, nowS = 1_800_000_000) {
  const root = crypto.ed25519Signer(seeded(seed, "root"));
  const signer = crypto.ed25519Signer(seeded(seed, "cwt"));
  const claims = {
    subject: meter,
    role: "device",
    usage: "sign",
    publicKey: signer.publicKey,
    notBeforeS: 1_700_000_000,
    notAfterS: 2_000_000_000,
    serial: Uint8Array.of(1),
  } as const;
  const tagged = issueCertificate(claims, root, "90B3D51F30000000", crypto);
  const resolve: CredentialResolver = (id) => {
    if (id.kind !== "kcwt") return { refused: "a certificate by value is expected" };
    try {
      const { publicKey, subject } = verifyChain(id.cwt, [], root, nowS, crypto);
      return { credential: id.cwt, verify: crypto.ed25519Verifier(publicKey), subject };
    } catch (error) {
      return { refused: (error as Error).message };
    }
  };
  return { own: cwtIdentity(tagged, signer), tagged, resolve };
}

const failures = (result: { initiator: EdhocStep; responder: EdhocStep }) => [
  result.initiator.failure?.code,
  result.responder.failure?.code,
];

describe("EDHOC session", () => {
  it("gives both sides the same keys, and each the other's name", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.uint8Array({ maxLength: 8 }),
        fc.uint8Array({ maxLength: 8 }),
        fc.nat(0xffff),
        fc.uint8Array({ maxLength: 64 }),
        fc.integer({ min: 1, max: 255 }),
        (seed, idI, idR, label, context, length) => {
          const sides = pair(seed, { initiator: { connectionId: idI }, responder: { connectionId: idR } });
          const { initiator: i, responder: r, messages } = run(sides);
          assert.equal(messages.length, 4);
          assert.ok(i.result && r.result);
          assert.deepEqual(i.result.keys.prkOut, r.result.keys.prkOut);
          assert.deepEqual(
            i.result.keys.export(label, context, length),
            r.result.keys.export(label, context, length),
          );
          assert.deepEqual(i.result.connectionIds, r.result.connectionIds);
          assert.deepEqual(i.result.connectionIds, { initiator: idI, responder: idR });
          assert.deepEqual([i.result.peer.subject, r.result.peer.subject], ["responder", "initiator"]);
        },
      ),
      { seed: 9528, numRuns: 60 },
    );
  });

  it("gives other keys for another session, label or context", () => {
    const keysOf = (seed: number) => run(pair(seed)).initiator.result!.keys;
    const [a, b] = [keysOf(1), keysOf(2)];
    const all = [
      a.export(1, none, 16),
      a.export(2, none, 16),
      a.export(1, none, 17).slice(0, 16),
      b.export(1, none, 16),
    ];
    assert.equal(new Set(all.map(toHex)).size, 4);
    assert.notDeepEqual(a.export(1, Uint8Array.of(1), 16), all[0]);
  });

  it("carries a CWT certificate by value, with or without its tag", () => {
    const { own, tagged, resolve } = cwtParty(5);
    assert.deepEqual(own, cwtIdentity(tagged.subarray(1), own.signer));
    const result = run(pair(5, { initiator: { own }, responder: { resolve } }));
    assert.equal(result.responder.result?.peer.subject, meter);
    assert.ok(result.initiator.result);
    const tooLate = run(
      pair(5, { initiator: { own }, responder: { resolve: cwtParty(5, 3_000_000_000).resolve } }),
    );
    assert.match(tooLate.responder.failure?.message ?? "", /refused: certificate: expected a time up to/);
    const otherRoot = run(pair(5, { initiator: { own }, responder: { resolve: cwtParty(6).resolve } }));
    assert.match(
      otherRoot.responder.failure?.message ?? "",
      /refused: certificate: expected a signature by the issuer/,
    );
  });

  it("names a key by kid, as an integer where RFC 9528 §3.3.2 says so", () => {
    for (const kid of [Uint8Array.of(0x32), Uint8Array.of(0x40), hex("3210")]) {
      const known = party(7, "kid holder");
      const identity = { ...known.identity, idCred: { kind: "kid", kid } as const };
      const sides = pair(7, {
        responder: { own: identity },
        initiator: { resolve: knows({ ...known, identity }) },
      });
      assert.equal(run(sides).initiator.result?.peer.subject, "kid holder");
    }
  });

  it("does not export beyond its bounds", () => {
    const { keys } = run(pair(1)).initiator.result!;
    const bad: [number, Uint8Array, number][] = [
      [-1, none, 16],
      [0x1_0000, none, 16],
      [1.5, none, 16],
      [0, new Uint8Array(257), 16],
      [0, none, 0],
      [0, none, 256],
    ];
    for (const [label, context, length] of bad)
      assert.throws(() => keys.export(label, context, length), { code: "edhoc/exporter" });
  });

  it("refuses options of the wrong length", () => {
    const { initiator: options } = pair(1);
    const ead = { 1: [{ label: 1, value: new Uint8Array(0x1_0000) }] };
    assert.throws(() => initiator({ ...options, ead }), { code: "edhoc/options" });
    assert.throws(() => initiator({ ...options, ephemeralSecret: new Uint8Array(31) }), {
      code: "edhoc/options",
    });
    assert.throws(() => responder({ ...options, connectionId: new Uint8Array(9) }), {
      code: "edhoc/options",
    });
  });
});

describe("EDHOC external authorization data", () => {
  const value = Uint8Array.of(1, 2, 3);
  const withEad = (side: "initiator" | "responder", message: 1 | 2 | 3 | 4, label: number) =>
    run(pair(3, { [side]: { ead: { [message]: [{ label: 0, value }, { label }] } } }));
  const senders = [
    ["initiator", 1],
    ["responder", 2],
    ["initiator", 3],
    ["responder", 4],
  ] as const;

  for (const [side, message] of senders) {
    it(`ignores what is not critical in message_${message}`, () => {
      const result = withEad(side, message, 77);
      assert.deepEqual(result.initiator.result?.keys.prkOut, result.responder.result?.keys.prkOut);
      assert.ok(result.initiator.result);
    });
    it(`refuses what is critical in message_${message}`, () => {
      const result = withEad(side, message, -77);
      assert.ok(failures(result).includes("edhoc/critical-ead"));
    });
  }

  it("takes at most eight items", () => {
    const ead = Array.from({ length: 9 }, (_, i) => ({ label: i + 1 }));
    const result = run(pair(3, { initiator: { ead: { 1: ead } } }));
    assert.equal(result.responder.failure?.code, "edhoc/encoding");
  });
});

describe("EDHOC under attack", () => {
  const honest = run(pair(11));

  for (const number of [1, 2, 3, 4]) {
    it(`accepts no message_${number} with any one byte changed`, () => {
      const length = (honest.messages[number - 1] as Uint8Array).length;
      for (let at = 0; at < length; at++) {
        for (const flip of [0x01, 0x80, 0xff]) {
          const result = run(pair(11), (n, message) => {
            if (n !== number) return message;
            const changed = message.slice();
            changed[at] = (changed[at] as number) ^ flip;
            return changed;
          });
          assert.ok(result.initiator.failure ?? result.responder.failure, `byte ${at} ^ ${flip}`);
          assert.equal(result.initiator.result, undefined, `byte ${at} ^ ${flip}`);
          if (number < 4) assert.equal(result.responder.result, undefined, `byte ${at} ^ ${flip}`);
        }
      }
    });

    it(`accepts no message_${number} cut short or grown`, () => {
      const { length } = honest.messages[number - 1] as Uint8Array;
      for (const size of [0, 1, length - 1, length + 1, 1501, 65_536]) {
        const result = run(pair(11), (n, message) => {
          if (n !== number) return message;
          const other = new Uint8Array(size);
          other.set(message.subarray(0, size));
          return other;
        });
        assert.ok(result.initiator.failure ?? result.responder.failure, `${size} bytes`);
        assert.equal(result.initiator.result, undefined);
      }
    });
  }

  it("throws nothing and stays bounded on random bytes, in every phase", () => {
    const sides = pair(12);
    const first = initiator(sides.initiator);
    const second = advance(responder(sides.responder), first.send!);
    const third = advance(first.state, second.send!);
    const states = [responder(sides.responder), first.state, second.state, third.state];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(3), (bytes, which) => {
        const step = advance(states[which]!, bytes);
        // A random message_1 of the right shape may be answered; nothing else may.
        assert.ok(step.failure !== undefined || step.state.phase === "wait-3");
        assert.equal(step.result, undefined);
      }),
      { seed: 9528, numRuns: 400 },
    );
  });

  it("refuses a credential that the resolver refuses, with its reason, and tells the peer so", () => {
    const refused = () => ({ refused: "certificate has expired" });
    const atInitiator = run(pair(13, { initiator: { resolve: refused } }));
    assert.equal(atInitiator.initiator.failure?.code, "edhoc/credential");
    assert.match(atInitiator.initiator.failure?.message ?? "", /expired/);
    assert.equal(toHex(atInitiator.initiator.send!), "03f5");
    const atResponder = run(pair(13, { responder: { resolve: refused } }));
    assert.equal(atResponder.responder.failure?.code, "edhoc/credential");
    assert.equal(atResponder.responder.result, undefined);
  });

  it("refuses a signature by another key, from either side", () => {
    const thief = party(99, "thief");
    const forged = (side: "initiator" | "responder"): Partial<EdhocOptions> => {
      const { own } = pair(14)[side];
      return { own: { ...own, signer: crypto.ed25519Signer(seeded(99, `${thief.subject} key`)) } };
    };
    assert.equal(
      run(pair(14, { responder: forged("responder") })).initiator.failure?.code,
      "edhoc/signature",
    );
    assert.equal(
      run(pair(14, { initiator: forged("initiator") })).responder.failure?.code,
      "edhoc/signature",
    );
  });

  it("refuses a genuine name with another certificate behind it", () => {
    const { own } = pair(15).responder;
    const swapped = { ...own, credential: party(16, "other").identity.credential };
    assert.equal(run(pair(15, { responder: { own: swapped } })).initiator.failure?.code, "edhoc/signature");
  });

  it("refuses its own credential coming back", () => {
    const self = party(17, "initiator");
    const mirror: Partial<EdhocOptions> = { own: self.identity };
    const trusting = { own: self.identity, resolve: knows(self) };
    const result = run(pair(17, { initiator: trusting, responder: mirror }));
    assert.equal(result.initiator.failure?.code, "edhoc/reflected");
  });

  it("answers a replayed message_1 afresh, and then refuses the replayed message_3", () => {
    const [message1, message2, message3] = honest.messages as [Uint8Array, Uint8Array, Uint8Array];
    const later = { ...pair(11).responder, ephemeralSecret: seeded(12, "responder ephemeral") };
    const answered = advance(responder(later), message1);
    assert.notDeepEqual(answered.send, message2);
    assert.equal(advance(answered.state, message3).failure?.code, "edhoc/decrypt");
    assert.equal(advance(answered.state, message1).failure?.code, "edhoc/encoding");
  });

  it("refuses small-order ephemeral keys from either side", () => {
    const orders = [
      "00".repeat(32),
      `01${"00".repeat(31)}`,
      `ecff${"ff".repeat(29)}7f`,
      `edff${"ff".repeat(29)}7f`,
    ];
    for (const point of orders) {
      const put = (number: number, offset: number) => (n: number, message: Uint8Array) => {
        if (n !== number) return message;
        const changed = message.slice();
        changed.set(hex(point), offset);
        return changed;
      };
      assert.equal(run(pair(18), put(1, 4)).responder.failure?.code, "edhoc/key");
      assert.equal(run(pair(18), put(2, 2)).initiator.failure?.code, "edhoc/key");
    }
  });

  it("answers another cipher suite with what it speaks, and the initiator understands the answer", () => {
    const sides = pair(19);
    const first = initiator(sides.initiator);
    for (const suites of ["02", "820002", "820302", "830200" + "03", "820000"]) {
      const message1 = Uint8Array.of(0x00, ...hex(suites), ...first.send!.subarray(2));
      const answer = advance(responder(sides.responder), message1);
      assert.equal(answer.failure?.code, "edhoc/suite", suites);
      assert.equal(toHex(answer.send!), "0200");
      const ended = advance(first.state, answer.send!);
      assert.equal(ended.failure?.code, "edhoc/peer-error");
      assert.deepEqual(ended.failure?.data.suites, [0]);
      assert.equal(ended.send, undefined, "an error message is never answered");
    }
    const preferred = Uint8Array.of(0x00, ...hex("820200"), ...first.send!.subarray(2));
    assert.equal(advance(responder(sides.responder), preferred).state.phase, "wait-3");
  });

  it("reads error messages of every kind, bounded and in plain characters", () => {
    const { state } = initiator(pair(20).initiator);
    const told = (error: string) => advance(state, hex(error)).failure;
    assert.match(told("016a656468" + "6f632f6b65790a")?.message ?? "", /"edhoc\/key\?"/);
    assert.match(told("03f5")?.message ?? "", /does not accept our credential/);
    assert.match(told("1863")?.message ?? "", /error code 99/);
    assert.match(told(`0178ff${"41".repeat(255)}`)?.message ?? "", /unspecified error/);
    assert.equal(told("0261ff")?.code, "edhoc/encoding");
    assert.equal(told("010203")?.code, "edhoc/encoding");
  });

  it("takes no message once it has ended", () => {
    const result = run(pair(21));
    for (const step of [result.initiator, result.responder]) {
      const after = advance(step.state, result.messages[0]!);
      assert.equal(after.failure?.code, "edhoc/state");
      assert.equal(after.state, step.state);
      assert.equal(after.send, undefined);
    }
  });
});
