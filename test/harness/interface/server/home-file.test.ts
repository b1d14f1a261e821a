import assert from "node:assert/strict";
import { partyIdentities } from "../../../../harness/headend/parties.ts";
import { usersOfRun } from "../../../../harness/headend/users.ts";
import { readHomeFile } from "../../../../harness/interface/server/home-file.ts";
import { usersOf } from "../../../../harness/interface/server/users-of-home.ts";
import { Served } from "./served.ts";

const { supplier, networkOperator, secondSupplier } = partyIdentities;

const whole = `
seed: 9
start: 2026-12-01T00:00:00Z
devices:
  - { name: hub, type: CHF }
  - { name: left, type: ESME, eui: 00-DB-12-34-56-78-90-A0 }
  - { name: right, type: ESME, elementCount: 2, distanceM: 3 }
users:
  - { user: supplier, push: "http://127.0.0.1:1880/smartdcc/duis" }
  - { user: 90-B3-D5-1F-30-02-00-00, roles: [ED] }
registrations:
  - { user: supplier, role: IS, from: 2026-01-01T00:00:00Z }
  - { user: networkOperator, role: ED, until: 2027-01-01T00:00:00Z }
`;

describe("a home file", () => {
  it("says what the home is made of", () => {
    const { home, users, registrations } = readHomeFile(whole, "home.yaml");
    assert.deepEqual(home.devices?.[1], { name: "left", type: "ESME", eui: "00DB1234567890A0" });
    assert.deepEqual([home.seed, home.start], [9, "2026-12-01T00:00:00Z"]);
    assert.deepEqual(users?.[1], { user: networkOperator.eui, roles: ["ED"] });
    assert.deepEqual(registrations?.[0], {
      user: supplier.eui,
      role: "IS",
      fromS: Date.UTC(2026, 0, 1) / 1000,
    });
    assert.deepEqual(readHomeFile("", "empty.yaml"), { home: {} });
  });

  for (const [what, text, where, why] of [
    [
      "a meter of three elements",
      "devices:\n  - { name: hub, type: CHF, elementCount: 3 }",
      "2:43",
      /1 or 2/,
    ],
    ["no hub", "devices:\n  - { name: esme, type: ESME }", "2:3", /expected a hub \(type: CHF\)/],
    ["an unknown key", "seed: 1\nsed: 2", "2:1", /sed/],
    ["a wrong value", "devices:\n  - { name: hub, type: FRIDGE }", "2:24", /CHF/],
    ["a missing one", "devices:\n  - { name: hub }", "2:5", /type/],
    ["a role that is none", "users:\n  - { user: supplier, roles: [XX] }", "2:31", /IS/],
    ["nobody", "registrations:\n  - { user: me, role: IS }", "2:13", /EUI-64/],
    ["an address that is none", "users:\n  - { user: supplier, push: here }", "2:29", /http/],
    ["a time that is none", "start: soon", "1:8", /ISO 8601/],
    ["no YAML", "devices: [", "1:11", /YAML/],
    ["aliases that explode", `a: &a [1]\n${"b: *a\n".repeat(100)}`, "3:1", /./],
  ] as const)
    it(`is told with its place of ${what}`, () => {
      assert.throws(
        () => readHomeFile(text, "home.yaml"),
        (error: Error) => {
          assert.match(error.message, why);
          assert.equal(/^home.yaml:(\d+:\d+): /.exec(error.message)?.[1], where);
          return true;
        },
      );
    });
});

describe("the users of a served home", () => {
  let served: Served;
  afterEach(() => served?.end());
  const nobodyElse = { certificates: [], unusable: [] };

  it("are those that its file names, in their roles", async () => {
    const specs = [{ user: supplier.eui, roles: ["IS"] as const }];
    served = await Served.start({
      users: (home) => usersOf(usersOfRun(home.headEnd.pki), nobodyElse, specs, home.crypto),
    });
    assert.deepEqual(
      served.home.users.all().map(({ roles }) => roles),
      [["IS"]],
    );
    assert.equal((await served.ask(served.request("7.4"))).code, "I99");
    const other = served.request("7.4", { originator: secondSupplier.eui });
    await assert.rejects(served.ask(other), /401/);
  });
});
