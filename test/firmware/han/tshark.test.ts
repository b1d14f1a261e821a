import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LinkType, PcapngWriter, tsharkKeyOption } from "../../../harness/reports/pcapng.ts";
import { hasTshark, tshark } from "../../support/tshark.ts";
import { type Home, pairedHome } from "./home.ts";

/** Everything a device and its hub say to each other in a life: pairing, traffic, time, coming back, removal. */
async function wholeLife(): Promise<{ home: Home; keys: readonly Uint8Array[] }> {
  const { home, hub, device } = await pairedHome();
  await hub.send(device.name, new Uint8Array(1500).fill(7));
  await device.send(hub.name, new Uint8Array(300).fill(9));
  await device.han.readHubTime(() => {});
  await home.run(2);
  await device.off();
  await device.on();
  await home.run(5);
  const { networkKey, devices } = hub.han.captureKeys();
  await hub.han.remove(device.eui64);
  await home.run(5);
  return { home, keys: [networkKey, devices[0]!.installKey, devices[0]!.linkKey!] };
}

function capture(home: Home): Uint8Array {
  const writer = new PcapngWriter();
  const air = writer.addInterface("HAN", LinkType.ieee802154NoFcs);
  for (const { mpdu, timeMs } of home.frames) writer.packet(air, mpdu, { timeUs: Math.round(timeMs * 1000) });
  return writer.toBytes();
}

describe("a captured life of a device, read by tshark", function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  let keys: string[];
  let frames: number;

  before(async function () {
    if (!hasTshark()) this.skip();
    const life = await wholeLife();
    folder = mkdtempSync(join(tmpdir(), "meterbench-han-"));
    file = join(folder, "han.pcapng");
    writeFileSync(file, capture(life.home));
    keys = life.keys.flatMap((key, i) => ["-o", tsharkKeyOption(key, `key ${i}`)]);
    frames = life.home.frames.length;
  });

  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const read = (...options: string[]): string => tshark("-r", file, ...keys, ...options);

  it("has every frame, none malformed, none with a complaint", () => {
    assert.equal(read("-T", "fields", "-e", "frame.number").trim().split("\n").length, frames);
    assert.equal(read("-Y", "_ws.malformed || _ws.expert"), "");
  });

  it("opens every secured frame: each MIC is right", () => {
    const secured = "zbee_nwk.security == 1 || zbee_aps.security == 1";
    assert.ok(read("-Y", secured).split("\n").length > 100);
    // tshark names the key of each layer it could open; an encrypted payload stays where it could not.
    assert.equal(read("-Y", "zbee_sec.encrypted_payload"), "");
    assert.equal(read("-Y", "zbee_nwk.security == 1 && !zbee.sec.key"), "");
  });

  it("names what a pairing is made of", () => {
    const summary = read();
    for (const step of [
      "Beacon Request",
      "Association Request",
      "Association Response",
      "Transport Key",
      "Device Announcement",
      "Request Tunnel",
      "Request Tunnel Response",
      "Transfer Data",
      "Read Attributes",
      "Rejoin Request",
      "Rejoin Response",
      "Leave",
    ]) {
      assert.ok(summary.includes(step), `${step} is missing`);
    }
  });

  it("does not open them without the keys", () => {
    assert.ok(blind().split("\n").length > 50);
  });

  const blind = () =>
    tshark("-r", file, "-o", tsharkKeyOption(new Uint8Array(16), "none"), "-Y", "zbee_sec.encrypted_payload");

  it("reads no key from the user's own Wireshark settings", () => {
    const expected = blind();
    const own = join(folder, "own");
    const names = ["HOME", "XDG_CONFIG_HOME", "WIRESHARK_CONFIG_DIR"] as const;
    const before = names.map((name) => process.env[name]);
    for (const dir of [
      own,
      join(own, "wireshark"),
      join(own, ".config/wireshark"),
      join(own, ".wireshark"),
    ]) {
      mkdirSync(dir, { recursive: true });
      const row = (key: string) => `${/uat:zigbee_pc_keys:(.*)/.exec(key)?.[1]}\n`;
      writeFileSync(
        join(dir, "zigbee_pc_keys"),
        keys
          .filter((key) => key !== "-o")
          .map(row)
          .join(""),
      );
    }
    for (const name of names) process.env[name] = own;
    try {
      assert.equal(blind(), expected);
    } finally {
      for (const [i, name] of names.entries())
        if (before[i] === undefined) delete process.env[name];
        else process.env[name] = before[i];
    }
  });
});
