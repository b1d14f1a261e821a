/** SMP records of JPHutchins/smp and MCUboot images by imgtool 2.4.0 (vectors/smp, vectors/mcuboot). */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DecodedNode, decode } from "../../../harness/decode/index.ts";
import { hex, readJson, vectors } from "../../support/shared-data.ts";

const field = (node: DecodedNode, name: string) => node.fields.find((f) => f.name === name);
const frame = (...lines: [marker: string, base64: string][]) =>
  Uint8Array.from(lines.flatMap(([marker, base64]) => [...hex(marker), ...Buffer.from(`${base64}\n`)]));

describe("decode, SMP", () => {
  it("reads every recorded packet, its sequence and the keys of its payload", function () {
    const directory = vectors(this, "smp/smp-records");
    const seen = new Set<string>();
    for (const name of readdirSync(directory).filter((n) => n.endsWith(".json"))) {
      for (const line of readFileSync(join(directory, name), "utf8").split("\n").filter(Boolean)) {
        const record = JSON.parse(line) as {
          sequence: number;
          kwargs: object;
          bytes: string;
          version: number;
        };
        if (seen.has(record.bytes)) continue;
        seen.add(record.bytes);
        const node = decode(record.bytes);
        assert.match(node.format, /^SMP \S+ .*(request|response)$/, name);
        assert.equal(field(node, "sequence")?.value, String(record.sequence), name);
        for (const key of Object.keys(record.kwargs)) {
          if (!record.bytes.includes(Buffer.from(key).toString("hex"))) continue;
          assert.ok(field(node, JSON.stringify(key)), `${name}: ${key}`);
        }
      }
    }
    assert.equal(seen.size, 139);
  });

  it("names what it reads: an echo of version 2, an image list of version 1", () => {
    const echo = decode("0a00000900004200a1616465 68656c6c6f");
    assert.equal(echo.format, "SMP os echo, write request");
    assert.equal(field(echo, '"d"')?.value, '"hello"');
    assert.equal(decode("0000000000010000").format, "SMP image state, read request");
  });

  it("names an error, takes indefinite maps and groups of users", () => {
    const refused = decode("0b00000600010000 bf627263 08ff".replace(/\s/g, ""));
    assert.equal(field(refused, '"rc"')?.note, "not supported");
    assert.match(decode("0a00000200400001 ffff").format, /^SMP group 64 command 1/);
  });

  it("takes console frames apart: the vectors of mcumgr's protocol.md", () => {
    const node = decode(frame(["0609", "AAoAAAAAAAAAAiBC"]));
    assert.equal(node.format, "SMP console frame");
    assert.equal(field(node, "CRC-16")?.value, "0x2042");
    assert.equal(node.children[0]?.format, "SMP os task statistics, read request");
    const split = decode(frame(["0609", "ABMKAAAJAABC"], ["0414", "AKFhZGVoZWxsb0YZ"]));
    assert.equal(split.children[0]?.format, "SMP os echo, write request");
  });

  it("refuses a console frame with a wrong CRC, length, marker or base64", () => {
    assert.throws(() => decode(frame(["0609", "AAoAAAAAAAAAAiBD"])), /frame CRC 0x2043, computed 0x2042/);
    assert.throws(() => decode(frame(["0609", "AAsAAAAAAAAAAiBC"])), /frame length says 11, but 10/);
    assert.throws(() => decode(frame(["0609", "AAoAAAAA"], ["0609", "AAAAAiBC"])), /continuation marker/);
    assert.throws(() => decode(frame(["0609", "AAo*"])), /not base64/);
  });
});

describe("decode, MCUboot", () => {
  interface Image {
    readonly file: string;
    readonly size: number;
    readonly img: number;
    readonly flags: number;
    readonly tlvs: readonly { prot: boolean; type: number; hex: string }[];
  }

  it("reads every image as imgtool's own index has it, and every hash of a plain image matches", function () {
    const directory = vectors(this, "mcuboot/imgtool-2.4.0");
    for (const image of readJson<Image[]>(join(directory, "index.json"))) {
      const node = decode(join(directory, image.file));
      assert.match(node.format, /^MCUboot image, version \d+\.\d+\.\d+\+\d+$/, image.file);
      assert.equal(node.bytes, image.size, image.file);
      assert.equal(field(node, "image size")?.value, String(image.img), image.file);
      const tlvs = node.children.flatMap((child) => child.fields.filter((f) => f.name.includes("(0x")));
      assert.equal(tlvs.length, image.tlvs.length, image.file);
      const hashes = tlvs.filter((tlv) => tlv.name.startsWith("SHA-"));
      assert.equal(hashes.length, 1);
      assert.match(hashes[0]?.note ?? "", image.flags === 0 ? /^matches/ : /encrypted/, image.file);
    }
  });

  it("says so when the image was changed, and finds the trailer of a padded one", function () {
    const directory = vectors(this, "mcuboot/imgtool-2.4.0");
    const bytes = new Uint8Array(readFileSync(join(directory, "ed25519.bin")));
    bytes[100] = (bytes[100] as number) ^ 1;
    assert.match(JSON.stringify(decode(bytes)), /DOES NOT MATCH/);
    const padded = decode(join(directory, "ed25519_pad_confirm.bin"));
    assert.equal(field(padded, "trailer magic")?.note, "marked for swap, alignment up to 8, confirmed");
  });

  it("refuses an image cut anywhere, with the place", function () {
    const bytes = new Uint8Array(
      readFileSync(join(vectors(this, "mcuboot/imgtool-2.4.0"), "ed25519_seccnt.bin")),
    );
    for (const length of [5, 31, 40, 2079, 2081, 2090, bytes.length - 1])
      assert.throws(() => decode(bytes.subarray(0, length)), /MCUboot image: byte \d+: /, `${length}`);
  });
});
