import assert from "node:assert/strict";
import fc from "fast-check";
import { suites } from "../../../firmware/wire/suites.ts";
import { type CodedError, hasCode } from "../../../hal/base/coded-error.ts";
import { correlate } from "../../../harness/headend/correlate.ts";
import { references } from "../../../harness/headend/requests/index.ts";
import { type ServiceRequest, transform } from "../../../harness/headend/transform.ts";
import { averageVoltageSettings, loadLimit, voltageSettings } from "../../../harness/scenarios/samples.ts";
import { requestOf, requests } from "./samples.ts";

type Tree = { [key: string | number]: unknown };
const leaf = (value: unknown): boolean =>
  typeof value !== "object" || value === null || value instanceof Uint8Array;

/** Every leaf of a form, by the path to it. */
function leaves(form: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (leaf(form)) return [[...path]];
  return Object.entries(form as Tree).flatMap(([name, of]) =>
    leaves(of, [...path, Array.isArray(form) ? Number(name) : name]),
  );
}

/** Another value that the same element may have, as far as that can be said without its type. */
function another(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "bigint") return value + 1n;
  if (typeof value === "number") return value > 1 ? value - 1 : value + 1;
  if (value instanceof Uint8Array) return value.map((octet, i) => (i === 0 ? octet ^ 1 : octet));
  const words: Record<string, string> = {
    ...{ Disable: "Unchanged", Unchanged: "Disable", GBP: "ECB", ECB: "GBP", year: "yea" },
    ...{ Event: "Security", Security: "Event", PowerEvent: "Event", ESME: "ALCS", ALCS: "ESME" },
    ...{ Supplier: "Recovery", Root: "TransCoS", TransCoS: "Root", ACB: "Supplier", Recovery: "Root" },
    ...{ NetworkOperator: "Root", WanProvider: "TransCoS" },
    ...{ "Certificate Signing": "Digital Signature", "Digital Signature": "Key Agreement" },
  };
  const text = String(value);
  if (text in words) return words[text];
  if (/^\d\d:\d\d/.test(text)) return text.replace(/^\d\d/, (hour) => (hour === "00" ? "01" : "00"));
  if (/^\d{4}-/.test(text)) return "2027-01-01T00:00:00Z";
  return text.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
}

/** The form with another value at `path`. */
function changed(form: unknown, path: readonly (string | number)[]): unknown {
  const copy = structuredClone(form) as Tree;
  const parent = path.slice(0, -1).reduce((node, key) => node[key] as Tree, copy);
  parent[path.at(-1)!] = another(parent[path.at(-1)!]);
  return copy;
}

/** About 120 of a message's bits, other ones in each; with METERBENCH_FLIPS=all every one. */
const flipsStep = (bits: number): number =>
  process.env.METERBENCH_FLIPS === "all" ? 1 : Math.max(1, Math.floor(bits / 120));

const notCarried = /ImportMPxN|MPAN|index$/;

