import assert from "node:assert/strict";
import { appliesTo, mockOnly, type Premises } from "../index.ts";
import { hashedImage } from "../rig/hashed-image.ts";
import { codesOf, commissioned } from "./support.ts";

describe("firmware that waits", function () {
  appliesTo(this, ["cose", "gbcs"]);
  mockOnly(
    this,
    "its image slots are the simulated flash's: a board under the model keeps its own images in its own",
  );
  let home: Premises;
  let image: Uint8Array;
  beforeEach(async function () {
    home = await commissioned(this);
    image = hashedImage(home.crypto, new Uint8Array(9000).fill(3), [2, 1, 7]);
  });

  const version = "02010007";
  const hash = () => home.crypto.sha256(image);
  const activate = async (parameters: { readonly ExecutionDateTime?: number } = {}) =>
    (await home.read("11.3", { FirmwareHash: hash(), ...parameters })).FirmwareImageActivate;
  const running = async () => (await home.read("11.2")).FirmwareVersion;

  it("is told of, activated by its hash, and answers for itself", async () => {
    await home.device("esme").deliverImage(image);
    await home.run(60_000);
    const [told] = home.alerts(0x8f72);
    assert.deepEqual(told?.values, [hash()]);
    const before = home.device("esme").boots;
    assert.deepEqual(await activate(), { outcome: { code: "success", version } });
    assert.equal(home.device("esme").boots, before + 1);
    assert.equal(await running(), version);
    assert.deepEqual((await codesOf(home, "Security")).slice(-2), ["8F72", "8F43"]);
    assert.deepEqual(await codesOf(home, "PowerEvent"), [], "a restart is no outage");
    await home.command("7.2");
  });

  it("may come after the command that is dated, and takes over when its time comes", async () => {
    assert.deepEqual(await activate({ ExecutionDateTime: home.nowS + 3600 }), { waiting: null });
    await home.device("esme").deliverImage(image);
    assert.notEqual(await running(), version);
    await home.run(3_700_000);
    const [told] = home.alerts(0x8f66);
    assert.equal(told?.header.code, 0x00ca);
    assert.equal(told.values.length, 2);
    assert.equal(await running(), version);
  });

  it("that has not come, or is another, is refused by its outcome", async () => {
    const outcomeOf = async () => (await activate()).outcome?.code;
    assert.equal(await outcomeOf(), "noImage");
    await home.device("esme").deliverImage(hashedImage(home.crypto, new Uint8Array(100), [9, 9, 9]));
    assert.equal(await outcomeOf(), "hashMismatch");
    const { version: shown } = (await activate()).outcome ?? {};
    assert.equal(shown, await running());
  });

  it("that the supply fails under takes over all the same, and the command is answered", async () => {
    await home.device("esme").deliverImage(image);
    home.cutAtFlashOperation("esme", 2, "torn");
    const exchange = home.submit("11.3", { FirmwareHash: hash() }, { timeoutMs: 600_000 });
    await home.runUntil(() => !home.device("esme").board.powered, 60_000, "the cut");
    await home.run(5000);
    await home.plugIn("esme");
    await home.runUntil(() => exchange.status !== "sent", 600_000, "an answer");
    assert.equal(exchange.status, "answered");
    assert.equal(await running(), version);
  });
});
