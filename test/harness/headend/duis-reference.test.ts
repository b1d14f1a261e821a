/** Forms and transform, on the wire that the reference set is not of: what its commands carry, operation by operation. */

import assert from "node:assert/strict";
import { type PlainOperation, useCaseByCode } from "../../../firmware/model/index.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { correlate } from "../../../harness/headend/correlate.ts";
import { transform } from "../../../harness/headend/transform.ts";
import { transformXml } from "../../../harness/interface/index.ts";
import { contentOf } from "../../firmware/model/content.ts";
import { dlmsOperations } from "../../firmware/model/dlms-payload.ts";
import { duis, rtds } from "../../support/shared-data.ts";
import { isOurs, type Pair, readPairs, reproduced } from "../interface/reference-pairs.ts";

describe("service requests of the reference set", () => {
  let pairs: (Pair & ReturnType<typeof reproduced>)[] = [];
  before(function () {
    const all = readPairs(duis(this, "requests"), rtds(this, "messages")).filter(isOurs);
    pairs = all.map((pair) => ({ ...pair, ...reproduced(pair) })).filter(({ identical }) => identical);
  });

  it("become commands that correlate", () => {
    for (const { file, xml, inventory } of pairs) {
      const { request } = transformXml(xml, inventory).preCommand;
      assert.doesNotThrow(() => correlate(transform(request, suites.cose.wire).bytes, request), file);
    }
    assert.ok(pairs.length > 35, `${pairs.length} requests`);
  });

  it("become what the reference commands carry, operation by operation", () => {
    let count = 0;
    for (const { file, xml, inventory, message } of pairs) {
      const { code, content } = contentOf(message);
      if (content[0] !== 0xd9) continue;
      const { useCase, command } = transform(
        transformXml(xml, inventory).preCommand.request,
        suites.cose.wire,
      );
      assert.equal(useCase.id, useCaseByCode(code)?.id, file);
      // What is read through a protecting object has its range in there, which the payload reader does not open.
      const plain = ({ kind, object, member, value = null }: PlainOperation) =>
        useCase.protector === undefined ? [kind, object, member, value] : [kind, object, member];
      const expected = dlmsOperations(content).map(plain);
      const got = command.operations.map((one) => plain(one as PlainOperation));
      assert.deepEqual(got, expected, file);
      count++;
    }
    assert.ok(count > 25, `${count} commands`);
  });
});
