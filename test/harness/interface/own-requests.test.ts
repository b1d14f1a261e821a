import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type RequestReference, requests } from "../../../firmware/model/index.ts";
import { responseCodes } from "../../../harness/headend/dcc/response-codes.ts";
import { readUserRequest } from "../../../harness/interface/duis-request.ts";
import { writeResponse } from "../../../harness/interface/duis-response.ts";
import { serveOutside } from "../../../harness/premises/outside-users.ts";
import { premises } from "../../../harness/premises/premises.ts";
import { duis } from "../../support/shared-data.ts";
import { schemaFaults } from "./schema-faults.ts";

describe("the published requests that reach no device", () => {
  it("are answered by the DCC itself: done, or refused for what its home is, never for what they are", async function () {
    const dir = duis(this, "requests");
    const home = await premises({ wire: "gbcs" });
    await home.commission();
    const dcc = serveOutside(home, { push: () => {} });
    const { codes } = dcc.settings;
    const faultsOfForm = [codes.form, "E1", "E2", "E3", "E12", "E13"];
    const answers = new Map<string, string>();
    const told: string[] = [];
    for (const file of readdirSync(dir)) {
      const request = readUserRequest(readFileSync(join(dir, file)));
      if (requests[request.reference as RequestReference].useCases.length > 0) continue;
      const answer = dcc.accept({ ...request, counter: 100_000n + BigInt(answers.size) }, "dcc");
      assert.ok(responseCodes.has(answer.code), `${file}: ${answer.code}`);
      assert.ok(!faultsOfForm.includes(answer.code), `${file}: ${answer.code}`);
      answers.set(file, writeResponse(answer));
      told.push(`${request.reference} ${answer.code}`);
    }
    console.log(`      ${answers.size} answered: ${told.join(", ")}`);
    assert.ok(answers.size >= 12);
    assert.deepEqual(schemaFaults(this, answers), []);
  });
});
