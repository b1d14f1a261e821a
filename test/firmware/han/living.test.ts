import assert from "node:assert/strict";
import { decodeMac, MacType } from "../../../firmware/han/frames/mac.ts";
import { decodeNwk } from "../../../firmware/han/frames/nwk.ts";
import type { AirFrame } from "../../../hal/mock/index.ts";
import { Home, pairedHome, START_UTC_MS } from "./home.ts";

const ESME = 1;
const CHANNEL = 20;
const message = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7);

/** The secured frames one board has sent. */
const securedBy = (home: Home, boardId: string): AirFrame[] =>
  home.frames.filter(({ from, mpdu }) => {
    if (from !== boardId) return false;
    const mac = decodeMac(mpdu);
    return mac.type === MacType.data && decodeNwk(mac.payload).header.secured;
  });

describe("messages through the tunnel", () => {
  for (const length of [0, 1, 55, 56, 60, 61, 600, 1499, 1500]) {
    it(`carries ${length} bytes both ways, once`, async () => {
      const { hub, device } = await pairedHome();
      assert.equal(await hub.send(device.name, message(length)), "delivered");
      assert.equal(await device.send(hub.name, message(length)), "delivered");
      assert.deepEqual(device.messages, [{ from: hub.name, bytes: message(length) }]);
      assert.deepEqual(hub.messages, [{ from: device.name, bytes: message(length) }]);
    });
  }

  it("carries many at once, in order", async () => {
    const { home, hub, device } = await pairedHome();
    const outcomes: string[] = [];
    for (let i = 0; i < 5; i++)
      await hub.han.send(device.name, Uint8Array.of(i), (what) => void outcomes.push(what));
    await home.run(10);
    assert.deepEqual(outcomes, Array(5).fill("delivered"));
    assert.deepEqual(
      device.messages.map(({ bytes }) => bytes[0]),
      [0, 1, 2, 3, 4],
    );
  });

  it("survives loss and duplicates: each message arrives exactly once", async () => {
    for (const seed of [1, 2, 3]) {
      const { home, hub, device } = await pairedHome(seed);
      Object.assign(home.ether.settings, { lossProbability: 0.2, duplicateProbability: 0.3 });
      for (let i = 0; i < 5; i++) {
        const bytes = message(400 + i);
        assert.equal(await hub.send(device.name, bytes), "delivered");
        assert.equal(await device.send(hub.name, bytes), "delivered");
      }
      assert.deepEqual(
        device.messages.map(({ bytes }) => bytes.length),
        [400, 401, 402, 403, 404],
      );
      assert.deepEqual(
        hub.messages.map(({ bytes }) => bytes.length),
        [400, 401, 402, 403, 404],
      );
      assert.ok(!hub.has("refused") && !device.has("refused"));
    }
  });

  it("refuses 1,501 bytes, strangers, and too many at once", async () => {
    const { hub, device, home } = await pairedHome();
    assert.equal(await hub.send(device.name, message(1501)), "too-long");
    assert.equal(await hub.send("00DB000000000000", message(1)), "no-route");
    assert.equal(await device.send("00DB000000000000", message(1)), "no-route");
    const outcomes: string[] = [];
    for (let i = 0; i < 20; i++)
      await hub.han.send(device.name, message(1500), (what) => void outcomes.push(what));
    assert.ok(outcomes.includes("busy"));
    await home.run(60);
    assert.equal(
      outcomes.filter((what) => what === "delivered").length + outcomes.filter((w) => w === "busy").length,
      20,
    );
  });

  it("says not-joined before pairing, on both sides", async () => {
    const home = new Home();
    await home.hub.on();
    const device = await home.device().on();
    await home.hub.han.allow(device.eui64, home.code("esme"), ESME);
    assert.equal(await home.hub.send(device.name, message(1)), "not-joined");
    assert.equal(await device.send(home.hub.name, message(1)), "not-joined");
  });

  it("reports a timeout when the device is off, and counts the failures", async () => {
    const { hub, device } = await pairedHome();
    await device.off();
    assert.equal(await hub.send(device.name, message(10)), "timeout");
    assert.ok(hub.han.devices()[0]!.failures > 0);
  });

  it("gives the hub's time to the device", async () => {
    const { home, device } = await pairedHome();
    let utcS: number | undefined;
    await device.han.readHubTime((value) => {
      utcS = value;
    });
    await home.run(1);
    assert.equal(utcS, Math.floor(START_UTC_MS / 1000 + home.scheduler.nowMs / 1000) - 1);
  });

  it("says there is no time when the hub does not answer", async () => {
    const { home, hub, device } = await pairedHome();
    await hub.off();
    const answers: unknown[] = [];
    await device.han.readHubTime((value) => void answers.push(value));
    await home.run(30);
    assert.deepEqual(answers, [undefined]);
  });

  it("keeps the figures of the hub's device log", async () => {
    const { home, hub, device } = await pairedHome();
    home.ether.place(device.board, { xM: 10, yM: 0 });
    await hub.send(device.name, message(200));
    const [entry] = hub.han.devices();
    assert.equal(entry!.status, 2);
    assert.ok(entry!.minRssiDbm < entry!.averageRssiDbm && entry!.averageRssiDbm < entry!.maxRssiDbm);
    assert.ok(entry!.minLqi < entry!.maxLqi && entry!.successes > 0);
    assert.ok(entry!.lastHeardS >= START_UTC_MS / 1000);
  });
});

