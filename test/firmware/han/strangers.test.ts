import assert from "node:assert/strict";
import { ApsType, encodeApsHeader } from "../../../firmware/han/frames/aps.ts";
import {
  decodeMac,
  encodeMac,
  encodeMacCommand,
  MAINS_DEVICE_CAPABILITY,
  type MacCommand,
  MacType,
} from "../../../firmware/han/frames/mac.ts";
import {
  decodeNwk,
  encodeNwkCommand,
  encodeNwkHeader,
  type NwkCommand,
} from "../../../firmware/han/frames/nwk.ts";
import { KeyId, secure } from "../../../firmware/han/frames/security.ts";
import {
  DEVICE_ANNOUNCE,
  encodeDeviceAnnounce,
  ZDO_ENDPOINT,
  ZDO_PROFILE,
} from "../../../firmware/han/frames/zdo.ts";
import { crypto, type Home, pairedHome } from "./home.ts";

type Paired = Awaited<ReturnType<typeof pairedHome>>;
const CHANNEL = 20;
const KEY_BYTES = 16;

/** A MAC command in `eui64`'s name: anyone can send it. */
function macCommand({ home, hub }: Paired, eui64: string, command: MacCommand): void {
  const { panId } = hub.han.captureKeys();
  const own = command.command === "association-request" ? 0xffff : panId;
  const mpdu = encodeMac({
    type: MacType.command,
    sequence: 7,
    ackRequest: true,
    framePending: false,
    destinationPan: panId,
    destination: 0,
    sourcePan: own,
    source: eui64,
    payload: encodeMacCommand(command),
  });
  home.ether.inject(mpdu, { channel: CHANNEL });
}

/** A frame for the hub in `eui64`'s name: in the clear, or by one of the home that holds the network key. */
function nwkFrame(
  { home, hub }: Paired,
  eui64: string,
  type: "command" | "data",
  payload: Uint8Array,
  frameCounter?: number,
): void {
  const { panId, networkKey, devices } = hub.han.captureKeys();
  const source = devices.find((device) => device.eui64 === eui64)!.shortAddress;
  const secured = frameCounter !== undefined;
  const header = encodeNwkHeader({
    type,
    destination: 0,
    source,
    radius: 1,
    sequence: 9,
    sourceEui: eui64,
    secured,
  });
  const security = { keyId: KeyId.network, frameCounter: frameCounter ?? 0, source: eui64, keySequence: 0 };
  const body = secured
    ? secure(crypto, networkKey, eui64, header, security, payload)
    : Uint8Array.of(...header, ...payload);
  const mac = { type: MacType.data, sequence: 8, ackRequest: true, framePending: false } as const;
  const addresses = { destinationPan: panId, destination: 0, sourcePan: panId, source };
  home.ether.inject(encodeMac({ ...mac, ...addresses, payload: body }), { channel: CHANNEL });
}

const association: MacCommand = { command: "association-request", capability: MAINS_DEVICE_CAPABILITY };
const command = (what: NwkCommand) => encodeNwkCommand(what);
const leave = command({ command: "leave", request: false, rejoin: false });
const rejoin = command({ command: "rejoin-request", capability: MAINS_DEVICE_CAPABILITY });

function announce(eui64: string): Uint8Array {
  const header = encodeApsHeader({
    type: ApsType.data,
    broadcast: true,
    ackRequest: false,
    secured: false,
    counter: 200,
    address: {
      destinationEndpoint: ZDO_ENDPOINT,
      cluster: DEVICE_ANNOUNCE,
      profile: ZDO_PROFILE,
      sourceEndpoint: ZDO_ENDPOINT,
    },
  });
  const said = { sequence: 0, shortAddress: 0x1234, eui64, capability: MAINS_DEVICE_CAPABILITY };
  return Uint8Array.of(...header, ...encodeDeviceAnnounce(said));
}

/** APS request-key (4.4.9): no peer may have one so. */
const requestKey = Uint8Array.of(0x01, 201, 0x08, 0x04);

const entry = ({ hub, device }: Paired) => hub.han.devices().find(({ eui64 }) => eui64 === device.name)!;

/** The next frame counter that the device itself would use. */
function ahead(home: Home, of = "esme"): number {
  const used = home.frames.flatMap(({ from, mpdu }) => {
    const mac = decodeMac(mpdu);
    if (from !== of || mac.type !== MacType.data) return [];
    return [decodeNwk(mac.payload).security?.frameCounter ?? 0];
  });
  return Math.max(...used) + 1;
}

