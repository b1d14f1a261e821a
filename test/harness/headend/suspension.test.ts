import assert from "node:assert/strict";
import fc from "fast-check";
import { requests, type UserRole, userRoles } from "../../../firmware/model/index.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { requireAccess } from "../../../harness/headend/dcc/access.ts";
import type { Refusal } from "../../../harness/headend/dcc/refusal.ts";
import { Registrations } from "../../../harness/headend/dcc/registrations.ts";
import { Inventory } from "../../../harness/headend/inventory.ts";
import {
  type Service,
  type SuspensionClass,
  Suspensions,
  suspensionClasses,
  suspensionClassOf,
} from "../../../harness/headend/suspension.ts";

const user = "90B3D51F30010000";
const other = "90B3D51F30030000";
const rights = () => new Suspensions((eui) => ({ [user]: "Acme", [other]: "Other" })[eui]);
const withConsent = { authorityConsent: true };
const classes = Object.keys(suspensionClasses) as SuspensionClass[];
const roles = Object.keys(userRoles) as UserRole[];

describe("the suspension of a defaulting party", () => {
  const cases: [role: UserRole, service: Service, its: SuspensionClass][] = [
    ["OU", { reference: "4.8.1" }, "a"],
    ["OU", { reference: "8.11" }, "a"],
    ["OU", { reference: "12.2" }, "a"],
    ["IS", { reference: "7.2" }, "b"],
    ["ED", { reference: "4.10" }, "b"],
    ["IS", { reference: "8.7.1" }, "b"],
    ["IS", { reference: "8.3" }, "b"],
    ["IS", { elective: "tariff advice" }, "c"],
    ["OU", { elective: "tariff advice" }, "c"],
    ["IS", { reference: "8.1.1" }, "d"],
    ["GS", { reference: "8.14.2" }, "d"],
    ["IS", { reference: "12.2" }, "d"],
    ["OU", { other: "SMKI repository" }, "e"],
    ["ED", { other: "SMKI repository" }, "e"],
  ];
  for (const [role, service, its] of cases)
    it(`of class (${its}) takes ${Object.values(service)} from role ${role}, and no other class does`, () => {
      for (const each of classes) {
        const suspensions = rights();
        suspensions.suspend("Acme", [each], withConsent);
        const right = suspensions.allows(user, role, service);
        assert.equal(right.allowed, each !== its);
        if (!right.allowed) assert.deepEqual([right.class, right.code], [its, "E3"]);
        assert.equal(suspensions.allows(other, role, service).allowed, true);
        assert.equal(suspensions.allows("90B3D51F300FFFFF", role, service).allowed, true);
      }
    });

  it("takes (b) to (e) with the Authority's consent alone, and nothing when one of them lacks it", () => {
    const suspensions = rights();
    suspensions.suspend("Acme", ["a"], { authorityConsent: false });
    for (const each of ["b", "c", "d", "e"] as const)
      assert.throws(
        () => suspensions.suspend("Other", ["a", each], { authorityConsent: false }),
        (e: Error) => hasCode(e, "suspension/consent") && e.message.includes(`M8.6 (${each})`),
      );
    assert.deepEqual(suspensions.snapshot(), [["Acme", [["a", "all"]]]]);
  });

  it("leaves a supplier's own duties alone when its rights as Other User go", () => {
    const suspensions = rights();
    suspensions.suspend("Acme", ["a"], { authorityConsent: false });
    for (const reference of Object.keys(requests))
      for (const role of roles)
        assert.equal(suspensions.allows(user, role, { reference }).allowed, role !== "OU");
  });

  it("may be of some services only, whose names must be right", () => {
    const suspensions = rights();
    suspensions.suspend("Acme", ["b"], { ...withConsent, only: ["4.8.1"] });
    assert.equal(suspensions.allows(user, "IS", { reference: "4.8.1" }).allowed, false);
    assert.equal(suspensions.allows(user, "IS", { reference: "7.2" }).allowed, true);
    assert.throws(
      () => suspensions.suspend("Acme", ["b"], { ...withConsent, only: ["4.81"] }),
      (e) => hasCode(e, "suspension/service"),
    );
  });

  it("is undone by lifting it, and outlives a restart", () => {
    const some = fc.subarray(classes);
    fc.assert(
      fc.property(
        some,
        some,
        fc.constantFrom(...roles),
        fc.constantFrom(...cases),
        (taken, given, role, [, service]) => {
          const before = rights();
          before.suspend("Acme", taken, withConsent);
          before.lift("Acme", given);
          const suspensions = new Suspensions(() => "Acme", JSON.parse(JSON.stringify(before.snapshot())));
          const its = suspensionClassOf(role, service);
          const expected = !taken.includes(its) || given.includes(its);
          assert.equal(suspensions.allows(user, role, service).allowed, expected);
        },
      ),
      { seed: 1 },
    );
  });

  it("is answered E3 by the DCC, before it looks at the device", () => {
    const suspensions = rights();
    const registrations = new Registrations();
    const rules = {
      ...{ inventory: new Inventory(), registrations, suspensions },
      user: (eui: string) => ({ eui, roles: ["OU" as const], signingKeys: [] }),
    };
    const request = { originator: user, target: "00DB1234567890A0", counter: 1n, commandVariant: 1 };
    const code = (reference: string) => {
      try {
        requireAccess({ ...request, reference, parameters: {} }, "send", rules, 0);
      } catch (error) {
        return (error as Refusal).responseCode;
      }
      return "I99";
    };
    assert.equal(code("4.8.1"), "E19");
    suspensions.suspend("Acme", ["a"], { authorityConsent: false });
    assert.equal(code("4.8.1"), "E3");
    suspensions.lift("Acme", ["a"]);
    assert.equal(code("4.8.1"), "E19");
  });

  it("in one role leaves a user its others", () => {
    const suspensions = rights();
    const rules = {
      ...{ inventory: new Inventory(), registrations: new Registrations(), suspensions },
      user: (eui: string) => ({ eui, roles: ["OU" as const, "IS" as const], signingKeys: [] }),
    };
    const request = { originator: user, target: "00DB1234567890A0", counter: 1n, commandVariant: 1 };
    const ask = () => requireAccess({ ...request, reference: "4.8.1", parameters: {} }, "send", rules, 0);
    suspensions.suspend("Acme", ["a"], { authorityConsent: false });
    assert.throws(ask, { responseCode: "E19" });
    suspensions.suspend("Acme", ["b"], withConsent);
    assert.throws(ask, { responseCode: "E3" });
  });
});
