import assert from "node:assert/strict";
import fc from "fast-check";
import { crc16Xmodem, encodeFrame, enumeration, os, SmpClient, stat } from "../../../hal/serial/smp/index.ts";
import { realTimers } from "../../../hal/serial/timers.ts";
import { hex } from "../../support/shared-data.ts";
import { ask, emulatedBench, slowMs } from "./emulated-bench.ts";

describe("the emulated board's SMP server", function () {
  this.timeout(slowMs);
  const bench = emulatedBench({ id: "ädam" });
  const smp = () => bench().smp;
  const packetOf = (text: string): Uint8Array => hex(text);
  const counts = async () => {
    const fields = await stat.read(smp(), "smp");
    return { requests: Number(fields.requests), errors: Number(fields.errors) };
  };
  /** How many requests the board saw in what `send` sends, and how many of them it refused. */
  async function counted(send: () => Promise<void>): Promise<{ requests: number; errors: number }> {
    const before = await counts();
    await send();
    const after = await counts();
    return { requests: after.requests - before.requests - 1, errors: after.errors - before.errors };
  }
  const write = (packet: Uint8Array) => bench().line.write(encodeFrame("console", packet));

  it("echoes, as a read and as a write, in both versions", async () => {
    for (const version of [1, 2] as const) {
      const client = new SmpClient(bench().line, { timers: realTimers, version });
      for (const operation of ["read", "write"] as const)
        assert.deepEqual(await client.request(operation, 0, 0, { d: "grüezi" }), { r: "grüezi" });
      client.close();
    }
  });

  it("echoes as much as its buffer holds, and tells its buffers", async () => {
    const params = await smp().params();
    assert.deepEqual([params.bufSize, params.bufCount], [2048, 4]);
    const text = "x".repeat((await smp().maxPacketBytes()) - 24);
    assert.equal(await os.echo(smp(), text), text);
  });

  it("says who it is: the running image, the board, the machine", async () => {
    const infos = ["s", "n", "r", "sa", "i p m"].map((format) => ask(smp(), "read", 0, 7, { format }));
    assert.deepEqual(await Promise.all(infos), [
      { output: "Meterbench agent" },
      { output: "ädam" },
      { output: "none" },
      { output: "Meterbench agent ädam none 1 freestanding C arm cortex-a9 vexpress-a9 bare metal" },
      { output: "arm cortex-a9 vexpress-a9" },
    ]);
    assert.equal(await ask(smp(), "read", 0, 7, { format: "sx" }), "0/2");
  });

  it("tells its boot loader and the mode: swap with a scratch area", async () => {
    assert.deepEqual(await ask(smp(), "read", 0, 8), { bootloader: "MCUboot" });
    assert.deepEqual(await ask(smp(), "read", 0, 8, { query: "mode" }), { mode: 1 });
    assert.equal(await ask(smp(), "read", 0, 8, { query: "colour" }), "0/3");
  });

  it("knows how deep its stack has been", async () => {
    const [task] = await os.taskStatistics(smp());
    assert.equal(task?.name, "main");
    assert.ok(task.stackUsedWords! > 50 && task.stackUsedWords! < task.stackWords! / 2);
  });

  it("has no time of day until it is set, reads every form of it, and gives microseconds and a zone", async () => {
    assert.equal(await ask(smp(), "read", 0, 4), "0/4");
    const set = async (datetime: string) => {
      assert.deepEqual(await ask(smp(), "write", 0, 4, { datetime }), {});
      return ((await ask(smp(), "read", 0, 4)) as { datetime: string }).datetime.slice(0, 17);
    };
    assert.equal(await set("2026-02-28T23:59:01Z"), "2026-02-28T23:59:");
    assert.equal(await set("2024-02-29T00:30:01.250+01:00"), "2024-02-28T23:30:");
    assert.equal(await set("2000-03-01T12:00:01.123456"), "2000-03-01T12:00:");
    assert.match(await set("9999-12-31T23:00:01-0500"), /^10000-01-01T04:00/);
    for (const wrong of [
      "2025-13-01T00:00:00",
      "2025-06-31T00:00:00",
      "2025-02-29T00:00:00",
      "2025-01-01T24:00:00",
      "1969-12-31T23:59:59",
      "2025-01-01",
      "",
      "x",
    ])
      assert.equal(await ask(smp(), "write", 0, 4, { datetime: wrong }), "-/3");
  });

  it("lists its groups in each of the ways", async () => {
    assert.deepEqual(await enumeration.list(smp()), [0, 1, 2, 10, 64]);
    assert.deepEqual(await ask(smp(), "read", 10, 0), { count: 5 });
    assert.deepEqual(await ask(smp(), "read", 10, 2, { index: 1 }), { group: 1 });
    assert.deepEqual(await ask(smp(), "read", 10, 2, { index: 4 }), { group: 64, end: true });
    assert.equal(await ask(smp(), "read", 10, 2, { index: 5 }), "10/4");
    assert.deepEqual(await ask(smp(), "read", 10, 3, { groups: [2] }), {
      groups: [{ group: 2, name: "stat", handlers: 2 }],
    });
  });

  it("refuses what it does not have: groups, commands, writes of what can only be read, statistics", async () => {
    assert.equal(await ask(smp(), "read", 7, 0), "-/8");
    assert.equal(await ask(smp(), "read", 0, 99), "-/8");
    assert.equal(await ask(smp(), "write", 0, 6), "-/8");
    assert.equal(await ask(smp(), "read", 2, 0, { name: "other" }), "2/2");
    assert.deepEqual(await ask(smp(), "read", 2, 1), { stat_list: ["smp"] });
  });

  it("answers a client of version 1 with general codes, and one too new with rc 13", async () => {
    const old = new SmpClient(bench().line, { timers: realTimers, version: 1 });
    assert.equal(await ask(old, "read", 0, 7, { format: "sx" }), "-/3");
    assert.equal(await ask(old, "write", 1, 1, { off: 0, data: new Uint8Array(3) }), "-/3");
    old.close();
    assert.deepEqual(await counted(() => write(packetOf("1000000000004200"))), { requests: 1, errors: 1 });
  });

  it("takes no argument as an empty map, as nothing, and as a map of open length, with unknown keys", async () => {
    const packets = ["0800000000000106", "08000001000001 06a0", "08000002000001 06bfff"];
    for (const packet of packets)
      assert.deepEqual(await counted(() => write(packetOf(packet))), { requests: 1, errors: 0 });
    const unknown = { x: [1, { y: new Uint8Array(3) }], d: "hi", z: -5.5 };
    assert.deepEqual(await ask(smp(), "read", 0, 0, unknown), { r: "hi" });
  });

  it("refuses CBOR that is malformed, is no map, nests too deep, or has a key without a value", async () => {
    for (const payload of [
      "ff",
      "a1",
      "a16164",
      "81",
      "8101",
      "bf6164",
      "5f41ff",
      "a161788181818181818181818101",
      "bbffffffffffffffff",
    ]) {
      const body = hex(payload);
      const head = hex(`0800${body.length.toString(16).padStart(4, "0")}00000707`);
      const result = await counted(() => write(Uint8Array.of(...head, ...body)));
      assert.deepEqual(result, { requests: 1, errors: 1 }, payload);
    }
  });

  it("never answers broken frames or text", async () => {
    const good = encodeFrame("console", packetOf("0800000000000106"));
    const badCrc = Uint8Array.from(good);
    badCrc[8] = badCrc[8] === 65 ? 66 : 65;
    const lines = [
      badCrc,
      good.subarray(0, good.length - 3),
      hex("0a"),
      new TextEncoder().encode("just some text\n\u0004\u0014AAAA\n\u0006\u0009!!!!\n\u0006\u0009AA\n"),
      new Uint8Array(5_000).fill(65),
      hex("0a"),
    ];
    const result = await counted(async () => {
      for (const line of lines) await bench().line.write(line);
    });
    assert.deepEqual(result, { requests: 0, errors: 0 });
  });

  it("takes lines split anywhere, and ones of several lengths", async () => {
    const text = "y".repeat(300);
    assert.equal(await os.echo(smp(), text), text);
    // One byte a write: the interrupt handler sees every boundary.
    const packet = packetOf("0a00000900004200a1616465 68656c6c6f".replace(" ", ""));
    const frame = encodeFrame("console", packet);
    const result = await counted(async () => {
      for (const byte of frame) await bench().line.write(Uint8Array.of(byte));
    });
    assert.equal(result.requests, 1);
  });

  it("takes a frame whose marker comes inside a line that was cut off", async () => {
    const frame = encodeFrame("console", packetOf("0800000000000106"));
    const result = await counted(() => bench().line.write(Uint8Array.of(...frame.subarray(0, 11), ...frame)));
    assert.deepEqual(result, { requests: 1, errors: 0 });
  });

  it("sends nothing unasked to a host that never asked for group 64, and then does", async () => {
    await bench().board.reset();
    const unasked: number[] = [];
    const cancel = bench().smp.onUnasked(({ group }) => void unasked.push(group));
    await os.echo(smp(), "first after the start");
    await os.echo(smp(), "second");
    assert.deepEqual(unasked, []);
    await ask(smp(), "read", 64, 0);
    await os.echo(smp(), "third");
    assert.deepEqual(unasked, [64], "the boot event");
    cancel();
  });

  /** A fault of the agent resets the board: no start may be seen meanwhile. */
  async function withoutStart(act: () => Promise<void>): Promise<void> {
    const starts: string[] = [];
    const cancel = bench().board.onStimulus((line) => void (line.includes("BOOT") && starts.push(line)));
    await act().finally(cancel);
    assert.deepEqual(starts, []);
  }

  it("survives any bytes, and answers the next request", async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      await bench().line.write(Uint8Array.of(...bytes, 10));
      assert.equal(await os.echo(smp(), "alive"), "alive");
    });
    await withoutStart(() => fc.assert(property, { seed: 7, numRuns: 60 }));
  });

  it("survives any payload of any command in a good frame", async () => {
    const groups = fc.constantFrom(0, 1, 2, 10, 64);
    // 5 of group 0 resets the board, as it should.
    const command = fc
      .tuple(fc.constantFrom(0, 2), groups, fc.nat(20))
      .filter(([, group, id]) => group !== 0 || id !== 5);
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .uint8Array({ maxLength: 60 })
        .map((bytes) => Uint8Array.of(0xbf, 0x63, 0x6f, 0x66, 0x66, ...bytes, 0xff)),
    );
    const property = fc.asyncProperty(command, payload, async ([op, group, id], body) => {
      await write(Uint8Array.of(8 | op!, 0, 0, body.length, 0, group!, 9, id!, ...body));
      assert.equal(await os.echo(smp(), "alive"), "alive");
    });
    await withoutStart(() => fc.assert(property, { seed: 11, numRuns: 150 }));
  });

  it("resets on request, after its answer has left, and says so when it is back", async () => {
    const back = bench().board.nextBoot(10_000);
    assert.deepEqual(await ask(smp(), "write", 0, 5, { force: 1 }), {});
    assert.equal((await back).reason, "reset");
    assert.equal(await os.echo(smp(), "back"), "back");
  });

  it("has the CRC of the specification", () => assert.equal(crc16Xmodem(hex("313233343536373839")), 0x31c3));
});
