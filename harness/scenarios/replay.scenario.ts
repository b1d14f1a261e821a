import assert from "node:assert/strict";
import { addition, appliesTo, mockOnly, needs, type Premises } from "../index.ts";
import { announce, commissioned, connected, expectRefusal } from "./support.ts";

const replayed = { reason: "replay", alertCode: 0x8f3e } as const;

/** Until the meter is back on the home network and has its tunnel. */
async function backOnline(home: Premises): Promise<void> {
  const from = home.trace.events.length;
  const seen = () => home.trace.events.slice(from).some((e) => e.source === "esme" && e.event === "rejoined");
  await home.runUntil(seen, 600_000, "the meter's rejoining");
}

describe("replay across power cuts", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
  });

  it("refuses the old command after the meter has lost its power", async () => {
    const disable = await home.command("7.2");
    assert.equal(connected(home), false);
    await home.command("7.1");
    await home.powerCut("esme");
    await backOnline(home);
    await expectRefusal(home, replayed, () => home.replay(disable));
    assert.equal(connected(home), true);
  });

  it("refuses the old command after the whole home was dark for an hour", async () => {
    const disable = await home.command("7.2");
    await home.command("7.1");
    await home.cutMains(3_600_000);
    await home.runUntil(() => home.wan.attached, 600_000, "the WAN's return");
    await home.run(120_000);
    await expectRefusal(home, replayed, () => home.replay(disable));
    assert.equal(connected(home), true);
  });

  it("refuses the hub's own old command after the hub has lost its power", async () => {
    const device = "00DB1234567890A5";
    announce(home.headEnd, home.device("hub").eui, device, "PPMID");
    const add = await home.command("8.11", addition(device, new Uint8Array(16)));
    await home.command("8.11", { DeviceID: device, RequestType: "Remove" });
    await home.powerCut("hub");
    await home.runUntil(() => home.wan.attached, 600_000, "the WAN's return");
    await expectRefusal(home, { ...replayed, device: "hub" }, () => home.replay(add));
    assert.equal((await home.read("8.9")).DeviceLog?.length, 1);
  });

  /** Enough to reach past the last flash operation of one command: the last cuts must not strike. */
  const operations = 12;
  for (const point of ["before", "torn", "after"] as const)
    mockOnly(
      it(`carries a command out at most once, the power cut ${point} any flash operation of it`, async function () {
        const outcomes: string[] = [];
        for (let n = 0; n < operations; n++) {
          const dark = await commissioned(this);
          const boots = dark.device("esme").boots;
          dark.cutAtFlashOperation("esme", n, point);
          const first = await dark.request("7.2", {}, { timeoutMs: 20_000 });
          const struck = !dark.device("esme").board.powered;
          await dark.plugIn("esme");
          if (struck) {
            await backOnline(dark);
            await dark.run(60_000);
          }
          assert.equal(dark.device("esme").boots - boots, struck ? 1 : 0);
          outcomes.push(await settle(dark, first, struck));
        }
        assert.ok(outcomes.includes("forgotten") || point === "after", outcomes.join());
        assert.ok(outcomes.includes("kept"), outcomes.join());
        assert.equal(outcomes.at(-1), "undisturbed", outcomes.join());
      }),
      "it cuts the power inside a flash operation, which only the simulated flash can",
    );

  /** Sends the same bytes again: they work only if the meter had never accepted them. */
  async function settle(
    dark: Premises,
    first: { readonly bytes: Uint8Array; status: string },
    struck: boolean,
  ) {
    const accepted = () =>
      dark.trace.of("command-accepted", "esme").filter((e) => e.useCase === "ECS43").length;
    const before = accepted();
    const wasOpen = !connected(dark);
    dark.inject(first.bytes);
    await dark.run(60_000);
    assert.equal(connected(dark), false, "the supply must be off in the end");
    if (!struck) {
      assert.equal(first.status, "answered");
      assert.equal(accepted(), 1);
      return "undisturbed";
    }
    const again = accepted() > before;
    assert.equal(again, !wasOpen, "accepted again exactly when it had not been carried out");
    return again ? "forgotten" : "kept";
  }
});
