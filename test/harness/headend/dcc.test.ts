import assert from "node:assert/strict";
import type { Dcc } from "../../../harness/headend/dcc/dcc.ts";
import type { DccMessage, ResponseMessage, UserRequest } from "../../../harness/headend/dcc/messages.ts";
import { partyIdentities } from "../../../harness/headend/parties.ts";
import { serveOutside } from "../../../harness/premises/outside-users.ts";
import { type Premises, premises } from "../../../harness/premises/premises.ts";

const { supplier, networkOperator } = partyIdentities;

describe("the DCC, as its users see it", () => {
  let home: Premises;
  let dcc: Dcc;
  let pushed: { user: string; message: DccMessage }[];
  let counter = 5000n;

  beforeEach(async () => {
    home = await premises({ wire: "gbcs" });
    await home.commission();
    pushed = [];
    dcc = serveOutside(home, { push: (user, message) => pushed.push({ user, message }) });
  });

  const ask = (reference: string, parameters: object = {}, more: Partial<UserRequest> = {}): UserRequest => {
    counter += 1n;
    const target = home.device("esme").eui;
    return {
      ...{ originator: supplier.eui, target, counter, commandVariant: 1, reference, parameters },
      ...more,
    } as UserRequest;
  };
  const content = ({ body }: DccMessage): ResponseMessage =>
    (body as { ResponseMessage: ResponseMessage }).ResponseMessage;

  /** As a user does it: transform, correlate, sign. */
  function signed(reference: string, parameters: object = {}): UserRequest {
    const request = ask(reference, parameters, { commandVariant: 4 });
    const answer = dcc.accept(request, "transform");
    assert.equal(answer.code, "I0");
    const { GBCSPayload } = content(answer).PreCommand as { GBCSPayload: Uint8Array };
    const { signer } = home.headEnd.parties.supplier.keys.sign;
    const { wire, keyId } = home.suite;
    const signedPreCommand = wire.sign(
      GBCSPayload,
      (input) => signer.sign(input),
      keyId(home.crypto, signer.publicKey),
    );
    const { originator, target } = request;
    return { originator, target, counter: request.counter, commandVariant: 5, reference, signedPreCommand };
  }

  it("takes a read, and pushes the device's answer under the same RequestID", async () => {
    const request = ask("7.4");
    assert.equal(dcc.accept(request, "send").code, "I99");
    await home.run(60_000);
    const [{ user, message }] = pushed as [(typeof pushed)[0]];
    assert.equal(user, supplier.eui);
    assert.equal(message.code, "I0");
    assert.equal(
      message.requestId,
      `90-B3-D5-1F-30-01-00-00:${message.requestId?.split(":")[1]}:${request.counter}`,
    );
    assert.equal(message.responseId?.split(":")[2], String(request.counter));
    assert.ok(content(message).GBCSPayload instanceof Uint8Array);
    assert.equal(pushed.length, 1);
  });

  it("makes a pre-command, takes it back signed, and the supply goes off", async () => {
    assert.equal(dcc.accept(signed("7.2"), "send").code, "I99");
    await home.run(60_000);
    const answers = pushed.filter(({ message }) => message.requestId !== undefined);
    assert.deepEqual(
      answers.map(({ message }) => message.code),
      ["I0"],
    );
    assert.equal(await home.device("esme").board.loadSwitch?.isClosed(), false);
  });

  it("takes a read of a log from the network operator", async () => {
    const request = ask(
      "4.8.1",
      { ReadLogPeriod: { StartDateTime: 0, EndDateTime: 0xffff_fffe } },
      { originator: networkOperator.eui },
    );
    assert.equal(dcc.accept(request, "send").code, "I99");
    await home.run(60_000);
    assert.deepEqual(
      pushed.map(({ user, message }) => [user, message.code]),
      [[networkOperator.eui, "I0"]],
    );
  });

  it("does a request once, whatever is retried, and answers the same", async () => {
    const request = ask("7.4");
    const first = dcc.accept(request, "send");
    assert.deepEqual(dcc.accept({ ...request }, "send"), first);
    await home.run(60_000);
    assert.equal(pushed.length, 1);
    assert.deepEqual(dcc.accept({ ...request }, "send"), first);
    await home.run(60_000);
    assert.equal(pushed.length, 1);
  });

  describe("refuses by its code, and sends nothing:", () => {
    const cases: Record<string, () => readonly [UserRequest, "send" | "transform" | "dcc", string]> = {
      "another service's command variant": () => [ask("7.4"), "transform", "E13"],
      "a variant that the request has not": () => [ask("7.4", {}, { commandVariant: 5 }), "send", "E12"],
      "a stranger": () => [ask("7.4", {}, { originator: "00DB000000000001" }), "send", "E1"],
      "a role that may not": () => [
        ask("7.2", {}, { originator: networkOperator.eui, commandVariant: 4 }),
        "transform",
        "E2",
      ],
      "a device that is not there": () => [ask("7.4", {}, { target: "00DB000000000002" }), "send", "E19"],
      "a user without registration": () => [
        ask("7.4", {}, { originator: partyIdentities.secondSupplier.eui }),
        "send",
        "E4",
      ],
      "a device of another type": () => [ask("7.4", {}, { target: home.device("hub").eui }), "send", "E11"],
      "a form that is wrong": () => [ask("6.4.2", { Wrong: 1 }), "send", "E48"],
      "a device out of service": () => {
        home.headEnd.inventory.apply(home.device("esme").eui, "suspended");
        return [ask("7.4"), "send", "E5"];
      },
      "a RequestID used for something else": () => {
        const request = ask("7.4");
        dcc.accept(request, "send");
        return [{ ...request, reference: "6.2.4" }, "send", "E49"];
      },
      "an old counter": () => {
        const old = ask("7.4");
        dcc.accept(ask("7.4"), "send");
        return [old, "send", "E49"];
      },
      "a critical request that nobody has signed, sent as one that is": () => [
        ask("7.2", {}, { commandVariant: 5 }),
        "send",
        "E12",
      ],
      "a signed pre-command as a request": () => {
        const request = signed("7.2");
        return [{ ...request, commandVariant: 4, counter: request.counter + 1n }, "transform", "E12"];
      },
      "a counter that was used in the user's name when the device was commissioned": () => [
        ask("7.4", {}, { counter: home.headEnd.parties.supplier.counter }),
        "send",
        "E49",
      ],
      "a pre-command that nobody made": () => {
        const request = signed("7.2");
        return [{ ...request, counter: request.counter + 1n }, "send", "E41"];
      },
      "a pre-command that was changed before it was signed": () => {
        const request = signed("7.2") as { signedPreCommand: Uint8Array } & UserRequest;
        const { signer } = home.headEnd.parties.supplier.keys.sign;
        const { wire, keyId } = home.suite;
        const plain = Uint8Array.from(wire.peek(request.signedPreCommand).plain);
        plain[plain.length - 1]! ^= 1;
        const bytes = wire.sign(plain, (input) => signer.sign(input), keyId(home.crypto, signer.publicKey));
        return [{ ...request, signedPreCommand: bytes }, "send", "E41"];
      },
      "a pre-command that another has signed": () => {
        const request = signed("7.2") as { signedPreCommand: Uint8Array } & UserRequest;
        const { signer } = home.headEnd.parties.secondSupplier.keys.sign;
        const { wire, keyId } = home.suite;
        const { plain } = wire.peek(request.signedPreCommand);
        const bytes = wire.sign(plain, (input) => signer.sign(input), keyId(home.crypto, signer.publicKey));
        return [{ ...request, signedPreCommand: bytes }, "send", "E41"];
      },
    };
    for (const [title, make] of Object.entries(cases))
      it(title, async () => {
        const [request, service, code] = make();
        const before = home.trace.events.filter(({ kind }) => kind === "message").length;
        const answer = dcc.accept(request, service);
        assert.equal(answer.code, code);
        assert.deepEqual(Object.keys(content(answer)), ["ServiceReference", "ServiceReferenceVariant"]);
        assert.equal(home.trace.events.filter(({ kind }) => kind === "message").length, before);
      });
  });

  it("says that a device could not be reached, or did not answer", async () => {
    home.device("esme").board.powerOff();
    assert.equal(dcc.accept(ask("7.4"), "send").code, "I99");
    await home.run(180_000);
    const codes = pushed.flatMap(({ message }) => (message.requestId ? [message.code] : []));
    assert.deepEqual(codes, ["E21"]);
  });

  it("answers a burst whole: a device's hub takes few at a time, and the others wait for them", async () => {
    for (let n = 0; n < 60; n++) assert.equal(dcc.accept(ask("7.4"), "send").code, "I99");
    await home.run(120_000);
    const codes = pushed.map(({ message }) => message.code);
    assert.deepEqual(codes, Array(60).fill("I0"));
  });

  it("says of what waited too long for a device that it was not delivered", async () => {
    home.device("esme").board.powerOff();
    for (let n = 0; n < 10; n++) dcc.accept(ask("7.4"), "send");
    await home.run(180_000);
    const codes = pushed.flatMap(({ message }) => (message.requestId ? [message.code] : []));
    assert.deepEqual(codes.sort(), [...Array(2).fill("E20"), ...Array(8).fill("E21")]);
  });

  it("hands out a command for local delivery", () => {
    const answer = dcc.accept(ask("7.4", {}, { commandVariant: 2 }), "dcc");
    assert.equal(answer.code, "I0");
    assert.ok(content(answer).LocalCommand?.GBCSPayload instanceof Uint8Array);
  });

  it("forwards a device's alerts to the user they are for, and tells the distributor of an outage", async () => {
    await home.cutMains(300_000);
    await home.run(300_000);
    const alerts = pushed.map(({ user, message: { body } }) =>
      "DeviceAlertMessage" in body
        ? `${user} ${body.DeviceAlertMessage.AlertCode}`
        : "DCCAlertMessage" in body
          ? `${user} ${body.DCCAlertMessage.DCCAlertCode}`
          : "",
    );
    assert.ok(alerts.includes(`${networkOperator.eui} AD1`), alerts.join());
    assert.ok(
      alerts.includes(`${networkOperator.eui} 8F36`) || alerts.includes(`${supplier.eui} 8F36`),
      alerts.join(),
    );
  });
});
