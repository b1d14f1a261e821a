import assert from "node:assert/strict";
import { matchSteps, type RequestRow, requests as rows } from "../../../firmware/model/index.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { type CodedError, hasCode } from "../../../hal/base/coded-error.ts";
import { dateOf } from "../../../harness/headend/requests/date.ts";
import { type Reference, references, serviceRequest } from "../../../harness/headend/requests/index.ts";
import { transform } from "../../../harness/headend/transform.ts";
import { cancellation } from "../../../harness/index.ts";
import {
  loadLimit,
  twoRatePrices,
  twoRateTariff,
  voltageSettings,
} from "../../../harness/scenarios/samples.ts";
import { requestOf, requests, withTariff } from "./samples.ts";

const request = (reference: Reference, parameters: unknown) =>
  transform({ ...requestOf(reference), parameters }, suites.cose.wire);

/** The faults that refusing these parameters names. */
function faults(reference: Reference, parameters: unknown): string {
  try {
    request(reference, parameters);
  } catch (error) {
    assert.ok(hasCode(error, "headend/parameters"));
    return String((error as CodedError).message);
  }
  return "accepted";
}

const whole = { StartDateTime: 0, EndDateTime: 0xffff_ffff };
const add = (more: object) => ({
  DeviceID: "00-DB-12-34-56-78-90-A0",
  RequestType: "Add",
  AddDeviceToCHFWhitelist: { JoinTimePeriod: 60, InstallCode: "00".repeat(16), ...more },
});
const { DayProfiles, WeekProfiles, Seasons } = twoRateTariff.ElecTariffElements.SwitchingTable;
const switching = (elements: object) =>
  withTariff({ SwitchingTable: { DayProfiles, WeekProfiles, Seasons, ...elements } });
const schedule = (entry: object) =>
  switching({ DayProfiles: { DayProfile: [{ DayName: 1, ProfileSchedule: [entry] }] } });
const season = (SeasonStartDate: object) => ({ SeasonName: "s", SeasonStartDate, ReferencedWeekName: 1 });
const special = (on: object) =>
  withTariff({ SpecialDays: { SpecialDay: [{ Date: on, ReferencedDayName: 1 }] } });
const priced = (elements: object) => ({
  PriceElements: { ElectricityPriceElements: { ...twoRatePrices.ElectricityPriceElements, ...elements } },
});

