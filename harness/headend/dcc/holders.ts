/** Whose credentials a device holds, as far as the DCC has seen them change: parties of the run and users outside it. */
import type { Role } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { sameBytes } from "../../../hal/base/bytes.ts";
import type { HeadEnd } from "../head-end.ts";
import type { PartyName } from "../parties.ts";
import type { DccUser } from "./access.ts";
import type { Kept } from "./kept.ts";

interface Held {
  readonly device: Eui64;
  readonly role: Role;
  readonly holder: Eui64;
}

/** A key by which a user signs since a device has taken its certificate. */
interface Learned {
  readonly user: Eui64;
  readonly publicKey: Uint8Array;
}

export interface HoldersSnapshot {
  readonly changed: readonly Held[];
  readonly learned: readonly Learned[];
}

/** Keys of a user that count besides those that it was made with: the last ones. */
const keysKept = 4;

export class Holders implements Kept<HoldersSnapshot> {
  readonly #headEnd: HeadEnd;
  /** By device and role; the others are as the device was made. */
  readonly #changed = new Map<string, Held>();
  #learned: readonly Learned[] = [];

  constructor(headEnd: HeadEnd) {
    this.#headEnd = headEnd;
  }

  holds(device: Eui64, user: Eui64): boolean {
    for (const held of this.#changed.values())
      if (held.device === device && held.holder === user) return true;
    return this.#made(device).some(
      ({ role, eui }) => eui === user && !this.#changed.has(nameOf(device, role)),
    );
  }

  /** Who holds the cells of `role` there. */
  of(device: Eui64, role: Role): Eui64 | undefined {
    const changed = this.#changed.get(nameOf(device, role));
    return changed?.holder ?? this.#made(device).find((party) => party.role === role)?.eui;
  }

  /** Its cells of `role` are `holder`'s from now on. */
  change(device: Eui64, role: Role, holder: Eui64): void {
    const before = this.of(device, role);
    if (before === holder) return;
    this.#changed.set(nameOf(device, role), { device, role, holder });
    const [from, to] = [before, holder].map((eui) => this.#partyOf(eui));
    const { parties } = this.#headEnd.device(device);
    if (from !== undefined) parties.delete(from);
    if (to !== undefined) parties.add(to);
  }

  /** `user` signs by this key, too. */
  learn(user: Eui64, publicKey: Uint8Array): void {
    const own = this.#learned.filter((each) => each.user === user);
    if (own.some((each) => sameBytes(each.publicKey, publicKey))) return;
    const kept = [...own, { user, publicKey }].slice(-keysKept);
    this.#learned = [...this.#learned.filter((each) => each.user !== user), ...kept];
  }

  signingKeys({ eui, signingKeys }: DccUser): readonly Uint8Array[] {
    const learned = this.#learned.filter(({ user }) => user === eui);
    return [...signingKeys, ...learned.map(({ publicKey }) => publicKey)];
  }

  snapshot(): HoldersSnapshot {
    return { changed: [...this.#changed.values()], learned: this.#learned };
  }

  restore({ changed, learned }: HoldersSnapshot): void {
    this.#changed.clear();
    for (const { device, role, holder } of changed) this.change(device, role, holder);
    this.#learned = learned;
  }

  #made(device: Eui64) {
    const { parties } = this.#headEnd;
    return [...this.#headEnd.device(device).parties].map((name) => parties[name]);
  }

  #partyOf(eui: Eui64 | undefined): PartyName | undefined {
    return Object.values(this.#headEnd.parties).find((party) => party.eui === eui)?.name;
  }
}

const nameOf = (device: Eui64, role: Role): string => `${device}/${role}`;
