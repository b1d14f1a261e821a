import assert from "node:assert/strict";
import { cancellation } from "../../../../harness/index.ts";
import { certificatesOf, certified } from "../../../../harness/scenarios/samples.ts";
import {
  accessControlBroker,
  contentOf,
  networkOperator,
  type Outside,
  outside,
  secondSupplier,
  supplier,
} from "./outside.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe("a change of supplier through the DCC (6.23)", () => {
  let desk: Outside;
  beforeEach(async () => {
    desk = await outside();
  });
  const registerFrom = (fromS: number) =>
    desk.dcc.registrations.add({ role: "IS", user: secondSupplier.eui, fromS });
  const change = (more: object = {}) => {
    const { secondSupplier: party } = desk.home.headEnd.parties;
    const form = {
      SupplierFloorSeqNumber: 1n,
      SupplierReplacementCertificates: certificatesOf(party.keys),
      ...certified(desk.home.headEnd.pki),
      ImportMPxN: desk.home.device("esme").mpxn,
      ...more,
    };
    return desk.request("6.23", form, { by: "secondSupplier" });
  };
  const alertsOf = (kind: string) => desk.alerts.filter((alert) => alert.endsWith(kind));
  /** Who can command the meter: the answer to a critical request. */
  const commands = async (by: "supplier" | "secondSupplier") => {
    const request = desk.signed("7.2", {}, { by });
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    return desk.codesFor(request);
  };

  it("is asked by whom the registration names from now on; the CoS party does it, and the loser hears of it", async () => {
    const early = change();
    assert.equal(desk.accept(early).code, "E4", "not registered yet");
    registerFrom(desk.home.nowS);
    desk.tell(
      "5.1",
      {
        ScheduleFrequency: "Daily",
        ScheduleStartDate: "2020-01-01",
        DSPScheduledServiceReference: "4.8",
        DSPScheduledServiceReferenceVariant: "4.8.2",
        DeviceID: desk.home.device("esme").eui,
        DSPReadReactiveImportProfileData: {
          StartDateOffset: -1,
          StartTime: "00:00:00",
          EndDateOffset: 0,
          EndTime: "00:00:00",
        },
      },
      { by: "networkOperator" },
    );
    const request = change();
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
    assert.deepEqual(alertsOf("ChangeOfSupplier"), [`${supplier.eui} N27 ChangeOfSupplier`]);
    assert.ok(
      alertsOf("SecurityCredentialsUpdated").includes(
        `${networkOperator.eui} N42 SecurityCredentialsUpdated`,
      ),
    );
    assert.deepEqual(alertsOf("DSPScheduleRemoval"), [], "another user's schedule stays");
    assert.deepEqual(await commands("secondSupplier"), ["I0"]);
    assert.equal(desk.ask("7.4").code, "I99", "the loser is still the export supplier");
  });

  it("ends the schedules of the losing supplier", async () => {
    const made = desk.tell("5.1", {
      ScheduleFrequency: "Daily",
      ScheduleStartDate: "2020-01-01",
      DSPScheduledServiceReference: "4.15",
      DSPScheduledServiceReferenceVariant: "4.15",
      DeviceID: desk.home.device("esme").eui,
      DSPReadLoadLimitData: {},
    });
    assert.equal(contentOf(made).DSPScheduleID, 1n);
    registerFrom(desk.home.nowS);
    desk.accept(change());
    await desk.home.run(60_000);
    assert.deepEqual(alertsOf("DSPScheduleRemoval"), [`${supplier.eui} N6 DSPScheduleRemoval`]);
  });

  it("for later is kept, sent a day before, and told when it has happened, over restarts", async () => {
    const atS = desk.home.nowS + 3 * 86_400;
    registerFrom(atS);
    const request = change({ ExecutionDateTime: atS });
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(dayMs);
    assert.deepEqual(desk.codesFor(request), []);
    desk.restart();
    await desk.home.run(dayMs + 60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"], "the meter has taken it for later");
    assert.deepEqual(alertsOf("ChangeOfSupplier"), []);
    desk.restart();
    await desk.home.run(dayMs);
    const [, outcome] = desk.answersTo(request);
    const told = outcome && contentOf(outcome).FutureDatedDeviceAlertMessage;
    assert.deepEqual(
      [told?.FutureDatedAlertCode, told?.InstructionNumber, told?.TotalCommandInstructions],
      ["8F66", 1, 1],
    );
    assert.deepEqual(alertsOf("ChangeOfSupplier"), [`${supplier.eui} N27 ChangeOfSupplier`]);
    assert.deepEqual(await commands("secondSupplier"), ["I0"]);
  });

  it("for later is checked again when it is sent: who is not to be registered then gets E4", async () => {
    const atS = desk.home.nowS + 3 * 86_400;
    registerFrom(atS);
    const request = change({ ExecutionDateTime: atS });
    desk.accept(request);
    desk.dcc.registrations.add({ role: "IS", user: supplier.eui, fromS: atS - 10 });
    await desk.home.run(2 * dayMs + 60_000);
    assert.deepEqual(desk.codesFor(request), ["E4"]);
  });

  it("for later is cancelled while it is kept, and at the meter once it is there", async () => {
    const atS = desk.home.nowS + 3 * 86_400;
    registerFrom(atS);
    const kept = change({ ExecutionDateTime: atS });
    desk.accept(kept);
    assert.equal(desk.accept(change({ ExecutionDateTime: cancellation })).code, "I0");
    assert.deepEqual(desk.codesFor(kept), ["E51"]);
    const there = change({ ExecutionDateTime: atS });
    desk.accept(there);
    await desk.home.run(2 * dayMs + 60_000);
    const undo = change({ ExecutionDateTime: cancellation });
    assert.equal(desk.accept(undo).code, "I99");
    await desk.home.run(2 * dayMs);
    assert.deepEqual(desk.codesFor(undo), ["I0"]);
    assert.deepEqual(alertsOf("ChangeOfSupplier"), []);
    assert.equal(desk.dcc.settings.cosLeadS, 86_400);
  });

  it("names the device's metering point", () => {
    registerFrom(desk.home.nowS);
    assert.equal(desk.accept(change({ ImportMPxN: "1234567890123" })).code, "E062301");
  });
});

