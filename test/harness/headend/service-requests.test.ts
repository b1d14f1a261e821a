import assert from "node:assert/strict";
import { suites } from "../../../firmware/wire/suites.ts";
import { type CodedError, hasCode } from "../../../hal/base/coded-error.ts";
import { serviceRequest, serviceRequests } from "../../../harness/headend/service-requests.ts";
import { transform } from "../../../harness/headend/transform.ts";
import { requests, samples } from "./samples.ts";

const request = (reference: string, parameters: unknown) =>
  transform({ ...requests.find((r) => r.reference === reference)!, parameters }, suites.cose.wire);

/** The faults that refusing these parameters names. */
function faults(reference: string, parameters: unknown): string {
  try {
    request(reference, parameters);
  } catch (error) {
    assert.ok(hasCode(error, "headend/parameters"));
    return String((error as CodedError).message);
  }
  return "accepted";
}

describe("service requests", () => {
  it("say of each what it is, who may ask, and for which devices", () => {
    for (const { reference, title, roles, devices } of serviceRequests) {
      assert.equal(serviceRequest(reference).title, title);
      assert.ok(title.length > 5 && roles.length > 0 && devices.length > 0, reference);
    }
  });

  for (const { reference } of serviceRequests)
    it(`${reference} refuses a parameter it does not know, by name`, () => {
      const [sample] = samples[reference]!;
      assert.match(faults(reference, { ...(sample!.parameters as object), colour: "red" }), /colour/);
    });

  const wrong: [string, string, unknown, RegExp][] = [
    [
      "a time without a zone",
      "6.11",
      { validFrom: "2026-12-01T00:00:00", validUntil: 1_800_000_000 },
      /validFrom/,
    ],
    [
      "a 30 February",
      "4.8.1",
      { from: "2026-02-30T00:00:00Z" },
      /from: line 1, column 9 .*no 30 February 2026/,
    ],
    [
      "an hour 24",
      "6.4.1",
      { activateAt: "2026-01-01T24:00:00Z" },
      /activateAt: line 1, column 12 .*hour 24/,
    ],
    ["a year beyond 32 bits", "4.8.1", { until: "2107-01-01T00:00:00Z" }, /until: expected a time from 1970/],
    ["seconds before 1970", "4.8.1", { from: -1 }, /from: expected a time from 1970/],
    [
      "a special day that no year has",
      "1.1.1",
      { ...base(), specialDays: [{ date: "02-30", day: 1 }] },
      /specialDays\.0\.date: there is no 30 February/,
    ],
    [
      "a season from 29 February of a common year",
      "1.1.1",
      { ...base(), seasons: [{ name: "s", from: "2027-02-29", week: "w" }] },
      /seasons\.0\.from: there is no 29 February 2027/,
    ],
    [
      "a window that ends before it begins",
      "6.11",
      { validFrom: 1_800_000_000, validUntil: 1_700_000_000 },
      /before validUntil/,
    ],
    ...[5, 17].map((octets): (typeof wrong)[number] => [
      `an install code of ${octets} bytes`,
      "8.11",
      { action: "add", device: "00DB1234567890A0", installCode: "00".repeat(octets) },
      /installCode: expected 6 to 16 octets/,
    ]),
    [
      "a join window over an hour",
      "8.11",
      { action: "add", device: "00DB1234567890A0", installCode: "00".repeat(16), joinWindowS: 3601 },
      /joinWindowS/,
    ],
    [
      "a device type of CS03",
      "8.11",
      { action: "add", device: "00DB1234567890A0", installCode: "00".repeat(16), deviceType: 5 },
      /deviceType/,
    ],
    ...["6.11", "8.1.1"].map((reference): (typeof wrong)[number] => [
      "a tolerance over a day",
      reference,
      { validFrom: "2026-12-01T00:00:00Z", validUntil: "2026-12-03T00:00:01Z" },
      /validUntil: expected at most 172800 s/,
    ]),
    [
      "an install code that is no hex",
      "8.11",
      { action: "add", device: "00DB1234567890A0", installCode: "xyz" },
      /installCode/,
    ],
    [
      "an EUI-64 of 15 digits",
      "8.11",
      { action: "remove", device: "00DB1234567890A" },
      /device: expected an EUI-64/,
    ],
    ["a rate 49", "1.1.1", tariffWith({ switches: [{ at: "00:00", rate: 49 }] }), /days\.0\.switches\.0/],
    [
      "a switching time 24:00",
      "1.1.1",
      tariffWith({ switches: [{ at: "24:00", rate: 1 }] }),
      /days\.0\.switches\.0/,
    ],
    [
      "a week of six days",
      "1.1.1",
      { ...base(), weeks: [{ name: "w", days: [1, 1, 1, 1, 1, 1] }] },
      /weeks\.0\.days/,
    ],
    [
      "five seasons",
      "1.1.1",
      { ...base(), seasons: Array(5).fill({ name: "s", from: "01-01", week: "w1" }) },
      /seasons/,
    ],
    ["a price beyond 16 bits", "1.2.1", { standingCharge: 0, touPrices: [40_000] }, /touPrices\.0/],
    ["a role of nobody", "6.24.1", { roles: ["plumber"] }, /roles\.0/],
  ];
  for (const [what, reference, parameters, expected] of wrong)
    it(`${reference} refuses ${what}, and says where`, () => {
      assert.match(faults(reference, parameters), expected);
    });

  it("refuses a credential change that the asker has no authority to make", () => {
    const [sample] = samples["6.15.1"]!;
    const asked = { ...requests.find((r) => r.reference === "6.15.1")!, role: "networkOperator" as const };
    assert.throws(
      () => transform({ ...asked, parameters: sample!.parameters }, suites.cose.wire),
      /a networkOperator cannot replace the keys of a supplier/,
    );
  });

  it("gives 0 for now and 0xFFFFFFFF for never", () => {
    const limit = { thresholdW: 1, periodS: 2, restorationS: 3, onTrip: "disable" };
    const times = (activateAt: unknown) =>
      request("6.4.1", { ...limit, activateAt })
        .command.operations.slice(4)
        .map((o) => o.value);
    assert.deepEqual(new Set(times("now")), new Set([0]));
    assert.deepEqual(new Set(times("never")), new Set([0xffff_ffff]));
    assert.deepEqual(new Set(times("2027-01-01T01:00:00+01:00")), new Set([1_798_761_600]));
  });
});

function base() {
  return { ...(samples["1.1.1"]![0]!.parameters as object) };
}
function tariffWith(day: object) {
  return { ...base(), days: [{ id: 1, ...day }] };
}
