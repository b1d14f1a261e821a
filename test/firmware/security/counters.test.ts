import assert from "node:assert/strict";
import { Journal } from "../../../firmware/kernel/journal.ts";
import { Counters } from "../../../firmware/security/counters.ts";
import type { Header } from "../../../firmware/wire/message.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { MockBoard, Scheduler, SeededRandom } from "../../../hal/mock/index.ts";

const acb = "accessControlBroker";
const header = (counter: bigint, party?: string, partyCounter?: bigint): Header => ({
  kind: 1,
  code: 0x4f,
  originator: "90B3D51F30000002",
  target: "00DB1234567890A0",
  counter,
  ...(party !== undefined && {
    supplementary: partyCounter === undefined ? { party } : { party, counter: partyCounter },
  }),
});
const acbEui = "90B3D51F30000002";
const other = "90B3D51F3FFF0001";
const command = Uint8Array.of(1, 2, 3);

describe("originator counters", () => {
  let journal: Journal;
  let counters: Counters;
  let reopen: () => Promise<void>;
  beforeEach(async () => {
    const board = new MockBoard({
      scheduler: new Scheduler(),
      random: new SeededRandom(1),
      id: "b",
      startUtcMs: 0,
      crypto: nodeCrypto(),
    });
    board.powerOn();
    reopen = async () => {
      journal = await Journal.open(board.flash, { firstSector: 0, sectorCount: 16 });
      counters = new Counters(journal);
    };
    await reopen();
  });

  it("must be strictly greater, by role", async () => {
    assert.ok(counters.fresh("supplier", header(1n)));
    await counters.accept("supplier", header(10n), command);
    assert.deepEqual(
      [9n, 10n, 11n].map((n) => counters.fresh("supplier", header(n))),
      [false, false, true],
    );
    assert.ok(counters.fresh("networkOperator", header(1n)));
  });

  it("use all 64 bits", async () => {
    const top = 0xffff_ffff_ffff_fffen;
    await counters.accept("supplier", header(top), command);
    await reopen();
    assert.equal(counters.highest("supplier", acbEui), top);
    assert.ok(counters.fresh("supplier", header(top + 1n)));
  });

  it("survive a restart, with the command until it is answered", async () => {
    await counters.accept("supplier", header(10n), command);
    await reopen();
    assert.deepEqual(counters.pending(), { role: "supplier", holder: acbEui, counter: 10n, command });
    await counters.finish("supplier", acbEui);
    await reopen();
    assert.equal(counters.pending(), undefined);
    assert.equal(counters.highest("supplier"), 10n);
  });

  it("survive a restart with a command of any length, whole", async () => {
    for (const length of [4095, 4096, 4097, 8192, 8193, 12_000]) {
      const long = Uint8Array.from({ length }, (_, i) => i % 251);
      await counters.accept("supplier", header(BigInt(length)), long);
      await reopen();
      assert.deepEqual(counters.pending()?.command, long, `${length}`);
      await counters.finish("supplier", acbEui);
      assert.equal(journal.keys("pending/").length, 0);
    }
  });

  it("have a store of their own for each party the ACB speaks for", async () => {
    await counters.accept(acb, header(10n, other, 500n), command);
    assert.equal(counters.fresh(acb, header(11n, other, 500n)), false);
    assert.equal(counters.fresh(acb, header(10n, other, 501n)), false);
    assert.ok(counters.fresh(acb, header(11n, other, 501n)));
    assert.ok(counters.fresh(acb, header(11n, "90B3D51F3FFF0002", 1n)));
    assert.ok(counters.fresh(acb, header(11n, other)));
    await reopen();
    assert.equal(counters.fresh(acb, header(11n, other, 500n)), false);
  });

  it("remember a bounded number of such parties; the ACB's own counter guards the forgotten", async () => {
    for (let i = 0n; i < 40n; i++)
      await counters.accept(acb, header(i + 1n, `90B3D51F3FFF${1000n + i}`, 7n), command);
    assert.equal(journal.keys("counter-of/").length, 16);
    assert.equal(counters.fresh(acb, header(40n, "90B3D51F3FFF1000", 7n)), false);
    await reopen();
    assert.equal(journal.keys("counter-of/").length, 16);
  });

  /** Puts floors under the supplier role's counters, as a credential change does. */
  async function floor(floors: Record<string, bigint | [bigint, bigint]>, present = Object.keys(floors)) {
    const named = Object.entries(floors).map(([holder, value]) => {
      const [counter, topUp] = Array.isArray(value) ? value : [value];
      return { role: "supplier" as const, holder, counter, ...(topUp !== undefined && { topUp }) };
    });
    const changes = counters.floorChanges(named, new Set(present));
    await journal.commit(changes);
    counters.adopt(changes);
  }
  const from = (originator: string, counter: bigint): Header => ({ ...header(counter), originator });

  it("are raised by floors, never lowered, and a pending command stays pending", async () => {
    await counters.accept("supplier", header(10n), command);
    await floor({ [acbEui]: 3n });
    assert.equal(counters.highest("supplier", acbEui), 10n);
    await floor({ [acbEui]: 12n });
    assert.deepEqual(counters.pending()?.command, command);
    await counters.finish("supplier", acbEui);
    await reopen();
    assert.equal(counters.highest("supplier", acbEui), 12n);
    assert.equal(counters.pending(), undefined);
  });

  it("belong to a role and its holder: another's floor leaves them as they are, and 0 is one", async () => {
    await counters.accept("supplier", header(10n), command);
    await counters.finish("supplier", acbEui);
    await floor({ [other]: 0n });
    assert.ok(counters.knows("supplier", other));
    assert.deepEqual(
      [
        counters.highest("supplier", other),
        counters.highest("supplier", acbEui),
        counters.highest("supplier"),
      ],
      [0n, 10n, 10n],
    );
    assert.ok(counters.fresh("supplier", from(other, 1n)));
    assert.ok(!counters.fresh("supplier", header(10n)));
    assert.ok(!counters.knows("networkOperator", other), "in another role it is nobody");
  });

  it("of top-ups have floors of their own, which go up only", async () => {
    await floor({ [other]: [5n, 70n] });
    await floor({ [other]: [6n, 60n] });
    await reopen();
    assert.equal(counters.highestTopUp("supplier", other), 70n);
    assert.equal(counters.highest("supplier", other), 6n);
    assert.equal(counters.highestTopUp("supplier", acbEui), 0n);
  });

  it("of a bounded number of holders are remembered; no one forgotten comes back below what was used", async () => {
    const name = (n: bigint) => `90B3D51F3F0${(1000n + n).toString().padStart(5, "0")}`;
    for (let n = 0n; n < 40n; n++) {
      await floor({ [name(n)]: [100n + n, 200n + n] });
      assert.ok(journal.keys("counter/").length <= 16);
    }
    await reopen();
    assert.equal(journal.keys("counter/").length, 16);
    assert.ok(journal.keys("top-up/").length <= 16);
    for (let n = 0n; n < 40n; n++) {
      assert.ok(!counters.fresh("supplier", from(name(n), 100n + n)), `holder ${n}`);
      assert.ok(counters.highestTopUp("supplier", name(n)) >= 200n + n, `holder ${n}`);
    }
    await floor({ [name(0n)]: 0n });
    assert.ok(!counters.fresh("supplier", from(name(0n), 100n)), "a floor does not undo it");
    assert.equal(counters.highest("supplier", name(39n)), 139n, "one that is remembered keeps its own");
  });

  it("of whoever is forgotten last do not lower what those before had used", async () => {
    const name = (n: number) => `90B3D51F3F0040${n + 10}`;
    await floor({ [other]: 5n });
    for (let n = 0; n < 20; n++) await floor({ [name(n)]: 100n + BigInt(n) }, [other, name(n)]);
    assert.ok(counters.knows("supplier", other));
    await floor({ [name(30)]: 200n });
    assert.ok(!counters.knows("supplier", other));
    assert.ok(!counters.fresh("supplier", from(name(0), 100n)));
  });

  it("of those that hold a cell, and of a command not yet answered, are never forgotten", async () => {
    await counters.accept("supplier", header(1n), command);
    for (let n = 0; n < 20; n++) await floor({ [`90B3D51F3F0010${n + 10}`]: 50n }, [other]);
    assert.deepEqual(counters.pending()?.command, command);
    await counters.finish("supplier", acbEui);
    await floor({ [other]: 2n });
    for (let n = 0; n < 20; n++) await floor({ [`90B3D51F3F0020${n + 10}`]: 60n }, [other]);
    assert.equal(counters.highest("supplier", other), 50n, "started above those forgotten before it came");
    assert.ok(counters.knows("supplier", other));
    assert.ok(!counters.knows("supplier", acbEui));
  });
});
