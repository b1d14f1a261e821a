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
    assert.equal(counters.highest("supplier"), top);
    assert.ok(counters.fresh("supplier", header(top + 1n)));
  });

  it("survive a restart, with the command until it is answered", async () => {
    await counters.accept("supplier", header(10n), command);
    await reopen();
    assert.deepEqual(counters.pending(), { role: "supplier", command });
    await counters.finish("supplier");
    await reopen();
    assert.equal(counters.pending(), undefined);
    assert.equal(counters.highest("supplier"), 10n);
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

  it("are replaced by floors, which leave a pending command pending", async () => {
    await counters.accept("supplier", header(10n), command);
    const floors = new Map([["supplier", 3n]] as const);
    await journal.commit(counters.floorChanges(floors));
    counters.adopt(floors);
    assert.equal(counters.highest("supplier"), 3n);
    assert.deepEqual(counters.pending()?.command, command);
    await counters.finish("supplier");
    await reopen();
    assert.equal(counters.highest("supplier"), 3n);
  });
});
