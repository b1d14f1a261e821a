import type { Role } from "../model/index.ts";
import type { Eui64 } from "../wire/message.ts";

/** The command an operation belongs to: future-dated outcomes name it. */
export interface CommandOrigin {
  readonly code: number;
  readonly originator: Eui64;
  readonly role: Role;
  readonly counter: bigint;
}
