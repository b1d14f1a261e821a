/** Low, medium or high power, between limits that the supplier sets (ECS34, read by ECS26f): the ambient indicator. */
import type { Cancel, MetrologyReading, PowerLevel } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import { objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { serve, stores } from "../serve.ts";

export interface PowerLevelFeature extends Feature {
  readonly level: PowerLevel;
}

/** W: low to medium, medium to high. Factory settings: the reference messages' sample values (facts §5.5). */
const factoryW: readonly number[] = [2300, 4600];

export function powerLevelFeature(context: DeviceContext): PowerLevelFeature {
  return new PowerLevels(context);
}

class PowerLevels implements PowerLevelFeature {
  readonly name = "power-level";
  readonly objects;
  readonly #context: DeviceContext;
  readonly #limitsW: Kept<readonly number[]>;
  #level: PowerLevel = "low";
  #unwatch: Cancel = () => {};

  constructor(context: DeviceContext) {
    this.#context = context;
    this.#limitsW = new Kept(context.journal, "power-level", factoryW);
    const thresholds = stores(this.#limitsW, ([medium = 0, high = 0]) => medium <= high);
    this.objects = [
      serve(objects.powerThresholds, {
        thresholds: {
          ...thresholds,
          set: async (limits) => {
            const status = await thresholds.set(limits);
            if (status === Status.success) await this.#watch();
            return status;
          },
        },
      }),
    ];
  }

  get level(): PowerLevel {
    return this.#level;
  }

  async start(): Promise<void> {
    await this.#watch();
    await this.#indicate();
  }

  async #watch(): Promise<void> {
    const { metrology } = this.#context.board;
    if (metrology === undefined) return;
    this.#unwatch();
    this.#unwatch = metrology.watch(
      this.#limitsW.value.map((level) => ({ quantity: "activePowerW" as const, level })),
      this.#context.event("power-level", (reading) => this.#see(reading)),
    );
    await this.#see(await metrology.read());
  }

  async #see({ activePowerW }: MetrologyReading): Promise<void> {
    const [medium = 0, high = 0] = this.#limitsW.value;
    const level = activePowerW > high ? "high" : activePowerW > medium ? "medium" : "low";
    if (level === this.#level) return;
    this.#level = level;
    this.#context.observe({ kind: "power-level", level });
    await this.#indicate();
  }

  async #indicate(): Promise<void> {
    await this.#context.board.userInterface?.indicate?.(this.#level);
  }
}