describe("correlation of pre-commands", () => {
  it("has a sample of every service request", () => {
    const sampled = new Set<string>(requests.map(({ reference }) => reference));
    assert.deepEqual([...sampled].sort(), [...references].sort());
  });

  for (const wire of ["cose", "gbcs"] as const)
    for (const [i, request] of requests.entries()) {
      const what = `what ${request.reference} became on the ${wire} wire`;
      let bytes: Uint8Array;
      before(() => {
        bytes = transform(request, suites[wire].wire).bytes;
      });

      it(`accepts ${what} (sample ${i})`, () => {
        correlate(bytes, request);
      });

      it(`refuses ${what}, with a single bit changed (sample ${i})`, function () {
        this.timeout(30_000);
        const accepted: number[] = [];
        const step = flipsStep(bytes.length * 8);
        for (let bit = i % step; bit < bytes.length * 8; bit += step) {
          const tampered = bytes.slice();
          tampered[bit >> 3]! ^= 1 << (bit & 7);
          try {
            correlate(tampered, request);
            accepted.push(bit);
          } catch (error) {
            if (!hasCode(error, "headend")) throw error;
          }
        }
        assert.deepEqual(accepted, []);
      });

      it(`refuses ${what}, for the same form with any one value changed (sample ${i})`, () => {
        for (const path of leaves(request.parameters)) {
          if (notCarried.test(String(path.at(-1)))) continue;
          const parameters = changed(request.parameters, path);
          assert.throws(
            () => correlate(bytes, { ...request, parameters }),
            (error) => hasCode(error, "headend"),
            path.join("."),
          );
        }
      });
    }

  const changes: [string, string, Partial<ServiceRequest> & { parameters?: Record<string, unknown> }][] = [
    [
      "another threshold",
      "parameters.LoadLimitPowerThreshold",
      { parameters: { LoadLimitPowerThreshold: 69_000 } },
    ],
    [
      "another supply state on a trip",
      "parameters.LoadLimitSupplyState",
      { parameters: { LoadLimitSupplyState: "Unchanged" } },
    ],
    [
      "another activation time",
      "parameters.ExecutionDateTime",
      { parameters: { ExecutionDateTime: 1_800_000_000 } },
    ],
    ["another target", "target", { target: { eui: "00DB1234567890A1", type: "ESME" } }],
    ["another counter", "counter", { counter: 1n }],
    ["another originator", "originator", { originator: "90B3D51F30030000" }],
    [
      "another supplementary counter",
      "supplementary.counter",
      { supplementary: { party: "90B3D51F30030000", counter: 6n } },
    ],
  ];
  for (const [what, field, change] of changes) {
    it(`names the field of ${what}`, () => {
      const request = requestOf("6.4.1");
      const { bytes } = transform(
        { ...request, ...change, parameters: { ...loadLimit, ...change.parameters } },
        suites.cose.wire,
      );
      assert.throws(
        () => correlate(bytes, request),
        (e: CodedError) => e.code === "headend/not-correlated" && e.data.field === field,
      );
    });
  }

  /** The field that is named when the command says something else there than the request. */
  function fieldOf(request: ServiceRequest, path: readonly (string | number)[]): unknown {
    const { bytes } = transform(
      { ...request, parameters: changed(request.parameters, path) },
      suites.cose.wire,
    );
    try {
      correlate(bytes, request);
    } catch (error) {
      return (error as CodedError).data.field;
    }
    return undefined;
  }

  it("names a price, a switching time, a day and a threshold deep inside a tariff", () => {
    const request = requests.find(
      ({ reference, parameters }) => reference === "1.1.1" && "ExecutionDateTime" in (parameters as Tree),
    )!;
    const tariff = ["ElecTariffElements"];
    const profile = [...tariff, "SwitchingTable", "DayProfiles", "DayProfile", 0, "ProfileSchedule", 1];
    const prices = "PriceElements.ElectricityPriceElements";
    const touPrice = [...prices.split("."), "HybridTariff", "TOUPrice", 1, "value"];
    assert.equal(fieldOf(request, touPrice), `parameters.${prices}.TOUPrice[1].value`);
    assert.equal(
      fieldOf(request, [...profile, "StartTime"]),
      "parameters.ElecTariffElements.SwitchingTable.DayProfiles.DayProfile[0].ProfileSchedule[1].StartTime",
    );
    assert.equal(
      fieldOf(request, [...tariff, "SpecialDays", "SpecialDay", 1, "ReferencedDayName"]),
      "parameters.ElecTariffElements.SpecialDays.SpecialDay[1].ReferencedDayName",
    );
    assert.equal(
      fieldOf(request, [...tariff, "ThresholdMatrix", "Thresholds", 2, "BlockThreshold", 0, "value"]),
      "parameters.ElecTariffElements.ThresholdMatrix.Thresholds[2].BlockThreshold[0].value",
    );
  });

  it("names the element of each voltage setting", () => {
    const request = requestOf("6.5");
    for (const path of leaves(voltageSettings))
      assert.equal(fieldOf(request, path), `parameters.${path.join(".")}`);
    assert.equal(leaves(voltageSettings).length, 8 + Object.keys(averageVoltageSettings).length);
  });

  it("refuses another use case for the same request", () => {
    const request = requestOf("7.2");
    const { bytes } = transform({ ...request, reference: "7.1" }, suites.cose.wire);
    assert.throws(() => correlate(bytes, request), /use case is ECS42, but the request says ECS43/);
  });

  it("throws only its own errors, whatever the bytes (property)", () => {
    const request = requestOf("7.2");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(
          () => correlate(bytes, request),
          (e) => hasCode(e, "headend"),
        );
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
