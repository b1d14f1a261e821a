import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { decode, decodeContent } from "../../../harness/decode/index.ts";
import { readHexText } from "../../../harness/input/hex-text.ts";
import { type Fault, textOf } from "../../../harness/input/text.ts";
import { readImageFile } from "../../../harness/rig/flash/pre-flight.ts";
import { loadRig } from "../../../harness/rig/rig-file.ts";
import { readMessageFile } from "../../../harness/verify/message-files.ts";

const bytes = Uint8Array.from({ length: 37 }, (_, i) => (i * 37 + 223) & 0xff);
const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
const rows = (length: number) =>
  Array.from({ length: Math.ceil(pairs.length / length) }, (_, i) =>
    pairs.slice(i * length, (i + 1) * length),
  );
const offset = (i: number, digits: number, radix = 16) => (i * 16).toString(radix).padStart(digits, "0");

/** What tools print of the bytes; the characters beside them look like digits where that is worst. */
const dumps: Record<string, string> = {
  xxd: rows(16)
    .map(
      (r, i) =>
        `${offset(i, 8)}: ${r
          .join("")
          .replace(/(.{4})(?=.)/g, "$1 ")
          .padEnd(39)}  ab cd`,
    )
    .join("\n"),
  "xxd -g1": rows(16)
    .map((r, i) => `${offset(i, 8)}: ${r.join(" ").padEnd(47)}  ab cd`)
    .join("\n"),
  "hexdump -C": `${rows(16)
    .map(
      (r, i) =>
        `${offset(i, 8)}  ${`${r.slice(0, 8).join(" ")}  ${r.slice(8).join(" ")}`.padEnd(49)} |ab cd|`,
    )
    .join("\n")}\n00000025\n`,
  "od -t x1": `${rows(16)
    .map((r, i) => `${offset(i, 7, 8)} ${r.join(" ")}`)
    .join("\n")}\n0000045\n`,
  "od -A d -t x1": `${rows(16)
    .map((r, i) => `${offset(i, 7, 10)} ${r.join(" ")}`)
    .join("\n")}\n0000037\n`,
  Wireshark: rows(16)
    .map((r, i) => `${offset(i, 4)}   ${r.slice(0, 8).join(" ")}  ${r.slice(8).join(" ")}   ab.cd`)
    .join("\r\n"),
  "tcpdump -x": rows(16)
    .map((r, i) => `\t0x${offset(i, 4)}:  ${r.join("").replace(/(.{4})(?=.)/g, "$1 ")}  ab..`)
    .join("\n"),
  "gdb x/xb": rows(8)
    .map((r, i) => `0x${(0x20000000 + 8 * i).toString(16)}:\t${r.map((p) => `0x${p}`).join("\t")}`)
    .join("\n"),
};
const dresses: Record<string, string> = {
  plain: pairs.join(""),
  "wrapped anywhere": pairs.join("").replace(/(.{13})/g, "$1\n"),
  "0x in front": `0x${pairs.join("")}`,
  commas: pairs.join(","),
  "0x and commas": pairs.map((p) => `0x${p}`).join(", "),
  colons: pairs.join(":").toUpperCase(),
  dashes: pairs.join("-"),
  "\\x": pairs.map((p) => `\\x${p}`).join(""),
  "a Python string": `b'${pairs.map((p) => `\\x${p}`).join("")}'`,
  "a C array": `static const uint8_t m[37] = {\n  ${pairs.map((p) => `0x${p}`).join(", ")},\n};\n`,
  "xxd -i": `unsigned char x[] = {\n ${pairs.map((p) => `0x${p}`).join(", ")}\n};\nunsigned int x_len = 37;\n`,
  "a Buffer": `<Buffer ${pairs.join(" ")}>`,
  "CBOR's notation": `h'${pairs.join("")}'`,
};

