import assert from "node:assert/strict";
import { Journal } from "../../../firmware/kernel/journal.ts";
import { type CellName, cellsOf, type Role } from "../../../firmware/model/index.ts";
import { type Anchor, TrustAnchors } from "../../../firmware/security/trust-anchors.ts";
import { euiBytes } from "../../../hal/base/eui64.ts";
import { MockBoard, Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import { meterEui, suite, type TestParty, World } from "../../support/devices.ts";

const cell = (
  role: Role,
  usage: CellName["usage"],
  cellUsage: CellName["cellUsage"] = "management",
): CellName => ({
  role,
  usage,
  cellUsage,
});

describe("trust anchors", () => {
  let world: World;
  let journal: Journal;
  let anchors: TrustAnchors;
  const agreement = () => suite.agreement(world.crypto, new Uint8Array(32).fill(9));
  const own = () => ({ eui64: meterEui, agreement });
  const open = () =>
    TrustAnchors.open(
      journal,
      cellsOf("ESME").map((name) => world.seed(name)),
      world.crypto,
      own(),
      suite,
    );
  beforeEach(async () => {
    world = new World();
    const board = new MockBoard({
      scheduler: new Scheduler(),
      random: new SeededRandom(1),
      id: "b",
      startUtcMs: 0,
      crypto: world.crypto,
    });
    board.powerOn();
    journal = await Journal.open(board.flash, { firstSector: 0, sectorCount: 16 });
    anchors = await open();
  });

  const anchorOf = (party: TestParty, name: CellName): Anchor => {
    const publicKey = name.usage === "agree" ? party.agreePublic : party.signer.publicKey;
    return { cell: name, holder: party.eui, publicKey, keyId: suite.keyId(world.crypto, publicKey) };
  };
  async function put(...placed: Anchor[]): Promise<void> {
    await journal.commit(anchors.changes(placed));
    anchors.adopt(placed);
  }
  const text = Uint8Array.of(1, 2, 3);
  const command = { kind: 1, counter: 1n };
  const reply = { kind: 2, counter: 1n };

  it("believe a party by the keys that it holds itself, and by no key of another in its role", async () => {
    const second = world.party("supplier", "90B3D51F30030000");
    await put(anchorOf(second, cell("supplier", "sign")));
    for (const restart of [false, true]) {
      if (restart) anchors = await open();
      const [old, next] = [anchors.party(world.of("supplier").eui), anchors.party(second.eui)];
      assert.equal(old?.verify, undefined, "it signs no more, and nobody signs for it");
      assert.ok(old?.replyMac !== undefined && old.hidden !== undefined);
      assert.equal(next?.verify?.(text, second.signer.sign(text)), true);
      assert.equal(next?.replyMac, undefined, "it agrees on nothing: what is told it is told nobody else");
      assert.equal(next?.hidden, undefined);
      assert.ok(old.commandMac !== undefined && next?.commandMac !== undefined, "the ACB speaks for both");
    }
  });

  it("make no MAC of commands for a party by its own key: that is the ACB's", () => {
    const broker = world.of("accessControlBroker");
    for (const role of ["supplier", "networkOperator"] as const) {
      const party = world.of(role);
      const pair = { originator: euiBytes(party.eui), target: euiBytes(meterEui) };
      const mac = suite.macs(world.crypto, agreement(), broker.agreePublic, pair);
      assert.deepEqual(anchors.party(party.eui)?.commandMac?.(command)(text), mac?.(command)(text), role);
    }
  });

  it("make MACs of answers by the management key, not by that of top-ups", async () => {
    const second = world.party("supplier", world.of("supplier").eui);
    const before = anchors.party(second.eui)?.replyMac?.(reply)(text);
    await put(anchorOf(second, cell("supplier", "agree", "topUp")));
    assert.deepEqual(anchors.party(second.eui)?.replyMac?.(reply)(text), before);
    await put(anchorOf(second, cell("supplier", "agree")));
    assert.notDeepEqual(anchors.party(second.eui)?.replyMac?.(reply)(text), before);
  });

  it("count a holder of any one cell as known; a root by no key of its own", async () => {
    const second = world.party("supplier", "90B3D51F30030000");
    await put(anchorOf(second, cell("supplier", "agree", "topUp")));
    assert.equal(anchors.party(second.eui)?.role, "supplier");
    assert.equal(anchors.party(world.root.eui)?.verify, undefined);
    assert.equal(anchors.party(world.root.eui)?.role, "root");
  });

  it("name the holder of the signing cell as the role's, else that of the agreement cell", async () => {
    assert.equal(anchors.holder("supplier")?.eui, world.of("supplier").eui);
    const second = world.party("supplier", "90B3D51F30030000");
    await put(anchorOf(second, cell("supplier", "agree")));
    assert.equal(anchors.holder("supplier")?.eui, world.of("supplier").eui);
    await put(anchorOf(second, cell("supplier", "sign")));
    assert.equal(anchors.holder("supplier")?.eui, second.eui);
    assert.equal(anchors.holder("wanProvider"), undefined);
  });

  it("forget who holds no cell any more", async () => {
    const second = world.party("supplier", "90B3D51F30030000");
    const cells = [cell("supplier", "sign"), cell("supplier", "agree"), cell("supplier", "agree", "topUp")];
    await put(...cells.map((name) => anchorOf(second, name)));
    assert.equal(anchors.party(world.of("supplier").eui), undefined);
    assert.equal((await open()).party(world.of("supplier").eui), undefined);
  });

  it("are the factory's once only: a restart takes what was put in their place", async () => {
    const second = world.party("supplier", "90B3D51F30030000");
    await put(anchorOf(second, cell("supplier", "sign")));
    anchors = await open();
    const kept = anchors.cell(cell("supplier", "sign"));
    assert.deepEqual(kept, anchorOf(second, cell("supplier", "sign")));
    const seed = world.seed(cell("supplier", "agree"));
    assert.deepEqual(anchors.cell(seed.cell)?.keyId, suite.keyId(world.crypto, seed.publicKey));
  });
});
