import assert from "node:assert/strict";
import { grantsOn, useCaseByCode } from "../../../firmware/model/index.ts";
import type { Header, OperationResult, Value } from "../../../firmware/wire/message.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { euiBytes } from "../../../hal/base/eui64.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { SeededRandom } from "../../../hal/mock/index.ts";
import { HeadEnd } from "../../../harness/headend/head-end.ts";
import { TestPki } from "../../../harness/headend/pki.ts";
import type { Reference } from "../../../harness/headend/requests/index.ts";
import { voltageSettings } from "../../../harness/scenarios/samples.ts";

const crypto = nodeCrypto();
const suite = suites.cose;
const device = "00DB1234567890A0";
const ok = (value?: Value): OperationResult => (value === undefined ? { status: 0 } : { status: 0, value });

/** A head end, and the keys of a meter that says what it is told to. */
function stage() {
  const pki = new TestPki({ crypto, suite, random: new SeededRandom("answers"), notBeforeS: 1_700_000_000 });
  const keys = pki.deviceKeys(device);
  const headEnd = new HeadEnd({
    crypto,
    suite,
    pki,
    deliver: (_bytes, done) => done("delivered"),
    after: () => () => {},
    observe: () => {},
  });
  const known = { signPublicKey: keys.sign.signer.publicKey, agreePublicKey: keys.agree.publicKey };
  headEnd.register({
    eui: device,
    type: "ESME",
    ...known,
    parties: new Set(["supplier", "networkOperator"]),
  });
  return { headEnd, keys };
}

