import assert from "node:assert/strict";
import { type OsGroupOptions, os, osGroup, type SmpClient } from "../../../../hal/serial/smp/index.ts";
import { refusal, smpBench } from "./smp-bench.ts";

const params = { bufSize: 512, bufCount: 4 };

const osBench = (options: Partial<OsGroupOptions> = {}) => smpBench([osGroup({ params, ...options })]);

describe("The os group", () => {
  it("echoes", async () => {
    const bench = osBench();
    assert.equal(await bench.run(os.echo(bench.client, "grüß Gott")), "grüß Gott");
    assert.deepEqual(await bench.run(bench.client.request("read", 0, 0, { d: "r" })), { r: "r" });
  });

  it("tells tasks and memory pools, with what each board knows of them", async () => {
    const tasks = [
      { name: "main", priority: -2, id: 1, state: 3, stackUsedWords: 40, stackWords: 256 },
      { name: "idle", priority: 15, contextSwitches: 7, runtime: 99 },
    ];
    const pools = [{ name: "smp", blockBytes: 512, blocks: 4, free: 3, minFree: 1 }];
    const bench = osBench({ tasks: () => tasks, memoryPools: () => pools });
    assert.deepEqual(await bench.run(os.taskStatistics(bench.client)), tasks);
    assert.deepEqual(await bench.run(os.memoryPools(bench.client)), pools);
  });

  it("keeps date and time", async () => {
    let now: number | undefined;
    const write = (utcMs: number) => {
      now = utcMs;
    };
    const bench = osBench({ clock: { read: () => now, write } });
    assert.equal(await refusal(bench, os.readDateTime(bench.client)), "os/rtc-not-set");
    await bench.run(os.writeDateTime(bench.client, 1_700_000_000_123));
    assert.equal(now, 1_700_000_000_123);
    assert.equal(await bench.run(os.readDateTime(bench.client)), "2023-11-14T22:13:20.123");
    assert.equal(await bench.run(os.readDateTimeMs(bench.client)), now);
    const bad = bench.client.request("write", 0, 4, { datetime: "yesterday" });
    assert.equal(await refusal(bench, bad), "general/invalid");
    const failing = osBench({
      clock: { read: () => 0, write: () => Promise.reject(new Error("no battery")) },
    });
    assert.equal(await refusal(failing, os.writeDateTime(failing.client, 0)), "os/rtc-failed");
  });

  it("reads times with and without a zone, with any number of digits", () => {
    const at = Date.UTC(2024, 0, 1);
    assert.equal(os.parseDateTime("2024-01-01T00:00:00"), at);
    assert.equal(os.parseDateTime("2024-01-01T00:00:00Z"), at);
    assert.equal(os.parseDateTime("2024-01-01T01:00:00.123456+01:00"), at + 123);
    assert.equal(os.parseDateTime("2023-12-31T22:30:00.5-0130"), at + 500);
    assert.equal(os.parseDateTime("2024-13-01T00:00:00"), undefined);
    assert.equal(os.parseDateTime("2024-01-01"), undefined);
  });

  it("takes no date that is in no calendar, neither to set a clock nor from one", () => {
    for (const text of [
      "2026-02-30T00:00:00",
      "2025-02-29T00:00:00Z",
      "2026-01-01T24:00:00",
      "2026-06-31T01:00:00.5",
    ])
      assert.equal(os.parseDateTime(text), undefined, text);
  });

  it("answers a reset before it resets, and refuses one while busy unless it is forced", async () => {
    const done: string[] = [];
    let busy = true;
    const reset = ({ force, bootMode }: { force: boolean; bootMode: string }) => {
      done.push(`reset ${force} ${bootMode} after ${bench.boardLine.sentBytes > 0}`);
    };
    const bench = osBench({ reset, busy: () => busy });
    assert.equal(await refusal(bench, os.reset(bench.client)), "general/busy");
    assert.deepEqual(done, []);
    await bench.run(os.reset(bench.client, { force: true, bootMode: "bootloader" }));
    busy = false;
    await bench.run(os.reset(bench.client));
    assert.deepEqual(done, ["reset true bootloader after true", "reset false normal after true"]);
  });

  it("tells its parameters, its application and its bootloader", async () => {
    const bench = osBench({
      appInfo: { s: "Zephyr", v: "4.4.0", m: "arm", p: "cortex-m4" },
      bootloader: { name: "MCUboot", mode: 3, noDowngrade: true },
    });
    assert.deepEqual(await bench.run(bench.client.params()), { ...params, source: "board" });
    assert.equal(await bench.run(os.appInfo(bench.client)), "Zephyr");
    assert.equal(await bench.run(os.appInfo(bench.client, "pvs")), "Zephyr 4.4.0 cortex-m4");
    assert.equal(await bench.run(os.appInfo(bench.client, "a")), "Zephyr 4.4.0 arm cortex-m4");
    assert.equal(await refusal(bench, os.appInfo(bench.client, "x")), "os/invalid-format");
    assert.equal(await bench.run(os.bootloaderName(bench.client)), "MCUboot");
    assert.deepEqual(await bench.run(os.bootloaderMode(bench.client)), { mode: 3, noDowngrade: true });
    const query = bench.client.request("read", 0, 8, { query: "colour" });
    assert.equal(await refusal(bench, query), "os/no-answer");
  });

  it("does not support what the board has not", async () => {
    const bench = osBench();
    const calls = [
      os.taskStatistics,
      os.memoryPools,
      os.readDateTime,
      os.reset,
      os.appInfo,
      os.bootloaderName,
      (client: SmpClient) => os.consoleEcho(client, false),
    ];
    for (const call of calls) assert.equal(await refusal(bench, call(bench.client)), "general/not-supported");
  });
});
