import assert from "node:assert/strict";
import type { FormRequest } from "../../../../harness/headend/dcc/messages.ts";
import { partyIdentities } from "../../../../harness/headend/parties.ts";
import { writeUserRequest } from "../../../../harness/interface/duis-request.ts";
import { correlateXml } from "../../../../harness/interface/gbcs-desk.ts";
import { content, paths, post, read, signed, until } from "./client.ts";
import { Served } from "./served.ts";

const { supplier } = partyIdentities;

describe("meterbench serve, over HTTP", () => {
  let served: Served;
  before(async () => {
    served = await Served.start();
  });
  after(() => served.end());

  it("answers a read at once, and pushes the meter's answer", async () => {
    const asked = served.request("7.4");
    assert.equal((await served.ask(asked)).code, "I99");
    const answer = await until(() => served.answersTo(asked)[0]);
    assert.equal(answer.code, "I0");
    assert.ok(content(answer).GBCSPayload instanceof Uint8Array);
    assert.equal(served.receiver.heard.at(-1)?.path, `/${supplier.eui}`);
  });

  it("makes a pre-command that means what was asked, takes it back signed, and the supply goes off", async () => {
    const asked = served.request("7.2", { commandVariant: 4 }) as FormRequest;
    const preCommand = await served.preCommand(asked);
    const devices = new Map([[asked.target, { type: "ESME" as const }]]);
    assert.equal(correlateXml(writeUserRequest(asked), preCommand, { devices }), "ECS43");
    const back = served.signed(asked, preCommand);
    assert.equal((await served.ask(back)).code, "I99");
    assert.equal((await until(() => served.answersTo(back)[0])).code, "I0");
    assert.equal(await served.home.home.device("esme").board.loadSwitch?.isClosed(), false);
  });

  it("obeys a critical command under a counter as low as those of the published requests", async () => {
    const fresh = await Served.start();
    const asked = fresh.request("7.2", { commandVariant: 4, counter: 1000n }) as FormRequest;
    const back = fresh.signed(asked, await fresh.preCommand(asked));
    assert.equal((await fresh.ask(back)).code, "I99");
    assert.equal((await until(() => fresh.answersTo(back)[0])).code, "I0");
    assert.equal(await fresh.home.home.device("esme").board.loadSwitch?.isClosed(), false);
    await fresh.end();
  });

  it("pushes alerts to who they are for", async () => {
    const isAlert = ({ body }: { body: object }) => "DeviceAlertMessage" in body || "DCCAlertMessage" in body;
    const before = served.heard.filter(isAlert).length;
    served.home.home.loseMains();
    await until(() => (served.heard.filter(isAlert).length > before ? true : undefined));
    const alert = served.heard.filter(isAlert).at(-1);
    assert.deepEqual([alert?.code, alert?.requestId], ["I0", undefined]);
    served.home.home.restoreMains();
  });

  it("looks up a device's certificates, and gives one by its serial number", async () => {
    const eui = "00-db-12-34-56-78-90-a0";
    const found = await post(
      served.web.url,
      "/services/certificatesearch?apikey=any",
      `<CertificateSearchRequest><CertificateSubjectAltName>${eui}</CertificateSubjectAltName></CertificateSearchRequest>`,
    );
    assert.equal(found.status, 200);
    const [, serial = ""] = /<CertificateSerial>(\w+)</.exec(found.text) ?? [];
    const got = await post(
      served.web.url,
      "/services/retrievecertificate?apikey=any",
      `<CertificateDataRequest><CertificateSerial>${serial}</CertificateSerial></CertificateDataRequest>`,
    );
    const [, body = ""] = /<CertificateBody>([^<]+)</.exec(got.text) ?? [];
    const { keys } = served.home.home.device("esme");
    const bytes = Buffer.from(body, "base64");
    assert.ok([keys.sign, keys.agree].some(({ certificate }) => bytes.equals(certificate)));
  });

  it("does a request once, whatever is retried, and answers the same", async () => {
    const asked = served.request("7.4");
    const xml = signed(asked, served.signer(supplier.eui));
    const before = served.actedOn;
    const answers = await Promise.all([1, 2, 3].map(() => post(served.web.url, paths.send, xml)));
    await until(() => served.answersTo(asked)[0]);
    answers.push(await post(served.web.url, paths.send, xml));
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal(read(answers[0]?.text ?? "", served.dcc).code, "I99");
    assert.equal(served.actedOn, before + 1);
    assert.equal(served.answersTo(asked).length, 1);
  });

  it("sends nothing that DUIS's schema does not allow", function () {
    assert.ok(served.answers.size > 3 && served.receiver.heard.length > 3);
    assert.deepEqual(served.schemaFaults(this), []);
  });
});

describe("meterbench serve, started again", () => {
  let served: Served;
  beforeEach(async () => {
    served = await Served.start();
  });
  afterEach(() => served.end());

  it("is the same home: its state, who asked what, and requests on their way", async () => {
    const asked = served.request("7.2", { commandVariant: 4 }) as FormRequest;
    const back = served.signed(asked, await served.preCommand(asked));
    await served.ask(back);
    await until(() => served.answersTo(back)[0]);
    const late = served.request("7.4");
    assert.equal((await served.ask(late)).code, "I99");
    const heard = served.receiver.heard.length;
    await served.close();
    await served.open();
    assert.equal((await until(() => served.answersTo(late)[0])).code, "I0");
    assert.equal(served.receiver.heard.length, heard + 1);
    assert.equal(await served.home.home.device("esme").board.loadSwitch?.isClosed(), false);
    const acted = served.actedOn;
    assert.equal((await served.ask(late)).code, "I99");
    assert.equal((await served.ask(served.request("7.4", { counter: back.counter }))).code, "E49");
    assert.equal(served.actedOn, acted);
  });

  it("delivers what it could not before, in order", async () => {
    served.receiver.status = 500;
    const asked = ["7.4", "6.2.4", "7.4"].map((reference) => served.request(reference));
    for (const each of asked) assert.equal((await served.ask(each)).code, "I99");
    await until(() =>
      served.events.filter(({ kind }) => kind === "to-deliver").length >= 3 ? true : undefined,
    );
    await served.close();
    assert.equal(served.receiver.heard.length, 0);
    served.receiver.status = 204;
    await served.open();
    await until(() => (served.heard.length >= 3 ? true : undefined));
    const counters = served.heard.map(({ requestId }) => requestId?.split(":")[2]);
    assert.deepEqual([...counters].sort(), asked.map(({ counter }) => `${counter}`).sort());
  });

  it("says so when another home is asked for, and forgets it when told to", async () => {
    await served.close();
    await assert.rejects(served.open({ home: { seed: 4 } }), { code: "serve/other-home" });
    await served.open({ home: { seed: 4 }, fresh: true });
    assert.equal((await served.ask(served.request("7.4"))).code, "I99");
  });
});
