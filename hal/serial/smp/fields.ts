/** Reads typed fields out of a payload that somebody else made; keys that nobody asks for do not matter. */
import type { Payload } from "./cbor.ts";
import { generalError, SmpError } from "./errors.ts";

/**
 * Stands for a request's payload that is no map. A command without arguments never looks at it and is answered all
 * the same, as by Zephyr; the first field that is asked for is refused with rc 3.
 */
export const malformedPayload: Payload = Object.freeze({});

/** Throws away what does not fit: {@link SmpError} `smp/malformed` for an answer, rc 3 for a request. */
export class Fields {
  readonly #payload: Payload;
  readonly #what: string;
  readonly #side: "answer" | "request";

  private constructor(payload: Payload, what: string, side: "answer" | "request") {
    this.#payload = payload;
    this.#what = what;
    this.#side = side;
  }

  /** `what` names the command in messages, as "image state". */
  static ofAnswer(what: string, payload: unknown): Fields {
    if (isPayload(payload)) return new Fields(payload, what, "answer");
    throw malformed(what, "a map", payload);
  }

  static ofRequest(what: string, payload: Payload): Fields {
    return new Fields(payload, what, "request");
  }

  uint(key: string): number {
    return this.#need(key, "an unsigned integer", this.optionalUint(key));
  }
  optionalUint(key: string): number | undefined {
    return this.#read(key, "an unsigned integer", (v) => Number.isSafeInteger(v) && (v as number) >= 0);
  }
  int(key: string): number {
    return this.#need(key, "an integer", this.optionalInt(key));
  }
  optionalInt(key: string): number | undefined {
    return this.#read(key, "an integer", Number.isSafeInteger);
  }
  text(key: string): string {
    return this.#need(key, "text", this.optionalText(key));
  }
  optionalText(key: string): string | undefined {
    return this.#read(key, "text", (v) => typeof v === "string");
  }
  bytes(key: string): Uint8Array {
    return this.#need(key, "bytes", this.optionalBytes(key));
  }
  optionalBytes(key: string): Uint8Array | undefined {
    return this.#read(key, "bytes", (v) => v instanceof Uint8Array);
  }
  /** Absent is false; 0 and 1 count as booleans, for some send them. */
  flag(key: string): boolean {
    return this.optionalFlag(key) ?? false;
  }
  optionalFlag(key: string): boolean | undefined {
    const value = this.#read<unknown>(key, "a boolean", (v) => typeof v === "boolean" || v === 0 || v === 1);
    return value === undefined ? undefined : Boolean(value);
  }
  list(key: string): readonly unknown[] {
    return this.#need(key, "an array", this.#read<unknown[]>(key, "an array", Array.isArray));
  }
  optionalList(key: string): readonly unknown[] | undefined {
    return this.#read<unknown[]>(key, "an array", Array.isArray);
  }
  map(key: string): Payload {
    return this.#need(key, "a map", this.optionalMap(key));
  }
  optionalMap(key: string): Payload | undefined {
    return this.#read<Payload>(key, "a map", isPayload);
  }
  has(key: string): boolean {
    if (this.#payload === malformedPayload)
      throw generalError(3, `${this.#what}: expected a CBOR map as payload`);
    return Object.hasOwn(this.#payload, key);
  }

  #read<T>(key: string, expected: string, fits: (value: unknown) => boolean): T | undefined {
    const value = this.has(key) ? this.#payload[key] : undefined;
    if (value === undefined || value === null) return undefined;
    if (!fits(value)) throw this.#wrong(key, expected, value);
    return value as T;
  }

  #need<T>(key: string, expected: string, value: T | undefined): T {
    if (value === undefined) throw this.#wrong(key, expected, undefined);
    return value;
  }

  #wrong(key: string, expected: string, got: unknown): SmpError {
    const what = `${this.#what}, ${key}`;
    if (this.#side === "answer") return malformed(what, expected, got);
    return generalError(3, `${what}: expected ${expected}, got ${kindOf(got)}`);
  }
}

export const isPayload = (value: unknown): value is Payload =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export function malformed(what: string, expected: string, got: unknown): SmpError {
  return new SmpError({
    code: "smp/malformed",
    name: "malformed",
    text: `answer to ${what}: expected ${expected}, got ${kindOf(got)}`,
    advice:
      "The board's firmware may speak another dialect; compare its version with what this command needs.",
  });
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : typeof value;
}