describe("a replayed frame", () => {
  it("is refused by the hub and by the device, each with its reason", async () => {
    const { home, hub, device } = await pairedHome();
    await hub.send(device.name, message(10));
    await home.run(10);
    const [fromDevice, fromHub] = [securedBy(home, "esme").at(-1)!, securedBy(home, "hub").at(-1)!];
    home.ether.inject(fromDevice.mpdu, { channel: CHANNEL });
    await home.run(1);
    home.ether.inject(fromHub.mpdu, { channel: CHANNEL });
    await home.run(1);
    assert.ok(hub.has("refused", "replayed-frame-counter"));
    assert.ok(device.has("refused", "replayed-frame-counter"));
    assert.equal(device.messages.length, 1);
  });

  it("is refused after a power cut of the receiver, too: no tunnel message comes twice", async () => {
    const { home, hub, device } = await pairedHome();
    await device.send(hub.name, message(100));
    const captured = securedBy(home, "esme");
    await hub.off();
    await hub.on();
    for (const { mpdu } of captured) {
      home.ether.inject(mpdu, { channel: CHANNEL });
      await home.run(0.1);
    }
    assert.equal(hub.messages.length, 1);
    assert.ok(hub.has("refused", "replayed-frame-counter"));
  });

  it("changed anywhere, is not authentic: no single-bit flip gets through", async () => {
    const { home, hub, device } = await pairedHome();
    await device.send(hub.name, message(10));
    const frame = securedBy(home, "esme").at(-1)!;
    const before = hub.events.length;
    for (let bit = 9 * 8; bit < frame.mpdu.length * 8; bit++) {
      const changed = frame.mpdu.slice();
      changed[bit >>> 3]! ^= 1 << (bit & 7);
      home.ether.inject(changed, { channel: CHANNEL });
      await home.run(0.02);
    }
    assert.ok(
      hub.events.slice(before).every(({ kind }) => kind === "refused"),
      hub.told().join(),
    );
    assert.ok(hub.has("refused", "frame-not-authentic"));
    assert.equal(hub.messages.length, 1);
    assert.equal(await device.send(hub.name, message(20)), "delivered");
  });

  it("cut short anywhere, changes nothing", async () => {
    const { home, hub, device } = await pairedHome();
    for (const from of ["esme", "hub"]) {
      for (const { mpdu } of home.frames.filter((frame) => frame.from === from).slice(0, 12)) {
        for (let length = 0; length < mpdu.length; length++) {
          home.ether.inject(mpdu.slice(0, length), { channel: CHANNEL });
          await home.run(0.02);
        }
      }
    }
    assert.equal(await device.send(hub.name, message(20)), "delivered");
    assert.equal(await hub.send(device.name, message(20)), "delivered");
  });
});

