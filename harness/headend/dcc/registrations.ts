/** Who is registered for a metering point, from when to when: registration data, as the DCC gets it from its parties. */
import type { UserRole } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { InventoryEntry } from "../inventory.ts";

export interface Registration {
  readonly role: UserRole;
  readonly user: Eui64;
  /** The hub of the home; undefined: every home. */
  readonly hub?: Eui64;
  /** UTC seconds, inclusive; undefined: always. */
  readonly fromS?: number;
  /** UTC seconds, exclusive; undefined: for good. */
  readonly untilS?: number;
}

export class Registrations {
  readonly #entries: Registration[] = [];

  /** From `registration.fromS` on it follows whoever had the role there. */
  add(registration: Registration): void {
    const { role, hub, fromS } = registration;
    for (const [at, before] of this.#entries.entries()) {
      const isFollowed =
        before.role === role && before.hub === hub && (before.untilS ?? Infinity) > (fromS ?? 0);
      if (isFollowed && fromS !== undefined) this.#entries[at] = { ...before, untilS: fromS };
    }
    this.#entries.push(registration);
  }

  /** Other users need no registration: they have the consumer's consent (SEC), which no bench can see. */
  allows(user: Eui64, role: UserRole, { hub }: Pick<InventoryEntry, "hub">, nowS: number): boolean {
    if (role === "OU") return true;
    return this.#entries.some(
      (entry) =>
        entry.user === user &&
        entry.role === role &&
        (entry.hub === undefined || entry.hub === hub) &&
        (entry.fromS ?? 0) <= nowS &&
        nowS < (entry.untilS ?? Number.POSITIVE_INFINITY),
    );
  }

  /** Who has `role` at a home now. */
  holders(role: UserRole, hub: Eui64 | undefined, nowS: number): readonly Eui64[] {
    const users = this.#entries.filter((entry) => entry.role === role).map(({ user }) => user);
    return [...new Set(users)].filter((user) =>
      this.allows(user, role, hub === undefined ? {} : { hub }, nowS),
    );
  }
}
