/** The DLMS codec held against the reference messages: what is read are the steps of the row, and is written as the same bytes. */
import assert from "node:assert/strict";
import { matchSteps, plainFault, useCaseByCode } from "../../../../../firmware/model/index.ts";
import {
  type Answer,
  type Asked,
  decodeHidden,
  decodeNotice,
  decodeRequest,
  decodeResponse,
  encodeHidden,
  encodeNotice,
  encodeRequest,
  encodeResponse,
  hiddenTypes,
  noticeTypes,
} from "../../../../../firmware/wire/gbcs/dlms/index.ts";
import { Kind } from "../../../../../firmware/wire/message.ts";
import { hex, rtds, toHex } from "../../../../support/shared-data.ts";
import { open } from "../../../model/decrypt.ts";
import { commandOf, dlmsSamples, ofKind, type Sample } from "./samples.ts";

/** Runs `check` on each sample; how many pass, and what is said of those that do not. */
function tally(samples: readonly Sample[], check: (sample: Sample) => void) {
  const faults: string[] = [];
  for (const sample of samples) {
    try {
      check(sample);
    } catch (error) {
      faults.push(`${sample.file}: ${(error as Error).message}`);
    }
  }
  return { passed: samples.length - faults.length, faults };
}

const same = (written: Uint8Array, read: Uint8Array) => assert.equal(toHex(written), toHex(read));

describe("gbcs: DLMS payloads of the reference messages", () => {
  let all: Sample[] = [];
  let keystore = "";
  before(function () {
    all = dlmsSamples(rtds(this, "messages"));
    keystore = rtds(this, "keystore");
  });

  /** At least `expected` messages of a kind (as many as the shared set has), all of which pass. */
  function allPass(what: string, samples: readonly Sample[], expected: number, check: (s: Sample) => void) {
    const { passed, faults } = tally(samples, check);
    console.log(`      ${what}: ${passed} of ${samples.length}`);
    assert.deepEqual(faults, []);
    assert.ok(passed >= expected, `${passed} of at least ${expected}`);
  }

  const askedIn = (response: Sample): readonly Asked[] => {
    const command = commandOf(all, response);
    assert.ok(command, "no command for this response");
    return decodeRequest(command.header, command.payload);
  };

  it("commands are the steps of their rows, and the same bytes again", () => {
    allPass("commands", ofKind(all, Kind.command), 229, ({ header, payload }) => {
      const operations = decodeRequest(header, payload);
      const matched = matchSteps(useCaseByCode(header.code)!, operations);
      assert.equal(typeof matched, "object", String(matched));
      same(encodeRequest(header, operations), payload);
    });
  });

  it("responses give what the steps give, and the same bytes again", () => {
    allPass("responses", ofKind(all, Kind.response), 229, (response) => {
      const { header, payload } = response;
      const asked = askedIn(response);
      const answer = decodeResponse(header, asked, payload);
      checkTypes(answer, asked);
      same(encodeResponse(header, asked, answer), payload);
    });
  });

  it("alerts have the bodies of their rows, and the same bytes again", () => {
    allPass("alerts", ofKind(all, Kind.alert), 53, ({ header, payload }) => {
      const notice = decodeNotice(header, payload);
      if ("values" in notice)
        for (const [at, type] of noticeTypes(header).entries())
          assert.equal(plainFault(type, notice.values[at]), undefined);
      same(encodeNotice(header, notice), payload);
    });
  });

  it("hidden values, opened with the parties' keys, are the same bytes again", () => {
    const hidden = all.filter((each) => sealedOf(each) !== undefined);
    allPass("hidden", hidden, 16, (each) => {
      const types = each.header.kind === Kind.alert ? noticeTypes(each.header) : hiddenTypes(askedIn(each));
      const opened = open(keystore, {
        sealed: sealedOf(each)!,
        device: hex(each.header.originator),
        party: hex(each.header.target),
        counter: hex(each.header.counter.toString(16).padStart(16, "0")),
      });
      const values = decodeHidden(types, opened);
      for (const [at, type] of types.entries()) assert.equal(plainFault(type, values[at]), undefined);
      same(encodeHidden(types, values), opened);
    });
  });

  function sealedOf(each: Sample): Uint8Array | undefined {
    const { header, payload } = each;
    if (header.kind === Kind.command) return undefined;
    const read =
      header.kind === Kind.alert
        ? decodeNotice(header, payload)
        : decodeResponse(header, askedIn(each), payload);
    return "sealed" in read ? read.sealed : undefined;
  }

  function checkTypes(answer: Answer, asked: readonly Asked[]) {
    if ("sealed" in answer) return;
    assert.equal(answer.results.length, asked.length);
    for (const [at, { status, value }] of answer.results.entries()) {
      if (asked[at]!.kind !== "get" || status !== 0) continue;
      assert.equal(plainFault(hiddenTypes([asked[at]!])[0]!, value), undefined);
    }
  }
});
