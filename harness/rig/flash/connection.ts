/** A board's SMP client, and how to wait for a line that comes and goes. */
import { hasCode } from "../../../hal/base/coded-error.ts";
import { LineSession, type LineSessionOptions } from "../../../hal/serial/line/session.ts";
import { type ControlKey, SigningClient } from "../../../hal/serial/parts/index.ts";
import { SmpClient, type SmpClientOptions } from "../../../hal/serial/smp/index.ts";
import { pause, realTimers, type Timers } from "../../../hal/serial/timers.ts";

export interface Connection {
  readonly client: SmpClient;
  readonly timers: Timers;
  /** Resolves when the line is there; rejects when it stays away. */
  ready(): Promise<void>;
  /** Lets go of client and line. Never rejects. */
  close(): Promise<void>;
}

export type ConnectOptions = LineSessionOptions & Omit<SmpClientOptions, "timers">;

/**
 * Opens a port by name, with a session that outlives resets and unplugging. Throws `line/...`. A port that was
 * closed a moment ago, on a busy machine, may still look taken: that is waited for, a second.
 */
export async function connect(port: string, options: ConnectOptions = {}): Promise<Connection> {
  const timers = options.timers ?? realTimers;
  for (let attempt = 1; ; attempt++) {
    try {
      return connectionOn(await LineSession.open(port, options), { ...options, timers });
    } catch (error) {
      if (attempt === 10 || !hasCode(error, "line/busy")) throw error;
      await pause(timers, 100);
    }
  }
}

/** A client on a session that is open; with a `control` key one that signs what acts. */
export function connectionOn(
  session: LineSession,
  { control, ...options }: SmpClientOptions & { readonly control?: ControlKey },
): Connection {
  const client = control
    ? new SigningClient(session, { ...options, control })
    : new SmpClient(session, options);
  return {
    client,
    timers: options.timers,
    ready: () => session.ready(),
    async close() {
      client.close();
      await session.close();
    },
  };
}