describe("an answer that the use case does not have", () => {
  /** What became of a request whose command is answered with `results`, in clear or `sealed`. */
  function ask(
    reference: Reference,
    by: "supplier" | "networkOperator",
    parameters: unknown,
    results: readonly OperationResult[],
    sealed = false,
    beside: readonly OperationResult[] = [],
  ) {
    const { headEnd, keys } = stage();
    const exchange = headEnd.submit(reference, parameters as never, { to: device, by, unchecked: true });
    const { header } = exchange.preCommand.command;
    const party = headEnd.parties[by];
    const pair = { originator: euiBytes(device), target: euiBytes(party.eui) };
    const own: Header = { ...header, kind: 2, originator: device, target: party.eui };
    const hidden = suite.hiddenValues(crypto, keys.agree.agreement, party.keys.agree.publicKey, pair);
    const told = sealed && hidden !== undefined ? [ok(hidden.seal(own, results)), ...beside] : results;
    const plain = suite.wire.encode({ header: own, results: told });
    const mac = suite.macs(crypto, keys.agree.agreement, party.keys.agree.publicKey, pair);
    assert.ok(mac);
    const critical = grantsOn(useCaseByCode(header.code)!, "ESME").some(
      ({ response }) => response === "signature",
    );
    const { signer } = keys.sign;
    headEnd.receive(
      critical
        ? suite.wire.sign(plain, signer.sign, suite.keyId(crypto, signer.publicKey))
        : suite.wire.protect(plain, mac(own), suite.keyId(crypto, keys.agree.publicKey)),
    );
    return exchange.status === "answered" ? "believed" : headEnd.refused.at(-1)?.reason;
  }

  const window = { CurrentDateTime: 1_700_000_000, TolerancePeriod: 86_400 };
  const failed = (status: 1 | 2 | 3 | 250, value?: Value): OperationResult =>
    value === undefined ? { status } : { status, value };
  const times = (n: number, result: OperationResult) => Array.from({ length: n }, () => result);
  const registers = [100, [0, 30], 200, [0, 32]];

  type Case = [what: string, reference: Reference, by: "supplier" | "networkOperator", parameters: unknown];
  const state: Case = ["7.4", "7.4", "supplier", {}];
  const setVoltage: Case = ["6.5", "6.5", "networkOperator", voltageSettings];
  const clock: Case = ["6.11", "6.11", "supplier", window];
  const enable: Case = ["7.1", "7.1", "supplier", {}];
  const rows: [name: string, of: Case, results: OperationResult[], expected: string][] = [
    ["one where one is due", state, [ok(1)], "believed"],
    ["none where one is due", state, [], "not-the-answer"],
    ["two where one is due", state, [ok(1), ok(1)], "not-the-answer"],
    ["no value where one is due", state, [ok()], "not-the-answer"],
    ["a value of another type", state, [ok("enabled")], "not-the-answer"],
    ["a failure", state, [failed(3)], "believed"],
    ["a failure with a value", state, [failed(3, 1)], "not-the-answer"],
    ["a value where none is due", enable, [ok(1)], "not-the-answer"],
    ["a critical command's", enable, [ok()], "believed"],
    ["none of a critical command's", enable, [], "not-the-answer"],
    ["thirteen where thirteen are due", setVoltage, times(13, ok()), "believed"],
    ["one where thirteen are due", setVoltage, [ok()], "not-the-answer"],
    ["twelve where thirteen are due", setVoltage, times(12, ok()), "not-the-answer"],
    ["failed from the third on", setVoltage, [ok(), ok(), failed(1), ...times(10, failed(250))], "believed"],
    ["success after a failure", setVoltage, [failed(1), ...times(12, ok())], "not-the-answer"],
    ["a later failure of another code", setVoltage, [failed(1), ...times(12, failed(1))], "not-the-answer"],
    ["gets and calls", clock, [ok(), ok(), ok(), ok(1_750_000_000), ok(0)], "believed"],
    ["values in another place", clock, [ok(), ok(), ok(1_750_000_000), ok(0), ok()], "not-the-answer"],
  ];
  for (const [name, [what, reference, by, parameters], results, expected] of rows)
    it(`is ${expected === "believed" ? "not this" : "refused"}: ${what}, ${name}`, () => {
      assert.equal(ask(reference, by, parameters, results), expected);
    });

  it("is the consumer's readings in clear, for a use case that hides them", () => {
    assert.equal(ask("4.1.1", "supplier", {}, [ok(registers)], true), "believed");
    assert.equal(ask("4.1.1", "supplier", {}, [ok(registers)]), "not-the-answer");
    assert.equal(ask("4.1.1", "supplier", {}, []), "not-the-answer");
    assert.equal(ask("4.1.1", "supplier", {}, [ok(registers), ok(registers)], true), "not-the-answer");
    assert.equal(ask("4.1.1", "supplier", {}, [], true), "not-the-answer");
    assert.equal(ask("4.1.1", "supplier", {}, [ok(registers)], true, [ok(registers)]), "not-the-answer");
    assert.equal(ask("4.1.1", "supplier", {}, [ok(Uint8Array.of(1, 2, 3))]), "wrong-format");
    assert.equal(ask("4.1.1", "supplier", {}, [failed(3, registers)]), "not-the-answer");
    assert.equal(ask("4.1.1", "supplier", {}, [failed(3)]), "believed", "nothing is told");
    assert.equal(ask("4.1.1", "supplier", {}, [failed(1)], true), "believed");
  });
});

describe("the alerts of a device that is not itself", () => {
  it("do not make the head end throw, whatever stands in them", () => {
    const bodies: Value[][] = [
      [],
      [1],
      [[1]],
      [[1, 2, 3]],
      [[1, 2, [3]]],
      [[1, 2, [[3, 4]]]],
      [[1, 2, [[new Uint8Array()]]]],
    ];
    for (const values of bodies) {
      const { headEnd, keys } = stage();
      const party = headEnd.parties.accessControlBroker;
      const header: Header = {
        kind: 3,
        code: 0x0018,
        originator: device,
        target: party.eui,
        counter: 1n,
        timeS: 1,
      };
      const plain = suite.wire.encode({ header, alertCode: 0x8f12, values });
      const pair = { originator: euiBytes(device), target: euiBytes(party.eui) };
      const mac = suite.macs(crypto, keys.agree.agreement, party.keys.agree.publicKey, pair);
      assert.ok(mac);
      headEnd.receive(suite.wire.protect(plain, mac(header), suite.keyId(crypto, keys.agree.publicKey)));
      assert.equal(headEnd.alerts.length, 1);
    }
  });
});
