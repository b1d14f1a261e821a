import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeScalar } from "../../../../../firmware/wire/gbcs/cbke/curve.ts";
import { cbkeEstablishment } from "../../../../../firmware/wire/gbcs/cbke/establishment.ts";
import { implicitSigner } from "../../../../../firmware/wire/gbcs/cbke/mqv.ts";
import type { KeyEstablishment } from "../../../../../firmware/wire/suite.ts";
import { LinkType, PcapngWriter, tsharkKeyOption } from "../../../../../harness/reports/pcapng.ts";
import { hasTshark, tshark } from "../../../../support/tshark.ts";
import { Home } from "../../../han/home.ts";
import { authorityOf, partyOf } from "./parties.ts";

/** A home whose link keys CBKE establishes: hub and device on, not yet joined. */
async function cbkeHome(
  deviceAuthority = authorityOf("authority"),
  establishment: KeyEstablishment = cbkeEstablishment,
) {
  const home = new Home();
  const device = home.device();
  home.keyEstablishment = establishment;
  const authority = authorityOf("authority");
  home.root = implicitSigner(encodeScalar(authority.secret));
  for (const [place, by] of [
    [home.hub, authority],
    [device, deviceAuthority],
  ] as const) {
    // Valid in whatever year the home is.
    const { credential } = partyOf(place.name, place.name, by, { notBeforeS: 0 }).options;
    place.certificate = credential.certificate;
    place.signer = credential.signer;
  }
  return { home, hub: await home.hub.on(), device: await device.on() };
}

describe("CBKE: a pairing over Zigbee frames", () => {
  it("takes a device from its install code to an open tunnel under the agreed key", async () => {
    const { home, hub, device } = await cbkeHome();
    await home.pair(device);
    assert.deepEqual(device.told(), ["joined", "tunnel-opened"]);
    const [entry] = hub.han.captureKeys().devices;
    assert.notDeepEqual(entry!.linkKey, entry!.installKey);
    assert.equal(await hub.send(device.name, new Uint8Array(1500).fill(7)), "delivered");
    assert.equal(await device.send(hub.name, new Uint8Array(300).fill(9)), "delivered");
  });

  it("joins no device that another authority certified under the same name", async () => {
    const { home, hub, device } = await cbkeHome(authorityOf("forger"));
    await home.pair(device);
    assert.ok(!hub.has("joined"), hub.told().join(", "));
    assert.ok(device.has("join-failed"), device.told().join(", "));
  });

  it("waits as long as the hub asks for before it begins again", async () => {
    let spoilt = 0;
    const waits: (number | undefined)[] = [];
    const { home, device } = await cbkeHome(undefined, {
      ...cbkeEstablishment,
      async proceed(options, peer, state, command) {
        // What the hub hears first is of a suite that it has not.
        const isSpoilt = state === undefined && spoilt++ === 0;
        const payload = isSpoilt ? command.payload.with(0, 0xff) : command.payload;
        const step = await cbkeEstablishment.proceed(options, peer, state, { ...command, payload });
        if (step.failure !== undefined) waits.push(step.retryAfterS);
        return step;
      },
    });
    const from = home.scheduler.nowMs;
    await home.pair(device);
    assert.deepEqual(
      [waits, device.told()],
      [
        [undefined, 30],
        ["joined", "tunnel-opened"],
      ],
    );
    const tookS = (home.scheduler.nowMs - from) / 1000;
    assert.ok(tookS > 30 && tookS < 40, `${tookS} s`);
  });

  it("opens in tshark, with every command of the cluster read", async function () {
    if (!hasTshark()) return this.skip();
    const { home, hub, device } = await cbkeHome();
    await home.pair(device);
    const { networkKey, devices } = hub.han.captureKeys();
    const keys = [networkKey, devices[0]!.installKey, devices[0]!.linkKey!];
    const writer = new PcapngWriter();
    const air = writer.addInterface("HAN", LinkType.ieee802154NoFcs);
    for (const { mpdu, timeMs } of home.frames)
      writer.packet(air, mpdu, { timeUs: Math.round(timeMs * 1000) });
    const folder = mkdtempSync(join(tmpdir(), "meterbench-cbke-"));
    try {
      const file = join(folder, "han.pcapng");
      writeFileSync(file, writer.toBytes());
      const options = keys.flatMap((key, i) => ["-o", tsharkKeyOption(key, `key ${i}`)]);
      const read = (...more: string[]) => tshark("-r", file, ...options, ...more).trim();
      assert.equal(read("-Y", "_ws.malformed || _ws.expert"), "");
      // tshark names the key of each layer whose MIC was right; an encrypted payload stays where it was not.
      assert.ok(read("-Y", "zbee_nwk.security == 1 || zbee_aps.security == 1").split("\n").length > 20);
      assert.equal(read("-Y", "zbee_sec.encrypted_payload"), "");
      assert.equal(read("-Y", "zbee_nwk.security == 1 && !zbee.sec.key"), "");
      const cluster = ["-Y", "zbee_aps.cluster == 0x0800 && zbee_zcl"];
      const column = read(...cluster, "-T", "fields", "-e", "_ws.col.Info");
      assert.deepEqual(
        column.split("\n").map((line) => /: (.*),/.exec(line)![1]),
        [
          "Initiate Key Establishment Request",
          "Initiate Key Establishment Response",
          "Ephemeral Data Request",
          "Ephemeral Data Response",
          "Confirm Key Data Request",
          "Confirm Key Data Response",
        ],
      );
      const whole = read(...cluster, "-V").toUpperCase();
      for (const text of ["Crypto Suite 2 (CBKE K283)", "Curve: sect283k1", `Subject: ${hub.name}`])
        assert.ok(whole.includes(text.toUpperCase()), text);
      assert.ok(whole.includes(`SUBJECT: ${device.name}`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
