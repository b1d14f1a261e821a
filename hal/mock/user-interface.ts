import { type Cancel, HalError, type Listener, type UserInterface } from "../board.ts";
import { Listeners, type Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

const screenSize = { lines: 4, characters: 32 };

/** A display of 4 lines of 32 characters, and two buttons. */
export class MockUserInterface implements UserInterface {
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  readonly #buttons: Listeners<{ readonly button: "a" | "b" }>;
  #lines: readonly string[] = [];
  /** Fault: the display's driver answers no more. */
  displayBroken = false;
  /** Fault: presses are not seen. */
  buttonsBroken = false;

  constructor(scheduler: Scheduler, power: Power) {
    this.#scheduler = scheduler;
    this.#power = power;
    this.#buttons = new Listeners(power);
    power.whenLost(() => {
      this.#lines = [];
    });
  }

  show(lines: readonly string[]): void {
    this.#power.require();
    if (lines.length > screenSize.lines || lines.some((line) => [...line].length > screenSize.characters)) {
      throw new HalError(
        "hal/misuse",
        `display: at most ${screenSize.lines} lines of ${screenSize.characters} characters`,
        {
          lines,
        },
      );
    }
    if (this.displayBroken) throw new HalError("hal/fault", "display: no answer from its driver");
    this.#lines = [...lines];
  }

  onButton(listener: Listener<{ readonly button: "a" | "b" }>): Cancel {
    return this.#buttons.add(listener);
  }

  /** What a person sees now; nothing while the power is off. */
  screen(): readonly string[] {
    return this.#lines;
  }

  press(button: "a" | "b"): void {
    if (!this.#power.on || this.buttonsBroken) return;
    const { powerOn } = this.#power;
    this.#scheduler.after(0, () =>
      powerOn === this.#power.powerOn ? this.#buttons.emit({ button }) : undefined,
    );
  }
}
