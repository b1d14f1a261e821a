/** A flasher's questions to its board: asked again when the line went away, their failures in the rig's words. */
import type { CodedError } from "../../../hal/base/coded-error.ts";
import { image, type SmpClient } from "../../../hal/serial/smp/index.ts";
import type { Timers } from "../../../hal/serial/timers.ts";
import type { Connection } from "./connection.ts";
import { isGone, lost } from "./failures.ts";

export class BoardTalk {
  readonly client: SmpClient;
  readonly timers: Timers;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.client = connection.client;
    this.timers = connection.timers;
    this.#connection = connection;
  }

  /** Asks again, a few times, when the line went away meanwhile. Only for what may be done twice; repeats itself. */
  async request<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (attempt === 3 || !isGone(error)) throw lost(error);
        await this.lineBack();
      }
    }
  }

  /** What a board need not know; undefined when it does not, or answers what nobody can read. */
  async optional<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return this.request(ask).catch((error: CodedError) => {
      const { code } = (error.cause ?? error) as { code?: string };
      if (code === "smp/refused" || code === "smp/malformed") return undefined;
      throw error;
    });
  }

  state(): Promise<readonly image.ImageState[]> {
    return this.request(() => image.readState(this.client));
  }

  /** Waits for a line that comes and goes; throws `rig/board-lost` when it stays away. */
  async lineBack(): Promise<void> {
    await this.#connection.ready().catch((cause) => {
      throw lost(cause);
    });
  }
}
