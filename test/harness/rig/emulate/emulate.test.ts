import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { missingTools } from "../../../../hal/emulated/index.ts";
import { openLine } from "../../../../hal/serial/line/index.ts";
import { SerialBoard } from "../../../../hal/serial/parts/index.ts";
import { image, os, SmpClient } from "../../../../hal/serial/smp/index.ts";
import { realTimers } from "../../../../hal/serial/timers.ts";
import { type ListenEvent, listen } from "../../../../harness/rig/emulate/listen.ts";
import { EmulatedDevice } from "../../../../harness/rig/emulate/serve-device.ts";
import { writeKeys } from "../../../../harness/rig/emulate/write-keys.ts";
import { BesideModel } from "../../../../harness/rig/under-test/beside-model.ts";
import { RemoteDeviceEnd } from "../../../../harness/rig/under-test/remote-device-end.ts";
import { loadCwtKeys } from "../../../../harness/verify/cwt-keys.ts";
import { commandLine } from "../../../support/command-line.ts";

describe("emulate", function () {
  this.timeout(30_000);
  let folder: string;
  let emulated: EmulatedDevice;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-"));
    emulated = await EmulatedDevice.start({ type: "ESME" });
  });
  after(async () => {
    await emulated.stop();
    rmSync(folder, { recursive: true });
  });

  it("tells who connects and goes, and a second caller why it is sent away", async () => {
    const events: ListenEvent[] = [];
    const onEvent = (event: ListenEvent) => void events.push(event);
    const listening = await listen("tcp://:0", (line) => emulated.serve(line), { onEvent });
    const first = await openLine(listening.address);
    const { port } = new URL(listening.address.replace("tcp:", "http:"));
    const second = connect(Number(port), "127.0.0.1");
    let said = "";
    second.on("data", (bytes) => {
      said += bytes;
    });
    await new Promise((resolve) => second.on("close", resolve));
    assert.equal(said, "meterbench: another host is connected to this device\r\n");
    await first.close();
    await listening.close();
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["connected", "refused", "disconnected"],
    );
  });

  it("makes a pty pair where asked to, says when it is lost, and gives up with an error of the rig", async function () {
    if (missingTools().some(({ program }) => program === "socat")) {
      console.warn("      skipped: needs socat (see meterbench doctor)");
      this.skip();
    }
    const events: ListenEvent[] = [];
    const onEvent = (event: ListenEvent) => void events.push(event);
    const pty = await listen("pty", (line) => emulated.serve(line), { onEvent });
    const line = await openLine(pty.address);
    const smp = new SmpClient(line, { timers: realTimers });
    assert.equal(await os.echo(smp, "hello"), "hello");
    smp.close();
    await line.close();
    const near = await listen(pty.address, () => () => {}, { onEvent, giveUpAfterMs: 200 });
    await pty.close();
    await assert.rejects(near.lost, { code: "rig/port-lost" });
    await near.close();
    assert.ok(events.some(({ text }) => /lost: .*; looking for it/.test(text)));
  });

  it("counts resets and confirmed images", async () => {
    const before = { ...emulated.counts };
    const listening = await listen("tcp://:0", (line) => emulated.serve(line));
    const line = await openLine(listening.address);
    const smp = new SmpClient(line, { timers: realTimers });
    await image.confirm(smp);
    await os.reset(smp);
    smp.close();
    await listening.close();
    assert.equal(emulated.counts.imagesConfirmed, before.imagesConfirmed + 1);
    assert.equal(emulated.counts.resets, before.resets + 1);
  });

  it("a reset by SMP is no power loss: the time of day stays, even with a dead battery", async () => {
    const listening = await listen("tcp://:0", (line) => emulated.serve(line));
    const line = await openLine(listening.address);
    const remote = await SerialBoard.connect(line, { crypto: nodeCrypto(), timers: realTimers });
    const { board } = emulated.device;
    board.mockClock.batteryDead = true;
    await board.clock.setRtcMs(1_800_000_000_000);
    const back = new Promise<string>((resolve) => remote.onRestart((_next, reason) => resolve(reason)));
    await remote.reset();
    assert.match(await back, /^restarted/);
    assert.ok(Number(await board.clock.readRtcMs()) >= 1_800_000_000_000, "the time of day is still there");
    board.mockClock.batteryDead = false;
    remote.close();
    await listening.close();
  });

  it("writes the keys by which others can talk to it: its messages verify with them", async () => {
    const keys = join(folder, "keys");
    writeKeys(keys, emulated.device);
    assert.deepEqual(loadCwtKeys(keys, nodeCrypto()).unusable, []);
    const listening = await listen("tcp://:0", (line) => emulated.serve(line));
    const device = await RemoteDeviceEnd.connect(await openLine(listening.address));
    const beside = await BesideModel.start(device, { seed: 1 });
    const { bytes } = beside.headEnd.submit("7.2", {}, { to: beside.eui, unchecked: true });
    await device.deliver(bytes);
    const answer = await device.next(() => true, 5000);
    device.close();
    await listening.close();
    writeFileSync(join(folder, "command.bin"), bytes);
    writeFileSync(join(folder, "response.bin"), answer ?? new Uint8Array());
    const files = ["command.bin", "response.bin"].map((name) => join(folder, name));
    const { exitCode, stdout } = await commandLine([
      "verify",
      ...files,
      "--wire",
      "cose",
      "--keys",
      keys,
      "--json",
    ]);
    assert.equal(exitCode, 0, stdout);
    assert.equal(JSON.parse(stdout).ok, 2);
  });
});
