import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LinkType, PcapngWriter, tsharkKeyOption } from "../../../harness/reports/pcapng.ts";
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
    if (spawnSync("tshark", ["--version"]).status !== 0) {
      console.warn("      skipped: no tshark on this machine (install wireshark's command line tools)");
      this.skip();
    }
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

  const tshark = (...options: string[]): string =>
    execFileSync("tshark", ["-r", file, ...keys, ...options], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 64 << 20,
    });

  it("has every frame, none malformed, none with a complaint", () => {
    assert.equal(tshark("-T", "fields", "-e", "frame.number").trim().split("\n").length, frames);
    assert.equal(tshark("-Y", "_ws.malformed || _ws.expert"), "");
  });

  it("opens every secured frame: each MIC is right", () => {
    const secured = "zbee_nwk.security == 1 || zbee_aps.security == 1";
    assert.ok(tshark("-Y", secured).split("\n").length > 100);
    // tshark names the key of each layer it could open; an encrypted payload stays where it could not.
    assert.equal(tshark("-Y", "zbee_sec.encrypted_payload"), "");
    assert.equal(tshark("-Y", "zbee_nwk.security == 1 && !zbee.sec.key"), "");
  });

  it("names what a pairing is made of", () => {
    const summary = tshark();
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
    const blind = execFileSync(
      "tshark",
      ["-r", file, "-o", tsharkKeyOption(new Uint8Array(16), "none"), "-Y", "zbee_sec.encrypted_payload"],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        maxBuffer: 64 << 20,
      },
    );
    assert.ok(blind.split("\n").length > 50);
  });
});
