import assert from "node:assert/strict";
import fc from "fast-check";
import {
  compareVersions,
  parseVersion,
  readVersion,
  versionText,
} from "../../../firmware/bootloader/version.ts";

const version = fc.record(
  {
    major: fc.integer({ min: 0, max: 0xff }),
    minor: fc.integer({ min: 0, max: 0xff }),
    revision: fc.integer({ min: 0, max: 0xffff }),
    build: fc.integer({ min: 0, max: 0xffff_ffff }),
  },
  { noNullPrototype: true },
);

describe("an image's version", () => {
  it("comes back from its text, and from its eight bytes (property)", () => {
    fc.assert(
      fc.property(version, (each) => {
        assert.deepEqual(parseVersion(versionText(each)), each);
        assert.deepEqual(parseVersion(`${each.major}.${each.minor}.${each.revision}+${each.build}`), each);
        const view = new DataView(new ArrayBuffer(12));
        view.setUint8(1, each.major);
        view.setUint8(2, each.minor);
        view.setUint16(3, each.revision, true);
        view.setUint32(5, each.build, true);
        assert.deepEqual(readVersion(view, 1), each);
        assert.equal(compareVersions(each, each, true), 0);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("is refused beyond what its fields hold, and where it is none", () => {
    for (const good of ["0.0.0", "255.255.65535+4294967295", "1.2.3", "1.2.3.4"])
      assert.ok(parseVersion(good), good);
    const bad = ["", "1", "1.2", "1.2.", "256.0.0", "0.256.0", "0.0.65536", "0.0.0+4294967296", "1.2.3-4"];
    for (const text of [...bad, " 1.2.3", "1.2.3.4.5", "v1.2.3", "-1.2.3", "1.2.x"])
      assert.equal(parseVersion(text), undefined, text);
  });

  it("is older by major, minor, revision and, where it counts, build", () => {
    const rising = ["0.0.9", "0.1.0", "0.1.1", "1.0.0", "1.0.0+1"].map((text) => parseVersion(text)!);
    for (const [i, one] of rising.entries())
      for (const [j, other] of rising.entries())
        assert.equal(Math.sign(compareVersions(one, other, true)), Math.sign(i - j));
    assert.equal(compareVersions(rising[3]!, rising[4]!), 0, "MCUboot leaves the build out");
  });
});
