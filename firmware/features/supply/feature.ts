/**
 * The load switch: remote enable, disable and arm (ECS42, 43, 44), state (ECS45), local enable at the meter,
 * load limiting and tamper lock (81BE). What the switch should be is in the journal before it moves, with what it was,
 * and is asserted again after every start; alerts that a change owes are kept with it until they are raised.
 */
import { HalError, type MaybePromise, whenHere } from "../../../hal/board.ts";
import { Kept, type KeptForm } from "../../kernel/kept.ts";
import { alerts } from "../../model/index.ts";
import { type Eui64, Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { reportUserCommand } from "../user-interface/commands.ts";
import { commandName, type ShownSupply, supplyObjects } from "./cosem.ts";
import { type SupplyEvent, type SupplyState, supplyStep } from "./machine.ts";

export interface SupplyFeature extends Feature {
  readonly state: SupplyState;
  /** Opens the switch and arms the supply (8F33). False when it was not enabled or the switch failed. */
  loadLimitTripped(): Promise<boolean>;
  /** Enables again what the load limit armed (8F34). False when something else holds the supply by now. */
  loadLimitRestored(): Promise<boolean>;
  /** Disables until the supplier acts (81BE). */
  tamperLock(): Promise<boolean>;
  /** The meter was tampered with: locks the supply where the supplier wants that (ECS81). */
  tampered(): Promise<void>;
  /** The person at the meter wants it on: it goes on when it is armed (8161), or does not (8162). */
  enableByHand(): Promise<void>;
  /** Disables for want of credit; what is disabled already stays as it is. */
  creditOut(): Promise<boolean>;
  /** Arms what was disabled for want of credit: by a credit (8F32), or by emergency credit (8168). */
  creditBack(byEmergencyCredit: boolean): Promise<boolean>;
  /** Only while `allowed` says so may anyone enable or arm. Call it before any start(). */
  onlyWhile(allowed: () => boolean): void;
  /** Runs after every change of state, in the device's loop. */
  onChange(listener: (state: SupplyState) => MaybePromise<void>): void;
}

export interface SupplyOptions {
  /** The command that was accepted and is not answered: of it, and of no other, the switch may not have moved. */
  readonly pending: () => { readonly holder: Eui64; readonly counter: bigint } | undefined;
  /** Disable and lock when the meter is tampered with, as delivered. */
  readonly lockOnTamper?: boolean;
  /** Somebody else hears button a, and calls `enableByHand`. */
  readonly buttonElsewhere?: boolean;
}

const connectFailed = alerts.connectFailed.code;
const disconnectFailed = alerts.disconnectFailed.code;

export function supplyFeature(context: DeviceContext, options: SupplyOptions): SupplyFeature {
  return new Supply(context, options);
}

/** What connects the load, or lets a person do so. */
const connecting: readonly SupplyEvent[] = ["enable", "arm", "buttonEnable", "loadLimitRestore"];

interface KeptState extends SupplyState {
  /** Codes to report. */
  readonly owed: readonly number[];
  /**
   * While the switch may not have moved yet: what was before, and by which command, "" when by none. A command's stays
   * when it is answered, and means nothing from then on: so there is no commit more to say that the switch has moved.
   */
  readonly moving?: { readonly before: SupplyState; readonly command: string };
  /** The last command that the switch did not carry out: a power cut before its answer has it answered so. */
  readonly failed?: string;
}

/** In the journal without its names: to write them would take longer than all else that a command writes. */
type WrittenState = readonly [
  output: SupplyState["output"],
  cause: SupplyState["cause"],
  owed: readonly number[],
  failed: string | null,
  moving: readonly [output: SupplyState["output"], cause: SupplyState["cause"], command: string] | null,
];

const asList: KeptForm<KeptState, WrittenState> = {
  write: ({ output, cause, owed, failed = null, moving }) => [
    output,
    cause,
    owed,
    failed,
    moving ? [moving.before.output, moving.before.cause, moving.command] : null,
  ],
  read: ([output, cause, owed, failed, moving]) => ({
    ...{ output, cause, owed },
    ...(failed !== null && { failed }),
    ...(moving && { moving: { before: { output: moving[0], cause: moving[1] }, command: moving[2] } }),
  }),
};

class Supply implements SupplyFeature, ShownSupply {
  readonly name = "supply";
  readonly objects;
  readonly #context: DeviceContext;
  readonly #options: SupplyOptions;
  readonly #locksOnTamper: Kept<boolean>;
  readonly #kept: Kept<KeptState, WrittenState>;
  #allowed = (): boolean => true;
  readonly #listeners: ((state: SupplyState) => MaybePromise<void>)[] = [];

  constructor(context: DeviceContext, options: SupplyOptions) {
    this.#context = context;
    this.#options = options;
    this.#locksOnTamper = new Kept(context.journal, "supply/lock-on-tamper", options.lockOnTamper ?? false);
    this.objects = supplyObjects(this, this.#locksOnTamper);
    const initial: KeptState = { output: "enabled", cause: "none", owed: [] };
    this.#kept = new Kept(context.journal, "supply", initial, asList);
  }

  get state(): SupplyState {
    const { output, cause } = this.#kept.value;
    return { output, cause };
  }

  onChange(listener: (state: SupplyState) => MaybePromise<void>): void {
    this.#listeners.push(listener);
  }

  onlyWhile(allowed: () => boolean): void {
    this.#allowed = allowed;
  }

  async start(): Promise<void> {
    const { board } = this.#context;
    const closed = this.state.output === "enabled";
    const moving = this.#unfinished();
    if (board.loadSwitch !== undefined && (await board.loadSwitch.isClosed()) !== closed) {
      const moved = await this.#move(closed);
      if (!moved && moving !== undefined) await this.#takeBack(moving, closed);
      else if (!moved) await this.#owe(closed ? connectFailed : disconnectFailed);
    }
    await this.#settle();
    if (this.#options.buttonElsewhere) return;
    board.userInterface?.onButton(
      this.#context.event("button", async ({ button }) => {
        if (button === "a") await this.enableByHand();
      }),
    );
  }

  loadLimitTripped = async () => (await this.#apply("loadLimitTrip")) === Status.success;
  loadLimitRestored = async () => (await this.#apply("loadLimitRestore")) === Status.success;
  tamperLock = async () => (await this.#apply("tamperLock")) === Status.success;
  creditOut = async () => (await this.#apply("creditOut")) === Status.success;
  creditBack = async (byEmergencyCredit: boolean) =>
    (await this.#apply(byEmergencyCredit ? "emergencyCredit" : "creditBack")) === Status.success;

  async load(output: SupplyState["output"]): Promise<void> {
    await this.#kept.keep({ output, cause: "none", owed: [] });
    await this.#move(output === "enabled");
  }

  commanded(event: SupplyEvent, command: string): MaybePromise<Status> {
    return this.#kept.value.failed === command ? Status.hardwareFault : this.#apply(event, command);
  }

  async tampered(): Promise<void> {
    if (this.#locksOnTamper.value) await this.tamperLock();
  }

  async enableByHand(): Promise<void> {
    if (this.state.output !== "armed") return;
    const done = (await this.#apply("buttonEnable")) === Status.success;
    await reportUserCommand(this.#context, "enableSupply", done);
  }

  /**
   * Intent to the journal, then the switch, then alerts; a switch that fails takes the intent back. Done at once where
   * nothing has to be waited for.
   */
  #apply(event: SupplyEvent, command = ""): MaybePromise<Status> {
    const before = this.state;
    const { refused: forbidden, state, alerts } = supplyStep(before, event);
    if (forbidden || (connecting.includes(event) && !this.#allowed())) return Status.otherReason;
    if (state === before) return Status.success;
    const { output, cause } = state;
    const closed = output === "enabled";
    const moves = closed !== (before.output === "enabled");
    const moving = { before, command };
    const kept = this.#kept.keepAtOnce(
      moves ? { output, cause, owed: alerts, moving } : { output, cause, owed: alerts },
    );
    const owes = command === "" || alerts.length > 0;
    return whenHere(kept, () =>
      whenHere(!moves || this.#move(closed), (moved) =>
        moved ? this.#applied(state, owes) : this.#unmoved(moving, closed),
      ),
    );
  }

  #applied(state: SupplyState, owes: boolean): MaybePromise<Status> {
    const { output, cause } = state;
    this.#context.observe({ kind: "supply", state: output, cause });
    return owes ? this.#settle().then(() => this.#tell(state)) : this.#tell(state);
  }

  async #unmoved(moving: NonNullable<KeptState["moving"]>, closed: boolean): Promise<Status> {
    await this.#takeBack(moving, closed);
    await this.#settle();
    return Status.hardwareFault;
  }

  /** The listeners from `first` on hear of it, one after the other. */
  #tell(state: SupplyState, first = 0): MaybePromise<Status> {
    const listener = this.#listeners[first];
    if (listener === undefined) return Status.success;
    return whenHere(listener(state), () => this.#tell(state, first + 1));
  }

  /** The move that a power cut interrupted, or may have. */
  #unfinished(): KeptState["moving"] {
    const { moving } = this.#kept.value;
    const pending = this.#options.pending();
    const names = ["", pending && commandName(pending.holder, pending.counter)];
    return names.includes(moving?.command) ? moving : undefined;
  }

  #move(closed: boolean): MaybePromise<boolean> {
    try {
      const moving = this.#context.board.loadSwitch?.set(closed);
      return moving instanceof Promise ? moving.then(() => true, stuck) : true;
    } catch (error) {
      return stuck(error);
    }
  }

  /** The switch did not do what `moving` wanted of it. */
  #takeBack({ before, command }: NonNullable<KeptState["moving"]>, closed: boolean): Promise<void> {
    const owed = [closed ? connectFailed : disconnectFailed];
    return this.#kept.keep({ ...before, owed, failed: command });
  }

  async #owe(code: number): Promise<void> {
    await this.#kept.keep({ ...this.#kept.value, owed: [...this.#kept.value.owed, code] });
  }

  /**
   * The switch is where it should be. Each alert leaves the debt in the commit that makes it durable: none is lost or
   * doubled by a power cut.
   */
  async #settle(): Promise<void> {
    const { moving, ...settled } = this.#kept.value;
    if (moving !== undefined && settled.owed.length === 0) await this.#kept.keep(settled);
    for (let { owed } = settled; owed.length > 0; owed = owed.slice(1))
      await this.#kept.keepWith({ ...settled, owed: owed.slice(1) }, (paid) =>
        report(this.#context, owed[0] as number, { changes: [paid] }),
      );
  }
}

/** What a switch threw that did not do as it was told: false. */
function stuck(error: unknown): false {
  if (error instanceof HalError && error.code === "hal/fault") return false;
  throw error;
}
