import assert from "node:assert/strict";
import { accessRows, allAccessRows, type Role } from "../../../firmware/security/access.ts";
import {
  authorisingCell,
  replacementMode,
  replacementModes,
} from "../../../firmware/features/credentials/modes.ts";
import { commandRules } from "../../../firmware/security/rules.ts";
import type { Protection } from "../../../firmware/wire/message.ts";

type Expected = Partial<Record<Role, readonly [Protection, replay: boolean, signedAnswer: boolean]>>;

const critical = ["signature+mac", true, true] as const;
const read = ["mac", false, false] as const;

/** A sample of facts §2 and §1.3, one of each kind. */
const meter: [code: number, name: string, expected: Expected][] = [
  [0x004f, "ECS42", { supplier: critical }],
  [0x0019, "ECS01a", { supplier: critical }],
  [0x0052, "ECS45", { supplier: read, networkOperator: read, accessControlBroker: read }],
  [0x0027, "ECS17b", { supplier: read, networkOperator: read }],
  [0x0044, "ECS28b", { supplier: ["mac", true, false] }],
  [0x0045, "ECS29a", { networkOperator: ["mac", true, false] }],
  [0x0008, "CS02a", { accessControlBroker: read, transitionalCoS: ["signature", true, true] }],
  [0x0102, "CS02b by supplier", { supplier: critical }],
  [0x0103, "CS02b by NO", { networkOperator: critical }],
  [0x0104, "CS02b by ACB", { accessControlBroker: ["mac", true, true] }],
  [0x0106, "CS02b by TransCoS", { transitionalCoS: critical }],
  [0x0107, "CS02b supplier by TransCoS", { transitionalCoS: critical }],
  [0x0100, "CS02b root by supplier", { supplier: critical }],
  [0x0108, "CS02b by recovery", { recovery: ["signature", true, true] }],
  [0x0109, "CS02b by contingency", { root: ["signature", true, true] }],
];
const hub: [code: number, name: string, expected: Expected][] = [
  [0x0001, "CCS01", { accessControlBroker: ["mac", true, false] }],
  [0x010f, "CCS06", { accessControlBroker: read }],
  [0x0094, "ECS35d", { accessControlBroker: read }],
  [0x0106, "CS02b by TransCoS", { transitionalCoS: critical }],
  [0x0104, "CS02b by ACB", { accessControlBroker: critical }],
  [0x0101, "CS02b root by WAN provider", { wanProvider: critical }],
  [0x0105, "CS02b by WAN provider", { wanProvider: critical }],
  [0x0108, "CS02b by recovery", { recovery: ["signature", true, true] }],
  [0x0109, "CS02b by contingency", { root: ["signature", true, true] }],
];

describe("the rules of a device type", () => {
  for (const [device, rows] of [
    ["ESME", meter],
    ["CHF", hub],
  ] as const)
    for (const [code, name, expected] of rows)
      it(`${device}: ${name} from ${Object.keys(expected).join(", ")} alone`, () => {
        const grants = [...(commandRules(device).get(code)?.grants ?? [])].map(([role, grant]) => [
          role,
          [grant.protection, grant.replayProtected, grant.signedResponse],
        ]);
        assert.deepEqual(Object.fromEntries(grants), expected);
      });

  it("gives every use case of a device at least one sender", () => {
    for (const device of ["ESME", "CHF"] as const)
      for (const rule of commandRules(device).values()) assert.ok(rule.grants.size > 0, rule.useCase.id);
  });

  it("has each mode of CS02b authorised by the cell whose key signs it, and none where none does", () => {
    const sign = (role: Role) => ({ role, usage: "sign", cellUsage: 0 });
    for (const device of ["ESME", "CHF"] as const)
      for (const mode of replacementModes) {
        const [[role, grant] = []] = commandRules(device).get(0x0100 + mode)?.grants ?? [];
        if (role === undefined || grant === undefined) continue;
        const inCell = grant.protection !== "mac" && role !== "root";
        assert.deepEqual(
          authorisingCell(mode, device),
          inCell ? sign(role) : undefined,
          `${mode} at a ${device}`,
        );
        assert.equal(replacementMode(mode)?.authoriser, role);
      }
    assert.equal(authorisingCell(10, "ESME"), undefined);
  });

  it("leaves out what the device does not implement", () => {
    for (const code of [0x0101, 0x0105, 0x010a]) assert.equal(commandRules("ESME").get(code), undefined);
    for (const code of [0x0100, 0x0102, 0x0103, 0x0107])
      assert.equal(commandRules("CHF").get(code), undefined);
    assert.equal(commandRules("ESME").get(0x0001), undefined);
    assert.equal(commandRules("CHF").get(0x004f), undefined);
    assert.equal(commandRules("ESME").get(0x006b), undefined);
  });

  it("stands on an access table that names every role of the message set", () => {
    const roles = new Set(allAccessRows.flatMap((row) => row.roles));
    for (const role of [
      "supplier",
      "networkOperator",
      "accessControlBroker",
      "transitionalCoS",
      "recovery",
    ] as const)
      assert.ok(roles.has(role), role);
    assert.deepEqual(accessRows(0x7777), []);
  });
});
