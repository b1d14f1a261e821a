import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeMac, MacType } from "../../../firmware/han/frames/mac.ts";
import { encodeNwkCommand, encodeNwkHeader } from "../../../firmware/han/frames/nwk.ts";
import { KeyId, secure } from "../../../firmware/han/frames/security.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { LinkType, PcapngWriter, tsharkKeyOption } from "../../../harness/reports/pcapng.ts";
import { hex } from "../../support/shared-data.ts";
import { hasTshark, tshark } from "../../support/tshark.ts";

/** An IEEE 802.15.4 beacon request, without FCS. */
const beaconRequest = hex("030801ffffffff07");
const key = hex("000102030405060708090a0b0c0d0e0f");

function sample(): PcapngWriter {
  const writer = new PcapngWriter("seed 1");
  const han = writer.addInterface("han", LinkType.ieee802154NoFcs);
  const wan = writer.addInterface("wan", LinkType.user0);
  writer.zigbeeNetworkKey(key, 0x1234);
  writer.zigbeeLinkKey(key, 0x1234, 0x5678, 0x0000);
  writer.packet(han, beaconRequest, { timeUs: 1_500_000, comment: "joining" });
  writer.packet(wan, Uint8Array.of(0xd2, 0x84), { timeUs: 0x1_0000_0000 + 7 });
  return writer;
}

/** Splits a capture into blocks, checking what every block must have. */
function blocks(file: Uint8Array): { type: number; body: Uint8Array }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const out = [];
  for (let at = 0; at < file.length; ) {
    const length = view.getUint32(at + 4, true);
    assert.equal(length % 4, 0);
    assert.equal(view.getUint32(at + length - 4, true), length, "length stands at both ends");
    out.push({ type: view.getUint32(at, true), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return out;
}

describe("pcapng writer", () => {
  it("writes a section header, interfaces, secrets and packets, each block whole", () => {
    const types = blocks(sample().toBytes()).map((b) => b.type);
    assert.deepEqual(types, [0x0a0d0d0a, 1, 1, 0x0a, 0x0a, 6, 6]);
  });

  it("cuts a packet that is too long for the format, and tells its length: no packet costs a report", () => {
    const writer = new PcapngWriter();
    writer.addInterface("wan", LinkType.user0);
    writer.packet(0, new Uint8Array(70_000).fill(7), { timeUs: 1 });
    const { body } = blocks(writer.toBytes()).at(-1)!;
    const view = new DataView(body.buffer, body.byteOffset);
    assert.deepEqual([view.getUint32(12, true), view.getUint32(16, true)], [65_535, 70_000]);
    assert.equal(body.length, 20 + 65_536);
  });

  it("keeps times to the microsecond, beyond 32 bits too", () => {
    const [, , , , , first, second] = blocks(sample().toBytes());
    const time = (b?: { body: Uint8Array }) => {
      const view = new DataView(b!.body.buffer, b!.body.byteOffset);
      return view.getUint32(4, true) * 2 ** 32 + view.getUint32(8, true);
    };
    assert.deepEqual([time(first), time(second)], [1_500_000, 0x1_0000_0007]);
  });

  it("stores Zigbee keys with PAN and, lower first, the two addresses", () => {
    const [, , , network, link] = blocks(sample().toBytes());
    assert.deepEqual(network!.body.slice(0, 8), hex("4b574e5a12000000"));
    assert.deepEqual(network!.body.slice(8, 26), Uint8Array.of(...key, 0x34, 0x12));
    assert.deepEqual(link!.body.slice(0, 8), hex("5350415a16000000"));
    assert.deepEqual(link!.body.slice(8, 30), Uint8Array.of(...key, 0x34, 0x12, 0, 0, 0x78, 0x56));
  });

  it("gives the same bytes for the same calls", () => {
    assert.deepEqual(sample().toBytes(), sample().toBytes());
  });

  it("cuts an endless comment between characters", () => {
    const writer = new PcapngWriter();
    const id = writer.addInterface("han", LinkType.ieee802154NoFcs);
    writer.packet(id, beaconRequest, { timeUs: 0, comment: "é".repeat(100_000) });
    const packet = blocks(writer.toBytes())[2]!.body;
    const length = new DataView(packet.buffer, packet.byteOffset).getUint16(20 + 8 + 2, true);
    assert.ok(length <= 4096);
    new TextDecoder("utf-8", { fatal: true }).decode(packet.subarray(32, 32 + length));
  });

  it("refuses an unknown interface, a time that is none and a key too short", () => {
    const writer = sample();
    assert.throws(() => writer.packet(2, beaconRequest, { timeUs: 0 }), { code: "pcapng/interface" });
    assert.throws(() => writer.packet(0, beaconRequest, { timeUs: -1 }), { code: "pcapng/time" });
    assert.throws(() => writer.packet(0, beaconRequest, { timeUs: 0.5 }), { code: "pcapng/time" });
    assert.throws(() => writer.zigbeeNetworkKey(new Uint8Array(15), 1), { code: "pcapng/key" });
    assert.deepEqual(writer.toBytes(), sample().toBytes(), "refused calls leave no trace");
  });

  it("is read by tshark: link types, comments, a dissected beacon request", function () {
    const rows = dissected(
      this,
      sample(),
      [],
      ["frame.time_epoch", "frame.comment", "wpan.cmd", "frame.interface_name"],
    );
    assert.equal(rows.length, 2);
    assert.deepEqual(rows[0], ["1.500000000", "joining", "0x07", "han"]);
    assert.equal(rows[1]?.[3], "wan");
  });

  it("is decrypted by tshark, given the key option: an encrypted NWK leave", function () {
    const rows = dissected(
      this,
      encryptedLeave(),
      ["-o", tsharkKeyOption(key, "network")],
      ["zbee_nwk.cmd.id", "zbee.sec.decryption_key", "_ws.expert.message"],
    );
    assert.deepEqual(rows, [["0x04", "network", ""]]);
  });
});

function encryptedLeave(): PcapngWriter {
  const source = "00DB1234567890A2";
  const header = encodeNwkHeader({
    type: "command",
    destination: 0,
    source: 0x5678,
    radius: 1,
    sequence: 3,
    secured: true,
    sourceEui: source,
  });
  const security = { keyId: KeyId.network, frameCounter: 7, source, keySequence: 0 };
  const leave = encodeNwkCommand({ command: "leave", request: false, rejoin: false });
  const writer = new PcapngWriter();
  const han = writer.addInterface("han", LinkType.ieee802154NoFcs);
  const frame = encodeMac({
    type: MacType.data,
    sequence: 1,
    ackRequest: false,
    framePending: false,
    destinationPan: 0x1234,
    destination: 0,
    sourcePan: 0x1234,
    source: 0x5678,
    payload: secure(nodeCrypto(), key, source, header, security, leave),
  });
  writer.packet(han, frame, { timeUs: 0 });
  return writer;
}

/** What tshark says of each packet in these fields; skips the test visibly where tshark is absent. */
function dissected(
  context: Mocha.Context,
  writer: PcapngWriter,
  options: string[],
  fields: string[],
): string[][] {
  if (!hasTshark()) return context.skip();
  const directory = mkdtempSync(join(tmpdir(), "pcapng-"));
  try {
    const file = join(directory, "capture.pcapng");
    writeFileSync(file, writer.toBytes());
    const asked = ["-r", file, ...options, "-T", "fields", ...fields.flatMap((field) => ["-e", field])];
    return tshark(...asked)
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => line.split("\t"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