const fault = (text: string): Fault => {
  const read = readHexText(text);
  assert.ok(!(read instanceof Uint8Array), `${text.slice(0, 40)} was read`);
  return read;
};
const record = (address: number, type: number, data: readonly number[]): string => {
  const body = [data.length, address >> 8, address & 0xff, type, ...data];
  const sum = (256 - (body.reduce((a, b) => a + b, 0) % 256)) % 256;
  return `:${Buffer.from([...body, sum])
    .toString("hex")
    .toUpperCase()}`;
};
const intelHex = (base: number): string =>
  [
    record(0, 4, [base >> 24, (base >> 16) & 0xff]),
    ...rows(16).map((r, i) =>
      record(
        (base & 0xffff) + 16 * i,
        0,
        r.map((p) => Number.parseInt(p, 16)),
      ),
    ),
    record(0, 5, [0, 0, 0, 1]),
    ":00000001FF",
    "",
  ].join("\r\n");

describe("hexadecimal text", () => {
  for (const [name, text] of Object.entries({ ...dresses, ...dumps, "Intel HEX": intelHex(0x0800_0400) }))
    it(`reads ${name}`, () => assert.deepEqual(readHexText(text), bytes));

  it("names what it cannot read, with the tool that helps", () => {
    assert.match(fault("S00600004844521B\nS1130000").fault, /Motorola S-record .*objcopy -I srec/);
    assert.match(
      fault("0000000 09df 0003\n0000004\n").fault,
      /16-bit words in their machine's byte order.*xxd/,
    );
    assert.match(fault("0000000 004411 000003\n").fault, /16-bit words/);
    assert.match(fault("00000000: 11011111 00001001  ..\n").fault, /bits/);
    assert.match(fault("-----BEGIN CERTIFICATE-----\nMIIB\n").fault, /PEM text \(CERTIFICATE\)/);
    assert.match(fault("223, 9, 1").fault, /two hexadecimal digits for each byte, got "223"/);
  });

  it("says line and column of what is wrong", () => {
    const at = (text: string) => [fault(text).line, fault(text).column];
    assert.deepEqual(at("df09\n01 0g"), [2, 5]);
    assert.deepEqual(at("df0"), [1, 4]);
    assert.deepEqual(at("0xdf, 0x0,\n0xzz"), [2, 3]);
    assert.deepEqual(at(" \n"), [1, 1]);
    const lines = dumps["hexdump -C"]!.split("\n");
    assert.deepEqual(at([lines[0], lines[2]].join("\n")), [2, 1], "a line is missing");
    assert.match(fault([lines[0], lines[2]].join("\n")).fault, /expected offset 0x0010, got 0x0020/);
  });

  it("repeats the lines that a dump leaves out", () => {
    const zeros = "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|";
    assert.deepEqual(
      readHexText(`${zeros}\n*\n00000040  01  |.|\n00000041\n`),
      Uint8Array.of(...new Array(64).fill(0), 1),
    );
    assert.ok(!(readHexText(`${zeros}\n*\n7fffffff  01  |.|\n`) instanceof Uint8Array), "bounded");
  });

  it("refuses Intel HEX that is damaged, cut, or more than one image", () => {
    const good = intelHex(0).split("\r\n");
    const flipped = good.map((line, i) =>
      i === 1 ? line.replace(/.(?=..$)/, (d) => (d === "0" ? "1" : "0")) : line,
    );
    assert.deepEqual([fault(flipped.join("\n")).line, fault(flipped.join("\n")).column], [2, 1]);
    assert.match(fault(flipped.join("\n")).fault, /checksum/);
    assert.match(fault(good.slice(0, -2).join("\n")).fault, /cut short/);
    assert.match(fault([...good.slice(0, -1), good[1]].join("\n")).fault, /nothing after/);
    assert.match(
      fault([good[0], good[1], good[1], ":00000001FF"].join("\n")).fault,
      /two records hold address 0x0/,
    );
    const far = [
      record(0, 4, [8, 0]),
      record(0, 0, [1]),
      record(0, 4, [8, 8]),
      record(0, 0, [2]),
      ":00000001FF",
    ];
    assert.match(fault(far.join("\n")).fault, /more than one piece: one ends at 0x8000001/);
    const hole = [record(0, 0, [1]), record(4, 0, [2]), ":00000001FF"].join("\n");
    assert.deepEqual(readHexText(hole), Uint8Array.of(1, 255, 255, 255, 2));
  });

  it("answers any text with bytes or one fault inside it", () => {
    const piece = fc.constantFrom(
      "0",
      "df",
      "09 ",
      "\n",
      "0000: ",
      "00000010  ",
      ":",
      ",",
      "0x",
      "*",
      "|",
      "é",
      "[",
      "'",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 40 }).map((all) => all.join("")),
        ),
        (text) => {
          const read = readHexText(text);
          if (read instanceof Uint8Array) return;
          assert.ok(
            read.line >= 1 && read.line <= text.split("\n").length && read.column >= 1,
            JSON.stringify(read),
          );
        },
      ),
      { seed: 5, numRuns: 1000 },
    );
  });
});

