import assert from "node:assert/strict";
import { decodeMac, decodeMacCommand, MacType } from "../../../firmware/han/frames/mac.ts";
import { installCodeValid } from "../../../firmware/han/install-code.ts";
import { crypto, Home, pairedHome } from "./home.ts";

const ESME = 1;

describe("pairing", () => {
  it("takes a device from its install code to an open tunnel", async () => {
    const { hub, device } = await pairedHome();
    assert.deepEqual(device.told(), ["joined", "tunnel-opened"]);
    assert.deepEqual(hub.told(), ["join-window-opened", "joining", "joined", "tunnel-opened"]);
    assert.equal(device.han.state, "joined");
    assert.equal(device.han.hub, hub.name);
  });

  it("replaces the install code's key by one both sides agreed", async () => {
    const { hub, home } = await pairedHome();
    const [entry] = hub.han.captureKeys().devices;
    assert.equal(entry!.linkKey!.length, 16);
    assert.notDeepEqual(entry!.linkKey, entry!.installKey);
    const other = await pairedHome(2);
    assert.notDeepEqual(other.hub.han.captureKeys().devices[0]!.linkKey, entry!.linkKey);
    assert.equal(hub.han.devices()[0]!.linkKeyHash.length, 16);
    assert.ok(home.frames.length > 30);
  });

  it("shows the network key on the air to nobody", async () => {
    const { hub, home } = await pairedHome();
    const { networkKey, devices } = hub.han.captureKeys();
    const air = Buffer.concat(home.frames.map(({ mpdu }) => Buffer.from(mpdu)));
    for (const key of [networkKey, devices[0]!.installKey, devices[0]!.linkKey!])
      assert.equal(air.indexOf(key), -1);
  });

  it("scans all sixteen channels for the hub", async () => {
    const home = new Home();
    await home.hub.on();
    const channels = Array.from({ length: 16 }, (_, i) => 11 + i);
    const device = await home.device("esme", home.code("esme"), channels).on();
    await home.pair(device);
    assert.ok(device.has("joined"));
  });

  it("works the same when every event takes its turn in a run loop", async () => {
    const home = new Home(1);
    home.inTurn = true;
    await home.hub.on();
    const device = await home.device().on();
    await home.pair(device);
    assert.equal(await home.hub.send(device.name, new Uint8Array(1500)), "delivered");
    assert.equal(await device.send(home.hub.name, new Uint8Array(1500)), "delivered");
    const direct = await pairedHome(1);
    assert.deepEqual(home.frames.slice(0, direct.home.frames.length), direct.home.frames);
  });

  it("goes on to the hub that lists it when a neighbour's refuses it", async () => {
    const home = new Home();
    const neighbour = await home.newHub("neighbour", 11).on();
    await home.hub.on();
    await neighbour.han.openJoinWindow(600);
    const device = await home.device("esme", home.code("esme"), [11, 20]).on();
    await home.pair(device);
    assert.ok(neighbour.has("join-failed", "not-in-device-log"));
    assert.deepEqual(device.told(), ["joined", "tunnel-opened"]);
    assert.equal(device.han.hub, home.hub.name);
  });

  it("pairs a second device while the first one talks", async () => {
    const { home, hub, device } = await pairedHome();
    const second = await home.device("ppmid").on();
    await home.pair(second);
    assert.ok(second.has("tunnel-opened"));
    assert.equal(await hub.send(device.name, Uint8Array.of(1)), "delivered");
    assert.equal(await hub.send(second.name, Uint8Array.of(2)), "delivered");
    assert.deepEqual([...device.messages[0]!.bytes, ...second.messages[0]!.bytes], [1, 2]);
  });

  it("gives one run for one seed, frame by frame", async () => {
    const [a, b, c] = [await pairedHome(7), await pairedHome(7), await pairedHome(8)];
    assert.deepEqual(a.home.frames, b.home.frames);
    assert.notDeepEqual(a.home.frames, c.home.frames);
  });

  for (const [lossProbability, duplicateProbability] of [
    [0.1, 0.1],
    [0.3, 0],
    [0, 0.5],
    [0.2, 0.3],
  ] as const) {
    it(`succeeds with ${lossProbability * 100} % loss and ${duplicateProbability * 100} % duplicates`, async () => {
      for (const seed of [1, 2, 3, 5, 6]) {
        const { hub, device } = await pairedHome(seed, { lossProbability, duplicateProbability });
        assert.ok(device.has("joined"), `seed ${seed}: ${device.told()}`);
        assert.ok(!hub.has("refused"), `seed ${seed}: ${hub.told()}`);
      }
    });
  }
});

