import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { Inventory, type InventoryEvent, inventoryRules } from "../../../harness/headend/inventory.ts";

const eui = "00DB1234567890A0";
const device = { eui, type: "ESME", installCode: new Uint8Array(16), hub: "00DB1234567890A2" } as const;

function inventoryAfter(...events: InventoryEvent[]): Inventory {
  const inventory = new Inventory();
  inventory.preNotify(device);
  for (const event of events) inventory.apply(eui, event);
  return inventory;
}

describe("the inventory", () => {
  const roads: [InventoryEvent[], string][] = [
    [[], "Pending"],
    [["whitelisted"], "Whitelisted"],
    [["whitelisted", "joined"], "InstalledNotCommissioned"],
    [["whitelisted", "joined", "commissioned"], "Commissioned"],
    [["hubInstalled"], "Commissioned"],
    [["whitelisted", "joined", "commissioned", "decommissioned"], "Decommissioned"],
    [["whitelisted", "removedFromHub"], "Pending"],
    [["withdrawn"], "Withdrawn"],
    [["whitelisted", "suspended"], "Suspended"],
    [["whitelisted", "suspended", "reinstated"], "Whitelisted"],
    [["whitelisted", "joined", "recoveryBegun"], "Recovery"],
    [["whitelisted", "joined", "recoveryBegun", "recovered"], "Recovered"],
  ];
  for (const [events, status] of roads)
    it(`is ${status} after ${["pre-notified", ...events].join(", ")}`, () => {
      assert.equal(inventoryAfter(...events).status(eui), status);
    });

  it("refuses what no rule allows, says from where it may go, and changes nothing", () => {
    const inventory = inventoryAfter();
    assert.throws(
      () => inventory.apply(eui, "commissioned"),
      /while it is Pending: expected InstalledNotCommissioned or Commissioned/,
    );
    assert.equal(inventory.status(eui), "Pending");
  });

  it("knows no device that was never announced, and announces none twice", () => {
    const inventory = inventoryAfter();
    assert.throws(
      () => inventory.read("00DB1234567890FF"),
      (e) => hasCode(e, "inventory/unknown"),
    );
    assert.throws(
      () => inventory.preNotify(device),
      (e) => hasCode(e, "inventory/known"),
    );
  });

  it("lets no service request through to a device out of service", () => {
    for (const last of ["decommissioned", "suspended"] as const)
      assert.throws(
        () => inventoryAfter("whitelisted", last).requireInService(eui),
        (e) => hasCode(e, "inventory/not-in-service"),
      );
    assert.equal(inventoryAfter("whitelisted").requireInService(eui).hub, device.hub);
  });

  it("never leaves Decommissioned or Withdrawn, whatever happens (property)", () => {
    const events = Object.keys(inventoryRules) as InventoryEvent[];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (happened) => {
        const inventory = inventoryAfter();
        let ended: string | undefined;
        for (const event of happened) {
          try {
            inventory.apply(eui, event);
          } catch (error) {
            assert.ok(hasCode(error, "inventory/refused"));
          }
          const status = inventory.status(eui);
          if (ended !== undefined) assert.equal(status, ended);
          if (status === "Decommissioned" || status === "Withdrawn") ended = status;
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
