/** Answers with the names of the tables: each thing read is a field, named for its object, its value as its type has it. */

import {
  type ArrayType,
  type Attribute,
  type ChoiceType,
  type DefaultType,
  fromPlain,
  type MessageId,
  type Method,
  type MomentType,
  type messages,
  type NullType,
  type Objects,
  type OctetsType,
  type OptionalType,
  type Plain,
  type Step,
  type StructureType,
  type TaggedType,
  type TwinType,
  type ValueOf,
  type ValueType,
} from "../../firmware/model/index.ts";
import { UNSET_TIME } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import { type Exchange, succeeded } from "./exchange.ts";
import type { Reference, serviceRequests } from "./requests/index.ts";
import type { RequestDefinition } from "./requests/request.ts";

/** What stands for a moment at a device that has none: its clock was never set, or nothing was heard. */
export const notSet = "not set";

/** Members that are the whole point of their object: its name alone is the field's. */
export const mainMembers = ["value", "active", "buffer", "controlState", "activeDevices"] as const;
type FieldName<
  O extends string,
  M extends string,
> = `${Capitalize<O>}${M extends (typeof mainMembers)[number] ? "" : Capitalize<M>}`;

/** The value of a type as told: octets as hex, moments as UTC seconds or {@link notSet}. */
export type Told<T extends ValueType> = ValueType extends T
  ? unknown
  : T extends OctetsType
    ? string
    : T extends MomentType
      ? number | typeof notSet
      : T extends ArrayType<infer I>
        ? readonly Told<I>[]
        : T extends StructureType<infer F>
          ? ToldMembers<F>
          : T extends ChoiceType<infer F>
            ? { readonly [K in keyof F]?: Told<F[K]> }
            : T extends OptionalType<infer O> | TwinType<infer O>
              ? Told<O> | undefined
              : T extends TaggedType<infer O> | DefaultType<infer O>
                ? Told<O>
                : ValueOf<T>;
type MayLack<T> = T extends OptionalType | TwinType ? true : false;
type ToldMembers<F extends Readonly<Record<string, ValueType>>> = {
  readonly [K in keyof F as MayLack<F[K]> extends true ? never : K]: Told<F[K]>;
} & { readonly [K in keyof F as MayLack<F[K]> extends true ? K : never]?: Told<F[K]> };

interface Done {
  readonly verb: string;
  readonly object: string;
  readonly member: string;
}
/** What a step of the tables gives back; never where it gives nothing. */
type Gives<S> = S extends { readonly object: infer O extends keyof Objects; readonly member: infer M }
  ? S extends { readonly verb: "get" }
    ? M extends keyof Objects[O]["attributes"]
      ? Objects[O]["attributes"][M] extends Attribute<infer T>
        ? T
        : never
      : never
    : S extends { readonly verb: "call" }
      ? M extends keyof Objects[O]["methods"]
        ? Objects[O]["methods"][M] extends Method<ValueType, infer T>
          ? T extends NullType
            ? never
            : T
          : never
        : never
      : never
  : never;

type Steps<U extends MessageId> = (typeof messages)[U]["does"][number];
type ReadingOfUseCase<U extends MessageId> = {
  readonly [S in Steps<U> as [Gives<S>] extends [never]
    ? never
    : S extends Done
      ? FieldName<S["object"], S["member"]>
      : never]: Told<Gives<S>>;
};

type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never;
type Each<U> = U extends MessageId ? ReadingOfUseCase<U> : never;
/** Of a request that becomes one of several use cases: what all of them read, and perhaps what some do. */
type ReadingOfAny<One> = { readonly [K in keyof One]: One[K] } & Partial<Intersection<One>>;

/** The answer to a request, by reference. */
export type Reading<R extends Reference = Reference> =
  (typeof serviceRequests)[R] extends RequestDefinition<infer _F, infer U> ? ReadingOfAny<Each<U>> : never;

/** Throws `headend/no-reading` unless the device answered and every operation succeeded. */
export function reading<R extends Reference>(exchange: Exchange<R>): Reading<R> {
  const { answer, status, reference, preCommand } = exchange;
  if (answer === undefined || !succeeded(exchange))
    throw new CodedError(
      "headend/no-reading",
      `service request ${reference} (${preCommand.useCase.id}): nothing to read, ` +
        (answer === undefined ? `it is ${status}` : `the device answered ${statuses(exchange)}`),
      { reference, status },
    );
  const fields = preCommand.steps.flatMap((step, i) =>
    step.gives.kind === "null" ? [] : [[fieldOf(step), told(step, answer.results[i]?.value ?? null)]],
  );
  return Object.fromEntries(fields) as Reading<R>;
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const fieldOf = ({ object, member }: Step): string =>
  capital(object) + ((mainMembers as readonly string[]).includes(member) ? "" : capital(member));

const told = (step: Step, plain: Plain): unknown => tell(step.gives, fromPlain(step.gives, plain, step.path));

function tell(type: ValueType, value: unknown): unknown {
  if (value === undefined) return undefined;
  switch (type.kind) {
    case "octets":
      return toHex(value as Uint8Array);
    case "moment":
      return value === UNSET_TIME ? notSet : value;
    case "array":
      return (value as readonly unknown[]).map((item) => tell(type.item, item));
    case "structure":
      return tellMembers(type.fields, value as Readonly<Record<string, unknown>>);
    case "choice":
      return tellMembers(type.options, value as Readonly<Record<string, unknown>>);
    case "optional":
    case "twin":
    case "tagged":
    case "default":
      return tell(type.of, value);
    default:
      return value;
  }
}

const tellMembers = (
  types: Readonly<Record<string, ValueType>>,
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(value).map(([name, of]) => [name, tell(types[name]!, of)]));

const statuses = (exchange: Exchange): string =>
  (exchange.answer?.results ?? []).map((result) => result.status).join(", ");
