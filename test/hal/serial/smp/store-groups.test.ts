import assert from "node:assert/strict";
import {
  enumeration,
  enumGroup,
  fs,
  fsGroup,
  groupError,
  image,
  os,
  osGroup,
  type Payload,
  type SmpGroup,
  settings,
  settingsGroup,
  shell,
  shellGroup,
  stat,
  statGroup,
  zephyr,
  zephyrGroup,
} from "../../../../hal/serial/smp/index.ts";
import { sha256 } from "./memory-slots.ts";
import { bytesOf, refusal, type SmpBench, smpBench, textOf } from "./smp-bench.ts";

const params = { bufSize: 512, bufCount: 4 };

describe("The smaller groups", () => {
  it("stat: list the groups, read the counters", async () => {
    const bench = smpBench([statGroup(() => new Map([["radio", { sent: 5, lost: 0xffff_ffff }]]))]);
    assert.deepEqual(await bench.run(stat.list(bench.client)), ["radio"]);
    assert.deepEqual(await bench.run(stat.read(bench.client, "radio")), { lost: 0xffff_ffff, sent: 5 });
    assert.equal(await refusal(bench, stat.read(bench.client, "tv")), "stat/bad-group");
  });

  it("settings: read, write, cut, delete, commit, save, load", async () => {
    let saved = new Map<string, Uint8Array>([["a/from-flash", bytesOf("f")]]);
    const save = (values: ReadonlyMap<string, Uint8Array>) => {
      saved = new Map(values);
    };
    const bench = smpBench([settingsGroup(new Map(), { load: () => saved, save })]);
    const { client, run } = bench;
    assert.equal(await refusal(bench, settings.read(client, "a/b")), "settings/not-found");
    await run(settings.write(client, "a/b", bytesOf("value")));
    await run(settings.write(client, "c", bytesOf("other")));
    assert.equal(textOf(await run(settings.read(client, "a/b"))), "value");
    assert.equal(textOf(await run(settings.read(client, "a/b", 3))), "val");
    await run(settings.load(client));
    assert.equal(textOf(await run(settings.read(client, "a/from-flash"))), "f");
    await run(settings.commit(client));
    await run(settings.save(client, "a/"));
    assert.deepEqual([...saved.keys()], ["a/b", "a/from-flash"]);
    await run(settings.remove(client, "c"));
    assert.equal(await refusal(bench, settings.remove(client, "c")), "settings/not-found");
    assert.equal(await refusal(bench, settings.read(client, "x".repeat(65))), "settings/key-too-long");
    assert.equal(
      await refusal(bench, settings.write(client, "c", new Uint8Array(1025))),
      "general/no-memory",
    );
  });

  it("fs: upload, download, status, hashes, close", async () => {
    const bench = smpBench([osGroup({ params }), fsGroup(new Map(), { pieceBytes: 100 })]);
    const { client, run } = bench;
    const file = Uint8Array.from({ length: 1000 }, (_, i) => i & 255);
    await run(fs.upload(client, "/lfs/a.bin", file));
    assert.deepEqual(await run(fs.download(client, "/lfs/a.bin")), file);
    assert.equal(await run(fs.status(client, "/lfs/a.bin")), 1000);
    const sha = await run(fs.hash(client, "/lfs/a.bin", { type: "sha256" }));
    assert.deepEqual(sha, { type: "sha256", len: 1000, output: sha256(file) });
    await run(fs.upload(client, "/lfs/check", bytesOf("123456789")));
    assert.equal((await run(fs.hash(client, "/lfs/check"))).output, 0xcbf4_3926);
    const part = await run(fs.hash(client, "/lfs/check", { type: "sha256", off: 2, len: 3 }));
    assert.deepEqual(part.output, sha256(bytesOf("345")));
    assert.deepEqual(await run(fs.hashTypes(client)), [
      { name: "crc32", isBytes: false, sizeBytes: 4 },
      { name: "sha256", isBytes: true, sizeBytes: 32 },
    ]);
    await run(fs.close(client));
    await run(fs.upload(client, "/lfs/empty", new Uint8Array(0)));
    assert.deepEqual(await run(fs.download(client, "/lfs/empty")), new Uint8Array(0));
  });

  it("fs: refuse bad names, offsets, hashes and what does not fit", async () => {
    const files = new Map([
      ["f", bytesOf("abc")],
      ["empty", new Uint8Array(0)],
    ]);
    const bench = smpBench([osGroup({ params }), fsGroup(files, { capacityBytes: 1000 })]);
    const { client } = bench;
    const request = (operation: "read" | "write", command: number, payload: Payload) =>
      client.request(operation, 8, command, payload);
    const data = bytesOf("x");
    const refused: [() => Promise<unknown>, string][] = [
      [() => fs.download(client, "nothing"), "fs/not-found"],
      [() => fs.status(client, ""), "fs/bad-name"],
      [() => request("read", 0, { name: "f", off: 4 }), "fs/past-end"],
      [() => fs.hash(client, "f", { type: "md4" }), "fs/hash-type"],
      [() => fs.hash(client, "f", { type: "toString" }), "fs/hash-type"],
      [() => fs.hash(client, "f", { off: 3 }), "fs/past-end"],
      [() => fs.hash(client, "empty"), "fs/empty"],
      [() => fs.upload(client, "big", new Uint8Array(2000)), "fs/write"],
      [() => request("write", 0, { name: "f", off: 1, data }), "fs/bad-offset"],
      [() => request("write", 0, { name: "new", off: 0, len: 0, data }), "fs/write"],
      [() => request("write", 0, { name: "new", off: 5, data }), "fs/bad-offset"],
      [() => fs.upload(client, "x".repeat(500), data), "general/too-long"],
    ];
    for (const [work, name] of refused) assert.equal(await refusal(bench, work()), name);
    const readOnly = smpBench([osGroup({ params }), fsGroup(files, { readOnly: true })]);
    assert.equal(await refusal(readOnly, fs.upload(readOnly.client, "f", data)), "fs/read-only");
  });

  it("fs: end a download or upload that makes no progress", async () => {
    const answers: Payload = { off: 0, len: 10, data: new Uint8Array(0) };
    const stuck: SmpGroup = { id: 8, name: "fs", handle: () => answers };
    const bench = smpBench([osGroup({ params }), stuck]);
    assert.equal(await refusal(bench, fs.download(bench.client, "f")), "malformed");
    assert.equal(await refusal(bench, fs.upload(bench.client, "f", bytesOf("abc"))), "malformed");
    answers.len = 2 ** 40;
    assert.equal(await refusal(bench, fs.download(bench.client, "f")), "malformed");
    answers.len = 1;
    answers.data = bytesOf("more than said");
    assert.equal(await refusal(bench, fs.download(bench.client, "f")), "malformed");
  });

  it("shell: run a command, also on a server that calls the result rc", async () => {
    const bench = smpBench([
      shellGroup((argv) => {
        if (argv[0] === "fail") throw new Error("no such command");
        return { output: argv.join("+"), returned: argv.length === 1 ? 0 : -3 };
      }),
    ]);
    const { client, run } = bench;
    assert.deepEqual(await run(shell.execute(client, ["help"])), { output: "help", returned: 0 });
    assert.deepEqual(await run(shell.execute(client, ["a", "b"])), { output: "a+b", returned: -3 });
    assert.deepEqual(await run(shell.execute(client, ["fail"])), { output: "no such command", returned: 1 });
    assert.equal(await refusal(bench, shell.execute(client, [])), "shell/empty");
    assert.equal(await refusal(bench, shell.execute(client, ["x".repeat(300)])), "shell/too-long");
    const old = smpBench([{ id: 9, name: "shell", handle: () => ({ o: "out", rc: 5 }) }]);
    assert.deepEqual(await old.run(shell.execute(old.client, ["x"])), { output: "out", returned: 5 });
    const without = smpBench([]);
    assert.equal(await refusal(without, shell.execute(without.client, ["x"])), "general/not-supported");
  });

  it("enum: count, list, one by one, details", async () => {
    const others = [osGroup({ params }), statGroup(() => new Map())];
    const bench = smpBench([...others, enumGroup(others)]);
    const { client, run } = bench;
    assert.equal(await run(enumeration.count(client)), 3);
    assert.deepEqual(await run(enumeration.list(client)), [0, 2, 10]);
    assert.deepEqual(await run(enumeration.single(client)), { group: 0, last: false });
    assert.deepEqual(await run(enumeration.single(client, 2)), { group: 10, last: true });
    assert.equal(await refusal(bench, enumeration.single(client, 3)), "enum/bad-index");
    assert.deepEqual(await run(enumeration.details(client, [2, 10])), [
      { group: 2, name: "stat", handlers: 2 },
      { group: 10, name: "enum", handlers: 4 },
    ]);
    assert.equal((await run(enumeration.details(client))).length, 3);
    assert.equal(await refusal(bench, enumeration.details(client, [1, 2, 3, 4])), "enum/too-many");
  });

  it("zephyr: erase the storage, or say why not", async () => {
    let erased = 0;
    const bench = smpBench([zephyrGroup(() => void erased++)]);
    await bench.run(zephyr.eraseStorage(bench.client));
    assert.equal(erased, 1);
    const worn = smpBench([
      zephyrGroup(() => {
        throw groupError(63, 4);
      }),
    ]);
    assert.equal(await refusal(worn, zephyr.eraseStorage(worn.client)), "zephyr/flash-erase");
  });
});

