import assert from "node:assert/strict";
import fc from "fast-check";
import { inventoryStatuses } from "../../../../harness/headend/inventory-rules.ts";
import { contentOf, networkOperator, type Outside, outside, supplier } from "./outside.ts";

const news = {
  DeviceID: "00DB123456789012",
  DeviceManufacturer: "AB01",
  DeviceModel: "010A030B",
  DeviceType: "ESME",
  FirmwareVersion: "0002012F",
  ESMEVariant: "A",
};

describe("the inventory, as users of the DCC see it", () => {
  let desk: Outside;
  beforeEach(async () => {
    desk = await outside();
  });
  const esme = () => desk.home.device("esme");
  const hub = () => desk.home.device("hub");
  const shown = (query: object) => contentOf(desk.tell("8.2", query)).DSPInventory?.Device ?? [];
  const statusOf = (eui: string) => desk.home.headEnd.inventory.status(eui);

  it("8.2 shows the home of a device, by its EUI, metering point, UPRN or address", () => {
    const place = { UPRN: 123456, PropertyFilter: { PostCode: "AB1 2CD", AddressIdentifier: "7" } };
    desk.home.headEnd.inventory.tell(hub().eui, { place });
    const both = [hub().eui, esme().eui].sort();
    const { UPRN, PropertyFilter } = place;
    for (const query of [{ DeviceID: esme().eui }, { MPxN: esme().mpxn }, { UPRN }, { PropertyFilter }]) {
      const found = shown(query);
      assert.deepEqual(found.map(({ DeviceID }) => DeviceID).sort(), both);
      const meter = found.find(({ DeviceID }) => DeviceID === esme().eui);
      assert.equal(meter?.DeviceStatus, "Commissioned");
      assert.equal(meter?.ImportMPxN, esme().mpxn);
      assert.equal(meter?.DateCommissioned, `${new Date(desk.home.nowS * 1000).toISOString().slice(0, 10)}Z`);
      assert.equal(meter?.UPRN, 123456);
    }
    assert.equal(desk.tell("8.2", { DeviceID: "00DB000000000001" }).code, "E19");
    assert.equal(desk.tell("8.2", { MPxN: "999" }).code, "E080201");
  });

  it("12.2 announces a device, once, and its user may tell more of it and delete it", () => {
    assert.equal(desk.tell("12.2", news).code, "I0");
    const [found] = shown({ DeviceID: news.DeviceID });
    assert.deepEqual(
      [found?.DeviceStatus, found?.DeviceManufacturer, found?.DeviceFirmwareVersion],
      ["Pending", "AB01", "0002012F"],
    );
    assert.equal(desk.tell("12.2", news).code, "E120203");
    const DeviceID = news.DeviceID;
    assert.equal(desk.tell("8.4", { DeviceID, UpdateDeviceDetails: { DeviceModel: "010A030C" } }).code, "I0");
    assert.equal(shown({ DeviceID })[0]?.DeviceModel, "010A030C");
    assert.equal(shown({ DeviceID })[0]?.DeviceManufacturer, "AB01", "the rest stays");
    assert.equal(desk.tell("8.4", { DeviceID, DeleteDevice: {} }).code, "I0");
    assert.equal(desk.tell("8.2", { DeviceID }).code, "E19");
  });

  it("12.2 refuses a hub that is its own gas proxy by the code that is known for it", () => {
    const wrong = {
      ...news,
      DeviceType: "CHF",
      ESMEVariant: undefined,
      AssociatedGPFDeviceID: news.DeviceID,
    };
    assert.equal(desk.tell("12.2", wrong).code, "E120201");
  });

  it("12.2 announces a display without a status: devices of type 2 have none", () => {
    const { ESMEVariant: _, ...more } = news;
    desk.tell("12.2", { ...more, DeviceType: "IHD" });
    const [found] = shown({ DeviceID: news.DeviceID });
    assert.equal(found?.DeviceType, "IHD");
    assert.equal(found !== undefined && "DeviceStatus" in found, false);
    assert.deepEqual(desk.home.headEnd.inventory.read(news.DeviceID).history, []);
  });

  it("8.3 decommissions: nothing is sent there any more, and those registered are told", () => {
    assert.equal(desk.tell("8.3", { DeviceID: esme().eui }).code, "I0");
    assert.equal(statusOf(esme().eui), "Decommissioned");
    assert.equal(desk.ask("7.4").code, "E5");
    for (const { eui } of [supplier, networkOperator])
      assert.ok(desk.alerts.includes(`${eui} N1 DeviceStatusChangeEvent`), desk.alerts.join());
    assert.equal(desk.tell("8.3", { DeviceID: esme().eui }).code, "E080301");
  });

  it("8.3 is for who is registered there", () => {
    assert.equal(desk.tell("8.3", { DeviceID: esme().eui }, { by: "secondSupplier" }).code, "E4");
    assert.equal(desk.tell("8.3", { DeviceID: esme().eui }, { by: "networkOperator" }).code, "E2");
    assert.equal(statusOf(esme().eui), "Commissioned");
  });

  it("8.4 sets the statuses that a user may set, and no others", () => {
    const chf = hub().eui;
    desk.tell("12.2", news);
    const { DeviceID } = news;
    const set = (status: string) => desk.tell("8.4", { DeviceID, UpdateDeviceStatusExceptCH: status }).code;
    assert.equal(set("InstalledNotCommissioned"), "I0");
    assert.equal(statusOf(DeviceID), "InstalledNotCommissioned");
    assert.equal(set("Commissioned"), "E48");
    assert.equal(desk.tell("8.4", { DeviceID: chf, UpdateDeviceStatusExceptCH: "Pending" }).code, "E11");
    assert.equal(desk.tell("8.4", { DeviceID: chf, UpdateDeviceStatusCH: "Withdrawn" }).code, "E080405");
    assert.equal(desk.tell("8.4", { DeviceID: esme().eui, DeleteDevice: {} }).code, "E080407");
  });

  it("8.4 changes a meter's numbers", () => {
    const changed = { DeviceID: esme().eui, UpdateMPxN: { ExportMPAN: "1312345678333" } };
    assert.equal(desk.tell("8.4", changed).code, "I0");
    const meter = shown({ MPxN: "1312345678333" }).find(({ DeviceID }) => DeviceID === esme().eui);
    assert.deepEqual([meter?.ImportMPxN, meter?.ExportMPAN], [esme().mpxn, "1312345678333"]);
  });

  it("8.14: a hub is installed with and without WAN, and returned", () => {
    const hubNews = {
      ...news,
      DeviceType: "CHF",
      ESMEVariant: undefined,
      AssociatedGPFDeviceID: "00DB123456789013",
    };
    assert.equal(desk.tell("12.2", hubNews).code, "I0");
    const { DeviceID } = news;
    const told = {
      DeviceID,
      CHFInstallType: "New CHF Install",
      MPxN: "1000999888",
      AerialInstall: false,
      CHFLocation: "Deep indoors",
    };
    const premise = {
      PremiseType: "Terraced",
      MetalObstructionCheck: false,
      ConnectivityObstructionCheck: false,
      SharedObstructionCheck: false,
    };
    assert.equal(desk.tell("8.14.2", { ...told, ...premise }).code, "I0");
    assert.equal(statusOf(DeviceID), "InstalledNotCommissioned");
    assert.equal(desk.tell("8.14.1", told).code, "I0");
    assert.equal(statusOf(DeviceID), "Commissioned");
    assert.equal(desk.home.headEnd.inventory.isEnrolled(DeviceID), false, "its gas proxy is not yet");
    const own = hub().eui;
    assert.equal(
      desk.tell("8.14.4", { DeviceID: own, CHFNoFaultReturnType: "Lost or Stolen Hub" }).code,
      "I0",
    );
    assert.equal(statusOf(own), "Decommissioned");
    assert.ok(desk.alerts.includes(`${supplier.eui} N4 DeviceStatusChangeEvent`), desk.alerts.join());
    assert.equal(desk.tell("8.14.1", { ...told, DeviceID: esme().eui }).code, "E081401");
  });

  it("a system is enrolled when all its devices are commissioned; one suspended does not count", () => {
    const { inventory } = desk.home.headEnd;
    assert.equal(inventory.isEnrolled(hub().eui), true);
    inventory.apply(esme().eui, "suspended");
    assert.equal(inventory.isEnrolled(hub().eui), false);
    inventory.apply(esme().eui, "reinstated");
    assert.equal(inventory.isEnrolled(hub().eui), true);
    assert.deepEqual(
      desk.alerts.filter((alert) => alert.startsWith(supplier.eui)),
      [`${supplier.eui} N28 DeviceStatusChangeEvent`, `${supplier.eui} N29 DeviceStatusChangeEvent`],
    );
    const { history } = inventory.read(esme().eui);
    assert.deepEqual(
      history.map(({ status }) => status),
      ["Pending", "Whitelisted", "InstalledNotCommissioned", "Commissioned", "Suspended", "Commissioned"],
    );
  });

  it("whatever users say in whatever order, a device has one of the nine statuses, and what was gone stays gone (property)", () => {
    const { inventory } = desk.home.headEnd;
    const DeviceID = news.DeviceID;
    const says: readonly [string, object][] = [
      ["12.2", news],
      ["8.3", { DeviceID }],
      ["8.4", { DeviceID, DeleteDevice: {} }],
      ["8.4", { DeviceID, UpdateDeviceStatusExceptCH: "Pending" }],
      ["8.4", { DeviceID, UpdateDeviceStatusExceptCH: "InstalledNotCommissioned" }],
      ["8.4", { DeviceID, UpdateMPxN: { ImportMPxN: "1234567890123" } }],
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(says.length - 1), { maxLength: 12 }), (said) => {
        for (const at of said) {
          const [reference, form] = says[at] as [string, object];
          const before = inventory.find(DeviceID)?.status;
          const { code } = desk.tell(reference, form);
          const after = inventory.find(DeviceID)?.status;
          assert.match(code, /^(I0|E(4|5|19|0803\d\d|0804\d\d|120203))$/);
          if (code !== "I0") assert.equal(after, before);
          if (before === "Decommissioned") assert.equal(after, before);
          assert.ok(after === undefined || (inventoryStatuses as readonly string[]).includes(after));
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });
});
