import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { requests } from "../../../firmware/model/index.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { FormRequest } from "../../../harness/headend/dcc/messages.ts";
import { gasAlternatives } from "../../../harness/headend/requests/gas-alternatives.ts";
import { anyRequest, dccParameters, dccRequests } from "../../../harness/headend/requests/index.ts";
import {
  readUserRequest,
  referenceDevices,
  transformXml,
  writeUserRequest,
} from "../../../harness/interface/index.ts";
import { duis } from "../../support/shared-data.ts";
import { anyGasRequestOf, anyRequestOf, ask } from "./any-request.ts";
import { schemaFaults } from "./schema-faults.ts";

const alternatives = Object.keys(gasAlternatives);

function refusalOf(attempt: () => unknown): CodedError {
  try {
    attempt();
  } catch (error) {
    assert.ok(error instanceof CodedError, String(error));
    return error;
  }
  throw new Error("taken");
}

describe("DUIS's 129 variants", () => {
  it("have a form each", () => {
    const variants = Object.keys(requests);
    assert.equal(variants.length, 129);
    assert.deepEqual(
      variants.filter((variant) => anyRequest(variant)?.element === undefined),
      [],
    );
  });

  it("are read in every request of the reference set", function () {
    const folder = duis(this, "requests");
    const files = readdirSync(folder);
    for (const file of files)
      assert.doesNotThrow(() => readUserRequest(readFileSync(join(folder, file))), file);
    console.log(`      ${files.length} requests of others are read`);
  });

  it("are valid against DUIS's schema, whatever their form takes", function () {
    this.timeout(60_000);
    const documents = new Map(
      [...Object.keys(requests).map(anyRequestOf), ...alternatives.map(anyGasRequestOf)].flatMap((any, at) =>
        fc
          .sample(any, { seed: 1, numRuns: 3 })
          .map((request, i) => [`${request.reference}-${at}-${i}`, writeUserRequest(request)] as const),
      ),
    );
    assert.deepEqual(schemaFaults(this, documents), []);
    console.log(`      ${documents.size} requests of our own are valid`);
  });

  for (const reference of Object.keys(dccRequests))
    it(`come back as they were written: ${reference}`, () =>
      fc.assert(
        fc.property(anyRequestOf(reference), (request) => {
          const own = reference as keyof typeof dccRequests;
          const read = readUserRequest(writeUserRequest(request)) as FormRequest;
          assert.deepEqual(dccParameters(own, read.parameters), dccParameters(own, request.parameters));
        }),
        { seed: 1, numRuns: 30 },
      ));

  for (const reference of alternatives)
    it(`come back as they were written, and become no command: ${reference} for a gas device`, () =>
      fc.assert(
        fc.property(anyGasRequestOf(reference), (request) => {
          const xml = writeUserRequest(request);
          const read = readUserRequest(xml) as FormRequest;
          assert.equal(writeUserRequest(read), xml);
          assert.equal(
            refusalOf(() => transformXml(xml, { devices: referenceDevices })).code,
            "interface/device",
          );
        }),
        { seed: 1, numRuns: 10 },
      ));

  for (const [what, reference, parameters, element, expected] of [
    ["two choices", "8.2", { UPRN: 1, DeviceID: "00DB1234567890A0" }, "ReadInventory", /one of UPRN/],
    ["none of its choices", "5.3", {}, "DeleteSchedule", /one of DSPScheduleID/],
    [
      "a schedule's id too great",
      "5.2",
      { DSPScheduleID: 10n ** 13n },
      "ReadSchedule.DSPScheduleID",
      /1000000000000/,
    ],
    [
      "a word of its own",
      "8.4",
      { DeviceID: "00DB1234567890A0", UpdateDeviceStatusCH: "Lost" },
      "UpdateInventory.UpdateDeviceStatusCH",
      /"Commissioned"/,
    ],
    [
      "a long text",
      "12.2",
      {
        DeviceID: "00DB1234567890A0",
        DeviceManufacturer: "x".repeat(31),
        DeviceModel: "",
        DeviceType: "ESME",
      },
      "DevicePrenotification.DeviceManufacturer",
      /<=30 characters/,
    ],
    [
      "no day of the calendar",
      "8.6",
      {
        DeviceID: "00DB1234567890A0",
        DeviceType: "ESME",
        MPxNs: { ImportMPxN: "1" },
        OptInDate: "2026-02-30",
      },
      "ServiceOptIn.OptInDate",
      /a day of the calendar/,
    ],
    [
      "a decimal too many",
      "6.6",
      { CalorificValue: 39.55, ConversionFactor: 1 },
      "UpdateDeviceConfigurationGasConversion.CalorificValue",
      /1 decimals at most/,
    ],
    [
      "a device list that is none",
      "11.1",
      { FirmwareImage: "AA==", FirmwareVersion: "1", DeviceIDList: "00-DB" },
      "UpdateFirmware.DeviceIDList",
      /EUI-64s with commas/,
    ],
  ] as const)
    it(`are refused by name with ${what}`, () => {
      const error = refusalOf(() => readUserRequest(writeUserRequest(ask(reference, parameters))));
      assert.equal(error.code, "interface/element");
      assert.equal(error.data.element, element);
      assert.match(error.message, expected);
    });

  it("become no command where the DCC is asked, or a gas device", () => {
    const refusal = (request: FormRequest) => {
      const { code, message } = refusalOf(() =>
        transformXml(writeUserRequest(request), { devices: referenceDevices }),
      );
      return `${code}: ${message}`;
    };
    assert.match(
      refusal(ask("8.2", { UPRN: 1 })),
      /interface\/variant: .*8.2 \(ReadInventory\) asks the DCC/,
    );
    assert.match(refusal(ask("14.1", {})), /interface\/device: .*14.1 .*gas device: no such device here/);
  });
});
