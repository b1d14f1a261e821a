import assert from "node:assert/strict";
import fc from "fast-check";
import {
  escapeTelnet,
  subnegotiation,
  type TelnetEvent,
  TelnetOptions,
  TelnetReader,
  telnet,
} from "../../../../hal/serial/line/telnet.ts";
import { hex, readJson, toHex, vectors } from "../../../support/shared-data.ts";

const dataOf = (events: readonly TelnetEvent[]) =>
  events.flatMap((event) => (event.kind === "data" ? [...event.bytes] : []));

describe("Telnet", () => {
  it("reads the recorded pyserial session: its data, and nothing unknown (vectors/rfc2217)", function () {
    const trace = readJson<{ log: { dir: string; hex?: string; action?: string }[] }>(
      vectors(this, "rfc2217/pyserial_trace.json"),
    );
    const data: Record<string, number[]> = { "C>S": [], "S>C": [] };
    const codes = new Set<number>();
    for (const dir of ["C>S", "S>C"]) {
      const reader = new TelnetReader();
      for (const entry of trace.log.filter((row) => row.dir.startsWith(dir) && row.hex !== undefined)) {
        const bytes = hex(entry.hex!);
        const events = reader.read(bytes);
        data[dir]!.push(...dataOf(events));
        for (const event of events)
          if (event.kind === "subnegotiation" && event.option === 44) codes.add(event.payload[0]!);
      }
    }
    const expected = "41ffff42000d0a0609414164495a577873623876570a";
    assert.equal(toHex(Uint8Array.from(data["C>S"]!)), expected);
    assert.equal(toHex(Uint8Array.from(data["S>C"]!)), expected);
    assert.deepEqual(
      [...codes].sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 12, 101, 102, 103, 104, 105, 107, 112],
    );
  });

  it("gives back any bytes it escaped, in pieces of any size (fast-check, seed 3)", () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ maxLength: 50 }),
        fc.integer({ min: 1, max: 9 }),
        (bytes, payload, size) => {
          const sent = Uint8Array.of(...escapeTelnet(bytes), ...subnegotiation(44, payload));
          const reader = new TelnetReader();
          const events: TelnetEvent[] = [];
          for (let at = 0; at < sent.length; at += size)
            events.push(...reader.read(sent.slice(at, at + size)));
          assert.deepEqual(dataOf(events), [...bytes]);
          const last = events.at(-1);
          assert.ok(last?.kind === "subnegotiation");
          assert.deepEqual([...last.payload], [...payload]);
        },
      ),
      { seed: 3, numRuns: 200 },
    ));

  it("survives garbage: it reads on, or says that this is no telnet (fast-check, seed 4)", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(240, 250, 251, 253, 255, 44, 0, 65), { maxLength: 400 }),
        (bytes) => {
          const reader = new TelnetReader();
          const options = new TelnetOptions([44]);
          for (const event of reader.read(Uint8Array.from(bytes)))
            if (event.kind === "negotiation") options.answer(event.verb, event.option);
        },
      ),
      { seed: 4, numRuns: 300 },
    ));

  it("bounds a subnegotiation without an end", () => {
    const reader = new TelnetReader();
    reader.read(Uint8Array.of(telnet.IAC, telnet.SB, 44));
    assert.throws(() => reader.read(new Uint8Array(2000)), { code: "line/protocol", message: /1024 bytes/ });
  });

  it("drops a subnegotiation whose end was lost, and commands without an option", () => {
    const reader = new TelnetReader();
    const events = reader.read(
      Uint8Array.of(255, 250, 44, 1, 255, 251, 1, 65, 255, 241, 66, 255, 250, 255, 240),
    );
    assert.deepEqual(
      events.map((event) => (event.kind === "data" ? String.fromCharCode(...event.bytes) : event.kind)),
      ["negotiation", "AB"],
    );
  });

  it("answers each change once, refuses the rest, and stops a flood", () => {
    const options = new TelnetOptions([44, 0]);
    assert.equal(toHex(options.opening([44], [0])), "fffb2cfffd00");
    assert.equal(options.answer(telnet.DO, 44), undefined, "the answer to our offer");
    assert.equal(options.isMine(44), true);
    assert.equal(options.answer(telnet.DO, 44), undefined, "nothing changes");
    assert.equal(toHex(options.answer(telnet.WILL, 44)!), "fffd2c");
    assert.equal(toHex(options.answer(telnet.WILL, 1)!), "fffe01");
    assert.equal(options.answer(telnet.WONT, 1), undefined);
    assert.equal(toHex(options.answer(telnet.DONT, 44)!), "fffc2c");
    assert.equal(options.isMine(44), false);
    assert.throws(() => {
      for (let i = 0; i < 1000; i++) options.answer(telnet.DO, 99);
    }, /more than 512 negotiations/);
  });
});