describe("service requests", () => {
  it("are what their rows say: title, critical, use cases", () => {
    for (const reference of references.filter((each) => each in rows)) {
      const row: RequestRow = rows[reference as keyof typeof rows];
      const { title, critical, useCases, element, roles, devices } = serviceRequest(reference);
      assert.deepEqual({ title, critical }, { title: row.title, critical: row.critical });
      assert.ok(useCases.length > 0 && useCases.every((id) => row.useCases.includes(id)), reference);
      assert.ok(roles.length > 0 && devices.length > 0 && element !== undefined, reference);
    }
  });

  it("may be asked by whom the row names, as devices know them; without a row by whom the command is granted", () => {
    const of = (reference: Reference) => serviceRequest(reference).roles;
    assert.deepEqual(of("7.2"), ["supplier"]);
    assert.deepEqual(of("6.5"), ["networkOperator"]);
    assert.deepEqual(of("7.4"), ["supplier", "networkOperator"]);
    assert.deepEqual(of("8.5"), ["accessControlBroker"]);
    assert.deepEqual(of("NA-CS02b-WP"), ["wanProvider"]);
  });

  for (const asked of requests)
    it(`${asked.reference} becomes exactly the steps of its row (${asked.role})`, () => {
      const { useCase, command } = transform(asked, suites.cose.wire);
      assert.equal(typeof matchSteps(useCase, command.operations), "object");
    });

  for (const reference of references)
    it(`${reference} refuses a parameter it does not know, by name`, () => {
      const { parameters } = requestOf(reference);
      assert.match(faults(reference, { ...(parameters as object), colour: "red" }), /colour/);
    });

  const wrong: [string, Reference, unknown, RegExp][] = [
    [
      "a time without a zone",
      "6.11",
      { CurrentDateTime: "2026-12-01T00:00:00", TolerancePeriod: 60 },
      /CurrentDateTime: .*no zone/,
    ],
    [
      "a 30 February",
      "4.8.1",
      { ReadLogPeriod: { ...whole, StartDateTime: "2026-02-30T00:00:00Z" } },
      /StartDateTime: line 1, column 9 .*no 30 February 2026/,
    ],
    [
      "an hour 24",
      "6.4.1",
      { ExecutionDateTime: "2026-01-01T24:00:00Z" },
      /ExecutionDateTime: line 1, column 12 .*hour 24/,
    ],
    [
      "a year beyond 32 bits",
      "4.8.1",
      { ReadLogPeriod: { ...whole, EndDateTime: "2107-01-01T00:00:00Z" } },
      /EndDateTime: expected a time from 1970/,
    ],
    [
      "seconds before 1970",
      "4.8.1",
      { ReadLogPeriod: { ...whole, StartDateTime: -1 } },
      /StartDateTime: expected a time from 1970/,
    ],
    ["a log without its period", "6.13", { LogToRead: "Event" }, /ReadLogPeriod/],
    ["a log in another spelling", "6.13", { ReadLogPeriod: whole, LogToRead: "event" }, /LogToRead/],
    [
      "a special day that no year has",
      "1.1.1",
      special(dateOf("02-30")),
      /SpecialDay\.0\.Date: SpecifiedYear, SpecifiedMonth, SpecifiedDayOfMonth: there is no 30 February/,
    ],
    [
      "a season from 29 February of a common year",
      "1.1.1",
      switching({ Seasons: { Season: [season(dateOf("2027-02-29"))] } }),
      /SeasonStartDate: SpecifiedYear, SpecifiedMonth, SpecifiedDayOfMonth: there is no 29 February 2027/,
    ],
    [
      "a month that is said and open at once",
      "1.1.1",
      special({ ...dateOf("12-25"), Month: { SpecifiedMonth: 12, NonSpecifiedMonth: {} } }),
      /Month: expected one of SpecifiedMonth, NonSpecifiedMonth, got SpecifiedMonth and/,
    ],
    ...[5, 17].map((octets): (typeof wrong)[number] => [
      `an install code of ${octets} bytes`,
      "8.11",
      add({ InstallCode: "00".repeat(octets) }),
      /InstallCode: expected 6 to 16 octets/,
    ]),
    ["a join window over an hour", "8.11", add({ JoinTimePeriod: 3601 }), /JoinTimePeriod/],
    ["a join window of nothing", "8.11", add({ JoinTimePeriod: 0 }), /JoinTimePeriod/],
    [
      "an addition without its code",
      "8.11",
      { ...add({}), AddDeviceToCHFWhitelist: undefined },
      /expected with RequestType Add/,
    ],
    ["a removal with a code", "8.11", { ...add({}), RequestType: "Remove" }, /with RequestType Add alone/],
    ...(["6.11", "8.1.1"] as const).map((reference): (typeof wrong)[number] => [
      "a tolerance over a day",
      reference,
      { CurrentDateTime: "2026-12-01T00:00:00Z", TolerancePeriod: 86_401 },
      /TolerancePeriod/,
    ]),
    ["an install code that is no hex", "8.11", add({ InstallCode: "xyz" }), /InstallCode/],
    [
      "an EUI-64 of 15 digits",
      "8.11",
      { DeviceID: "00DB1234567890A", RequestType: "Remove" },
      /DeviceID: expected an EUI-64/,
    ],
    ["a rate 49", "1.1.1", schedule({ StartTime: "00:00:00Z", TOUTariffAction: 49 }), /TOUTariffAction/],
    [
      "two actions at once",
      "1.1.1",
      schedule({ StartTime: "00:00:00Z", TOUTariffAction: 1, BlockTariffAction: 1 }),
      /expected one of TOUTariffAction, BlockTariffAction/,
    ],
    [
      "a switching time 24:00",
      "1.1.1",
      schedule({ StartTime: "24:00:00Z", TOUTariffAction: 1 }),
      /StartTime/,
    ],
    [
      "a week of six days",
      "1.1.1",
      switching({
        WeekProfiles: {
          WeekProfile: [
            { WeekName: 1, ReferencedDayName: [1, 2, 3, 4, 5, 6].map((index) => ({ index, value: 1 })) },
          ],
        },
      }),
      /ReferencedDayName/,
    ],
    [
      "five seasons",
      "1.1.1",
      switching({ Seasons: { Season: Array(5).fill(season(dateOf("01-01"))) } }),
      /Season/,
    ],
    ["a price beyond 16 bits", "1.2.1", priced({ StandingCharge: 40_000 }), /StandingCharge/],
    ["prices of no kind", "1.2.1", priced({ TOUTariff: undefined }), /expected one of BlockTariff/],
    [
      "two prices of one rate",
      "1.2.1",
      priced({ TOUTariff: { TOUPrice: [1, 1].map((index) => ({ index, value: 1 })) } }),
      /TOUPrice: expected each index once/,
    ],
    [
      "a window that ends beyond 32 bits of seconds",
      "6.11",
      { CurrentDateTime: 0xffff_fffe, TolerancePeriod: 86_400 },
      /clock\.presetAdjusting\.to: expected UTC seconds/,
    ],
    ["a role that there is not", "6.24.1", { RemotePartyRole: ["Plumber"] }, /RemotePartyRole\.0/],
    ["an offset limit of half an hour", "7.12", { RandomisedOffsetLimit: 1800 }, /RandomisedOffsetLimit/],
    [
      "a time for a request that the DCC would have to keep",
      "6.5",
      { ...voltageSettings, ExecutionDateTime: "2030-01-01T00:00:00Z" },
      /ExecutionDateTime: the DCC does not hold requests/,
    ],
  ];
  for (const [what, reference, parameters, expected] of wrong)
    it(`${reference} refuses ${what}, and says where`, () => {
      assert.match(faults(reference, parameters), expected);
    });

  it("refuses a credential change that the asker has no authority to make", () => {
    const asked = { ...requestOf("6.15.1"), role: "networkOperator" as const };
    assert.throws(
      () => transform(asked, suites.cose.wire),
      /RemotePartyRole: a networkOperator cannot replace the keys of a Supplier/,
    );
  });

  it("gives 0 for at once, and 0xFFFFFFFF for the year 3000, which cancels", () => {
    const times = (more: object) =>
      request("6.4.1", { ...loadLimit, ...more })
        .command.operations.slice(4)
        .map((o) => o.value);
    assert.deepEqual(new Set(times({})), new Set([0]));
    assert.deepEqual(new Set(times({ ExecutionDateTime: cancellation })), new Set([0xffff_ffff]));
    assert.deepEqual(
      new Set(times({ ExecutionDateTime: "3000-12-31T00:00:00.00Z" })),
      new Set([0xffff_ffff]),
    );
    assert.deepEqual(
      new Set(times({ ExecutionDateTime: "2027-01-01T01:00:00+01:00" })),
      new Set([1_798_761_600]),
    );
  });

  it("takes an EUI-64 as DUIS writes it, and without hyphens", () => {
    const removed = (DeviceID: string) =>
      request("8.11", { DeviceID, RequestType: "Remove" }).command.operations[0]?.value;
    assert.deepEqual(removed("00-db-12-34-56-78-90-a5"), removed("00DB1234567890A5"));
  });
});
