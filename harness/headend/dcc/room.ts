/** What the DCC keeps is bounded, in all and of one user, so that nobody takes the room of the others. */
import type { RequestHeader } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import type { DccSettings } from "./settings.ts";

/** Throws a {@link Refusal} when `kept` has no room for one more of the user's. */
export function requireRoom(
  kept: { readonly size: number; list(): readonly { readonly request: Pick<RequestHeader, "originator"> }[] },
  { originator }: Pick<RequestHeader, "originator">,
  { maxOpen, maxOfUser, codes }: DccSettings,
): void {
  const isFull = kept.size >= maxOpen;
  const own = () => kept.list().filter(({ request }) => request.originator === originator).length;
  if (!isFull && (kept.size < maxOfUser || own() < maxOfUser)) return;
  const bound = isFull ? `${maxOpen} in all` : `${maxOfUser} of one user`;
  throw new Refusal(codes.full, `expected no more than ${bound} at a time: try again later`);
}