describe("what else the DCC tells", () => {
  let desk: Outside;
  beforeEach(async () => {
    desk = await outside();
  });
  const toHub = () => ({ to: desk.home.device("hub").eui });
  const remove = () =>
    desk.request("8.11", { DeviceID: desk.home.device("esme").eui, RequestType: "Remove" }, toHub());

  it("8.11: the hub's answer, then that its log has changed, to who asked", async () => {
    const request = remove();
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
    const results = desk.dccAlerts.flatMap(({ alert: { DCCAlertCode, DCCAlert } }) =>
      "UpdateHANDeviceLogResult" in DCCAlert
        ? [DCCAlertCode, DCCAlert.UpdateHANDeviceLogResult.UpdateHANDeviceLogServiceRequestID]
        : [],
    );
    assert.deepEqual(results, ["N24", desk.answersTo(request)[0]?.requestId]);
    assert.equal(desk.home.headEnd.inventory.status(desk.home.device("esme").eui), "Pending");
  });

  it("8.11: a device that is added is on the hub's network from then on, with its numbers", async () => {
    const { eui: DeviceID, installCode } = desk.home.device("esme");
    desk.accept(remove());
    await desk.home.run(60_000);
    desk.home.headEnd.inventory.tell(DeviceID, { hub: "00DB000000000000", mpxn: "1" });
    const added = {
      ...{ DeviceID, RequestType: "Add" },
      AddDeviceToCHFWhitelist: { JoinTimePeriod: 600, InstallCode: installCode, ImportMPxN: "1312345678111" },
    };
    const request = desk.request("8.11", added, toHub());
    desk.accept(request);
    await desk.home.run(60_000);
    const { hub, mpxn } = desk.home.headEnd.inventory.read(DeviceID);
    assert.deepEqual([hub, mpxn], [desk.home.device("hub").eui, "1312345678111"]);
    assert.equal(desk.alerts.filter((alert) => alert.endsWith("N24 UpdateHANDeviceLogResult")).length, 2);
  });

  it("8.11: without the hub's word that its log has changed the result is doubtful", async () => {
    desk.restart();
    const alert = desk.dcc.alert.bind(desk.dcc);
    desk.dcc.alert = (received) => received.header.code !== 0x0018 && alert(received);
    desk.accept(remove());
    await desk.home.run(300_000);
    assert.deepEqual(
      desk.alerts.filter((each) => each.endsWith("UpdateHANDeviceLogResult")),
      [`${supplier.eui} N25 UpdateHANDeviceLogResult`],
    );
  });

  it("8.13: an answer to a local command is taken in once, from who had the command", async () => {
    const local = desk.request("7.4", {}, { variant: 2 });
    const { GBCSPayload } = contentOf(desk.accept(local)).LocalCommand as { GBCSPayload: Uint8Array };
    let response: Uint8Array | undefined;
    const { receive } = desk.home.headEnd;
    desk.home.headEnd.receive = function (bytes) {
      response ??= bytes;
      return receive.call(this, bytes);
    };
    desk.home.inject(GBCSPayload);
    await desk.home.run(60_000);
    const form = { DeviceGBCSResponse: response };
    assert.equal(desk.tell("8.13", form, { by: "secondSupplier" }).code, "E081301");
    assert.equal(desk.tell("8.13", { DeviceGBCSResponse: new Uint8Array([1, 2, 3]) }).code, "E081301");
    desk.restart();
    assert.equal(desk.tell("8.13", form).code, "I0");
    assert.equal(desk.tell("8.13", form).code, "E081301");
    assert.deepEqual(desk.codesFor(local), [], "who handed it in has it");
  });

  it("a command's failure as a response, an alert, or both", async () => {
    const codes: string[] = [];
    for (const commandFailure of ["response", "alert", "both"] as const) {
      desk.restart({ settings: { commandFailure } });
      desk.home.device("esme").board.powerOff();
      const request = desk.request("7.4");
      desk.accept(request);
      await desk.home.run(130_000);
      const told = desk.alerts.filter((alert) => alert.endsWith("N13 CommandFailure"));
      codes.push(`${commandFailure}: ${desk.codesFor(request).join()} ${told.length}`);
    }
    assert.deepEqual(codes, ["response: E21 0", "alert:  1", "both: E21 2"]);
  });

  it("12.1: coverage; 8.6: the ACB's certificates; 11.1: what is wrong with each device, and that no image goes out", async () => {
    const address = { PartialAddress: { PostCode: "AB1 2CD", AddressIdentifier: "7" } };
    const matrix = contentOf(desk.tell("12.1", address)).DSPWANMatrix;
    assert.deepEqual(matrix?.Request, address);
    assert.equal(matrix?.DSPWANMatrixResponse[0]?.CoverageAvailability, true);
    const { eui: DeviceID, mpxn: ImportMPxN } = desk.home.device("esme");
    const optIn = { DeviceID, DeviceType: "ESME", MPxNs: { ImportMPxN }, OptInDate: "2026-01-01" };
    const { agree } = desk.home.headEnd.parties.accessControlBroker.keys;
    const given = contentOf(desk.tell("8.6", optIn)).DSPOptIn;
    assert.deepEqual(given?.DSPBrokerSecurityCredentialsKeyAgreement, agree.certificate);
    assert.equal(desk.tell("8.6", { ...optIn, DeviceType: "GSME" }).code, "E080601");
    const image = (...DeviceIDList: string[]) => ({
      FirmwareImage: new Uint8Array(9),
      FirmwareVersion: "00000001",
      DeviceIDList,
    });
    const hub = desk.home.device("hub").eui;
    const warned = desk.tell("11.1", image(DeviceID, hub, "00DB000000000001"));
    assert.equal(warned.code, "W110101");
    assert.deepEqual(contentOf(warned).DSPUpdateFirmwareWarning, {
      InvalidDeviceIDList: ["00DB000000000001"],
      NotApplicableFirmwareDeviceIDList: [hub],
    });
    assert.equal(desk.tell("11.1", image(DeviceID)).code, "I0");
    assert.equal(desk.tell("11.1", image(hub)).code, "E110101");
    await desk.home.run(5000);
    assert.equal(desk.alerts.filter((alert) => alert.endsWith("FirmwareDistributionFailure")).length, 2);
    assert.equal(accessControlBroker.role, "accessControlBroker");
  });
});
