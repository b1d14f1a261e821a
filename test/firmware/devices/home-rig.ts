/** A hub and a meter on mock boards, joined over the mock ether, with the WAN in the test's hand. */
import { ElectricityMeter } from "../../../firmware/devices/electricity-meter.ts";
import { CommunicationsHub } from "../../../firmware/devices/hub.ts";
import { provision } from "../../../firmware/devices/provision.ts";
import type { DeviceSettings } from "../../../firmware/devices/settings.ts";
import type { Observation } from "../../../firmware/features/feature.ts";
import { withCrc } from "../../../firmware/han/install-code.ts";
import { objects } from "../../../firmware/model/index.ts";
import { euiBytes } from "../../../firmware/security/eui.ts";
import {
  Ether,
  hubMains,
  MockBoard,
  meterMains,
  Scheduler,
  SeededRandom,
  WanLink,
} from "../../../hal/mock/index.ts";
import { Desk, hubEui, meterEui, op, startUtcS, suite, World } from "./rig.ts";

const installCode = Uint8Array.from({ length: 16 }, (_, i) => 16 * i);

export class HomeRig {
  readonly world = new World();
  readonly scheduler = new Scheduler();
  readonly random = new SeededRandom(4);
  readonly ether = new Ether(this.scheduler, this.random.fork("ether"));
  readonly wan = new WanLink(this.scheduler, this.random.fork("wan"));
  readonly hubBoard = this.#board("hub");
  readonly meterBoard = this.#board("meter");
  readonly toHub = new Desk(this.world, this.world.identity("CHF"));
  readonly toMeter = new Desk(this.world, this.world.identity("ESME"));
  readonly observations: Observation[] = [];
  /** What came up the WAN. */
  readonly uplink: Uint8Array[] = [];
  hub!: CommunicationsHub;
  meter!: ElectricityMeter;

  static async build(settings: Partial<DeviceSettings> = {}): Promise<HomeRig> {
    const rig = new HomeRig();
    rig.wan.onUplink((bytes) => void rig.uplink.push(bytes));
    rig.hubBoard.powerOn();
    rig.meterBoard.powerOn();
    await provision(rig.hubBoard, rig.world.identity("CHF"), suite);
    await provision(
      rig.meterBoard,
      { ...rig.world.identity("ESME"), installCode: withCrc(installCode) },
      suite,
    );
    await rig.bootHub(settings);
    rig.meter = await ElectricityMeter.boot(rig.meterBoard, { suite });
    await rig.run(15_000);
    return rig;
  }

  async bootHub(settings: Partial<DeviceSettings> = {}): Promise<void> {
    this.hub = await CommunicationsHub.boot(this.hubBoard, {
      suite,
      observe: (observation) => void this.observations.push(observation),
      settings,
    });
  }

  async run(ms: number): Promise<void> {
    await this.scheduler.runUntil(this.scheduler.nowMs + ms);
  }

  /** Puts the meter into the hub's log, and lets it join unless `join` is false. */
  async list(join = true): Promise<void> {
    const { id } = objects.deviceLog;
    const operations = [
      op("call", id, 1, [euiBytes(meterEui), 1, installCode, 0]),
      // The window cannot stay shut, but it can be too short to join in.
      op("set", id, 3, join ? 600 : 1),
      op("set", id, 2, true),
    ];
    this.wan.deliver(this.toHub.command(0x0001, operations, { from: "accessControlBroker" }));
    await this.run(join ? 120_000 : 10_000);
  }

  /** Messages that came up the WAN since the last call. */
  take(): Uint8Array[] {
    return this.uplink.splice(0);
  }

  refusals(): unknown[] {
    return this.observations.filter(({ kind }) => kind === "command-refused").map(({ reason }) => reason);
  }

  #board(id: "hub" | "meter"): MockBoard {
    const { scheduler, random, ether, world } = this;
    const common = { scheduler, random, id, startUtcMs: startUtcS * 1000, crypto: world.crypto, ether };
    return id === "hub"
      ? new MockBoard({ ...common, eui64: euiBytes(hubEui), wan: this.wan, parts: { mains: hubMains } })
      : new MockBoard({
          ...common,
          eui64: euiBytes(meterEui),
          parts: { mains: meterMains, metrology: true, loadSwitch: true, tamper: true, userInterface: true },
        });
  }
}
