/** Correlation's own reader of GBCS commands, held against the wire's codec, over the reference messages. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { useCaseByCode } from "../../../firmware/model/index.ts";
import { gbcsWire } from "../../../firmware/wire/gbcs/wire.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { walkGbcs } from "../../../harness/headend/gbcs-walk.ts";
import { messageFiles, readMessageFile } from "../../../harness/verify/message-files.ts";
import { rtds } from "../../support/shared-data.ts";

const kinds = { get: 1, set: 2, call: 3 } as const;

describe("correlation: GBCS pre-commands", () => {
  it("are read as the wire's own codec reads them: every DLMS command of the reference messages", function () {
    let count = 0;
    for (const file of messageFiles([rtds(this, "messages")])) {
      if (!/COMMAND/.test(basename(file)) || /PRECOMMAND/.test(basename(file))) continue;
      const { header, plain } = gbcsWire.peek(readMessageFile(file));
      const row = useCaseByCode(header.code);
      if (row?.payload !== "dlms" || row.protector !== undefined) continue;
      const walked = walkGbcs(plain) as readonly unknown[];
      const message = suites.gbcs.decodePlain(plain);
      assert.ok("operations" in message);
      const expected = message.operations.map(({ kind, object, member, value }) => [
        ...[kinds[kind], object, member],
        ...(value === undefined && kind === "get" ? [] : [value ?? null]),
      ]);
      assert.deepEqual(walked.slice(0, 2), [1, header.code], basename(file));
      assert.deepEqual(walked[7], expected, basename(file));
      count++;
    }
    console.log(`      ${count} commands`);
    assert.ok(count > 150);
  });
});
