import assert from "node:assert/strict";
import fc from "fast-check";
import { ackFrame, type FilterSettings, filterAccepts, parseFrameHeader } from "../../../hal/mock/index.ts";
import { hex } from "../../support/shared-data.ts";

const own: FilterSettings = { panId: 0x1a62, shortAddress: 0x0001, extendedAddress: hex("0807060504030201") };
const accepts = (mpdu: string, settings = own): boolean =>
  filterAccepts(parseFrameHeader(hex(mpdu))!, settings);

describe("802.15.4 frame header", () => {
  it("reads a data frame with short addresses and one PAN id", () => {
    assert.deepEqual(parseFrameHeader(hex("6188 07 621a 0100 0200 aa")), {
      type: "data",
      framePending: false,
      ackRequest: true,
      sequence: 7,
      destinationPan: 0x1a62,
      destination: 1,
      sourcePan: 0x1a62,
      source: 2,
      bodyOffset: 9,
      isDataRequest: false,
    });
  });

  it("reads an association request: extended source with its own PAN id", () => {
    const header = parseFrameHeader(hex("23c8 01 621a 0000 ffff 1122334455667788 01 80"))!;
    assert.deepEqual(
      [header.type, header.destination, header.sourcePan, header.source, header.bodyOffset],
      ["command", 0, 0xffff, hex("1122334455667788"), 17],
    );
  });

  it("reads a beacon request, a beacon and an acknowledgement", () => {
    assert.equal(parseFrameHeader(hex("0308 01 ffff ffff 07"))!.destination, 0xffff);
    const beacon = parseFrameHeader(hex("0080 01 621a 0000 ff4f"))!;
    assert.deepEqual(
      [beacon.type, beacon.destination, beacon.sourcePan, beacon.source],
      ["beacon", undefined, 0x1a62, 0],
    );
    assert.equal(parseFrameHeader(ackFrame(9, true))!.framePending, true);
    assert.equal(parseFrameHeader(ackFrame(9, false))!.framePending, false);
  });

  it("knows a data request, with or without a destination", () => {
    assert.equal(parseFrameHeader(hex("6388 01 621a 0000 0100 04"))!.isDataRequest, true);
    assert.equal(parseFrameHeader(hex("6388 01 621a 0000 0100 07"))!.isDataRequest, false);
    assert.equal(parseFrameHeader(hex("6388 01 621a 0000 0100"))!.isDataRequest, false);
  });

  it("refuses frames cut short, reserved types, address modes and later editions", () => {
    for (const bad of [
      "",
      "61",
      "6188",
      "618807621a01",
      "618807621a010002",
      "6588 07 621a 0100 0200",
      "6184 07 621a 01",
    ]) {
      assert.equal(parseFrameHeader(hex(bad)), undefined, bad);
    }
    assert.equal(parseFrameHeader(hex("61a8 07 621a 0100 0200")), undefined, "version 2");
  });

  it("never throws, and never reads past the end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 127 }), (mpdu) => {
        const header = parseFrameHeader(mpdu);
        if (header === undefined) return;
        assert.ok(header.bodyOffset <= mpdu.length);
        filterAccepts(header, own);
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });

  it("filters by PAN and address as a radio does", () => {
    assert.ok(accepts("6188 07 621a 0100 0200"), "my short address");
    assert.ok(accepts("618c 07 621a 0807060504030201 0200"), "my extended address");
    assert.ok(accepts("4188 07 621a ffff 0200"), "broadcast in my PAN");
    assert.ok(accepts("0308 01 ffff ffff 07"), "broadcast to all PANs");
    assert.ok(!accepts("6188 07 621a 0300 0200"), "another device");
    assert.ok(!accepts("6188 07 631a 0100 0200"), "another PAN");
    assert.ok(!accepts("618c 07 621a 0807060504030202 0200"), "another extended address");
    assert.ok(!accepts("020007"), "acknowledgements are the MAC's own");
  });

  it("takes beacons of its own PAN, and of every PAN while it has none", () => {
    assert.ok(accepts("0080 01 621a 0000 ff4f"));
    assert.ok(!accepts("0080 01 631a 0000 ff4f"));
    assert.ok(accepts("0080 01 631a 0000 ff4f", { ...own, panId: 0xffff }));
  });

  it("takes frames without destination only as their PAN's coordinator", () => {
    assert.ok(!accepts("2380 01 621a 0100 04"));
    assert.ok(accepts("2380 01 621a 0100 04", { ...own, shortAddress: 0 }));
  });
});
