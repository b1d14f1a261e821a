import assert from "node:assert/strict";
import { type DeviceName, messages, type RequestRow, requests } from "../../../../firmware/model/index.ts";
import type { PartyName } from "../../../../harness/headend/parties.ts";
import { serviceRequests } from "../../../../harness/index.ts";
import { type Sample, samples } from "../../../../harness/scenarios/samples.ts";
import { subjectFor } from "../../../../harness/scenarios/support.ts";
import { type Outside, outside, secondSupplier } from "./outside.ts";

const rowOf = ({ reference }: Sample): RequestRow | undefined =>
  (requests as Readonly<Record<string, RequestRow>>)[reference];

/** A user of the DCC that may ask. */
function askerOf(one: Sample): PartyName {
  const roles = rowOf(one)?.userRoles ?? [];
  const bySupplier = roles.length === 0 || roles.some((role) => ["IS", "ES", "GS"].includes(role));
  return one.by ?? (bySupplier ? "supplier" : "networkOperator");
}

const nameOf = ({ to, useCase }: Sample): "esme" | "hub" | "sapc" => {
  const devices: readonly DeviceName[] = messages[useCase].devices;
  return to ?? (devices.includes("ESME") ? "esme" : devices.includes("CHF") ? "hub" : "sapc");
};

/** What this home's devices take, and its users may ask: 9.1 is for other users. */
const asked = samples.filter(
  (one) => rowOf(one) !== undefined && one.phases !== 3 && nameOf(one) !== "sapc" && one.reference !== "9.1",
);
const isRead = (one: Sample): boolean => /^(4|6\.2)\./.test(one.reference) && one.first === undefined;

describe("every request of this home's devices, through the DCC", () => {
  let desk: Outside;

  async function carriedOut(one: Sample): Promise<void> {
    const { home } = desk;
    const others = { hub: home.device("hub").eui, other: home.device("esme").eui };
    const subject = subjectFor(home.headEnd, home.nowS, others);
    const first = samples.find(({ reference }) => reference === one.first);
    if (first !== undefined) await home.command(first.reference, first.parameters(subject) as never);
    desk.dcc.registrations.add({ role: "IS", user: secondSupplier.eui });
    const asking = { by: askerOf(one), to: home.device(nameOf(one)).eui };
    const form = one.parameters(subject) as object;
    const request = serviceRequests[one.reference].critical
      ? desk.signed(one.reference, form, asking)
      : desk.request(one.reference, form, asking);
    assert.equal(desk.accept(request).code, "I99");
    await home.run(60_000);
    assert.deepEqual(desk.codesFor(request).slice(0, 1), ["I0"]);
  }

  before(async () => {
    desk = await outside();
  });
  for (const one of asked.filter(isRead))
    it(`${one.reference}, ${one.useCase}, is answered`, () => carriedOut(one));
  for (const one of asked.filter((each) => !isRead(each)))
    it(`${one.reference}, ${one.useCase}, is carried out`, async () => {
      desk = await outside();
      await carriedOut(one);
    });
});
