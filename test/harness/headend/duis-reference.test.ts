/** Forms and transform against the reference set: 235 requests of others, and the commands that they become. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type PlainOperation, useCaseByCode } from "../../../firmware/model/index.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { correlate } from "../../../harness/headend/correlate.ts";
import { type Reference, references, serviceRequest } from "../../../harness/headend/requests/index.ts";
import { type ServiceRequest, transform } from "../../../harness/headend/transform.ts";
import { contentOf } from "../../firmware/model/content.ts";
import { dlmsOperations } from "../../firmware/model/dlms-payload.ts";
import { duis, hex, rtds } from "../../support/shared-data.ts";
import { elementOf, formOf } from "./duis-xml.ts";

const parties: Readonly<Record<string, ServiceRequest["role"]>> = {
  "90B3D51F30010000": "supplier",
  "90B3D51F30020000": "networkOperator",
  "90B3D51F30010008": "loadController",
};

/** What the forms do not have yet, each with its reason. */
const notYet = [
  { file: /GCS|_CS08_|GSME/, why: "gas, and what a hub alone is asked" },
  {
    file: /^ECS26[de]|^CS08|^CS10|^CS11|^CCS05CCS04/,
    why: "use cases that no request here becomes",
  },
  { file: /^CS03A2|^CS03CNon/, why: "joins of devices that no firmware is for" },
  { file: /ECS35f/, why: "an older form" },
  { file: /^ECS25[ab]_/, why: "request and command name different events" },
  { file: /ECS50/, why: "the DCC draws the number, which no form has" },
  { file: /^CS03A2|^CS03C|^CS04ACNon|^CS04B|^CS07/, why: "joins of devices that are not modelled yet" },
  {
    file: /_URP_|DSP_FUTURE_DATED|DCC_SCHEDULED/,
    why: "unknown users' keys, and what the DCC keeps for later",
  },
  { file: /^CS02bACBByACB|Handover/, why: "8.5 has a time that the DCC keeps; 6.21 is not here" },
];

interface Sample {
  readonly file: string;
  readonly request: ServiceRequest;
}

describe("service requests of the reference set", () => {
  let samples: Sample[] = [];
  let messages = "";
  before(function () {
    const folder = duis(this, "requests");
    messages = rtds(this, "messages");
    samples = readdirSync(folder)
      .filter((file) => !notYet.some((none) => none.file.test(file)))
      .map((file) => ({ file, xml: readFileSync(join(folder, file), "utf8") }))
      .filter(({ xml }) => references.includes(variantOf(xml)))
      .map(({ file, xml }) => ({ file, request: requestOf(xml, file) }));
  });

  it("are forms here, element by element, and become commands that correlate", () => {
    for (const { file, request } of samples) {
      try {
        correlate(transform(request, suites.cose.wire).bytes, request);
      } catch (error) {
        throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
      }
    }
    assert.ok(samples.length > 35, `${samples.length} requests`);
  });

  it("become what the reference commands carry, operation by operation", () => {
    let count = 0;
    for (const { file, request } of samples) {
      const message = messageOf(messages, file);
      if (message === undefined) continue;
      const { code, content } = contentOf(message);
      if (content[0] !== 0xd9) continue;
      const { useCase, command } = transform(request, suites.cose.wire);
      assert.equal(useCase.id, useCaseByCode(code)?.id, file);
      // What is read through a protecting object has its range in there, which the payload reader does not open.
      const plain = ({ kind, object, member, value = null }: PlainOperation) =>
        useCase.protector === undefined ? [kind, object, member, value] : [kind, object, member];
      const expected = dlmsOperations(content).map(plain);
      assert.deepEqual(
        command.operations.map((one) => plain(one as PlainOperation)),
        expected,
        file,
      );
      count++;
    }
    assert.ok(count > 25, `${count} commands`);
  });
});

const textOf = (xml: string, name: string): string => elementOf(xml, name).text;
const variantOf = (xml: string): Reference => textOf(xml, "ServiceReferenceVariant") as Reference;

function requestOf(xml: string, file: string): ServiceRequest {
  const reference = variantOf(xml);
  const { element, form, byHand } = serviceRequest(reference);
  const [originator = "", target = "", counter] = textOf(xml, "RequestID").replaceAll("-", "").split(":");
  const type = target.endsWith("A2") ? "CHF" : target.endsWith("A6") ? "SAPC" : "ESME";
  const role = byHand.actsAs === undefined ? (parties[originator] ?? "supplier") : "transitionalCoS";
  const parameters = formOf(form, elementOf(xml, element!));
  return {
    reference,
    parameters,
    role,
    target: {
      eui: target,
      type,
      isTwin: /_TWIN_/.test(file),
      phases: /ECS23b|ECS26k|ECS29[bdf]/.test(file) ? 3 : 1,
    },
    originator,
    counter: BigInt(counter!),
    typeOf: () => "ESME",
  };
}

/** The command that a request file became: some end another way. */
function messageOf(folder: string, file: string): Uint8Array | undefined {
  const stem = file.replace(/_REQUEST_DUIS\.XML$/, "");
  for (const each of readdirSync(folder))
    for (const kind of ["COMMAND", "PRECOMMAND"]) {
      const path = join(folder, each, `${stem}_${kind}_GBCS.HEX`);
      if (existsSync(path)) return hex(readFileSync(path, "utf8"));
    }
  return undefined;
}
