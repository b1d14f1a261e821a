/** Hostile users: each gets a clear outcome, nothing is acted on, nothing is lost, and the honest are still served. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FormRequest, UserRequest } from "../../../../harness/headend/dcc/messages.ts";
import { partyIdentities } from "../../../../harness/headend/parties.ts";
import { writeUserRequest } from "../../../../harness/interface/duis-request.ts";
import { sign } from "../../../../harness/interface/signature.ts";
import { paths, post, read, signed, type Told, until } from "./client.ts";
import { Served } from "./served.ts";

const { supplier, secondSupplier, networkOperator } = partyIdentities;

describe("hostile users of meterbench serve", () => {
  let served: Served;
  before(async () => {
    served = await Served.start();
  });
  after(() => served.end());

  const send = (xml: string, service: keyof typeof paths = "send"): Promise<Told> =>
    post(served.web.url, paths[service], xml);
  const own = () => served.signer(supplier.eui);

  const byStatus: Record<string, () => readonly [xml: string, status: number, why: RegExp]> = {
    unsigned: () => [writeUserRequest(served.request("7.4")), 401, /ds:Signature/],
    "changed after signing": () => {
      const xml = signed(served.request("7.4"), own());
      return [xml.replace(/:(\d+)</, ":9$1<"), 401, /changed after signing/];
    },
    "signed by a key that says it is another": () => {
      const { issuer, serial } = own();
      const { sign: other } = served.signer(networkOperator.eui);
      return [sign(writeUserRequest(served.request("7.4")), { issuer, serial, sign: other }), 401, /verify/];
    },
    "signed by an unknown certificate": () => {
      const stranger = served.pki.xml.signer("00DB000000000009", "user");
      return [signed(served.request("7.4"), stranger), 401, /known certificate/];
    },
    "signed by another user": () => [
      signed(served.request("7.4"), served.signer(networkOperator.eui)),
      403,
      /sign for themselves/,
    ],
    "signed by the DCC": () => [signed(served.request("7.4"), served.dcc), 401, /known certificate/],
    "no XML": () => ["hello", 400, /line 1/],
    "with a document type": () => [`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, 400, /document type/],
    "with an entity": () => ["<a>&lol;</a>", 400, /line 1/],
    "of a billion laughs": () => [
      `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">${"<!ENTITY b '&a;&a;'>".repeat(50)}]><a>&b;</a>`,
      400,
      /document type/,
    ],
    deep: () => [`${"<a>".repeat(5000)}${"</a>".repeat(5000)}`, 400, /deep/],
    broad: () => [`<a>${"<b/>".repeat(50_000)}</a>`, 400, /at most/],
    huge: () => [`<a>${"b".repeat(500_000)}</a>`, 413, /at most/],
    "signed, and no request": () => {
      const xml = '<x:Other xmlns:x="urn:x"><x:a>b</x:a></x:Other>';
      return [sign(xml, own()), 400, /Request/];
    },
  };
  for (const [what, make] of Object.entries(byStatus))
    it(`sends what is ${what}`, async () => {
      const [xml, status, why] = make();
      const { actedOn } = served;
      const answer = await send(xml);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, why);
      assert.equal(served.actedOn, actedOn);
    });

  const unaccepted = async (
    request: UserRequest,
    service: keyof typeof paths,
    code: string,
  ): Promise<void> => {
    const before = served.home.home.trace.of("message", "wan").length;
    const told = await send(signed(request, served.signer(request.originator)), service);
    assert.equal(told.status, 200);
    assert.equal(read(told.text, served.dcc).code, code);
    assert.equal(served.home.home.trace.of("message", "wan").length, before);
  };
  const byCode: Record<string, () => Promise<readonly [UserRequest, keyof typeof paths, string]>> = {
    "another's device": async () => [served.request("7.4", { originator: secondSupplier.eui }), "send", "E4"],
    "a device that is not there": async () => [
      served.request("7.4", { target: "00DB000000000001" }),
      "send",
      "E19",
    ],
    "at the wrong service": async () => [served.request("7.4"), "transform", "E13"],
    "a body that its form does not allow": async () => {
      const request = served.request("7.4");
      return [{ ...request, reference: "7.4", parameters: {} } as UserRequest, "dcc", "E13"];
    },
    "a RequestID again, for something else": async () => {
      const request = served.request("7.4");
      await served.ask(request);
      await until(() => served.answersTo(request)[0]);
      return [{ ...request, reference: "6.2.4" }, "send", "E49"];
    },
    "an old counter": async () => [served.request("7.4", { counter: 1n }), "send", "E49"],
    "a pre-command changed before it was signed": async () => {
      const asked = served.request("7.2", { commandVariant: 4 }) as FormRequest;
      const preCommand = Uint8Array.from(await served.preCommand(asked));
      preCommand[preCommand.length - 2]! ^= 1;
      return [served.signed(asked, preCommand), "send", "E41"];
    },
    "a pre-command that nobody made": async () => {
      const asked = served.request("7.2", { commandVariant: 4 }) as FormRequest;
      const preCommand = await served.preCommand(asked);
      return [{ ...served.signed(asked, preCommand), counter: asked.counter + 1000n }, "send", "E41"];
    },
  };
  for (const [what, make] of Object.entries(byCode))
    it(`asks for ${what}`, async () => {
      await unaccepted(...(await make()));
    });

  it("gets an answer with its form's code for a body that cannot be read", async () => {
    const request = served.request("6.4.2");
    const xml = writeUserRequest(request).replace(/<sr:Body>.*<\/sr:Body>/, "<sr:Body><sr:Wrong/></sr:Body>");
    const told = read((await send(sign(xml, own()))).text, served.dcc);
    assert.equal(told.code, "E48");
    assert.ok(told.requestId?.endsWith(`:${request.counter}`));
    const said = served.events.filter(({ kind }) => kind === "answered").at(-1);
    assert.match(String(said?.reason), /got Wrong of namespace/, "who runs serve is told what is wrong");
  });

  it("never answers pushes, and holds up nobody else", async () => {
    const { receiver } = served;
    const deaf = await served.deafFor(supplier.eui);
    const mine = served.request("7.4");
    const theirs = served.request("7.4", { originator: networkOperator.eui });
    await served.ask(mine);
    await served.ask(theirs);
    await until(() => served.answersTo(theirs)[0]);
    assert.equal(served.answersTo(mine).length, 0);
    await deaf.hear();
    await until(() => served.answersTo(mine)[0]);
    assert.ok(receiver.heard.length > 1);
  });
});

describe("a store of meterbench serve that is full, or torn", () => {
  let served: Served;
  afterEach(() => served.end());

  it("is full of requests: they are refused by code, and nothing is acted on", async () => {
    served = await Served.start({ storeLimits: { maxBytes: 5000 } });
    const codes: string[] = [];
    while (codes.length < 5) codes.push((await served.ask(served.request("7.4"))).code);
    assert.deepEqual([codes[0], codes.at(-1)], ["I99", "E65"]);
    assert.equal(served.actedOn, codes.filter((code) => code === "I99").length);
  });

  it("is full of what one user does not take: that user is refused, others are served", async () => {
    served = await Served.start({ storeLimits: { maxWaiting: 2 } });
    await served.deafFor(supplier.eui);
    for (const reference of ["7.4", "6.2.4"]) {
      const waiting = served.events.filter(({ kind }) => kind === "to-deliver").length;
      assert.equal((await served.ask(served.request(reference))).code, "I99");
      await until(() =>
        served.events.filter(({ kind }) => kind === "to-deliver").length > waiting ? true : undefined,
      );
    }
    assert.equal((await served.ask(served.request("7.4"))).code, "E65");
    const theirs = served.request("7.4", { originator: networkOperator.eui });
    assert.equal((await served.ask(theirs)).code, "I99");
    await until(() => served.answersTo(theirs)[0]);
  });

  it("is torn: what its end cuts off is dropped; of other damage serve says so, and does not begin", async () => {
    served = await Served.start();
    await served.ask(served.request("7.4"));
    await served.close();
    const file = join(served.dir, "journal");
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, -3));
    await served.open();
    await served.close();
    const torn = Buffer.from(bytes);
    torn[500]! ^= 1;
    writeFileSync(file, torn);
    await assert.rejects(served.open(), { code: "serve/store" });
    await served.open({ fresh: true });
    assert.equal((await served.ask(served.request("7.4"))).code, "I99");
  });
});
