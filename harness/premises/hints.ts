/** What to say when a home does not do what was asked of it, for reasons that it knows. */
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import type { Exchange } from "../headend/exchange.ts";
import { type Reading, reading } from "../headend/readings.ts";
import type { Reference } from "../headend/requests/index.ts";
import { isHub } from "./device-specs.ts";
import type { Home } from "./home.ts";
import type { HomeDevice } from "./home-device.ts";
import { metersOf } from "./which-device.ts";

const commissionFirst = "commission it first: await home.commission()";

/** Why nothing can be had of `name` yet; undefined once it is commissioned. */
export function notCommissioned(home: Home, name: string): string | undefined {
  const { eui } = home.device(name);
  const status = home.headEnd.inventory.list().find((entry) => entry.eui === eui)?.status;
  const known = status ?? "not in the inventory";
  const early = [undefined, "Pending", "Whitelisted", "InstalledNotCommissioned"].includes(status);
  return early ? `the ${name} is ${known}; ${commissionFirst}` : undefined;
}

/** Runs `ask`; a refusal because the head end has never heard of the device says what was forgotten. */
export function orCommissionFirst<T>(home: Home, name: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!hasCode(error, "inventory/unknown")) throw error;
    const hint = notCommissioned(home, name);
    throw withHint(error as CodedError, hint);
  }
}

/** What the answer says. Throws `headend/no-reading`; of a device that is not commissioned it says so. */
export function readingOf<R extends Reference>(home: Home, name: string, exchange: Exchange<R>): Reading<R> {
  try {
    return reading(exchange);
  } catch (error) {
    const hint = exchange.answer === undefined ? notCommissioned(home, name) : undefined;
    throw withHint(error as CodedError, hint);
  }
}

/** The same error with a hint at its end; itself where there is none. */
export function withHint(error: CodedError, hint: string | undefined): CodedError {
  if (hint === undefined) return error;
  return new CodedError(error.code, `${error.message} (${hint})`, { ...error.data, advice: hint }, error);
}

/** What each device last said of joining that failed; undefined when none has said anything. */
export function joinTrouble(home: Home): string | undefined {
  const said = [...home.devices].reverse().flatMap((device) => {
    const last = home.trace.of("han", device.name).findLast(({ event }) => isJoin(event));
    return last?.event === "join-failed" ? [`the ${calledBy(home, device)} says ${last.reason}`] : [];
  });
  return said.length === 0 ? undefined : said.join(", ");
}

/** "hub", "meter"; by its name where a home has several. */
const calledBy = (home: Home, device: HomeDevice): string =>
  isHub(device) ? "hub" : metersOf(home).length === 1 ? "meter" : device.name;

const isJoin = (event: unknown): boolean => event === "join-failed" || event === "joined";
