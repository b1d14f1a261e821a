import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCertificate, verifyChain } from "../../../../firmware/wire/cose/certificate.ts";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { openLine } from "../../../../hal/serial/line/index.ts";
import { image, os, SmpClient, type SmpFraming } from "../../../../hal/serial/smp/index.ts";
import { pause, realTimers } from "../../../../hal/serial/timers.ts";
import { boardOnPort } from "../../../../harness/rig/emulate/board-on-port.ts";
import { type Listening, listen } from "../../../../harness/rig/emulate/listen.ts";
import { EmulatedDevice, type EmulateOptions } from "../../../../harness/rig/emulate/serve-device.ts";
import { writeKeys } from "../../../../harness/rig/emulate/write-keys.ts";
import { BesideModel } from "../../../../harness/rig/under-test/beside-model.ts";
import { RemoteDeviceEnd } from "../../../../harness/rig/under-test/remote-device-end.ts";
import { skipWithoutTools, slowMs } from "../../../hal/emulated/emulated-bench.ts";
import { commandLine } from "../../../support/command-line.ts";

interface Event {
  readonly n: number;
  readonly kind: string;
}

/** A host of an emulated device: connects, asks, and goes. */
async function asHost<T>(
  address: string,
  act: (smp: SmpClient) => Promise<T>,
  framing: SmpFraming = "console",
): Promise<T> {
  const line = await openLine(address);
  const smp = new SmpClient(line, { timers: realTimers, framing });
  try {
    return await act(smp);
  } finally {
    smp.close();
    await line.close();
    await pause(realTimers, 100); // the far end hears of it
  }
}

const events = async (smp: SmpClient, ack?: number): Promise<Event[]> =>
  ((await smp.request("read", 64, 15, ack === undefined ? {} : { ack })) as { events: Event[] }).events;

/** Bytes that come to a host which says `word`, if anything, and then listens for a while. */
async function heardBy(address: string, word: string, listen: () => Promise<void>): Promise<string> {
  const line = await openLine(address);
  let heard = "";
  line.onData((bytes) => {
    heard += Buffer.from(bytes).toString("latin1");
  });
  await line.write(Buffer.from(word, "latin1"));
  await listen();
  await pause(realTimers, 300);
  await line.close();
  await pause(realTimers, 100);
  return heard;
}

/** A device on a TCP port for one test. */
function onTcp(options: Partial<EmulateOptions> = {}) {
  let emulated: EmulatedDevice;
  let listening: Listening;
  beforeEach(async () => {
    emulated = await EmulatedDevice.start({ type: "ESME", ...options });
    const wordless = options.framing === "raw";
    listening = await listen("tcp://:0", (line) => emulated.serve(line), { wordless });
  });
  afterEach(async () => {
    await listening.close();
    await emulated.stop();
  });
  return () => ({ emulated, address: listening.address });
}

/** A magnet comes or goes; the device's real time brings it to the firmware. */
async function stir(emulated: EmulatedDevice, magnet: boolean): Promise<void> {
  emulated.device.stimulate({ tamper: { magnet } });
  await pause(realTimers, 300);
}

