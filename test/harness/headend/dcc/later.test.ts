import assert from "node:assert/strict";
import { NEVER } from "../../../../firmware/model/index.ts";
import { loadLimit } from "../../../../harness/scenarios/samples.ts";
import { contentOf, networkOperator, type Outside, outside, supplier } from "./outside.ts";

const hourMs = 3_600_000;

describe("requests that the DCC holds for later", () => {
  let desk: Outside;
  beforeEach(async () => {
    desk = await outside();
  });
  const inAnHour = () => desk.home.nowS + 3600;
  const held = (more: object) => desk.request("4.1.1", {}, { more });
  const sent = () =>
    desk.home.trace.events.filter((e) => e.kind === "message" && e.direction === "down").length;

  it("are taken at once, sent at their time and not before, and answered then", async () => {
    const request = held({ heldUntilS: inAnHour() });
    const before = sent();
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(hourMs - 10_000);
    assert.equal(sent(), before);
    assert.deepEqual(desk.codesFor(request), []);
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
  });

  it("of a time that has passed are sent at once", async () => {
    const request = held({ heldUntilS: desk.home.nowS - 10 });
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
  });

  it("are cancelled by the same request for the year 3000, and both users' requests are answered", async () => {
    const request = held({ heldUntilS: inAnHour() });
    const other = desk.request("4.1.1", {}, { by: "networkOperator", more: { heldUntilS: inAnHour() } });
    desk.accept(request);
    desk.accept(other);
    assert.equal(desk.accept(held({ heldUntilS: NEVER })).code, "I0");
    assert.deepEqual(desk.codesFor(request), ["E51"]);
    await desk.home.run(hourMs + 60_000);
    assert.deepEqual(desk.codesFor(request), ["E51"]);
    assert.deepEqual(desk.codesFor(other), ["I0"], "another user's stays");
    assert.equal(desk.accept(held({ heldUntilS: NEVER })).code, "E50");
  });

  it("are checked again at their time: registered no more, out of service", async () => {
    const lost = desk.request("4.1.1", {}, { by: "networkOperator", more: { heldUntilS: inAnHour() } });
    const gone = held({ heldUntilS: inAnHour() + 600 });
    desk.accept(lost);
    desk.accept(gone);
    const { secondSupplier } = desk.home.headEnd.parties;
    desk.dcc.registrations.add({ role: "ED", user: secondSupplier.eui, fromS: inAnHour() - 60 });
    await desk.home.run(hourMs + 60_000);
    assert.deepEqual(desk.codesFor(lost), ["E4"]);
    desk.home.headEnd.inventory.apply(desk.home.device("esme").eui, "suspended");
    await desk.home.run(hourMs);
    assert.deepEqual(desk.codesFor(gone), ["E5"]);
  });

  it("that a device never answers have timed out (E30)", async () => {
    const request = held({ heldUntilS: inAnHour() });
    desk.accept(request);
    desk.home.device("esme").board.powerOff();
    await desk.home.run(hourMs + 180_000);
    assert.deepEqual(desk.codesFor(request), ["E30"]);
  });

  it("are refused where the request has no such time, or its form is wrong, at once", () => {
    assert.equal(desk.ask("7.4", {}, { more: { heldUntilS: inAnHour() } }).code, "E48");
    assert.equal(desk.ask("4.1.1", { Wrong: 1 }, { more: { heldUntilS: inAnHour() } }).code, "E48");
  });

  it("are bounded", async () => {
    desk.restart({ settings: { maxOpen: 3 } });
    const codes = Array.from({ length: 5 }, () => desk.accept(held({ heldUntilS: inAnHour() })).code);
    assert.deepEqual(codes, ["I99", "I99", "I99", "E65", "E65"]);
  });

  it("survive a restart, and are acted on once", async () => {
    const request = held({ heldUntilS: inAnHour() });
    desk.accept(request);
    desk.restart();
    assert.equal(desk.accept(request).code, "I99", "the same again does nothing");
    await desk.home.run(hourMs + 60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
  });
});

describe("what devices keep until its time", () => {
  let desk: Outside;
  beforeEach(async () => {
    desk = await outside();
    await desk.home.run(1000);
  });
  const dated = () => desk.signed("6.4.1", { ...loadLimit, ExecutionDateTime: desk.home.nowS + 3600 });
  const outcomes = (request: object) =>
    desk
      .answersTo(request as never)
      .flatMap((message) => contentOf(message).FutureDatedDeviceAlertMessage ?? []);

  it("is told one instruction after another, with who asked's RequestID", async () => {
    const request = dated();
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
    desk.restart();
    await desk.home.run(hourMs + 120_000);
    assert.deepEqual(
      outcomes(request)
        .map((o) => `${o.FutureDatedAlertCode} ${o.InstructionNumber}/${o.TotalCommandInstructions}`)
        .sort(),
      ["8F66 1/4", "8F66 2/4", "8F66 3/4", "8F66 4/4"],
    );
    const plain = desk.pushed.filter(
      ({ message: { body } }) => "DeviceAlertMessage" in body && body.DeviceAlertMessage.AlertCode === "8F66",
    );
    assert.deepEqual(plain, [], "none of them is told twice");
  });

  it("has timed out when no outcome comes", async () => {
    desk.restart({ settings: { datedOutcomeS: 600 } });
    const request = dated();
    desk.accept(request);
    await desk.home.run(60_000);
    desk.home.device("esme").board.powerOff();
    await desk.home.run(hourMs + 700_000);
    assert.deepEqual(desk.codesFor(request), ["I0", "E30"]);
  });

  it("is told of nobody's command as an alert of the device", async () => {
    const request = dated();
    desk.accept(request);
    await desk.home.run(60_000);
    const second = desk.signed("6.4.1", { ...loadLimit, ExecutionDateTime: desk.home.nowS + 7200 });
    desk.accept(second);
    await desk.home.run(3 * hourMs);
    assert.deepEqual(outcomes(request), [], "a newer command of the kind has replaced it");
    assert.equal(outcomes(second).length, 4);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
  });
});

describe("requests in sequence", () => {
  let desk: Outside;
  beforeEach(async () => {
    desk = await outside();
  });
  const idOf = (counter: bigint) =>
    `90-B3-D5-1F-30-01-00-00:${desk.home.device("esme").eui.replace(/..(?=.)/g, "$&-")}:${counter}`;
  const first = () => desk.request("7.4", {}, { more: { firstInSequence: true } });
  const following = (before: { counter: bigint }, reference = "7.4") =>
    desk.request(reference, {}, { more: { preceding: idOf(before.counter).toLowerCase() } });

  it("wait for the one before, over a restart", async () => {
    const one = first();
    const two = following(one, "6.2.4");
    const three = following(two);
    for (const request of [one, two, three]) assert.equal(desk.accept(request).code, "I99");
    desk.restart();
    await desk.home.run(120_000);
    const order = desk.pushed.flatMap(({ message }) => message.requestId?.split(":")[2] ?? []);
    assert.deepEqual(
      order,
      [one, two, three].map(({ counter }) => String(counter)),
    );
    for (const request of [one, two, three]) assert.deepEqual(desk.codesFor(request), ["I0"]);
  });

  it("fail with the one that fails, and those after it", async () => {
    desk.home.device("esme").board.powerOff();
    const one = first();
    const two = following(one);
    const three = following(two);
    for (const request of [one, two, three]) assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(200_000);
    assert.deepEqual(
      [one, two, three].map((request) => desk.codesFor(request)),
      [["E21"], ["E57"], ["E57"]],
    );
    assert.equal(desk.accept(following(three)).code, "E57");
  });

  it("fail when the one before never comes", async () => {
    desk.restart({ settings: { sequenceWaitS: 600 } });
    const lost = following({ counter: 77n });
    assert.equal(desk.accept(lost).code, "I99");
    await desk.home.run(660_000);
    assert.deepEqual(desk.codesFor(lost), ["E57"]);
  });

  it("name no one else's, nor themselves", () => {
    const others = desk.request("7.4", {}, { by: "networkOperator", more: { preceding: idOf(5001n) } });
    assert.equal(desk.accept(others).code, "E57");
    const own = desk.request("7.4");
    assert.equal(desk.accept({ ...own, preceding: idOf(own.counter) }).code, "E57");
  });

  it("to the DCC itself have their turn or are refused", async () => {
    const one = first();
    const read = (before: { counter: bigint }) =>
      desk.request(
        "8.2",
        { DeviceID: desk.home.device("esme").eui },
        { variant: 8, more: { preceding: idOf(before.counter) } },
      );
    desk.accept(one);
    assert.equal(desk.accept(read(one)).code, "E57");
    await desk.home.run(60_000);
    assert.equal(desk.accept(read(one)).code, "I0");
  });
});

describe("schedules", () => {
  let desk: Outside;
  beforeEach(async () => {
    desk = await outside();
  });
  const dayMs = 24 * hourMs;
  const today = () => new Date(desk.home.nowS * 1000).toISOString().slice(0, 10);
  const period = { StartDateOffset: -1, StartTime: "00:00:00", EndDateOffset: 0, EndTime: "00:00:00" };
  const daily = (more: object = {}) => ({
    ScheduleFrequency: "Daily",
    ScheduleStartDate: today(),
    ScheduleExecutionStartTime: "03:00:00",
    DSPScheduledServiceReference: "4.8",
    DSPScheduledServiceReferenceVariant: "4.8.1",
    DeviceID: desk.home.device("esme").eui,
    DSPReadActiveImportProfileData: period,
    ...more,
  });
  const create = (more: object = {}) => contentOf(desk.tell("5.1", daily(more))).DSPScheduleID as bigint;
  const results = () =>
    desk.pushed.flatMap(({ message: { body } }) =>
      "ResponseMessage" in body ? (body.ResponseMessage.DSPScheduledMessage?.DSPScheduleID ?? []) : [],
    );

  it("ask the device every day at their time, and pass on what it says, over a restart", async () => {
    const id = create();
    await desk.home.run(dayMs);
    assert.deepEqual(results(), [id]);
    desk.restart();
    await desk.home.run(2 * dayMs);
    assert.deepEqual(results(), [id, id, id]);
    const [{ user, message }] = desk.pushed.filter(({ message: { body } }) => "ResponseMessage" in body) as [
      (typeof desk.pushed)[0],
    ];
    assert.equal(user, supplier.eui);
    assert.equal(message.requestId, undefined);
    assert.equal(message.code, "I0");
  });

  it("end on their last day", async () => {
    const id = create({
      ScheduleStartDate: today(),
      ScheduleEndDate: new Date((desk.home.nowS + 86_400) * 1000).toISOString().slice(0, 10),
    });
    await desk.home.run(5 * dayMs);
    assert.ok(results().length >= 1 && results().length <= 2);
    assert.equal(desk.tell("5.2", { DSPScheduleID: id }).code, "E050201");
  });

  it("are read and deleted by their user, one or all of a device, and by nobody else", async () => {
    const [one, two] = [create(), create({ ScheduleFrequency: "Weekly" })];
    assert.deepEqual([one, two], [1n, 2n]);
    const read = (query: object, by?: "networkOperator") => {
      const answer = desk.tell("5.2", query, by && { by });
      return (
        contentOf(answer).DSPSchedulesRead?.DSPSchedules.map(({ DSPScheduleID }) => DSPScheduleID) ??
        answer.code
      );
    };
    const DeviceID = desk.home.device("esme").eui;
    assert.deepEqual(read({ DeviceID }), [1n, 2n]);
    assert.deepEqual(read({ DSPScheduleID: 2n }), [2n]);
    assert.equal(read({ DeviceID }, "networkOperator"), "E050201");
    assert.equal(desk.tell("5.3", { DSPScheduleID: 1n }, { by: "networkOperator" }).code, "E050301");
    assert.equal(desk.tell("5.3", { DSPScheduleID: 1n }).code, "I0");
    assert.deepEqual(read({ DeviceID }), [2n]);
    assert.equal(desk.tell("5.3", { DeviceID }).code, "I0");
    assert.equal(read({ DeviceID }), "E050201");
    await desk.home.run(2 * dayMs);
    assert.deepEqual(results(), []);
  });

  it("are for who may ask the device itself, for reads that may be scheduled, with a log to read", () => {
    const code = (more: object, by: "supplier" | "secondSupplier" | "networkOperator" = "supplier") =>
      desk.tell("5.1", daily(more), { by }).code;
    const voltage = { DSPReadActiveImportProfileData: undefined, DSPReadNetworkData: period };
    assert.equal(code({}, "secondSupplier"), "E4");
    assert.equal(
      code(
        {
          DSPScheduledServiceReference: "4.6",
          DSPScheduledServiceReferenceVariant: "4.6.1",
          DSPReadActiveImportProfileData: undefined,
          DSPRetrieveImportDailyReadLog: period,
        },
        "networkOperator",
      ),
      "E2",
    );
    assert.equal(code({ DSPScheduledServiceReference: "4.10" }), "E050101");
    assert.equal(code(voltage), "E050101");
    assert.equal(code({ DSPReadActiveImportProfileData: { ...period, EndDateOffset: -2 } }), "E050102");
    assert.equal(code({ ScheduleEndDate: "2020-01-01" }), "E050102");
    assert.equal(code({ DeviceID: "00DB000000000001" }), "E19");
    assert.equal(code({ DeviceID: desk.home.device("hub").eui }), "E11");
  });

  it("of a device are as many as may be", () => {
    desk.restart({ settings: { maxSchedules: 2 } });
    assert.deepEqual([create(), create()], [1n, 2n]);
    assert.equal(desk.tell("5.1", daily()).code, "E050103");
  });

  it("that fail are told by an alert, and go on", async () => {
    const id = create();
    desk.home.device("esme").board.powerOff();
    await desk.home.run(dayMs);
    const failures = desk.dccAlerts.flatMap(({ alert: { DCCAlertCode, DCCAlert } }) =>
      "CommandFailure" in DCCAlert ? `${DCCAlertCode} ${DCCAlert.CommandFailure.DSPScheduleID}` : [],
    );
    assert.deepEqual(failures, [`N13 ${id}`]);
    desk.home.device("esme").board.powerOn();
    await desk.home.run(dayMs);
    assert.deepEqual(results(), [id]);
  });

  it("go with their device, which is told", async () => {
    create();
    assert.equal(desk.tell("5.1", daily(), { by: "networkOperator" }).code, "I0");
    desk.tell("8.3", { DeviceID: desk.home.device("esme").eui });
    for (const { eui } of [supplier, networkOperator])
      assert.ok(desk.alerts.includes(`${eui} N5 DSPScheduleRemoval`));
    await desk.home.run(2 * dayMs);
    assert.deepEqual(results(), []);
  });
});
