import assert from "node:assert/strict";
import fc from "fast-check";
import { KeyUse } from "../../../../../firmware/wire/gbcs/cbke/certificate.ts";
import { decodeCbke } from "../../../../../firmware/wire/gbcs/cbke/cluster.ts";
import * as curve from "../../../../../firmware/wire/gbcs/cbke/curve.ts";
import { cbkeEstablishment } from "../../../../../firmware/wire/gbcs/cbke/establishment.ts";
import { implicitSigner } from "../../../../../firmware/wire/gbcs/cbke/mqv.ts";
import { hasCode } from "../../../../../hal/base/coded-error.ts";
import { toHex } from "../../../../support/shared-data.ts";
import { authorityOf, DEVICE, flipped, HUB, type Party, partyOf, run } from "./parties.ts";

const device = partyOf("device", DEVICE);
const hub = partyOf("hub", HUB);
/** The terminate that ended a run, as its status. */
const statusOf = ({ sent }: Awaited<ReturnType<typeof run>>) => {
  const last = decodeCbke(sent.at(-1)!);
  return last.command === "terminate" ? last.status : undefined;
};
const bitsOf = ({ payload }: { payload: Uint8Array }) => payload.length * 8;

describe("CBKE: a session", () => {
  it("gives both sides the same key, another in each session", () =>
    fc.assert(
      fc.asyncProperty(fc.string(), async (seed) => {
        const [one, two] = [partyOf(`d${seed}`, DEVICE), partyOf(`h${seed}`, HUB)];
        const keys = new Set<string>();
        for (let i = 0; i < 2; i++) {
          const { sent, device: atDevice, hub: atHub } = await run(one, two);
          assert.deepEqual(
            sent.map(({ id }) => id),
            [0, 0, 1, 1, 2, 2],
          );
          assert.equal(atDevice.linkKey!.length, 16);
          assert.deepEqual(atDevice.linkKey, atHub!.linkKey);
          keys.add(toHex(atDevice.linkKey!));
        }
        assert.equal(keys.size, 2);
      }),
      { seed: 1, numRuns: 4 },
    ));

  it("tells how long the peer's answer takes, as the peer said", async () => {
    const one = device;
    const two = hub;
    const begun = await cbkeEstablishment.begin(one.options, HUB);
    assert.equal(begun.answerWithinS, undefined);
    const payload = begun.send!.payload.slice();
    payload.set([21, 34], 2);
    const first = await cbkeEstablishment.proceed(two.options, DEVICE, undefined, { id: 0, payload });
    assert.equal(first.answerWithinS, 21);
    const next = await cbkeEstablishment.proceed(one.options, HUB, begun.state, first.send!);
    assert.equal(next.answerWithinS, 10);
    const last = await cbkeEstablishment.proceed(two.options, DEVICE, first.state, next.send!);
    assert.equal(last.answerWithinS, 34);
  });

  it("agrees no key when any bit of any message is flipped, but for the times, which nothing protects", async () => {
    const { sent } = await run(device, hub);
    const flips = sent
      .slice(0, 4)
      .flatMap((command, index) =>
        Array.from({ length: bitsOf(command) }, (_, bit) => ({ index, bit })).filter(
          ({ bit }) => command.id !== 0 || bit < 16 || bit >= 32,
        ),
      );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...flips), async ({ index, bit }) => {
        const outcome = await run(device, hub, (at, command) =>
          at === index ? { ...command, payload: flipped(command.payload, bit) } : command,
        );
        assert.equal(outcome.device.linkKey, undefined);
        assert.equal(outcome.hub?.linkKey, undefined);
        assert.ok(statusOf(outcome) !== undefined && (outcome.device.failure ?? outcome.hub?.failure));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("takes no proof with any of its bits flipped, on either side", async () => {
    const [one, two] = [device, hub];
    const d0 = await cbkeEstablishment.begin(one.options, HUB);
    const h0 = await cbkeEstablishment.proceed(two.options, DEVICE, undefined, d0.send!);
    const d1 = await cbkeEstablishment.proceed(one.options, HUB, d0.state, h0.send!);
    const h1 = await cbkeEstablishment.proceed(two.options, DEVICE, h0.state, d1.send!);
    const d2 = await cbkeEstablishment.proceed(one.options, HUB, d1.state, h1.send!);
    const h2 = await cbkeEstablishment.proceed(two.options, DEVICE, h1.state, d2.send!);
    const done = await cbkeEstablishment.proceed(one.options, HUB, d2.state, h2.send!);
    assert.deepEqual(done.linkKey, h2.linkKey);
    for (const [side, peer, state, command] of [
      [two, DEVICE, h1.state, d2.send!],
      [one, HUB, d2.state, h2.send!],
    ] as const)
      for (let bit = 0; bit < 128; bit++) {
        const changed = { id: 2, payload: flipped(command.payload, bit) };
        const step = await cbkeEstablishment.proceed(side.options, peer, state, changed);
        assert.equal(step.linkKey, undefined);
        assert.equal(step.failure, "forged-credential");
        assert.equal(toHex(step.send!.payload), "021e0200");
      }
    // Its own proof, sent back, is no proof of the other's.
    const reflected = await cbkeEstablishment.proceed(one.options, HUB, d2.state, d2.send!);
    assert.equal(reflected.linkKey, undefined);
  });

  it("refuses certificates by their names, use and dates, each with its status", async () => {
    const other = authorityOf("another", "90B3D51F30000002");
    const named = authorityOf("another");
    const nowS = 1_700_000_000;
    const bad: [string, Party, number][] = [
      ["another issuer", partyOf("device", DEVICE, other), 1],
      ["one who only calls itself the issuer", partyOf("device", DEVICE, named), 2],
      ["the hub's name", { ...partyOf("device", HUB), name: DEVICE }, 6],
      ["a key for signing only", partyOf("device", DEVICE, undefined, { use: KeyUse.sign }), 6],
      ["not yet valid", partyOf("device", DEVICE, undefined, { notBeforeS: nowS + 1 }), 6],
      ["no longer valid", partyOf("device", DEVICE, undefined, { notAfterS: nowS - 1 }), 6],
    ];
    for (const [what, liar, status] of bad) {
      // The liar trusts the hub all the same.
      const trusting = { ...liar, options: { ...liar.options, trustRoot: hub.options.trustRoot } };
      const outcome = await run(trusting, hub);
      assert.equal(outcome.hub!.linkKey, undefined, what);
      assert.equal(statusOf(outcome), status, what);
      assert.equal(outcome.hub!.failure, "forged-credential", what);
      assert.equal(outcome.device.failure, "credential-refused", what);
    }
  });

  it("does not look at dates without a time, and takes both ends of validity", async () => {
    const nowS = 1_700_000_000;
    const short = partyOf("device", DEVICE, undefined, { notBeforeS: nowS, notAfterS: nowS });
    assert.ok((await run(short, hub)).hub!.linkKey);
    const late = partyOf("device", DEVICE, undefined, { notBeforeS: nowS + 9 });
    const timeless = { ...hub, options: { ...hub.options, nowS: () => undefined } };
    assert.ok((await run(late, timeless)).hub!.linkKey);
  });

  it("finds out a stolen certificate whose private key the thief has not", async () => {
    const { options } = device;
    const credential = { ...options.credential, signer: implicitSigner(new Uint8Array(36).fill(1)) };
    const outcome = await run({ name: DEVICE, options: { ...options, credential } }, hub);
    assert.equal(outcome.hub!.linkKey, undefined);
    assert.equal(outcome.hub!.failure, "forged-credential");
    assert.equal(statusOf(outcome), 2);
    assert.equal(outcome.device.failure, "credential-refused");
    assert.equal(outcome.device.retryAfterS, 30);
  });

  it("refuses ephemeral keys that are none, and its own sent back", async () => {
    const small = [0, 1].flatMap((x) => [2, 3].map((sign) => Uint8Array.of(sign, ...new Uint8Array(35), x)));
    const order4 = curve.add(curve.BASE, { x: small1(), y: new Int32Array(9) })!;
    for (const payload of [...small, new Uint8Array(37), curve.encodePoint(order4)]) {
      const outcome = await run(device, hub, (at, command) => (at === 2 ? { id: 1, payload } : command));
      assert.equal(outcome.hub!.failure, "key-establishment-broken");
      assert.equal(statusOf(outcome), 3);
    }
    let mine: Uint8Array | undefined;
    const outcome = await run(device, hub, (at, command) => {
      if (at === 2) mine = command.payload;
      return at === 3 ? { id: 1, payload: mine! } : command;
    });
    assert.equal(outcome.device.failure, "key-establishment-broken");
    assert.equal(outcome.device.linkKey, undefined);
  });

  it("ends with a bad message's status when a command is out of turn or of another length", async () => {
    for (const index of [1, 2, 3, 4, 5])
      for (const change of ["turn", "short", "long"] as const) {
        const outcome = await run(device, hub, (at, command) => {
          if (at !== index) return command;
          if (change === "turn")
            return { id: 1 + (command.id % 2), payload: new Uint8Array([37, 16][command.id % 2]!) };
          const { payload } = command;
          return {
            ...command,
            payload: change === "short" ? payload.slice(1) : Uint8Array.of(...payload, 0),
          };
        });
        const step = index % 2 === 0 ? outcome.hub! : outcome.device;
        assert.equal(step.linkKey, undefined, `${index} ${change}`);
        assert.equal(step.failure, "key-establishment-broken", `${index} ${change}`);
      }
  });

  it("begins anew at the hub with each initiate, and a device never answers as a hub", async () => {
    const [one, two] = [device, hub];
    const first = await cbkeEstablishment.begin(one.options, HUB);
    const left = await cbkeEstablishment.proceed(two.options, DEVICE, undefined, first.send!);
    const again = await cbkeEstablishment.proceed(two.options, DEVICE, left.state, first.send!);
    assert.equal(again.send!.id, 0);
    assert.equal(again.failure, undefined);
    const { device: atDevice } = await run(one, two);
    const late = await cbkeEstablishment.proceed(one.options, HUB, atDevice.state, first.send!);
    assert.deepEqual(Object.keys(late), ["state"]);
    assert.equal(cbkeEstablishment.begins(again.send!), false);
  });

  it("answers nothing when there is no session: no terminate, no late command", async () => {
    const { options } = hub;
    const { sent, hub: atHub } = await run(device, hub);
    for (const state of [undefined, atHub!.state])
      for (const command of [sent[2]!, sent[4]!, { id: 3, payload: Uint8Array.of(4, 30, 2, 0) }]) {
        const step = await cbkeEstablishment.proceed(options, DEVICE, state, command);
        assert.equal(step.send ?? step.linkKey ?? step.failure, undefined);
      }
    for (const command of [
      { id: 4, payload: new Uint8Array(0) },
      { id: 1, payload: new Uint8Array(36) },
    ])
      await assert.rejects(cbkeEstablishment.proceed(options, DEVICE, undefined, command), (error) =>
        hasCode(error, "wire/malformed"),
      );
  });

  it("ends with whatever terminate it is told, and tells for how long", async () => {
    const told = { 1: "credential-refused", 2: "credential-refused", 6: "credential-refused" };
    for (let status = 0; status <= 7; status++) {
      const payload = Uint8Array.of(status, 77, 2, 0);
      const { device: step } = await run(device, hub, (at, c) => (at === 1 ? { id: 3, payload } : c));
      assert.equal(step.failure, told[status as 1] ?? "key-establishment-broken", `${status}`);
      assert.equal(step.retryAfterS, 77);
      assert.equal(step.send, undefined);
    }
  });

  it("throws, and blames no peer, when its own credential or root is none", async () => {
    const { sent } = await run(device, hub);
    const { options } = hub;
    const bare = { ...options.credential, certificate: new Uint8Array(73) };
    for (const broken of [
      { ...options, credential: bare },
      { ...options, trustRoot: { publicKey: new Uint8Array(37) } },
    ])
      await assert.rejects(cbkeEstablishment.proceed(broken, DEVICE, undefined, sent[0]!), (error) =>
        hasCode(error, "cbke/own-credential"),
      );
  });

  it("reads or refuses any bytes at all, and describes each command", async () => {
    await fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.uint8Array({ maxLength: 100 }), (id, payload) => {
        try {
          decodeCbke({ id, payload });
        } catch (error) {
          assert.ok(hasCode(error, "wire/malformed"), `${error}`);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
    const { sent } = await run(device, hub);
    const names = sent.map((command) => cbkeEstablishment.describe(command).command);
    assert.deepEqual(names, ["initiate", "initiate", "ephemeral", "ephemeral", "confirm", "confirm"]);
    assert.throws(
      () => cbkeEstablishment.describe({ id: 0, payload: Uint8Array.of(2, 0, 255, 10) }),
      (error) => hasCode(error, "wire/malformed"),
    );
  });
});

function small1(): Int32Array {
  const one = new Int32Array(9);
  one[0] = 1;
  return one;
}