describe("leaving", () => {
  it("removal by the hub: both sides say so, and nothing gets through any more", async () => {
    const { home, hub, device } = await pairedHome();
    assert.equal(await hub.han.remove(device.eui64), true);
    await home.run(5);
    assert.ok(hub.has("removed", "removed") && device.has("removed", "removed"));
    assert.equal(device.han.state, "off");
    assert.equal(await hub.send(device.name, message(1)), "no-route");
    assert.equal(await device.send(hub.name, message(1)), "not-joined");
    assert.equal(await hub.han.remove(device.eui64), false);
    await device.han.join();
    await home.run(20);
    assert.ok(device.has("join-failed", "not-in-device-log"));
  });

  it("removal while the device is off: it learns so when it comes back", async () => {
    const { home, hub, device } = await pairedHome();
    await device.off();
    await hub.han.remove(device.eui64);
    await home.run(10);
    await device.on();
    await home.run(10);
    assert.ok(device.has("removed", "removed"), device.told().join());
    assert.equal(device.han.hub, undefined);
    assert.ok(hub.has("refused", "not-in-device-log"));
  });

  it("removed and listed again, a device pairs again", async () => {
    const { home, hub, device } = await pairedHome();
    await hub.han.remove(device.eui64);
    await home.run(5);
    await home.pair(device);
    assert.equal(device.events.filter(({ kind }) => kind === "joined").length, 2);
    assert.equal(await hub.send(device.name, message(1)), "delivered");
  });

  it("an old order to leave, replayed after pairing anew, is refused", async () => {
    const { home, hub, device } = await pairedHome();
    await hub.han.remove(device.eui64);
    await home.run(5);
    const order = securedBy(home, "hub").at(-1)!;
    await home.pair(device);
    await device.off();
    await device.on();
    await home.run(5);
    const { shortAddress } = hub.han.captureKeys().devices[0]!;
    const mpdu = order.mpdu.slice();
    mpdu[5] = shortAddress & 0xff;
    mpdu[6] = shortAddress >>> 8;
    home.ether.inject(mpdu, { channel: CHANNEL });
    await home.run(1);
    assert.ok(device.has("refused", "replayed-frame-counter"), device.told().join());
    assert.equal(device.han.state, "joined");
  });

  it("goes to a hub formed anew, whose counters start again", async () => {
    const { home, hub, device } = await pairedHome();
    await device.han.leave();
    await home.run(5);
    await hub.off();
    const anew = await home.newHub("anew").on();
    await anew.han.allow(device.eui64, home.code("esme"), ESME);
    await anew.han.openJoinWindow(600);
    await device.han.join();
    await home.run(20);
    assert.equal(device.han.hub, anew.name);
    assert.deepEqual(device.journal.keys("han/in/"), [`han/in/${anew.name}`]);
    assert.equal(await anew.send(device.name, message(100)), "delivered");
  });

  it("a device leaves of its own: the hub keeps it listed, without keys", async () => {
    const { home, hub, device } = await pairedHome();
    await device.han.leave();
    await home.run(5);
    assert.ok(device.has("left") && hub.has("left"));
    assert.equal(hub.han.devices()[0]!.status, 0);
    assert.equal(hub.han.devices()[0]!.linkKeyHash.length, 0);
    await home.pair(device);
    assert.ok(hub.events.filter(({ kind }) => kind === "joined").length === 2);
  });

  it("a stranger that borrows a device's address cannot throw it out", async () => {
    const { home, hub, device } = await pairedHome();
    await home.hub.han.openJoinWindow(600);
    for (const { mpdu } of home.frames.filter(({ from }) => from === "esme").slice(0, 4)) {
      home.ether.inject(mpdu, { channel: CHANNEL });
      await home.run(0.5);
    }
    await home.run(40);
    assert.equal(await hub.send(device.name, message(50)), "delivered");
    assert.equal(await device.send(hub.name, message(50)), "delivered");
    assert.equal(hub.han.devices()[0]!.status, 2);
  });
});
