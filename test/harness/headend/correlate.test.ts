import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode, type MeterbenchError } from "../../../firmware/kernel/errors.ts";
import { useCases } from "../../../firmware/model/index.ts";
import { coseWire } from "../../../firmware/wire/cose/wire.ts";
import { correlate } from "../../../harness/headend/correlate.ts";
import { serviceRequests } from "../../../harness/headend/service-requests.ts";
import { type ServiceRequest, transform } from "../../../harness/headend/transform.ts";
import { requests, samples } from "./samples.ts";

type Tree = { [key: string | number]: unknown };

describe("correlation of pre-commands", () => {
  it("has a sample of every service request, and between them they reach every use case of the firmware", () => {
    assert.deepEqual(Object.keys(samples).sort(), serviceRequests.map((d) => d.reference).sort());
    const reached = new Set(requests.map((request) => transform(request, coseWire).useCase.id));
    assert.deepEqual([...reached].sort(), useCases.map((u) => u.id).sort());
  });

  for (const request of requests) {
    it(`accepts what ${request.reference} ${JSON.stringify(request.parameters, plain).slice(0, 60)} became`, () => {
      correlate(transform(request, coseWire).bytes, request);
    });
  }

  for (const request of requests) {
    const what = JSON.stringify(request.parameters, plain).slice(0, 40);
    it(`refuses what ${request.reference} ${what} became, with any single bit changed`, () => {
      const { bytes } = transform(request, coseWire);
      const accepted: number[] = [];
      for (let bit = 0; bit < bytes.length * 8; bit++) {
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
  }

  const changes: [string, string, Partial<ServiceRequest> & { parameters?: Record<string, unknown> }][] = [
    ["another threshold", "parameters.thresholdW", { parameters: { thresholdW: 69_000 } }],
    ["another supply state on a trip", "parameters.onTrip", { parameters: { onTrip: "unchanged" } }],
    ["another activation time", "parameters.activateAt", { parameters: { activateAt: 1_800_000_000 } }],
    ["another target", "target", { target: { eui: "00DB1234567890A1", type: "ESME" } }],
    ["another counter", "counter", { counter: 1n }],
    ["another originator", "originator", { originator: "90B3D51F30030000" }],
    [
      "another supplementary counter",
      "supplementary[1]",
      { supplementary: { party: "90B3D51F30030000", counter: 6n } },
    ],
  ];
  for (const [what, field, change] of changes) {
    it(`names the field of ${what}`, () => {
      const request = requests.find((r) => r.reference === "6.4.1") as ServiceRequest;
      const parameters = { ...(request.parameters as object), ...change.parameters };
      const { bytes } = transform({ ...request, ...change, parameters }, coseWire);
      assert.throws(
        () => correlate(bytes, request),
        (e: MeterbenchError) => e.code === "headend/not-correlated" && e.data.field === field,
      );
    });
  }

  it("names a price, a switching time and a day deep inside a tariff", () => {
    const request = requests.find((r) => r.reference === "1.1.1") as ServiceRequest;
    const change = (path: (string | number)[], value: unknown) => {
      const parameters = structuredClone(request.parameters) as Tree;
      const parent = path.slice(0, -1).reduce((node, key) => node[key] as Tree, parameters);
      parent[path.at(-1)!] = value;
      return transform({ ...request, parameters }, coseWire).bytes;
    };
    const field = (bytes: Uint8Array): unknown => {
      try {
        correlate(bytes, request);
      } catch (error) {
        return (error as MeterbenchError).data.field;
      }
      return undefined;
    };
    assert.equal(field(change(["touPrices", 1], 942)), "parameters.touPrices[1]");
    assert.equal(
      field(change(["days", 0, "switches", 1, "at"], "07:31")),
      "parameters.days[0].switches[1].at",
    );
    assert.equal(field(change(["specialDays", 0, "day"], 1)), "parameters.specialDays[0].day");
    assert.equal(field(change(["blockThresholdsWh", 0, 1], 1)), "parameters.blockThresholdsWh[0][1]");
  });

  it("refuses another use case for the same request", () => {
    const request = requests.find((r) => r.reference === "7.2") as ServiceRequest;
    const { bytes } = transform({ ...request, reference: "7.1" }, coseWire);
    assert.throws(() => correlate(bytes, request), /use case is ECS42, but the request says ECS43/);
  });

  it("throws only its own errors, whatever the bytes (property)", () => {
    const request = requests.find((r) => r.reference === "7.2") as ServiceRequest;
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

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? "…" : value;
}
