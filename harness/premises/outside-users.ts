/** The home behind the DCC user interface: users outside the run ask, and are told at their addresses. */
import type { AccessRules, DccUser } from "../headend/dcc/access.ts";
import { Dcc } from "../headend/dcc/dcc.ts";
import type { DccMessage } from "../headend/dcc/messages.ts";
import { type Registration, Registrations } from "../headend/dcc/registrations.ts";
import type { DccSettingsChange } from "../headend/dcc/settings.ts";
import type { Suspensions } from "../headend/suspension.ts";
import type { ThresholdSettings } from "../headend/thresholds/settings.ts";
import { rolesOfParty, usersOfRun } from "../headend/users.ts";
import type { Premises } from "./premises.ts";

export interface OutsideOptions {
  /** Default: those of the run, `usersOfRun`. */
  readonly users?: readonly DccUser[];
  /** Default: the supplier, network operator and load controller of the home, in all their roles, always. */
  readonly registrations?: readonly Registration[];
  readonly settings?: DccSettingsChange;
  readonly thresholds?: Partial<ThresholdSettings>;
  /** Whose rights are suspended; default: nobody's. */
  readonly suspensions?: Suspensions;
  /** A message for a user's address. */
  push(user: string, message: DccMessage): void;
}

/** Opens the DCC of `home` to users outside. */
export function serveOutside(home: Premises, options: OutsideOptions): Dcc {
  const users = new Map(
    (options.users ?? usersOfRun(home.headEnd.pki).all()).map((user) => [user.eui, user]),
  );
  const registrations = new Registrations();
  for (const registration of options.registrations ?? ownRegistrations(home)) registrations.add(registration);
  const { inventory } = home.headEnd;
  const { suspensions } = options;
  const rules: AccessRules = { inventory, registrations, suspensions, user: (eui) => users.get(eui) };
  const random = home.random.fork("dcc");
  const ports = {
    ...{ crypto: home.crypto, suite: home.suite },
    nowMs: () => home.startUtcMs + home.nowMs,
    after: (delayMs: number, action: () => void) => home.scheduler.after(delayMs, action),
    deliver: (bytes: Uint8Array, done: (outcome: "delivered" | "failed") => void) =>
      home.deliver(bytes, done),
    push: options.push,
    observe: (event: { readonly kind: string }) => home.trace.record({ ...event, source: "dcc" }),
    draw: (bound: number) => random.below(bound),
  };
  return new Dcc(home.headEnd, ports, rules, options.settings, options.thresholds);
}

/** The home's own supplier, network operator and load controller. */
function ownRegistrations({ headEnd: { parties } }: Premises): readonly Registration[] {
  const { supplier, networkOperator, loadController } = parties;
  return [supplier, networkOperator, loadController].flatMap(({ eui: user, role: own }) =>
    (rolesOfParty[own] ?? []).map((role) => ({ role, user })),
  );
}
