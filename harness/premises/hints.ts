/** What to say when a home does not do what was asked of it, for reasons that it knows. */
import { hasCode, MeterbenchError } from "../../firmware/kernel/errors.ts";
import type { Exchange } from "../headend/exchange.ts";
import { type Reading, reading } from "../headend/readings.ts";
import type { Reference } from "../headend/requests/index.ts";
import type { DeviceName } from "./home-device.ts";
import type { Premises } from "./premises.ts";

const commissionFirst = "commission it first: await home.commission()";

/** Why nothing can be had of `name` yet; undefined once it is commissioned. */
export function notCommissioned(home: Premises, name: DeviceName): string | undefined {
  const { eui } = home[name];
  const status = home.headEnd.inventory.list().find((entry) => entry.eui === eui)?.status;
  const known = status ?? "not in the inventory";
  const early = [undefined, "Pending", "Whitelisted", "InstalledNotCommissioned"].includes(status);
  return early ? `the ${name} is ${known}; ${commissionFirst}` : undefined;
}

/** Runs `ask`; a refusal because the head end has never heard of the device says what was forgotten. */
export function orCommissionFirst<T>(home: Premises, name: DeviceName, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!hasCode(error, "inventory/unknown")) throw error;
    const hint = notCommissioned(home, name);
    throw withHint(error as MeterbenchError, hint);
  }
}

/** What the answer says. Throws `headend/no-reading`; of a device that is not commissioned it says so. */
export function readingOf<R extends Reference>(
  home: Premises,
  name: DeviceName,
  exchange: Exchange<R>,
): Reading<R> {
  try {
    return reading(exchange);
  } catch (error) {
    const hint = exchange.answer === undefined ? notCommissioned(home, name) : undefined;
    throw withHint(error as MeterbenchError, hint);
  }
}

/** The same error with a hint at its end; itself where there is none. */
export function withHint(error: MeterbenchError, hint: string | undefined): MeterbenchError {
  if (hint === undefined) return error;
  return new MeterbenchError(
    error.code,
    `${error.message} (${hint})`,
    { ...error.data, advice: hint },
    error,
  );
}

/** What each side last said of joining that failed; undefined when neither has said anything. */
export function joinTrouble(home: Premises): string | undefined {
  const said = (["esme", "hub"] as const).flatMap((source) => {
    const last = home.trace.of("han", source).findLast(({ event }) => isJoin(event));
    return last?.event === "join-failed"
      ? [`the ${source === "esme" ? "meter" : "hub"} says ${last.reason}`]
      : [];
  });
  return said.length === 0 ? undefined : said.join(", ");
}

const isJoin = (event: unknown): boolean => event === "join-failed" || event === "joined";
