import assert from "node:assert/strict";
import { messages, objects } from "../../firmware/model/index.ts";
import { fromHex } from "../../hal/base/hex.ts";
import { appliesTo, needs, type Premises } from "../index.ts";
import { commissioned, forge } from "./support.ts";

describe("a hub's log of devices", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });

  const logsOf = (home: Premises) => home.read("8.9", { ReadSecurityDetails: {} }, { to: "hub" });

  it("goes into the hub that follows it, with its network's name (CCS03, CCS07)", async function () {
    const home = await commissioned(this);
    const before = (await logsOf(home)).DeviceLogBackUp;
    await home.command("8.12.1", { OldCHFID: home.device("hub").eui });
    const restored = (await logsOf(home)).DeviceLogBackUp;
    assert.deepEqual(restored?.devices, before?.devices);
    assert.equal(restored?.panId, before?.panId);
    const [meter] = (await home.read("8.9", {}, { to: "hub" })).DeviceLog ?? [];
    assert.equal(meter?.status, 0x80, "listed, and not joined");
    await home.powerCut("hub");
    await home.run(60_000);
    assert.deepEqual((await logsOf(home)).DeviceLogBackUp?.devices, before?.devices);
  });

  it("that was restored lets a meter in on the hash of the key it had, and gives it another", async function () {
    const home = await commissioned(this);
    const { eui: DeviceID, installCode } = home.device("esme");
    const target = home.device("hub").eui;
    const [had] = (await logsOf(home)).DeviceLogBackUp?.devices ?? [];
    assert.ok(had !== undefined);
    await home.command("8.11", { DeviceID, RequestType: "Remove" });
    const told = [new Uint8Array(8).fill(9), [[fromHex(had.device), fromHex(had.keyHash)]]];
    const { id, methods } = objects.deviceLog;
    const operations = [{ kind: "call", object: id, member: methods.restore.no, value: told }] as const;
    const by = "accessControlBroker";
    home.inject(forge(home, { code: messages.CCS03.code, operations, by, target, protection: "mac" }));
    await home.run(10_000);
    assert.equal((await logsOf(home)).DeviceLogBackUp?.panId, "09".repeat(8));
    await home.command("8.11", {
      DeviceID,
      RequestType: "Add",
      AddDeviceToCHFWhitelist: { JoinTimePeriod: 600, InstallCode: installCode.map((byte) => byte ^ 1) },
    });
    await home.run(300_000);
    const [meter] = (await logsOf(home)).DeviceLogBackUp?.devices ?? [];
    assert.equal(meter?.keyHash.length, 32);
    assert.notEqual(meter?.keyHash, had.keyHash);
    await home.command("7.2");
  });

  it("keeps the keys of devices that it has lost, by their hashes (CCS07)", async function () {
    const home = await commissioned(this);
    const { eui: DeviceID } = home.device("esme");
    const before = await logsOf(home);
    await home.command("8.11", { DeviceID, RequestType: "Remove" });
    const after = await logsOf(home);
    assert.deepEqual(after.DeviceLogBackUp?.devices, []);
    assert.deepEqual(after.HistoricDeviceLogBackUp?.devices, before.DeviceLogBackUp?.devices);
  });
});
