import {
  type Button,
  type Cancel,
  HalError,
  type Listener,
  type PowerLevel,
  type UserInterface,
} from "../board.ts";
import { Listeners, type Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

const screenSize = { lines: 4, characters: 32 };

/** A display of 4 lines of 32 characters, two buttons and a keypad, a sounder, an ambient indicator. */
export class MockUserInterface implements UserInterface {
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  readonly #buttons: Listeners<{ readonly button: Button }>;
  #lines: readonly string[] = [];
  #alarms = 0;
  #level: PowerLevel | undefined;
  /** Fault: the display's driver answers no more. */
  displayBroken = false;
  /** Fault: the sounder is cut off. */
  sounderBroken = false;
  /** Fault: presses are not seen. */
  buttonsBroken = false;

  constructor(scheduler: Scheduler, power: Power) {
    this.#scheduler = scheduler;
    this.#power = power;
    this.#buttons = new Listeners(power);
    power.whenLost(() => {
      this.#lines = [];
      this.#level = undefined;
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

  alarm(): void {
    this.#power.require();
    if (this.sounderBroken) throw new HalError("hal/fault", "sounder: draws no current");
    this.#alarms++;
  }

  indicate(level: PowerLevel): void {
    this.#power.require();
    this.#level = level;
  }

  onButton(listener: Listener<{ readonly button: Button }>): Cancel {
    return this.#buttons.add(listener);
  }

  /** What a person sees now; nothing while the power is off. */
  screen(): readonly string[] {
    return this.#lines;
  }

  /** How often the alarm has sounded. */
  get alarms(): number {
    return this.#alarms;
  }

  /** What the ambient indicator shows now; nothing while the power is off. */
  get level(): PowerLevel | undefined {
    return this.#level;
  }

  press(button: Button): void {
    if (!this.#power.on || this.buttonsBroken) return;
    const { powerOn } = this.#power;
    this.#scheduler.after(0, () =>
      powerOn === this.#power.powerOn ? this.#buttons.emit({ button }) : undefined,
    );
  }
}
