import assert from "node:assert/strict";
import { checkImage } from "../../../firmware/bootloader/check.ts";
import { behindImage } from "../../../firmware/bootloader/padding.ts";
import { trailerMagic } from "../../../firmware/bootloader/trailer.ts";
import type { CodedError } from "../../../hal/base/coded-error.ts";
import { type DecodedNode, decode } from "../../../harness/decode/index.ts";
import { preFlight } from "../../../harness/rig/flash/pre-flight.ts";
import { crypto, makeImage, reason } from "./images.ts";

const image = makeImage({ payload: new Uint8Array(300).fill(7), version: [1, 0, 0, 0] });
const second = makeImage({ payload: new Uint8Array(200).fill(9), version: [2, 1, 0, 0] });
const bytes = (...parts: (Uint8Array | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);

/** As imgtool pads to a slot (--pad --confirm): the magic is the last 16 bytes, image_ok one alignment below its own. */
function padded(align: number, erased = 0xff, confirmed = true): Uint8Array {
  const slot = filled(8192, erased);
  slot.set(image);
  slot.set(trailerMagic(align), slot.length - 16);
  if (confirmed) slot[slot.length - Math.max(16, align) - Math.max(8, align)] = 1;
  return slot;
}

const check = (file: Uint8Array) => checkImage(file, { crypto, trailerBytes: 4096 });
const refusal = (file: Uint8Array): CodedError => {
  try {
    preFlight(file);
  } catch (error) {
    return error as CodedError;
  }
  return assert.fail("it was taken");
};
const field = (node: DecodedNode, name: string) => node.fields.find((f) => f.name === name);

describe("what is behind an image", () => {
  for (const align of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    it(`recognises the trailer of alignment ${align}, confirmed or not, on both kinds of flash`, () => {
      for (const erased of [0xff, 0])
        for (const confirmed of [true, false]) {
          const file = padded(align, erased, confirmed);
          assert.deepEqual(check(file).image.bytes, image);
          assert.deepEqual(preFlight(file).bytes, image);
          const note = field(decode(file), "trailer magic")?.note ?? "";
          assert.match(note, new RegExp(`alignment ${align > 8 ? align : "up to 8"}`));
          assert.equal(note.includes("confirmed"), confirmed);
        }
    });

  it("takes a swap's own traces in a trailer for part of it", () => {
    const file = padded(8);
    const end = file.length - 16;
    file.set([0x34, 0x12, 0, 0], end - 32);
    file[end - 24] = 0x02;
    file[end - 16] = 1;
    file.set([1, 2, 3], end - 80);
    assert.deepEqual(check(file).image.bytes, image);
    assert.match(field(decode(file), "trailer magic")?.note ?? "", /confirmed, copy done, test swap begun/);
  });

  it("drops no image behind an image in silence, wherever it stands", () => {
    const places: Record<string, Uint8Array> = {
      "at once": bytes(image, second),
      "after padding": bytes(image, filled(100, 0xff), second),
      "after zeros": bytes(image, filled(100, 0), second),
      "where a trailer would be": bytes(image, filled(8192, 0xff), second, filled(40, 0xff)),
      "before a trailer": bytes(image, filled(50, 0xff), second, padded(8).subarray(-600)),
    };
    for (const [name, file] of Object.entries(places)) {
      assert.equal(
        reason(() => check(file)),
        "trailing-image",
        name,
      );
      const { message, data } = refusal(file);
      assert.match(message, /another image, version 2\.1\.0(\.0|\+0)?, begins at byte \d+/, name);
      assert.match(String(data.advice), /one image/);
      const node = decode(file);
      assert.match(
        node.children.at(-1)!.format,
        /^MCUboot image, version 2\.1\.0\+0, behind the first$/,
        name,
      );
      assert.equal(
        field(node.children.at(-1)!, "magic")?.offset,
        Number(/byte (\d+)/.exec(message)?.[1]),
        name,
      );
    }
    assert.equal(
      decode(bytes(...new Array(40).fill(image))).format,
      "MCUboot image, version 1.0.0+0",
      "bounded",
    );
  });

  it("gives advice that fits the fault", () => {
    const appended = refusal(bytes(image, [0x0d, 0x0a]));
    assert.match(
      appended.message,
      new RegExp(`byte ${image.length}, 0x0d, is neither padding nor a trailer`),
    );
    assert.match(String(appended.data.advice), /something was appended/);
    assert.match(field(decode(bytes(image, [0x0d, 0x0a])), "bytes behind the image")?.note ?? "", /appended/);
    const behindBootloader = refusal(bytes(filled(512, 0x55), image));
    assert.equal(behindBootloader.code, "image/magic");
    assert.match(String(behindBootloader.data.advice), /begins at byte 512: .*tail -c \+513/);
    assert.match(String(refusal(image.subarray(0, 200)).data.advice), /past the end|ends inside/);
    const damaged = padded(8);
    damaged[4000] = 0x42;
    assert.match(refusal(damaged).message, /byte 4000, 0x42/);
    const wide = padded(64);
    for (const below of [64, 49, 17]) {
      const file = wide.slice();
      file[file.length - below] = 0x99;
      assert.match(refusal(file).message, /0x99/, `${below} from the end, between fields and magic`);
    }
    const torn = padded(16);
    torn[torn.length - 17] = 0x99;
    assert.match(
      refusal(torn).message,
      new RegExp(`byte ${torn.length - 17}, 0x99`),
      "in a field's unused bytes",
    );
  });

  it("takes sixteen bytes of magic for a trailer, and fifteen for bytes astray", () => {
    const magic = trailerMagic(32);
    assert.equal(behindImage(magic).trailer?.align, 32);
    assert.equal(behindImage(magic).strayAt, undefined);
    assert.equal(behindImage(magic.subarray(1)).trailer, undefined);
    assert.equal(behindImage(bytes(filled(64, 0xff), magic), 15).trailer, undefined);
  });

  it("finds nothing astray in nothing", () => {
    assert.deepEqual(behindImage(new Uint8Array(0)), { erased: 0xff, isImage: false });
  });
});
