import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decode as cbor2Decode } from "cbor2";
import {
  decodePackets,
  encodeConsole,
  encodePacket,
  frameReceiver,
  isResponse,
  payloadOf,
} from "../../../../hal/serial/smp/index.ts";
import { hex, toHex, vectors } from "../../../support/shared-data.ts";

interface Recorded {
  readonly message: string;
  readonly version: 0 | 1;
  readonly sequence: number;
  readonly bytes: string;
}

/** JPHutchins/smp, tests/binary_regressions (Apache-2.0): JSON lines, many of them twice. */
function recorded(context: Mocha.Context): readonly Recorded[] {
  const dir = vectors(context, "smp/smp-records");
  const lines = readdirSync(dir).flatMap((file) => readFileSync(join(dir, file), "utf8").trim().split("\n"));
  return [...new Map(lines.map((line) => JSON.parse(line) as Recorded).map((r) => [r.bytes, r])).values()];
}

describe("SMP messages", () => {
  it("decode and encode the recorded ones of JPHutchins/smp to the same bytes", function () {
    const messages = recorded(this);
    assert.equal(messages.length, 139);
    for (const { message, version, sequence, bytes } of messages) {
      const packets = decodePackets(hex(bytes));
      assert.equal(packets.length, 1, message);
      const packet = packets[0]!;
      assert.equal(packet.versionBits, version, message);
      assert.equal(packet.sequence, sequence, message);
      assert.equal(isResponse(packet), /Response$/.test(message), message);
      const payload = payloadOf(packet);
      assert.deepEqual(payload, plain(cbor2Decode(packet.payload)), message);
      assert.equal(toHex(encodePacket(packet, payload)), bytes, message);
    }
  });

  it("go through console frames unharmed, all of them in one stream", function () {
    const messages = recorded(this);
    const received: string[] = [];
    const receiver = frameReceiver("console", { onPacket: (packet) => void received.push(toHex(packet)) });
    receiver.push(Buffer.concat(messages.map(({ bytes }) => encodeConsole(hex(bytes)))));
    assert.deepEqual(
      received,
      messages.map(({ bytes }) => bytes),
    );
  });

  it("may share a packet, each starting at a multiple of 4", () => {
    const one = hex("0800000100000106a0");
    const padded = Uint8Array.from([...one, 0, 0, 0, ...hex("0800000000010200")]);
    assert.deepEqual(
      decodePackets(padded).map(({ group, sequence, command }) => [group, sequence, command]),
      [
        [0, 1, 6],
        [1, 2, 0],
      ],
    );
  });

  it("count an empty payload as an empty map", () => {
    assert.deepEqual(payloadOf(decodePackets(hex("0800000000010000"))[0]!), {});
  });

  it("end where a length says more than there is, and where the operation is none", () => {
    assert.deepEqual(decodePackets(hex("08000002000000 00a0")), []);
    assert.deepEqual(decodePackets(hex("0c00000000000000")), []);
    assert.deepEqual(decodePackets(hex("08000000")), []);
  });

  it("refuse a payload beyond 65,535 bytes", () => {
    const header = { op: 2, versionBits: 1, group: 1, sequence: 0, command: 1 };
    assert.throws(() => encodePacket(header, { data: new Uint8Array(65_536) }), RangeError);
  });
});

/** cbor2 makes the same plain objects; only its Buffers differ. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
};
