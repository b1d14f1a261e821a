import assert from "node:assert/strict";
import {
  authorisingCell,
  type Mode,
  replacementModes,
} from "../../../firmware/features/credentials/modes.ts";
import { type DeviceName, type Role, useCases, valueTypes } from "../../../firmware/model/index.ts";
import { commandRules } from "../../../firmware/security/rules.ts";
import type { Protection } from "../../../firmware/wire/message.ts";

type Expected = Partial<Record<Role, readonly [Protection, replay: boolean, signedAnswer: boolean]>>;

/** Of a device that serves all there is. */
const rulesOf = (device: DeviceName) => commandRules(device, () => true);

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
        const grants = [...(rulesOf(device).get(code)?.grants ?? [])].map(([role, grant]) => [
          role,
          [grant.protection, grant.replayProtected, grant.response === "signature"],
        ]);
        assert.deepEqual(Object.fromEntries(grants), expected);
      });

  it("gives every use case of a device at least one sender", () => {
    for (const device of ["ESME", "CHF"] as const)
      for (const rule of rulesOf(device).values()) assert.ok(rule.grants.size > 0, rule.useCase.id);
  });

  it("has each mode of CS02b authorised by the cell whose key signs it, and none where none does", () => {
    const sign = (role: Role) => ({ role, usage: "sign", cellUsage: "management" });
    const codes: Partial<Record<Mode, number>> = {
      loadControllerByItself: 0x0125,
      loadControllerBySupplier: 0x0126,
    };
    for (const device of ["ESME", "CHF"] as const)
      for (const [mode, { authoriser }] of Object.entries(replacementModes)) {
        const code = codes[mode as Mode] ?? 0x0100 + valueTypes.replacementMode.names[mode as Mode];
        const [[role, grant] = []] = rulesOf(device).get(code)?.grants ?? [];
        if (role === undefined || grant === undefined) continue;
        const inCell = grant.protection !== "mac" && role !== "root";
        const expected = inCell ? sign(role) : undefined;
        assert.deepEqual(authorisingCell(mode as Mode, device), expected, `${mode} at a ${device}`);
        assert.equal(authoriser, role);
      }
  });

  it("leaves out use cases of other devices, and those of which a step is not served", () => {
    assert.equal(rulesOf("ESME").get(0x0001), undefined);
    assert.equal(rulesOf("CHF").get(0x004f), undefined);
    assert.equal(rulesOf("ESME").get(0x006b), undefined);
    const allButOne = commandRules("ESME", ({ path }) => path !== "clock.status");
    assert.equal(allButOne.get(0x0062), undefined, "ECS70 reads it");
    assert.ok(allButOne.get(0x004f));
    assert.equal(commandRules("ESME", () => false).size, 0);
  });

  it("stands on a table that names every role of the message set", () => {
    const roles = new Set(useCases.flatMap(({ grants }) => grants.map(({ role }) => role)));
    for (const role of [
      "supplier",
      "networkOperator",
      "accessControlBroker",
      "transitionalCoS",
      "recovery",
    ] as const)
      assert.ok(roles.has(role), role);
  });
});
