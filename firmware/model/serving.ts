/**
 * What a feature gives to serve an object, as types: one handler for each member that any use case uses, named as in
 * the tables. The compiler refuses a member that is missing or misspelt, and values of another type.
 *
 *     const serving: Serving<Objects["supplyControl"], Origin, Status> = { execute: (script, origin) => … };
 */
import type { MaybePromise } from "../../hal/board.ts";
import type { Attribute, Method, ModelObject } from "./define.ts";
import type { ValueOf, ValueType } from "./types.ts";

/** A value, or the status that says why there is none. */
export type Outcome<Value, Status> = { readonly value: Value } | { readonly status: Status };

type Selector<S> = S extends ValueType ? ValueOf<S> | undefined : undefined;

interface Get<T extends ValueType, S, Status> {
  get(selector: Selector<S>): MaybePromise<Outcome<ValueOf<T>, Status>>;
  /** Brings the feature into the state in which `get` shows `value`: for a bench, and reached by no wire. */
  load?(value: ValueOf<T>, selector?: Selector<S>): MaybePromise<void>;
}
interface Set<T extends ValueType, Origin, Status> {
  set(value: ValueOf<T>, origin: Origin): MaybePromise<Status>;
}

type ServeAttribute<A, Origin, Status> =
  A extends Attribute<infer T, infer Access, infer S>
    ? Access extends "get"
      ? Get<T, S, Status>
      : Access extends "set"
        ? Set<T, Origin, Status>
        : Get<T, S, Status> & Set<T, Origin, Status>
    : never;

type ServeMethod<M, Origin, Status> =
  M extends Method<infer A, infer R>
    ? (argument: ValueOf<A>, origin: Origin) => MaybePromise<Outcome<ValueOf<R>, Status>>
    : never;

/** Handlers by member name. `Origin`: what a feature is told of the command. `Status`: what it may answer instead. */
export type Serving<O extends ModelObject, Origin, Status> = {
  readonly [K in keyof O["attributes"]]: ServeAttribute<O["attributes"][K], Origin, Status>;
} & { readonly [K in keyof O["methods"]]: ServeMethod<O["methods"][K], Origin, Status> };

/** The value type of an attribute, by name: `AttributeValue<Objects["clock"], "time">`. */
export type AttributeValue<O extends ModelObject, K extends keyof O["attributes"]> =
  O["attributes"][K] extends Attribute<infer T> ? ValueOf<T> : never;
/** The argument of a method, by name. */
export type MethodArgument<O extends ModelObject, K extends keyof O["methods"]> =
  O["methods"][K] extends Method<infer A> ? ValueOf<A> : never;
