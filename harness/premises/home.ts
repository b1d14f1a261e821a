/** A home as those see it who bring it up or explain it: `commission.ts`, `hints.ts`. */
import type { WanLink } from "../../hal/mock/index.ts";
import type { Exchange } from "../headend/exchange.ts";
import type { HeadEnd, RequestOptions } from "../headend/head-end.ts";
import type { Reading } from "../headend/readings.ts";
import type { Parameters, Reference } from "../headend/requests/index.ts";
import type { HomeDevice } from "./home-device.ts";
import type { Trace } from "./trace.ts";

/** Options of one service request in a home: `to` is a device's name; by default the one the request is for. */
export type HomeRequestOptions = Omit<RequestOptions, "to"> & { readonly to?: string };

/** A request's form, which may be left out when all of it may, and options. */
export type Asked<R extends Reference> =
  Record<never, never> extends Parameters<R>
    ? [parameters?: Parameters<R>, options?: HomeRequestOptions]
    : [parameters: Parameters<R>, options?: HomeRequestOptions];

export interface Home {
  /** In the order in which they were asked for. */
  readonly devices: readonly HomeDevice[];
  readonly headEnd: HeadEnd;
  readonly wan: WanLink;
  readonly trace: Trace;
  /** True time, UTC seconds. */
  readonly nowS: number;
  /** The device of that name. Throws `premises/no-device`. */
  device(name: string): HomeDevice;
  /** Runs until `condition` holds. Throws `premises/timeout`, with what `why` says then. */
  runUntil(
    condition: () => boolean,
    limitMs: number,
    what?: string,
    why?: () => string | undefined,
  ): Promise<void>;
  /** A request that must succeed. Throws `headend/no-reading` with what happened instead. */
  command<R extends Reference>(reference: R, ...asked: Asked<R>): Promise<Exchange<R>>;
  /** The same, and what its answer says. */
  read<R extends Reference>(reference: R, ...asked: Asked<R>): Promise<Reading<R>>;
}