describe("pairing that must fail", () => {
  it("wrong install code: neither side takes it for anything else", async () => {
    const home = new Home();
    await home.hub.on();
    const device = await home.device().on();
    await home.pair(device, home.code("another"));
    await home.run(20);
    assert.deepEqual(device.told(), ["join-failed: wrong-install-code"]);
    assert.ok(home.hub.has("join-failed", "network-key-unanswered"), home.hub.told().join());
    assert.equal(device.han.state, "off");
  });

  it("a device that gives up, for want of a network key or of credentials, sends no MAC disassociation", async () => {
    const home = new Home();
    await home.hub.on();
    const keyless = await home.device().on();
    await home.pair(keyless, home.code("another"));
    assert.ok(keyless.has("join-failed", "wrong-install-code"));
    const rogue = home.device("rogue");
    rogue.certificate = home.certify(
      rogue.name,
      rogue.signer,
      crypto.ed25519Signer(new Uint8Array(32).fill(9)),
    );
    await rogue.on();
    await home.pair(rogue);
    assert.ok(rogue.has("join-failed"), rogue.told().join());
    const commands = home.frames
      .map(({ mpdu }) => decodeMac(mpdu))
      .filter(({ type }) => type === MacType.command)
      .map(({ payload }) => decodeMacCommand(payload).command);
    assert.deepEqual([...new Set(commands)].sort(), [
      "association-request",
      "association-response",
      "beacon-request",
      "data-request",
    ]);
  });

  it("install code with a bad CRC: the device says so and sends nothing", async () => {
    const home = new Home();
    await home.hub.on();
    const label = home.code("label");
    const bad = Uint8Array.of(...label, 0, 0);
    assert.equal(installCodeValid(bad), false);
    const device = await home.labelled("esme", bad).on();
    await home.pair(device, label);
    assert.deepEqual(device.told(), ["join-failed: bad-install-code-crc"]);
    assert.equal(home.frames.length, 0);
    await home.run(700);
    assert.ok(home.hub.has("join-failed", "never-seen"));
  });

  it("device not in the log", async () => {
    const home = new Home();
    await home.hub.on();
    await home.hub.han.openJoinWindow(600);
    const device = await home.device().on();
    await device.han.join();
    await home.run(20);
    assert.deepEqual(device.told(), ["join-failed: not-in-device-log"]);
    assert.deepEqual(home.hub.told(), ["join-window-opened", "join-failed: not-in-device-log"]);
  });

  it("window shut: the device sees it in the beacon", async () => {
    const home = new Home();
    await home.hub.on();
    const device = await home.device().on();
    await home.hub.han.allow(device.eui64, home.code("esme"), ESME);
    await device.han.join();
    await home.run(20);
    assert.deepEqual(device.told(), ["join-failed: join-window-shut"]);
    assert.deepEqual(home.hub.told(), []);
  });

  it("window shut between beacon and association: the hub says so", async () => {
    const home = new Home();
    await home.hub.on();
    const device = await home.device().on();
    await home.hub.han.allow(device.eui64, home.code("esme"), ESME);
    await home.hub.han.openJoinWindow(600);
    await device.han.join();
    await home.scheduler.run(() => home.frames.length >= 2, 1000);
    await home.hub.han.closeJoinWindow();
    await home.run(20);
    assert.ok(home.hub.has("join-failed", "join-window-shut"));
    assert.ok(device.has("join-failed"));
  });

  it("log full: sixteen are listed, the seventeenth is not, and learns why", async () => {
    const home = new Home();
    await home.hub.on();
    for (let i = 0; i < 16; i++) {
      const eui64 = Uint8Array.of(0, 0xdb, 1, 2, 3, 4, 5, i);
      assert.equal(await home.hub.han.allow(eui64, home.code(`${i}`), ESME), "added");
      assert.equal(await home.hub.han.allow(eui64, home.code("other"), ESME), "already");
    }
    const device = await home.device().on();
    assert.equal(await home.hub.han.allow(device.eui64, home.code("esme"), ESME), "full");
    assert.ok(home.hub.has("log-full", "device-log-full"));
    await home.hub.han.openJoinWindow(600);
    await device.han.join();
    await home.run(20);
    assert.deepEqual(device.told(), ["join-failed: device-log-full"]);
    assert.ok(home.hub.has("join-failed", "device-log-full"));
    assert.equal(home.hub.han.devices().length, 16);
  });

  it("no network in reach", async () => {
    const home = new Home();
    const device = await home.device().on();
    await device.han.join();
    await home.run(60);
    assert.deepEqual(device.told(), ["join-failed: no-network"]);
  });

  const stranger = crypto.ed25519Signer(new Uint8Array(32).fill(9));

  it("credential of the device forged: signed by another root", async () => {
    const home = new Home();
    await home.hub.on();
    const device = home.device();
    device.certificate = home.certify(device.name, device.signer, stranger);
    await device.on();
    await home.pair(device);
    await home.run(60);
    assert.deepEqual(device.told(), ["join-failed: credential-refused"]);
    assert.ok(home.hub.has("join-failed", "forged-credential"));
    assert.ok(!home.hub.has("joined"));
    assert.equal(home.hub.han.captureKeys().devices[0]!.linkKey, undefined);
  });

  it("credential of another device: the certificate is sound but names another", async () => {
    const home = new Home();
    await home.hub.on();
    const device = home.device();
    device.certificate = home.certify("00DB1234567890FF", device.signer);
    await device.on();
    await home.pair(device);
    await home.run(60);
    assert.deepEqual(device.told(), ["join-failed: credential-refused"]);
    assert.ok(home.hub.has("join-failed", "forged-credential"));
  });

  it("credential stolen: the certificate is sound but the key is not its own", async () => {
    const home = new Home();
    await home.hub.on();
    const device = home.device();
    device.signer = stranger;
    await device.on();
    await home.pair(device);
    await home.run(60);
    assert.ok(home.hub.has("join-failed", "forged-credential"));
    assert.ok(device.has("join-failed", "credential-refused"));
  });

  it("credential of the hub forged: the device refuses the hub", async () => {
    const home = new Home();
    home.hub.certificate = home.certify(home.hub.name, home.hub.signer, stranger);
    await home.hub.on();
    const device = await home.device().on();
    await home.pair(device);
    await home.run(60);
    assert.deepEqual(device.told(), ["join-failed: forged-credential"]);
    assert.ok(home.hub.has("join-failed", "credential-refused"), home.hub.told().join());
  });

  it("a jammed channel ends in a clear failure, in bounded time", async () => {
    const home = new Home();
    await home.hub.on();
    home.ether.jammer.on = true;
    const device = await home.device().on();
    await home.pair(device);
    assert.deepEqual(device.told(), ["join-failed: no-network"]);
  });
});
