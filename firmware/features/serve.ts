/**
 * How a feature shows what it has: by the names of an object's members. The compiler refuses a member that is
 * missing or misspelt, and values of another type.
 */
import { type MaybePromise, whenHere } from "../../hal/board.ts";
import type { Kept } from "../kernel/kept.ts";
import type { ModelObject, Outcome, Serving } from "../model/index.ts";
import { Status } from "../wire/message.ts";
import type { CommandOrigin } from "./command-origin.ts";

/** What one member does; which of the three it has its kind and access say. Values have been checked before. */
export interface ServedMember {
  get?(selector: unknown): MaybePromise<Outcome<unknown, Status>>;
  set?(value: unknown, origin: CommandOrigin): MaybePromise<Status>;
  call?(argument: unknown, origin: CommandOrigin): MaybePromise<Outcome<unknown, Status>>;
  /**
   * Brings the feature into the state in which `get` shows `value`, or `call` gives it: for a bench, and reached by no
   * wire. `asked`: the get's selector or the call's argument.
   */
  load?(value: unknown, asked?: unknown): MaybePromise<void>;
  /** Of a method that tells its outcome itself: what it gives when the hardware behind it fails. */
  failure?(argument: unknown): unknown;
}

/** An object, and the members of it that a device serves. */
export interface ServedObject {
  readonly object: ModelObject;
  readonly members: ReadonlyMap<string, ServedMember>;
}

export type Serves<O extends ModelObject> = Serving<O, CommandOrigin, Status>;

/** Serves every member of `object`. */
export const serve = <O extends ModelObject>(
  object: O,
  handlers: { readonly [K in keyof Serves<O>]: Serves<O>[K] },
): ServedObject => served(object, handlers);

/** Serves some members: use cases that need another one are not this device's. */
export const servePart = <O extends ModelObject, const K extends keyof Serves<O>>(
  object: O,
  handlers: Pick<Serves<O>, K>,
): ServedObject => served(object, handlers);

function served(object: ModelObject, handlers: object): ServedObject {
  const members = Object.entries(handlers).map(([name, handler]): readonly [string, ServedMember] => [
    name,
    typeof handler === "function" ? { call: handler, ...handler } : handler,
  ]);
  return { object, members: new Map(members) };
}

/** A method that gives nothing back was carried out. */
export const done = { value: null } as const;
/** "Other reason": what was asked for cannot be, or not now. */
export const refused = { status: Status.otherReason } as const;
/** Of a method without output. */
export const outcome = (status: Status): Outcome<null, Status> =>
  status === Status.success ? done : { status };
/** A method with a `load`, or a `failure`: see {@link ServedMember}. */
export const calls = <A, R>(
  call: (argument: A, origin: CommandOrigin) => MaybePromise<Outcome<R, Status>>,
  load?: (value: R, argument: A) => MaybePromise<void>,
  failure?: (argument: A) => R,
) => Object.assign(call, { ...(load && { load }), ...(failure && { failure }) });
/** An attribute that is only read. `load`: see {@link ServedMember}. */
export const reads = <T>(read: () => MaybePromise<T>, load?: (value: T) => MaybePromise<void>) => ({
  get: (): MaybePromise<{ readonly value: T }> => whenHere(read(), (value) => ({ value })),
  ...(load && { load }),
});
/** A setting: shown as it was set, and kept. What `means` refuses is answered "other reason". */
export const stores = <T>(kept: Kept<T>, means: (value: T) => boolean = () => true) => ({
  get: () => ({ value: kept.value }),
  set: async (value: T): Promise<Status> => {
    if (!means(value)) return Status.otherReason;
    await kept.keep(value);
    return Status.success;
  },
  load: (value: T) => kept.keep(value),
});
