/**
 * Moves auxiliary outputs to the levels they should have, and says what became of it: log entry, alert and the level
 * in one commit, after the movement. What was told last is kept, so a power cut has a movement made, but not told, twice.
 */
import { type AuxiliaryLevels, HalError } from "../../../hal/board.ts";
import type { EventLog } from "../../kernel/event-log.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import { alertByCode, alerts } from "../../model/index.ts";
import type { Eui64 } from "../../wire/message.ts";
import type { DeviceContext } from "../feature.ts";
import { report } from "../report.ts";
import type { Fitted } from "./controllers.ts";
import { auxiliaryEntry, type Outcome } from "./logs.ts";
import {
  answeredSelector,
  type Channel,
  type Controller,
  controllers,
  full,
  loggedSelector,
  type Way,
  ways,
} from "./selector.ts";
import { changeText, type TextState } from "./state-text.ts";

/**
 * Drives the switches of the home network (HCALCS) by load control events. The home network has none of that cluster
 * yet; without it the log says of each such command that what became of it is unknown.
 */
export interface HomeSwitches {
  /** Sends event number `eventId`; `answered` hears what the switch says it did, if it ever does. */
  drive(eui: Eui64, on: boolean, eventId: number, answered: (done: boolean) => Promise<void>): Promise<void>;
}

/** A command that acts on a channel now: it is logged whether or not it changes the level. */
export interface Commanded extends Channel {
  /** Originator and counter. */
  readonly command: string;
  /** As the log has it. */
  readonly selector: number;
}

interface Told extends AuxiliaryLevels {
  /** Levels that the output did not follow: not tried again until something else is wanted. */
  readonly missed?: AuxiliaryLevels;
  readonly otherData?: string;
  /** Nothing is known of its state. */
  readonly unknown?: true;
  /** The last command that was told. */
  readonly command?: string;
}

export class Outputs {
  readonly #context: DeviceContext;
  readonly #log: EventLog;
  readonly #fitted: (controller: Controller) => Fitted;
  readonly #home: HomeSwitches | undefined;
  readonly #told: Kept<Partial<Record<Controller, Told>>>;

  constructor(
    context: DeviceContext,
    log: EventLog,
    fitted: (controller: Controller) => Fitted,
    home: HomeSwitches | undefined,
  ) {
    this.#context = context;
    this.#log = log;
    this.#fitted = fitted;
    this.#home = home;
    this.#told = new Kept(context.journal, "auxiliary/told", {});
  }

  /** Puts outputs back to where they were told to be; one that does not go there is reported. */
  async start(): Promise<void> {
    for (const controller of controllers) {
      const { missed, ...told } = this.#toldOf(controller);
      if (missed !== undefined) await this.#keep(controller, told);
      const actual = await this.#context.board.auxiliary?.read(controller);
      if (actual === undefined || !isWired(this.#fitted(controller))) continue;
      if (actual.output === told.output && actual.input === told.input) continue;
      if (!(await this.#move(controller, told))) await this.#tellNotHeld(controller, told);
    }
  }

  #tellNotHeld(controller: Controller, told: Told): Promise<void> {
    const isSwitch = this.#fitted(controller) === "switch";
    const selector = loggedSelector({ controller, way: "output", level: told.output }, isSwitch);
    return this.#tell(controller, told, { selector, outcome: "failure" });
  }

  /** What the output is at; undefined when nothing is known of it. */
  async stateOf(controller: Controller): Promise<TextState | undefined> {
    const { output, input, otherData, unknown } = this.#toldOf(controller);
    if (unknown || this.#fitted(controller) === "none") return undefined;
    const wired = isWired(this.#fitted(controller));
    const levels = (wired && (await this.#context.board.auxiliary?.read(controller))) || { output, input };
    return { output: levels.output, input: levels.input, ...(otherData !== undefined && { otherData }) };
  }

  async isOn(controller: Controller): Promise<boolean> {
    return ((await this.stateOf(controller))?.output ?? 0) > 0;
  }

  /** Brings an output into a state, untold: for a bench. */
  async load(controller: Controller, state: TextState | undefined): Promise<void> {
    const { output = 0, input = 0 } = state ?? {};
    await this.#move(controller, { output, input });
    await this.#keep(controller, {
      ...(state ?? { output, input }),
      ...(state === undefined && { unknown: true }),
    });
  }

  /** Takes a controller to what was decided for it. False when it did not follow. */
  async follow(controller: Controller, decided: AuxiliaryLevels, commanded?: Commanded): Promise<boolean> {
    const fitted = this.#fitted(controller);
    if (fitted === "none") return true;
    const levels = levelsFor(fitted, decided);
    const told = await this.#forgiven(controller, levels);
    const isNews = commanded !== undefined && commanded.command !== told.command;
    const changed = ways.filter(
      (way) => levels[way] !== (told.missed ?? told)[way] || (isNews && commanded.way === way),
    );
    if (changed.length > 0) await this.#go(controller, levels, { changed, commanded });
    const now = this.#toldOf(controller);
    return ways.every((way) => now[way] === levels[way]);
  }

  /** Back where it stands: what it did not follow is wanted no more. */
  async #forgiven(controller: Controller, levels: AuxiliaryLevels): Promise<Told> {
    const { missed, ...told } = this.#toldOf(controller);
    if (missed !== undefined && ways.every((way) => levels[way] === told[way]))
      await this.#keep(controller, told);
    return this.#toldOf(controller);
  }

  async #go(controller: Controller, levels: AuxiliaryLevels, { changed, commanded }: Change): Promise<void> {
    const eventId = this.#context.nowS();
    const moved = await this.#start(controller, levels, eventId);
    for (const way of changed) {
      const { missed: _, unknown: _was, ...before } = this.#toldOf(controller);
      const next: Told = {
        ...before,
        ...(moved === "failure" ? { missed: levels } : { [way]: levels[way] }),
        ...(moved === "unknown" && { unknown: true as const }),
        ...(commanded !== undefined && { command: commanded.command }),
      };
      const isSwitch = this.#fitted(controller) !== "proportional";
      const uncommanded = () => loggedSelector({ controller, way, level: levels[way] }, isSwitch);
      const selector = commanded?.way === way ? commanded.selector : uncommanded();
      await this.#tell(controller, next, {
        selector,
        outcome: moved,
        ...(moved === "unknown" && { eventId }),
      });
    }
  }

  /** Wired outputs move now; a switch of the home network is sent an event, and answers later or never. */
  async #start(controller: Controller, levels: AuxiliaryLevels, eventId: number): Promise<Outcome> {
    const fitted = this.#fitted(controller);
    if (isWired(fitted)) return (await this.#move(controller, levels)) ? "success" : "failure";
    const answered = (done: boolean) => this.#answered(controller, eventId, done);
    await this.#home?.drive(fitted, levels.output === full, eventId, answered);
    return "unknown";
  }

  async #answered(controller: Controller, eventId: number, done: boolean): Promise<void> {
    const { unknown: _, ...known } = this.#toldOf(controller);
    const told: Told = done ? known : { ...known, unknown: true };
    const selector = answeredSelector(controller);
    await this.#tell(controller, told, { selector, outcome: done ? "success" : "failure", eventId });
  }

