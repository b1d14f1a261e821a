/**
 * Display, buttons and keypad of a meter: shows what parties wrote, lets the consumer acknowledge a message (81A6), enable
 * an armed supply, and set, enter and lift the privacy PIN, which the supplier may lift too (ECS14).
 */
import { hasCode } from "../../../hal/base/coded-error.ts";
import type { Button, Cancel } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import { alerts, objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { serve } from "../serve.ts";
import type { Texts } from "../settings/feature.ts";
import { reportUserCommand } from "./commands.ts";
import { type Screen, type UiAction, type UiEvent, uiAtStart, uiStep } from "./machine.ts";
import { linesOf } from "./screens.ts";

export interface UserInterfaceOptions {
  texts(): Texts;
  /** What the home screen says: one line each. */
  home(): readonly string[];
  /** Button a, where nothing else is asked: enables the supply if it is armed. */
  enableSupply(): Promise<void>;
  readonly idleMs: number;
}

export interface UserInterfaceFeature extends Feature {
  /** Shows a text that was written. Throws `hal/fault` when the display does. */
  show(name: keyof Texts): Promise<void>;
}

const messageAcknowledged = alerts.messageAcknowledged.code;
const screenOf: Readonly<Record<keyof Texts, Screen>> = {
  message: "message",
  supplierName: "supplier",
  supplierTelephone: "supplier",
  importMpan: "point",
  exportMpan: "point",
  cin: "cin",
};

export function userInterfaceFeature(
  context: DeviceContext,
  options: UserInterfaceOptions,
): UserInterfaceFeature {
  return new ConsumerInterface(context, options);
}

interface KeptUi {
  readonly pin: string;
  readonly acknowledged: boolean;
}

class ConsumerInterface implements UserInterfaceFeature {
  readonly name = "user-interface";
  readonly objects = [
    serve(objects.privacyPin, {
      value: {
        set: async () => {
          await this.#liftPin();
          return Status.success;
        },
      },
    }),
  ];
  readonly #context: DeviceContext;
  readonly #options: UserInterfaceOptions;
  readonly #kept: Kept<KeptUi>;
  #state = uiAtStart;
  #idle: Cancel = () => {};

  constructor(context: DeviceContext, options: UserInterfaceOptions) {
    this.#context = context;
    this.#options = options;
    this.#kept = new Kept<KeptUi>(context.journal, "user-interface", { pin: "", acknowledged: true });
  }

  async start(): Promise<void> {
    this.#context.board.userInterface?.onButton(
      this.#context.event<{ readonly button: Button }>("button", ({ button }) =>
        this.#feed({ kind: "press", button }),
      ),
    );
    await this.#refresh();
  }

  async show(name: keyof Texts): Promise<void> {
    if (name === "message") await this.#kept.keep({ ...this.#kept.value, acknowledged: false });
    this.#state = uiStep(this.#state, { kind: "show", screen: screenOf[name] }, this.#kept.value.pin).state;
    await this.#display();
  }

  async #liftPin(): Promise<void> {
    if (this.#kept.value.pin !== "") await this.#kept.keep({ ...this.#kept.value, pin: "" });
    await this.#feed({ kind: "pinLifted" });
  }

  async #feed(event: UiEvent): Promise<void> {
    const step = uiStep(this.#state, event, this.#kept.value.pin);
    this.#state = step.state;
    for (const action of step.actions) await this.#act(action);
    if (event.kind === "press") this.#startIdle();
    await this.#refresh();
  }

  #startIdle(): void {
    this.#idle();
    this.#idle = this.#context.after(this.#options.idleMs, () => this.#feed({ kind: "idle" }));
  }

  async #act(action: UiAction): Promise<void> {
    const context = this.#context;
    switch (action.kind) {
      case "acknowledge":
        return this.#acknowledge();
      case "enableSupply":
        if (this.#mayAct) return this.#options.enableSupply();
        return;
      case "pinEntered":
        return reportUserCommand(context, "enterPin", action.right);
      case "setPin":
        return this.#kept.keepWith({ ...this.#kept.value, pin: action.pin }, (change) =>
          reportUserCommand(context, "setPin", true, { changes: [change] }),
        );
    }
  }

  get #mayAct(): boolean {
    return this.#kept.value.pin === "" || this.#state.unlocked;
  }

  /** Once for each message. */
  async #acknowledge(): Promise<void> {
    const { value } = this.#kept;
    if (value.acknowledged || this.#options.texts().message === "") return;
    await this.#kept.keepWith({ ...value, acknowledged: true }, (change) =>
      report(this.#context, messageAcknowledged, { changes: [change] }),
    );
  }

  async #display(): Promise<void> {
    const { screen, entry } = this.#state;
    const { texts, home } = this.#options;
    const hidden = !this.#mayAct;
    await this.#context.board.userInterface?.show(
      linesOf({ screen, entry, hidden, texts: texts(), home: home() }),
    );
  }

  /** A display that does not answer stops nothing that a person or a party asks for. */
  async #refresh(): Promise<void> {
    try {
      await this.#display();
    } catch (error) {
      if (!hasCode(error, "hal/fault")) throw error;
      this.#context.observe({ kind: "fault", where: "display", error: String(error) });
    }
  }
}