describe("a stranger's frame in the name of an established device", () => {
  let paired: Paired;
  let before: Uint8Array;
  beforeEach(async () => {
    paired = await pairedHome();
    before = entry(paired).linkKeyHash;
  });

  /** Through a minute after the attack, second by second, nothing is lost and commands get through. */
  async function nothingLost(): Promise<void> {
    const { home, hub, device } = paired;
    for (let second = 0; second < 60; second++) {
      assert.equal(entry(paired).status, 2, `after ${second} s`);
      assert.deepEqual(entry(paired).linkKeyHash, before);
      if (second % 6 === 0)
        assert.equal(await hub.send(device.name, Uint8Array.of(second)), "delivered", `after ${second} s`);
      await home.run(1);
    }
    assert.equal(await device.send(hub.name, Uint8Array.of(1)), "delivered");
    assert.equal(device.han.state, "joined");
  }

  for (const times of [1, 5])
    it(`an association request, ${times} times with the window open, and polls`, async () => {
      const { home, hub, device } = paired;
      await hub.han.openJoinWindow(600);
      const { journal } = hub;
      const key = `han/dev/${device.name}`;
      const kept = journal.get(key);
      for (let i = 0; i < times; i++) {
        macCommand(paired, device.name, association);
        await home.run(0.6);
        macCommand(paired, device.name, { command: "data-request" });
        await home.run(0.6);
        assert.equal(entry(paired).status, 2);
      }
      await nothingLost();
      assert.deepEqual(journal.get(key), kept);
      assert.ok(hub.has("join-failed", "network-key-unanswered"), hub.told().join());
    });

  it("an association request with the window shut, and a MAC disassociation", async () => {
    macCommand(paired, paired.device.name, association);
    macCommand(paired, paired.device.name, { command: "disassociation", reason: 2 });
    await nothingLost();
  });

  it("in the clear: leave, rejoin, announce, a key request", async () => {
    const { device, home } = paired;
    for (const payload of [leave, rejoin]) {
      nwkFrame(paired, device.name, "command", payload);
      await home.run(0.2);
    }
    for (const payload of [announce(device.name), requestKey]) {
      nwkFrame(paired, device.name, "data", payload);
      await home.run(0.2);
    }
    await nothingLost();
  });

  it("under the network key, which the whole home holds: announce, a key request, rejoin", async () => {
    const { device, home } = paired;
    nwkFrame(paired, device.name, "data", announce(device.name), ahead(home));
    await home.run(0.2);
    nwkFrame(paired, device.name, "data", requestKey, ahead(home) + 1);
    await home.run(0.2);
    nwkFrame(paired, device.name, "command", rejoin, ahead(home) + 2);
    await home.run(3);
    await nothingLost();
  });

  it("a forged leave under the network key: the device is asked, answers, and nothing has happened", async () => {
    const { home, hub, device } = paired;
    nwkFrame(paired, device.name, "command", leave, ahead(home));
    await nothingLost();
    assert.ok(hub.has("refused", "leave-not-meant"), hub.told().join());
    assert.ok(!hub.has("left"));
  });

  it("a MAC disassociation does not end the joining of a device on its way in", async () => {
    const { home } = paired;
    const other = await home.device("other").on();
    await home.hub.han.allow(other.eui64, home.code("other"), 0);
    await home.hub.han.openJoinWindow(600);
    await other.han.join();
    for (let i = 0; i < 300 && !other.has("joined"); i++) {
      macCommand(paired, other.name, { command: "disassociation", reason: 2 });
      await home.run(0.1);
    }
    assert.ok(other.has("joined"), other.told().join());
    assert.ok(!other.has("join-failed"));
  });
});

describe("a leave", () => {
  it("that is believed because the device was out of reach does not cost it its key: it speaks, and is back", async () => {
    const paired = await pairedHome();
    const { home, hub, device } = paired;
    const before = entry(paired).linkKeyHash;
    await device.off();
    nwkFrame(paired, device.name, "command", leave, ahead(home));
    await home.run(10);
    assert.ok(hub.has("left"), hub.told().join());
    assert.deepEqual([entry(paired).status, entry(paired).linkKeyHash.length], [0, 0]);
    await hub.off();
    await hub.on();
    assert.equal(await hub.send(device.name, Uint8Array.of(1)), "not-joined");
    await device.on();
    await home.run(30);
    assert.ok(hub.has("rejoined"), hub.told().join());
    assert.deepEqual([entry(paired).status, entry(paired).linkKeyHash], [2, before]);
    assert.equal(await hub.send(device.name, Uint8Array.of(2)), "delivered");
    assert.equal(before.length, KEY_BYTES);
  });
});

describe("an order to leave, or no answer but no, in the hub's name", () => {
  /** What one of the home sends to the device as if it were the hub. */
  function fromHub({ home, hub, device }: Paired, what: NwkCommand): void {
    const { panId, networkKey, devices } = hub.han.captureKeys();
    const { shortAddress: destination } = devices[0]!;
    const [type, secured] = ["command", true] as const;
    const addresses = { destination, source: 0, destinationEui: device.name, sourceEui: hub.name };
    const header = encodeNwkHeader({ type, radius: 1, sequence: 9, secured, ...addresses });
    const frameCounter = ahead(home, "hub");
    const security = { keyId: KeyId.network, frameCounter, source: hub.name, keySequence: 0 };
    const payload = secure(crypto, networkKey, hub.name, header, security, encodeNwkCommand(what));
    const mac = { type: MacType.data, sequence: 8, ackRequest: true, framePending: false } as const;
    const mpdu = encodeMac({
      ...mac,
      destinationPan: panId,
      destination,
      sourcePan: panId,
      source: 0,
      payload,
    });
    home.ether.inject(mpdu, { channel: CHANNEL });
  }

  it("does not take a device from its hub, which is asked under the key of both", async () => {
    const paired = await pairedHome();
    const { home, hub, device } = paired;
    fromHub(paired, { command: "leave", request: true, rejoin: false });
    await home.run(20);
    assert.equal(device.han.state, "joined");
    assert.ok(device.has("refused", "leave-not-meant"), device.told().join());
    assert.equal(await hub.send(device.name, Uint8Array.of(1)), "delivered");
    assert.equal(await device.send(hub.name, Uint8Array.of(2)), "delivered");
  });

  it("when it comes back, neither", async () => {
    const paired = await pairedHome();
    const { home, hub, device } = paired;
    await device.off();
    await device.on();
    fromHub(paired, { command: "rejoin-response", shortAddress: 0xffff, status: 2 });
    await home.run(20);
    assert.equal(device.han.state, "joined", device.told().join());
    assert.equal(await hub.send(device.name, Uint8Array.of(1)), "delivered");
  });
});
