/** Run in a copy of the tree to which the sample has been added (`npm run growth`). */
import assert from "node:assert/strict";
import { isModelled, type ModelledDevice } from "../../../firmware/devices/boot.ts";
import { cellUsages, keyUsages, objects, roles } from "../../../firmware/model/index.ts";
import type { Response } from "../../../firmware/wire/message.ts";
import { Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import { premises } from "../../../harness/premises/premises.ts";
import { Desk, op, provisioned, startUtcS, World } from "../../support/devices.ts";
import { HandLink } from "../../support/hand-link.ts";
import { hubEui } from "../../support/world.ts";

/** CS02a: read trust anchors. */
const readAnchors = 0x0008;

function modelled(name: string): ModelledDevice {
  assert.ok(isModelled(name), `there is firmware for a ${name}`);
  return name;
}

describe("growth: the sample device type", () => {
  it("is provisioned, boots, and answers a read command", async () => {
    const type = modelled("HCALCS");
    const [world, scheduler] = [new World(), new Scheduler()];
    const { board, identity, boot } = await provisioned(world, type, {
      scheduler,
      random: new SeededRandom(1),
    });
    await board.clock.setRtcMs(startUtcS * 1000);
    const link = new HandLink();
    link.listen(scheduler);
    const { device } = await boot({ link: { han: link, hub: hubEui } });
    assert.ok(device.useCases.some((useCase) => useCase.code === readAnchors));
    const { number } = roles.accessControlBroker;
    const whose = [[number, keyUsages.sign.number, cellUsages.management], [number]];
    const command = [op("call", objects.credentials.id, objects.credentials.methods.provide.no, whose)];
    const desk = new Desk(world, identity);
    await device.receive(desk.command(readAnchors, command, { from: "accessControlBroker" }));
    const answer = desk.read<Response>(link.sent[0] as Uint8Array, world.of("accessControlBroker"));
    assert.deepEqual(
      answer.results.map(({ status }) => status),
      [0],
    );
  });

  it("joins a home's network by its row alone", async () => {
    const home = await premises({
      devices: [
        { name: "hub", type: "CHF" },
        { name: "switch", type: modelled("HCALCS") },
      ],
    });
    await home.commission();
    assert.equal(home.headEnd.inventory.status(home.device("switch").eui), "InstalledNotCommissioned");
  });
});
