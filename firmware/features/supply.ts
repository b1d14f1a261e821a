/**
 * The load switch: remote enable, disable and arm (ECS42, 43, 44), state (ECS45), local enable at the meter,
 * load limiting and tamper lock (81BE). What the switch should be is in the journal before it moves, and is
 * asserted again after every start; alerts that a change owes are kept with it until they are raised.
 */
import { HalError } from "../../hal/board.ts";
import { objects } from "../objects/dictionary.ts";
import { SupplyScript, SupplyState as SupplyStateValue } from "../objects/use-cases.ts";
import { type OperationResult, Status } from "../wire/message.ts";
import type { DeviceContext, Feature } from "./feature.ts";
import { Kept } from "./kept.ts";
import { report } from "./report.ts";
import { denied, integer, refused, success, withValue } from "./results.ts";
import { type SupplyEvent, type SupplyState, supplyStep } from "./supply-machine.ts";

export interface SupplyFeature extends Feature {
  readonly state: SupplyState;
  /** Opens the switch and arms the supply (8F33). False when it was not enabled or the switch failed. */
  loadLimitTripped(): Promise<boolean>;
  /** Enables again what the load limit armed (8F34). False when something else holds the supply by now. */
  loadLimitRestored(): Promise<boolean>;
  /** Disables until the supplier acts (81BE). */
  tamperLock(): Promise<boolean>;
  /** Runs after every change of state, in the device's loop. */
  onChange(listener: (state: SupplyState) => Promise<void>): void;
}

const connectFailed = 0x81bd;
const disconnectFailed = 0x81c0;
const uiCommandActioned = 0x8161;
const scriptEvents: Readonly<Record<number, SupplyEvent>> = {
  [SupplyScript.enable]: "enable",
  [SupplyScript.disable]: "disable",
  [SupplyScript.arm]: "arm",
};

export function supplyFeature(context: DeviceContext): SupplyFeature {
  return new Supply(context);
}

/** `owed`: codes to report. */
type KeptState = SupplyState & { readonly owed: readonly number[] };

class Supply implements SupplyFeature {
  readonly name = "supply";
  readonly objects;
  readonly #context: DeviceContext;
  readonly #kept: Kept<KeptState>;
  readonly #listeners: ((state: SupplyState) => Promise<void>)[] = [];

  constructor(context: DeviceContext) {
    this.#context = context;
    this.#kept = new Kept<KeptState>(context.journal, "supply", {
      output: "enabled",
      cause: "none",
      owed: [],
    });
    this.objects = [
      {
        object: objects.supplyControl.id,
        call: (_member: number, script: unknown) => this.#script(integer(script as number)),
      },
      { object: objects.supplyState.id, get: () => withValue(SupplyStateValue[this.state.output]) },
    ];
  }

  get state(): SupplyState {
    const { output, cause } = this.#kept.value;
    return { output, cause };
  }

  onChange(listener: (state: SupplyState) => Promise<void>): void {
    this.#listeners.push(listener);
  }

  async start(): Promise<void> {
    const { board } = this.#context;
    const closed = this.state.output === "enabled";
    if (board.loadSwitch !== undefined && (await board.loadSwitch.isClosed()) !== closed)
      if (!(await this.#move(closed))) await this.#owe(closed ? connectFailed : disconnectFailed);
    await this.#payOwed();
    board.userInterface?.onButton(
      this.#context.event("button", async ({ button }) => {
        if (button === "a") await this.#enableLocally();
      }),
    );
  }

  loadLimitTripped = async () => (await this.#apply("loadLimitTrip")).status === Status.success;
  loadLimitRestored = async () => (await this.#apply("loadLimitRestore")).status === Status.success;
  tamperLock = async () => (await this.#apply("tamperLock")).status === Status.success;

  async #script(number: number): Promise<OperationResult> {
    const event = scriptEvents[number];
    return event === undefined ? denied : this.#apply(event);
  }

  async #enableLocally(): Promise<void> {
    const { status } = await this.#apply("buttonEnable");
    if (status === Status.success) await report(this.#context, uiCommandActioned);
  }

  /** Intent to the journal, then the switch, then alerts; a switch that fails takes the intent back. */
  async #apply(event: SupplyEvent): Promise<OperationResult> {
    const before = this.#kept.value;
    const { refused: forbidden, state, alerts } = supplyStep(before, event);
    if (forbidden) return refused();
    if (state === before) return success;
    const { output, cause } = state;
    await this.#kept.keep({ output, cause, owed: alerts });
    const closed = output === "enabled";
    if (closed !== (before.output === "enabled") && !(await this.#move(closed))) {
      await this.#kept.keep({ ...before, owed: [closed ? connectFailed : disconnectFailed] });
      await this.#payOwed();
      return refused(Status.hardwareFault);
    }
    this.#context.observe({ kind: "supply", state: output, cause });
    if (alerts.length > 0) await this.#payOwed();
    for (const listener of this.#listeners) await listener(state);
    return success;
  }

  async #move(closed: boolean): Promise<boolean> {
    try {
      await this.#context.board.loadSwitch?.set(closed);
      return true;
    } catch (error) {
      if (error instanceof HalError && error.code === "hal/fault") return false;
      throw error;
    }
  }

  async #owe(code: number): Promise<void> {
    await this.#kept.keep({ ...this.#kept.value, owed: [...this.#kept.value.owed, code] });
  }

  /** Each alert leaves the debt in the commit that makes it durable: none is lost or doubled by a power cut. */
  async #payOwed(): Promise<void> {
    for (let owed = this.#kept.value.owed; owed.length > 0; owed = owed.slice(1)) {
      await this.#kept.keepWith({ ...this.#kept.value, owed: owed.slice(1) }, (paid) =>
        report(this.#context, owed[0] as number, { changes: [paid] }),
      );
    }
  }
}
