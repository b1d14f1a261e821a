/** Provisioned devices on mock boards, and the parties that speak to them: what the tests of firmware rooms stand on. */
import {
  bootDevice,
  type LinkOf,
  type ModelledDevice,
  type RunningDevice,
} from "../../firmware/devices/boot.ts";
import type { BootOptions } from "../../firmware/devices/core.ts";
import type { HomeLink } from "../../firmware/devices/home-link.ts";
import type { HubLink } from "../../firmware/devices/hub-link.ts";
import { type DeviceIdentity, provision } from "../../firmware/devices/provision.ts";
import type { DeviceSettings } from "../../firmware/devices/settings.ts";
import { withCrc } from "../../firmware/han/install-code.ts";
import type { Observation } from "../../firmware/kernel/observation.ts";
import { objects, type Role } from "../../firmware/model/index.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import type { Crypto } from "../../hal/board.ts";
import { Ether, type MockBoard, Scheduler, SeededRandom, WanLink } from "../../hal/mock/index.ts";
import { type DeviceBoardOptions, deviceBoard } from "../../harness/premises/factory.ts";
import { Desk, grantsFor, op } from "./desk.ts";
import { HandLink } from "./hand-link.ts";
import { hubEui, meterEui, startUtcS, suite, World } from "./world.ts";

export { type CommandOptions, Desk, op } from "./desk.ts";
export { meterEui, startUtcS, suite, type TestParty, World } from "./world.ts";

/** A device fresh from its factory, its board with power. */
export interface Provisioned<T extends ModelledDevice> {
  readonly board: MockBoard;
  readonly identity: DeviceIdentity;
  boot(options?: Partial<BootOptions>): Promise<RunningDevice<LinkOf<T>>>;
}

export async function provisioned<T extends ModelledDevice>(
  world: World,
  type: T,
  on: Pick<DeviceBoardOptions, "scheduler" | "random" | "ether" | "wan">,
  over: Partial<DeviceIdentity> = {},
): Promise<Provisioned<T>> {
  const identity = { ...world.identity(type), ...over };
  const { eui64: eui } = identity;
  const id = type === "CHF" ? "hub" : "meter";
  const board = deviceBoard({
    ...{ ...on, type, eui, id, startUtcMs: startUtcS * 1000, crypto: world.crypto },
  });
  board.powerOn();
  await provision(board, identity, suite);
  return { board, identity, boot: (options = {}) => bootDevice(type, board, { suite, ...options }) };
}

export interface MeterRig {
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly board: MockBoard;
  readonly desk: Desk;
  readonly link: HandLink;
  readonly observations: Observation[];
  /** The running firmware; changes at {@link reboot}. */
  meter: RunningDevice<HomeLink>;
  reboot(): Promise<void>;
  /** Has the meter handle `work` as of two seconds before virtual time `untilMs`: before what these bring. */
  meanwhile(work: () => Promise<unknown>, untilMs: number): Promise<void>;
  /** Lets the meter handle what it has posted to itself. */
  settle(): Promise<void>;
  /** Who may send the use case with this message code. */
  roles(code: number): readonly Role[];
  /** Messages the meter has sent since the last call. */
  take(): Uint8Array[];
}

/** A provisioned meter, booted, with its clock set, on a link held by the test. */
export async function meterRig(
  options: Partial<BootOptions> & { crypto?: Crypto; observing?: boolean } = {},
): Promise<MeterRig> {
  const world = new World(options.crypto);
  const scheduler = new Scheduler();
  const random = new SeededRandom(1);
  const { board, identity, boot } = await provisioned(world, "ESME", { scheduler, random });
  await board.clock.setRtcMs(startUtcS * 1000);
  const observations: Observation[] = [];
  const link = new HandLink();
  link.listen(scheduler);
  const observe =
    options.observing === false ? {} : { observe: (o: Observation) => void observations.push(o) };
  const start = () => boot({ ...observe, ...options, link: { han: link, hub: hubEui } });
  const rig: MeterRig = {
    world,
    scheduler,
    board,
    desk: new Desk(world, identity),
    link,
    observations,
    meter: await start(),
    async reboot() {
      await rig.settle();
      board.powerOff();
      await rig.settle();
      board.powerOn();
      rig.meter = await start();
    },
    async meanwhile(work, untilMs) {
      await scheduler.runUntil(untilMs - 2000);
      let release = () => {};
      const busy = new Promise<void>((resolve) => {
        release = resolve;
      });
      const held = rig.meter.device.event("busy", () => busy)(undefined);
      const done = work();
      const time = scheduler.runUntil(untilMs); // waits for the meter, which is busy
      for (let i = 0; i < 500; i++) await Promise.resolve();
      release();
      await Promise.all([held, done, time]);
      await rig.settle();
    },
    async settle() {
      for (let i = 0; i < 8; i++) await rig.meter.device.event("settle", async () => {})(undefined);
      for (let i = 0; i < 50; i++) await Promise.resolve();
    },
    roles: (code) => grantsFor(code, "ESME").map(({ role }) => role),
    take: () => link.sent.splice(0),
  };
  return rig;
}

/** A hub and a meter, joined over the mock ether, with the WAN in the test's hand. */
const installCode = Uint8Array.from({ length: 16 }, (_, i) => 16 * i);

export class HomeRig {
  readonly world = new World();
  readonly scheduler = new Scheduler();
  readonly random = new SeededRandom(4);
  readonly ether = new Ether(this.scheduler, this.random.fork("ether"));
  readonly wan = new WanLink(this.scheduler, this.random.fork("wan"));
  hubBoard!: MockBoard;
  meterBoard!: MockBoard;
  readonly toHub = new Desk(this.world, this.world.identity("CHF"));
  readonly toMeter = new Desk(this.world, this.world.identity("ESME"));
  readonly observations: Observation[] = [];
  /** What came up the WAN. */
  readonly uplink: Uint8Array[] = [];
  hub!: RunningDevice<HubLink>;
  meter!: RunningDevice<HomeLink>;
  #startHub!: Provisioned<"CHF">["boot"];

  static async build(settings: Partial<DeviceSettings> = {}): Promise<HomeRig> {
    const rig = new HomeRig();
    rig.wan.onUplink((bytes) => void rig.uplink.push(bytes));
    const hub = await provisioned(rig.world, "CHF", rig);
    const meter = await provisioned(rig.world, "ESME", rig, { installCode: withCrc(installCode) });
    rig.hubBoard = hub.board;
    rig.meterBoard = meter.board;
    rig.#startHub = hub.boot;
    await rig.bootHub(settings);
    rig.meter = await meter.boot();
    await rig.run(15_000);
    return rig;
  }

  async bootHub(settings: Partial<DeviceSettings> = {}): Promise<void> {
    const observe = (observation: Observation) => void this.observations.push(observation);
    this.hub = await this.#startHub({ observe, settings });
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
}
