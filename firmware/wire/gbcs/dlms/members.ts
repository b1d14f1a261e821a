/** Which members a structure has: twin-element meters have more of them, all or none. */
import { type Fields, type Members, type Plain, present } from "../../../model/index.ts";
import { unwritable } from "./sink.ts";

/** The members that a structure's list has. Throws `wire/format` unless they are all there. */
export function membersOf(fields: Fields, plain: Plain): Members {
  const count = Array.isArray(plain) ? plain.length : -1;
  const members = present(fields, count);
  if (members.length !== count) throw unwritable(`a list of ${countsOf(fields)} members`, plain);
  return members;
}

/** "2", or "2 or 3" where twin-element meters have more. */
export function countsOf(fields: Fields): string {
  const all = Object.keys(fields).length;
  const single = present(fields, -1).length;
  return all === single ? `${all}` : `${single} or ${all}`;
}
