import assert from "node:assert/strict";
import { decodeMac, MacType } from "../../../firmware/han/frames/mac.ts";
import { decodeNwk } from "../../../firmware/han/frames/nwk.ts";
import { pairedHome } from "./home.ts";

const ESME = 0;
const windowS = 600;

/** A device that was off while it was taken off the log, and is on it again. */
async function addedAgain(code?: Uint8Array) {
  const paired = await pairedHome();
  const { home, hub, device } = paired;
  const hash = hub.han.devices()[0]!.linkKeyHash;
  await device.send(hub.name, Uint8Array.of(42));
  await device.off();
  await hub.han.remove(device.eui64);
  await home.run(10);
  await hub.off();
  await hub.on();
  await hub.han.allow(device.eui64, code ?? home.code("esme"), ESME);
  const entry = () => hub.han.devices()[0]!;
  assert.equal(entry().linkKeyHash.length, 0);
  return { ...paired, hash, entry };
}

describe("a device that was removed and is added again (CCS01, CCS02)", () => {
  it("comes in on its old key in the first half of the window", async () => {
    const { home, hub, device, hash, entry } = await addedAgain();
    await hub.han.openJoinWindow(windowS);
    await home.run(windowS / 2 - 60);
    await device.on();
    await home.run(30);
    assert.deepEqual([entry().status, entry().linkKeyHash], [2, hash], hub.told().join());
    assert.ok(hub.has("rejoined") && device.has("rejoined"));
    assert.equal(await hub.send(device.name, Uint8Array.of(1)), "delivered");
    assert.equal(await device.send(hub.name, Uint8Array.of(2)), "delivered");
    await home.run(windowS);
    assert.equal(entry().status, 2);
    await hub.off();
    await hub.on();
    assert.deepEqual([entry().status, entry().linkKeyHash], [2, hash]);
  });

  it("must use its install code in the second half, and does", async () => {
    const { home, hub, device, hash, entry } = await addedAgain();
    await hub.han.openJoinWindow(windowS);
    await home.run(windowS / 2 + 1);
    await device.on();
    await home.run(30);
    assert.equal(entry().status, 0);
    assert.ok(device.has("removed"), device.told().join());
    await device.han.join();
    await home.run(60);
    assert.equal(entry().status, 2);
    assert.notDeepEqual(entry().linkKeyHash, hash);
  });

  it("does not come in on its old key without a window, nor when another install code is all it has", async () => {
    const { home, hub, device, entry } = await addedAgain(new Uint8Array(16));
    await device.on();
    await home.run(30);
    assert.equal(entry().status, 0);
    await hub.han.openJoinWindow(windowS);
    await device.han.join();
    await home.run(windowS);
    assert.equal(entry().status, 0);
  });

  it("what it said under the old key before is not taken again", async () => {
    const { home, hub, device, entry } = await addedAgain();
    const said = home.frames.filter(({ from, mpdu }) => {
      const mac = decodeMac(mpdu);
      return from === "esme" && mac.type === MacType.data && decodeNwk(mac.payload).header.secured;
    });
    hub.messages.length = 0;
    await hub.han.openJoinWindow(windowS);
    for (const { mpdu } of said) {
      home.ether.inject(mpdu, { channel: 20 });
      await home.run(0.2);
    }
    await home.run(10);
    assert.deepEqual([hub.messages, entry().status], [[], 0]);
    await device.on();
    await home.run(30);
    assert.equal(entry().status, 2);
    assert.deepEqual(hub.messages, []);
  });
});

describe("the historic log", () => {
  it("holds 15: the oldest gives way, a device in it is updated, one that never had a key is not in it", async () => {
    const { home, hub, device } = await pairedHome();
    const names: string[] = [];
    const removed = async (n: number) => {
      const other = n === 0 ? device : await home.device(`other-${n}`).on();
      if (n > 0) await home.pair(other);
      assert.equal(hub.han.devices()[0]!.status, 2, `device ${n}`);
      names.push(other.name);
      await hub.han.remove(other.eui64);
      await home.run(5);
      await other.off();
    };
    for (let n = 0; n < 15; n++) await removed(n);
    const [oldest] = hub.han.historic.devices();
    assert.equal(oldest!.hash.length, 16);
    await device.on();
    await home.pair(device);
    const hash = hub.han.devices()[0]!.linkKeyHash;
    await hub.han.remove(device.eui64);
    assert.deepEqual(hub.han.historic.devices().at(-1), { eui64: device.name, hash });
    const keyless = home.device("keyless");
    await hub.han.allow(keyless.eui64, new Uint8Array(16), ESME);
    await hub.han.remove(keyless.eui64);
    for (let n = 15; n < 17; n++) await removed(n);
    await hub.off();
    await hub.on();
    const kept = hub.han.historic.devices().map(({ eui64 }) => eui64);
    assert.deepEqual(kept, [...names.slice(3, 15), device.name, ...names.slice(15)]);
    assert.equal(kept.length, 15);
  });
});