describe("emulate on TCP: hosts that come and go", function () {
  this.timeout(30_000);
  const bench = onTcp();

  it("keeps what waits, goes on with its numbers, and invents no start for the next host", async () => {
    const { emulated, address } = bench();
    const first = await asHost(address, (smp) => events(smp));
    assert.deepEqual(
      first.map(({ n, kind }) => [n, kind]),
      [[1, "boot"]],
    );
    await stir(emulated, true);
    const second = await asHost(address, (smp) => events(smp, 1));
    assert.ok(second.some(({ kind }) => kind === "tamper"));
    assert.ok(second.every(({ n, kind }, index) => n === index + 2 && kind !== "boot"));
    const last = second.at(-1)!.n;
    await stir(emulated, false);
    const third = await asHost(address, (smp) => events(smp, last));
    assert.ok(third.some(({ kind }) => kind === "tamper"));
    assert.equal(third[0]!.n, last + 1);
  });

  it("hands a response that came while nobody was there to the next host, once", async () => {
    const { emulated, address } = bench();
    const first = await openLine(address);
    const device = await RemoteDeviceEnd.connect(first);
    const beside = await BesideModel.start(device, { seed: 1 });
    const { bytes } = beside.headEnd.submit("7.2", {}, { to: beside.eui, unchecked: true });
    device.close();
    await first.close();
    const { messagesOut } = emulated.counts;
    const hostless = new Promise<Uint8Array>((resolve) => emulated.device.onMessage(resolve));
    await emulated.device.deliver(bytes);
    const response = await hostless;
    assert.ok(emulated.counts.messagesOut > messagesOut);
    for (const expected of [response, undefined]) {
      const line = await openLineWhenFree(address);
      const next = await RemoteDeviceEnd.connect(line);
      const got = await next.next(
        (message) => Buffer.compare(message, response) === 0,
        expected ? 5000 : 500,
      );
      assert.deepEqual(got, expected);
      next.close();
      await line.close();
    }
  });

  it("goes on with an upload that its host left", async () => {
    const { address } = bench();
    const file = Buffer.alloc(3000, 7);
    file.writeUInt32LE(0x96f3b83d);
    file.fill(0, 4, 32);
    file.writeUInt16LE(32, 8);
    const upload = (smp: SmpClient, off: number, end: number, first?: { lengthBytes: number }) =>
      image.uploadChunk(smp, { off, data: file.subarray(off, end), ...(first && { first }) });
    assert.equal((await asHost(address, (smp) => upload(smp, 0, 1000, { lengthBytes: 3000 }))).off, 1000);
    assert.equal((await asHost(address, (smp) => upload(smp, 1000, 2000))).off, 2000);
  });

  it("tells a host that never used group 64 nothing of it: after another that did, and after a reset", async () => {
    const { emulated, address } = bench();
    await asHost(address, (smp) => events(smp));
    assert.equal(await heardBy(address, "", () => stir(emulated, true)), "");
    await asHost(address, (smp) => events(smp));
    const reset = await heardBy(address, "", () => emulated.reset());
    assert.match(reset, /^boot: \S+ \(no swap\)\r\n$/, "console text only");
  });
});

/** The far end takes a moment to see that the former host has gone. */
async function openLineWhenFree(address: string) {
  await pause(realTimers, 200);
  return openLine(address);
}

describe("emulate --framing raw", function () {
  this.timeout(30_000);
  const bench = onTcp({ framing: "raw" });

  it("speaks bare packets, and says nothing else on the line", async () => {
    const { emulated, address } = bench();
    assert.equal(await asHost(address, (smp) => os.echo(smp, "hello"), "raw"), "hello");
    assert.equal(await heardBy(address, "", () => emulated.reset()), "");
  });

  it("answers after half a packet, and after a question in console framing", async () => {
    const { address } = bench();
    await heardBy(address, "\n\u0006\u0009AAsIAAABAAABAKDuhQ==\n", async () => {});
    assert.equal(await asHost(address, (smp) => os.echo(smp, "well"), "raw"), "well");
  });

  it("sends a second caller away without a word", async () => {
    const { address } = bench();
    await asHost(
      address,
      async () => {
        const { port } = new URL(address.replace("tcp:", "http:"));
        const second = connect(Number(port), "127.0.0.1");
        let said = "";
        second.on("data", (bytes) => {
          said += bytes;
        });
        await new Promise((resolve) => second.on("close", resolve));
        assert.equal(said, "");
      },
      "raw",
    );
  });
});

describe("emulate --older-answers", function () {
  this.timeout(30_000);
  const bench = onTcp({ olderAnswers: true });

  it("puts rc 0 behind every good answer, and works for a client that takes either", async () => {
    const answers = await asHost(bench().address, async (smp) => [
      await smp.request("read", 1, 0),
      await smp.request("write", 1, 5, {}),
      await smp.request("read", 0, 6),
    ]);
    assert.deepEqual(
      answers.map((answer) => Object.keys(answer)),
      [["images", "splitStatus", "rc"], ["rc"], ["buf_size", "buf_count", "rc"]],
    );
  });
});

