/**
 * Rights of a defaulting party that are suspended (Smart Energy Code M8.6). Suppliers and network operators must be able to
 * meet their other duties, and consumers must not suffer: their rights are suspended with the Authority's consent alone.
 */
import { type RequestReference, requests, type UserRole } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";

/** M8.6 (a) to (e): each right is of one class. */
export const suspensionClasses = {
  a: { right: "core communication or local command services in the role Other User", needsConsent: false },
  b: { right: "core communication or local command services in any other role", needsConsent: true },
  c: { right: "elective communication services", needsConsent: true },
  d: { right: "to initiate the enrolment of smart metering systems", needsConsent: true },
  e: { right: "any other services", needsConsent: true },
} as const;
export type SuspensionClass = keyof typeof suspensionClasses;

/**
 * What is asked of the DCC: a service reference variant of DUIS; or, by its name, an elective service (by bilateral
 * agreement), or one beside DUIS (a look-up in the SMKI repository, the self-service interface, …).
 */
export type Service =
  | { readonly reference: string }
  | { readonly elective: string }
  | { readonly other: string };

/**
 * Which requests initiate an enrolment, and why. The code names none: this is our reading of what makes a device commissioned,
 * and by that its system enrolled (in the inventory, in touch over the SM WAN, related to its hub). Joins (8.7) are no part of it:
 * consumers' devices join systems that are enrolled long since.
 */
const enrolment: Readonly<Partial<Record<RequestReference, string>>> = {
  "8.1.1": "commissions a meter",
  "8.6": "takes a system in again that had been opted out",
  "8.11": "lists a device at its hub",
  "8.14.1": "tells that a hub is installed",
  "8.14.2": "tells that a hub is installed where there is no SM WAN yet",
  "12.2": "announces a device to the inventory",
};

/** An Other User enrols no system: what it asks is always of class (a). */
export function suspensionClassOf(role: UserRole, service: Service): SuspensionClass {
  if ("elective" in service) return "c";
  if ("other" in service) return "e";
  if (role === "OU") return "a";
  return Object.hasOwn(enrolment, service.reference) ? "d" : "b";
}

export interface SuspensionTerms {
  /** The Authority has consented: needed for all classes but (a). */
  readonly authorityConsent: boolean;
  /** "Any or all": only these services, by reference variant or name; left out: all of the class. */
  readonly only?: readonly string[];
}

export type Right =
  | { readonly allowed: true }
  /** E3: the user's status forbids it. */
  | {
      readonly allowed: false;
      readonly class: SuspensionClass;
      readonly code: "E3";
      readonly reason: string;
    };

/** Services, by reference variant or name. */
type Extent = "all" | readonly string[];

/** Plain data: by party, the classes that are suspended, and which services of each. */
export type SuspensionSnapshot = readonly (readonly [
  party: string,
  suspended: readonly (readonly [SuspensionClass, Extent])[],
])[];

export class Suspensions {
  readonly #partyOf: (user: Eui64) => string | undefined;
  readonly #suspended: Map<string, Map<SuspensionClass, Extent>>;

  /** `partyOf`: which party of the code a user id is of; undefined when none is known, and nothing of it suspended. */
  constructor(partyOf: (user: Eui64) => string | undefined, kept: SuspensionSnapshot = []) {
    this.#partyOf = partyOf;
    this.#suspended = new Map(kept.map(([party, classes]) => [party, new Map(classes)]));
  }

  /** Suspends rights of a party, in all its user ids. Throws `suspension/consent` and `suspension/service`, and suspends nothing. */
  suspend(
    party: string,
    classes: readonly SuspensionClass[],
    { authorityConsent, only }: SuspensionTerms,
  ): void {
    const needing = classes.filter((each) => suspensionClasses[each].needsConsent);
    if (needing.length > 0 && !authorityConsent)
      throw new CodedError(
        "suspension/consent",
        `suspension of ${party}: expected the Authority's consent for ${needing.map(titleOf).join("; ")}, got none. ` +
          "Ask for it, or suspend class (a) alone.",
        { party, classes: needing },
      );
    for (const name of only ?? []) requireService(party, name, classes);
    const own = this.#suspended.get(party) ?? new Map<SuspensionClass, Extent>();
    for (const each of classes) own.set(each, only ?? "all");
    this.#suspended.set(party, own);
  }

  /** Gives rights back; those that were not suspended stay as they are. */
  lift(party: string, classes: readonly SuspensionClass[]): void {
    const own = this.#suspended.get(party);
    for (const each of classes) own?.delete(each);
    if (own?.size === 0) this.#suspended.delete(party);
  }

  /** Whether a user may have a service in a role. */
  allows(user: Eui64, role: UserRole, service: Service): Right {
    const party = this.#partyOf(user);
    const own = party === undefined ? undefined : this.#suspended.get(party);
    const asked = suspensionClassOf(role, service);
    const [name] = Object.values(service) as [string];
    const extent = own?.get(asked) ?? [];
    if (extent !== "all" && !extent.includes(name)) return { allowed: true };
    const reason = `${party}: ${name} in role ${role} is suspended, ${titleOf(asked)}`;
    return { allowed: false, class: asked, code: "E3", reason };
  }

  snapshot(): SuspensionSnapshot {
    return [...this.#suspended].map(([party, classes]) => [party, [...classes]]);
  }
}

const titleOf = (each: SuspensionClass): string => `M8.6 (${each}): ${suspensionClasses[each].right}`;

/** A misspelt reference would suspend nothing, and nobody would know. Names of other services are the caller's own. */
function requireService(party: string, name: string, classes: readonly SuspensionClass[]): void {
  const byName = classes.some((each) => each === "c" || each === "e");
  if (byName || Object.hasOwn(requests, name)) return;
  throw new CodedError(
    "suspension/service",
    `suspension of ${party}: expected service reference variants, e.g. 4.8.1, got ${JSON.stringify(name.slice(0, 40))}`,
    { party, name },
  );
}
