import assert from "node:assert/strict";
import { barrage, type PayloadKind, payloadKinds } from "./barrage.ts";

describe("a meter under spoilt messages", function () {
  this.timeout(60_000);

  for (const kind of Object.keys(payloadKinds) as PayloadKind[])
    it(`answers no stranger, and those who may with an answer or a refusal: ${kind}`, async () => {
      const { strangers, parties } = await barrage(kind, 2_000, 7);
      assert.ok(Object.keys(strangers).length >= 5, JSON.stringify(strangers));
      assert.ok((parties.format ?? 0) + (parties.malformed ?? 0) > 100, JSON.stringify(parties));
    });
});