describe("Answers that are not what they should be", () => {
  /** Every typed call, fed with an answer in which one thing is of another type. */
  const cases: [string, Payload, (bench: SmpBench) => Promise<unknown>][] = [
    ["tasks", { tasks: { idle: 5 } }, ({ client }) => os.taskStatistics(client)],
    ["pools", { smp: [] }, ({ client }) => os.memoryPools(client)],
    ["time", { datetime: "noon" }, ({ client }) => os.readDateTimeMs(client)],
    ["images", { images: [{ slot: -1 }] }, ({ client }) => image.readState(client)],
    ["an image", { images: ["x"] }, ({ client }) => image.readState(client)],
    ["a hash", { images: [{ slot: 0, hash: "text" }] }, ({ client }) => image.readState(client)],
    ["a flag", { images: [{ slot: 0, active: "yes" }] }, ({ client }) => image.readState(client)],
    ["slots", { images: [{ slots: 3 }] }, ({ client }) => image.slotInfo(client)],
    ["an offset", { off: 1.5 }, ({ client }) => image.uploadChunk(client, { off: 0, data: bytesOf("x") })],
    ["names", { stat_list: [1] }, ({ client }) => stat.list(client)],
    ["counters", { fields: { a: "b" } }, ({ client }) => stat.read(client, "x")],
    ["a value", { val: null }, ({ client }) => settings.read(client, "x")],
    ["groups", { groups: ["os"] }, ({ client }) => enumeration.list(client)],
    ["a hash's output", { type: "x", len: 1, output: true }, ({ client }) => fs.hash(client, "x")],
  ];
  for (const [what, answer, call] of cases)
    it(`are refused as malformed: ${what}`, async () => {
      const groups = [0, 1, 2, 3, 8, 10].map((id) => ({ id, name: `${id}`, handle: () => answer }));
      const bench = smpBench(groups);
      assert.equal(await refusal(bench, call(bench)), "malformed");
    });

  it("are tolerated where real boards differ: frugal lists, numbers for flags, a board without images", async () => {
    const answers: Payload[] = [{ images: [{ slot: 0, version: "1", active: 1, extra: [] }], rc: 0 }, {}];
    const bench = smpBench([{ id: 1, name: "image", handle: () => answers.shift() ?? {} }]);
    const [only] = await bench.run(image.readState(bench.client));
    assert.deepEqual([only?.active, only?.confirmed, only?.hash], [true, false, undefined]);
    assert.deepEqual(await bench.run(image.readState(bench.client)), []);
  });
});