describe("files of hexadecimal text", () => {
  const folder = mkdtempSync(join(tmpdir(), "hex-text-"));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const packet = "0000000000010000";
  const utf16 = (text: string, big = false) =>
    big ? Buffer.from(text, "utf16le").swap16() : Buffer.from(text, "utf16le");
  const encodings: Record<string, Uint8Array> = {
    "a byte order mark": Buffer.from(`\ufeff${packet}\n`),
    "UTF-16 with its mark": utf16(`\ufeff${packet}\r\n`),
    "big-endian UTF-16": utf16(`\ufeff${packet}\n`, true),
    "UTF-16 without a mark": utf16(`${packet}\n`),
    "big-endian UTF-16 without a mark": utf16(packet, true),
  };

  for (const [name, content] of Object.entries(encodings))
    it(`decode and verify read ${name}`, () => {
      const expected = decode(Buffer.from(packet, "hex"));
      assert.deepEqual(decode(file("a.hex", content)), expected);
      assert.deepEqual(decodeContent(content), expected, "from standard input");
      assert.equal(Buffer.from(readMessageFile(file("a.hex", content))).toString("hex"), packet);
      assert.equal(Buffer.from(readMessageFile(file("a.log", content))).toString("hex"), packet);
    });

  it("decode and verify read a dump and Intel HEX, and tell the place where one is broken", () => {
    for (const text of [dumps["hexdump -C"]!, dumps.xxd!, intelHex(0)])
      assert.deepEqual(readMessageFile(file("a.txt", text)), bytes);
    assert.throws(() => readMessageFile(file("b.hex", "df 09\n0z")), /b\.hex, line 2, column 2/);
    assert.throws(
      () => decode(file("b.txt", "df 09\n0z")),
      /As hexadecimal text: line 2, column 2: .*got "z"/,
    );
    assert.throws(() => decode("df 09 0z"), /line 1, column 8: expected a hexadecimal digit, got "z"/);
  });

  it("flash reads Intel HEX, and names what is no image file", () => {
    assert.deepEqual(readImageFile(file("app.hex", intelHex(0x0800_0000))), bytes);
    assert.throws(() => readImageFile(file("cut.hex", intelHex(0).slice(0, 60))), /line 2, column/);
    assert.throws(() => readImageFile(file("app.srec", "S00600004844521B\n")), /Motorola S-record/);
    assert.throws(() => readImageFile(file("app.elf", Buffer.from("7f454c4601", "hex"))), /an ELF file/);
  });

  it("a rig file is read in every encoding, too", () => {
    const text = "boards:\n  - id: left\n    port: /dev/ttyUSB0\n";
    for (const content of [
      Buffer.from(`\ufeff${text}`),
      utf16(`\ufeff${text}`),
      utf16(`\ufeff${text}`, true),
      utf16(text),
    ])
      assert.deepEqual(
        loadRig(file("rig.yaml", content)).boards.map(({ id }) => id),
        ["left"],
      );
  });

  it("takes no bytes for text", () => {
    assert.equal(textOf(Uint8Array.of(0xdf, 9, 1)), undefined, "no UTF-8");
    assert.equal(textOf(Uint8Array.of(6, 9, 65, 65)), undefined, "control characters");
    assert.equal(textOf(Buffer.from("é 12")), "é 12");
  });
});
