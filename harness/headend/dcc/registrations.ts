/** Who is registered for a metering point, from when to when: registration data, as the DCC gets it from its parties. */
import type { DeviceName, UserRole } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { InventoryEntry } from "../inventory.ts";
import type { Kept } from "./kept.ts";

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

type Place = Pick<InventoryEntry, "hub"> & { readonly type?: DeviceName };

/** Roles that are registered for a gas supply; the others are for electricity. */
const gasRoles: readonly UserRole[] = ["GS", "GT"];
const electricityRoles: readonly UserRole[] = ["IS", "ES", "ED"];

/** Is a device of `type` a matter of `role`? Hubs and what stands beside a meter are everyone's. */
function suits(role: UserRole, type: DeviceName | undefined): boolean {
  if (type === "GSME" || type === "GPF") return !electricityRoles.includes(role);
  if (type === "ESME" || type === "SAPC" || type === "HCALCS") return !gasRoles.includes(role);
  return true;
}

export class Registrations implements Kept<readonly Registration[]> {
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
  allows(user: Eui64, role: UserRole, device: Place, nowS: number): boolean {
    if (role === "OU") return true;
    return this.#entries.some(
      (entry) =>
        entry.user === user &&
        entry.role === role &&
        suits(role, device.type) &&
        isFor(entry, device) &&
        (entry.fromS ?? 0) <= nowS &&
        nowS < (entry.untilS ?? Number.POSITIVE_INFINITY),
    );
  }

  /** Is `user` registered there now or at any later time? */
  expects(user: Eui64, role: UserRole, device: Place, nowS: number): boolean {
    return this.#entries.some(
      (entry) =>
        entry.user === user &&
        entry.role === role &&
        isFor(entry, device) &&
        (entry.untilS ?? Infinity) > nowS,
    );
  }

  /** Who has `role` at a home now. */
  holders(role: UserRole, hub: Eui64 | undefined, nowS: number): readonly Eui64[] {
    const users = this.#entries.filter((entry) => entry.role === role).map(({ user }) => user);
    return [...new Set(users)].filter((user) =>
      this.allows(user, role, hub === undefined ? {} : { hub }, nowS),
    );
  }

  /** Everyone whose supply or network a device is of now; load controllers hear nothing of it. */
  entitled(device: Place, nowS: number): readonly Eui64[] {
    const here = this.#entries.filter(
      ({ user, role }) => role !== "LC" && this.allows(user, role, device, nowS),
    );
    return [...new Set(here.map(({ user }) => user))];
  }

  snapshot(): readonly Registration[] {
    return [...this.#entries];
  }

  restore(kept: readonly Registration[]): void {
    this.#entries.splice(0, this.#entries.length, ...kept);
  }
}

const isFor = (entry: Registration, { hub }: Place): boolean => entry.hub === undefined || entry.hub === hub;
