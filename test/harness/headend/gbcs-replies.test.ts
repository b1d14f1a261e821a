/** What devices send on the GBCS wire, held against a check of its own. */
import assert from "node:assert/strict";
import { useCaseByCode } from "../../../firmware/model/index.ts";
import { Kind } from "../../../firmware/wire/message.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { type Premises, premises } from "../../../harness/premises/premises.ts";
import { askerOf, samples } from "../../../harness/scenarios/samples.ts";
import { subjectFor } from "../../../harness/scenarios/support.ts";
import { checkGbcs, type GbcsKeys } from "../../support/gbcs-check.ts";

function keysOf(home: Premises): GbcsKeys {
  const parties = Object.values(home.headEnd.parties);
  return {
    device(eui) {
      const keys = home.devices.find((device) => device.eui === eui)?.keys;
      return keys && { sign: keys.sign.signer.publicKey, agree: keys.agree.publicKey };
    },
    party: (eui) => parties.find((party) => party.eui === eui)?.keys.agree.secret,
  };
}

/** All that a home of hub and meter can be asked for without that keys change, a device is lost, or one starts anew. */
async function askAll(home: Premises): Promise<number> {
  const asked = samples.filter(
    ({ useCase, to, phases }) =>
      !/^(CS02[bcd]|CS06|CCS0[123])/.test(useCase) && to !== "sapc" && phases === undefined,
  );
  const [hub, other] = [home.device("hub").eui, home.device("esme").eui];
  for (const one of asked) {
    const parameters = one.parameters(subjectFor(home.headEnd, home.nowS, { hub, other }));
    const to = one.to === undefined ? {} : { to: one.to };
    const { status } = await home.request(one.reference, parameters as never, { by: askerOf(one), ...to });
    assert.equal(status, "answered", one.useCase);
  }
  return asked.length;
}

describe("gbcs: what devices send, by a check of its own", () => {
  let home: Premises;
  let keys: GbcsKeys;
  const sent: Uint8Array[] = [];
  const { peek } = suites.gbcs.wire;

  before(async () => {
    home = await premises({ wire: "gbcs" });
    home.wan.onUplink((bytes) => void sent.push(bytes));
    await home.commission();
    await home.run(7_200_000);
    await askAll(home);
    await home.cutMains(200_000);
    await home.run(300_000);
    keys = keysOf(home);
  });

  it("is authentic, all of it: answers and alerts, signed and MACed as their rows have it", () => {
    const counts: Record<string, number> = {};
    for (const bytes of sent) {
      const { header, protection } = peek(bytes);
      assert.equal(checkGbcs(bytes, keys), protection, useCaseByCode(header.code)?.id);
      const what = `${header.kind === Kind.alert ? "alerts" : "answers"}, ${protection}`;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    console.log("     ", counts);
    for (const kind of ["answers", "alerts"])
      for (const protection of ["mac", "signature"]) assert.ok(counts[`${kind}, ${protection}`]! > 0, kind);
  });

  it("is refused with any one bit inverted, by the head end too: a message of each kind and protection", () => {
    const kinds = new Map(sent.map((bytes) => [`${peek(bytes).header.kind} ${bytes[0]}`, bytes]));
    assert.equal(kinds.size, 4);
    for (const [kind, bytes] of kinds)
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const changed = bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
        assert.equal(checkGbcs(changed, keys), "refused", `${kind}, bit ${bit}`);
        const refused = home.headEnd.refused.length;
        home.headEnd.receive(changed);
        assert.equal(home.headEnd.refused.length, refused + 1, `${kind}, bit ${bit}`);
      }
  });
});