describe("emulate --device hub", function () {
  this.timeout(30_000);
  const bench = onTcp({ type: "CHF" });

  it("declares the parts it has, and refuses a stimulus to one that it has not", async () => {
    const { address } = bench();
    const { parts } = (await asHost(address, (smp) => smp.request("read", 64, 0))) as { parts: string[] };
    for (const absent of ["switch", "tamper", "metrology", "ui"]) assert.ok(!parts.includes(absent), absent);
    for (const stimulus of [{ stuck: false }, { button: "a" }, { tamper: { magnet: true } }])
      await assert.rejects(
        asHost(address, (smp) => smp.request("write", 64, 17, stimulus)),
        { name: "board/absent" },
      );
    assert.deepEqual(await asHost(address, (smp) => smp.request("write", 64, 17, { mJ: 9000 })), {});
  });
});

describe("emulate --keys", function () {
  this.timeout(30_000);
  const bench = onTcp();

  it("writes the whole chain: every certificate leads to root.cwt", () => {
    const dir = mkdtempSync(join(tmpdir(), "meterbench-"));
    try {
      writeKeys(dir, bench().emulated.device);
      const read = (name: string) => new Uint8Array(readFileSync(join(dir, name)));
      const root = readCertificate(read("root.cwt"));
      assert.equal(root.issuer, root.subject);
      const leaves = readdirSync(dir).filter((name) => /-(ds|ka|pp-ka)\.cwt$/.test(name));
      assert.ok(leaves.length > 10);
      for (const name of leaves) {
        const { subject } = verifyChain(read(name), [read("issuing.cwt")], root, undefined, nodeCrypto());
        assert.ok(name.startsWith(subject), name);
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("emulate --device board", function () {
  this.timeout(slowMs);
  before(function () {
    skipWithoutTools(this);
  });

  it("keeps the emulated board on a TCP port for one client after the other", async () => {
    const listening = await boardOnPort("tcp://:0", {});
    try {
      for (const word of ["one", "two"]) {
        await heardBy(listening.address, "\u0006\u0009AAsC", async () => {}); // and leaves
        const once = { retries: 0 };
        assert.equal(await asHost(listening.address, (smp) => os.echo(smp, word, once)), word);
      }
      const [, chip] = await asHost(listening.address, (smp) =>
        Promise.all([events(smp), os.appInfo(smp, "i")]),
      );
      assert.equal(chip, "vexpress-a9");
      assert.equal(await heardBy(listening.address, "", async () => {}), "");
    } finally {
      await listening.close();
    }
  });

  it("keeps its flash in --dir, gives a pty, and answers as older servers where it is told to", async () => {
    const dir = mkdtempSync(join(tmpdir(), "meterbench-"));
    try {
      for (const olderAnswers of [false, true]) {
        const listening = await boardOnPort("pty", { dir, olderAnswers });
        const reset = "\n\u0006\u0009AAsCAAABAAEABaC/bA==\n"; // erase, version 1, sequence 0
        const heard = await heardBy(listening.address, reset, async () => {});
        const [, frame] = /\t([\w+/=]+)\n/.exec(heard) ?? [];
        const packet = Buffer.from(frame!, "base64").subarray(10, -2);
        assert.equal(packet.toString("hex"), olderAnswers ? "bf62726300ff" : "bfff");
        await listening.close();
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it("refuses what is not its own: keys, seed, framing, a rate on a pty; and --dir of the model", async () => {
    const wrong = [
      ["--device", "board", "--keys", "keys"],
      ["--device", "board", "--seed", "4"],
      ["--device", "board", "--framing", "raw"],
      ["--device", "board", "--baud", "9600"],
      ["--dir", "somewhere"],
    ];
    for (const words of wrong) {
      const { exitCode, stderr } = await commandLine(["emulate", "--port", "pty", ...words]);
      assert.equal(exitCode, 2, words.join(" "));
      assert.match(stderr, new RegExp(`emulate: ${words.at(-2)} is for`));
    }
  });
});