  async #move(controller: Controller, { output, input }: AuxiliaryLevels): Promise<boolean> {
    try {
      await this.#context.board.auxiliary?.set(controller, { output, input });
      return true;
    } catch (error) {
      if (error instanceof HalError && error.code === "hal/fault") return false;
      throw error;
    }
  }

  /** State, log entry and alert in one commit. */
  async #tell(controller: Controller, next: Told, { selector, outcome, eventId = 0 }: Entry): Promise<void> {
    const entry = auxiliaryEntry(this.#context.stampS(), selector, outcome, eventId);
    await this.#log.appendWith(entry, (logged) =>
      this.#told.keepWith({ ...this.#told.value, [controller]: next }, (told) =>
        this.#raise(controller, outcome, next, [told, logged]),
      ),
    );
    this.#context.observe({ kind: "auxiliary", controller, output: next.output, input: next.input, outcome });
  }

  /** Of a switch whether it moved, of a proportional controller its state; what the device has no code for is only logged. */
  #raise(
    controller: Controller,
    outcome: Outcome,
    state: TextState,
    changes: readonly JournalChange[],
  ): Promise<void> {
    const proportional = this.#fitted(controller) === "proportional";
    const done = proportional ? alerts.auxiliaryStateChanged : alerts.auxiliarySwitched;
    const { code } = outcome === "success" ? done : alerts.auxiliaryFailed;
    const known = alertByCode(code)?.devices.includes(this.#context.deviceType) ?? false;
    if (outcome === "unknown" || !known) return this.#context.journal.commit([...changes]);
    if (code !== alerts.auxiliaryStateChanged.code) return report(this.#context, code, { changes });
    // The load controller hears of it through the supplier's alert.
    return report(this.#context, code, {
      values: [changeText(state)],
      changes,
      supplementary: "loadController",
    });
  }

  #keep(controller: Controller, told: Told): Promise<void> {
    return this.#told.keep({ ...this.#told.value, [controller]: told });
  }

  #toldOf(controller: Controller): Told {
    return this.#told.value[controller] ?? { output: 0, input: 0 };
  }
}

interface Change {
  readonly changed: readonly Way[];
  readonly commanded: Commanded | undefined;
}
interface Entry {
  readonly selector: number;
  readonly outcome: Outcome;
  readonly eventId?: number;
}

const isWired = (fitted: Fitted): boolean => fitted === "switch" || fitted === "proportional";

/** A switch is on at 100 %, off at anything less, and knows no input. */
const levelsFor = (fitted: Fitted, { output, input }: AuxiliaryLevels): AuxiliaryLevels =>
  fitted === "proportional" ? { output, input } : { output: output === full ? full : 0, input: 0 };
