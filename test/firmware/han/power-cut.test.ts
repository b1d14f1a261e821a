import assert from "node:assert/strict";
import { decodeMac, MacType } from "../../../firmware/han/frames/mac.ts";
import { decodeNwk } from "../../../firmware/han/frames/nwk.ts";
import type { AirFrame } from "../../../hal/mock/index.ts";
import { Home, pairedHome } from "./home.ts";

const ESME = 1;
const message = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7);

/** The secured frames one board has sent. */
const securedBy = (home: Home, boardId: string): AirFrame[] =>
  home.frames.filter(({ from, mpdu }) => {
    if (from !== boardId) return false;
    const mac = decodeMac(mpdu);
    return mac.type === MacType.data && decodeNwk(mac.payload).header.secured;
  });

describe("after a power cut", () => {
  it("a device comes back by itself, without pairing, with counters that never go back", async () => {
    const { home, hub, device } = await pairedHome();
    const counterOf = (frame: AirFrame): number =>
      decodeNwk(decodeMac(frame.mpdu).payload).security!.frameCounter;
    const before = Math.max(...securedBy(home, "esme").map(counterOf));
    const count = home.frames.length;
    await device.off();
    await home.run(10);
    await device.on();
    await home.run(5);
    assert.deepEqual(device.told().slice(2), ["rejoined", "tunnel-opened"]);
    assert.ok(hub.has("rejoined"));
    home.frames.splice(0, count);
    assert.ok(securedBy(home, "esme").every((frame) => counterOf(frame) > before));
    assert.equal(await hub.send(device.name, message(300)), "delivered");
    assert.equal(await device.send(hub.name, message(300)), "delivered");
    assert.ok(!hub.has("refused"));
  });

  it("a hub comes back with its log and its keys; devices do not notice", async () => {
    const { home, hub, device } = await pairedHome();
    const panId = hub.han.extendedPanId;
    await hub.off();
    await home.run(10);
    await hub.on();
    await home.run(5);
    assert.deepEqual(hub.han.extendedPanId, panId);
    assert.equal(hub.han.devices().length, 1);
    assert.equal(hub.han.joinWindowOpen, false);
    assert.equal(await hub.send(device.name, message(300)), "delivered");
    assert.equal(await device.send(hub.name, message(300)), "delivered");
    assert.equal(device.messages.length, 1);
  });

  it("a device looks for a hub that is away, and finds it when it returns", async () => {
    const { home, hub, device } = await pairedHome();
    await hub.off();
    await device.off();
    await device.on();
    await home.run(60);
    assert.ok(device.has("rejoin-failed", "lost-contact"));
    await hub.on();
    await home.run(60);
    assert.ok(device.has("rejoined"));
    assert.equal(await device.send(hub.name, message(10)), "delivered");
  });

  it("a device that gets no answers looks for its hub anew", async () => {
    const { home, hub, device } = await pairedHome();
    await hub.off();
    assert.equal(await device.send(hub.name, message(10)), "timeout");
    assert.equal(await device.send(hub.name, message(10)), "timeout");
    assert.equal(device.han.state, "rejoining");
    await hub.on();
    await home.run(60);
    assert.equal(device.han.state, "joined");
    assert.equal(await device.send(hub.name, message(10)), "delivered");
  });

  for (const victim of ["esme", "hub"] as const) {
    it(`anywhere in a pairing: the ${victim} ends up joined, or can join again`, async () => {
      const operations = await flashOperationsOfPairing(victim);
      assert.ok(operations.after > operations.before);
      for (let at = operations.before; at < operations.after; at++) {
        for (const point of ["before", "torn", "after"] as const) await cutWhilePairing(victim, at, point);
      }
    });
  }
});

describe("a power cut anywhere in traffic", () => {
  for (const victim of ["esme", "hub"] as const) {
    it(`leaves the ${victim} in the network, its counters ahead and its messages whole`, async () => {
      for (let operation = 0; operation < 4; operation++) {
        for (const point of ["before", "torn", "after"] as const)
          await cutInTraffic(victim, operation, point);
      }
    });
  }
});

async function cutInTraffic(
  victim: "esme" | "hub",
  operation: number,
  point: "before" | "torn" | "after",
): Promise<void> {
  const { home, hub, device } = await pairedHome(6);
  const [place, other] = victim === "hub" ? [hub, device] : [device, hub];
  const { mockFlash } = place.board;
  mockFlash.cutPowerAt(mockFlash.operationCount + operation, point);
  for (let i = 0; i < 8 && place.board.powered; i++) await other.send(place.name, message(200 + i));
  assert.equal(place.board.powered, false);
  const before = place.messages.length;
  await place.on();
  await home.run(60);
  assert.equal(await other.send(place.name, message(50)), "delivered");
  assert.equal(await place.send(other.name, message(60)), "delivered");
  assert.deepEqual(place.messages.slice(before).at(-1)!.bytes, message(50));
  assert.ok(!other.has("refused") && !place.has("refused"), `${operation} ${point}`);
}

async function flashOperationsOfPairing(victim: "esme" | "hub"): Promise<{ before: number; after: number }> {
  const home = new Home(5);
  await home.hub.on();
  const device = await home.device().on();
  const { board } = victim === "hub" ? home.hub : device;
  const before = board.mockFlash.operationCount;
  await home.pair(device);
  assert.ok(device.has("tunnel-opened"));
  return { before, after: board.mockFlash.operationCount };
}

async function cutWhilePairing(
  victim: "esme" | "hub",
  at: number,
  point: "before" | "torn" | "after",
): Promise<void> {
  const home = new Home(5);
  await home.hub.on();
  const device = await home.device().on();
  const place = victim === "hub" ? home.hub : device;
  place.board.mockFlash.cutPowerAt(at, point);
  await home.pair(device).catch((error: unknown) => assert.equal((error as Error).name, "PowerLost"));
  await home.run(120);
  assert.equal(place.board.powered, false, `operation ${at} ${point} was never reached`);
  await place.on();
  await home.run(120);
  if (device.han.state !== "joined") {
    await home.hub.han.allow(device.eui64, home.code("esme"), ESME);
    await home.hub.han.openJoinWindow(600);
    await device.han.join();
    await home.run(60);
  }
  assert.equal(device.han.state, "joined", `operation ${at} ${point}: ${device.told()} / ${home.hub.told()}`);
  assert.equal(await home.hub.send(device.name, message(100)), "delivered", `operation ${at} ${point}`);
  assert.equal(await device.send(home.hub.name, message(100)), "delivered", `operation ${at} ${point}`);
}
