import type { MaybePromise } from "../../../board.ts";
import type { Payload } from "../cbor.ts";
import { generalError } from "../errors.ts";
import { Fields } from "../fields.ts";
import type { SmpOperation } from "../message.ts";
import type { SmpContext } from "../server.ts";

export type Handler = (fields: Fields, context: SmpContext) => MaybePromise<Payload>;

/** Handlers of one group, by "read 0", "write 5" and so on. */
export type Handlers = Readonly<Record<string, Handler>>;

/** What a group's `handle` does with such a table; what is not in it is not supported (rc 8). */
function handleBy(name: string, handlers: Handlers) {
  return (command: number, operation: SmpOperation, payload: Payload, context: SmpContext) => {
    const handler = handlers[`${operation} ${command}`];
    if (handler === undefined) throw generalError(8);
    return handler(Fields.ofRequest(`${name} command ${command}`, payload), context);
  };
}

/** Commands in a table: a command that reads and writes counts once. */
const commandsIn = (handlers: Handlers): number =>
  new Set(Object.keys(handlers).map((key) => key.split(" ")[1])).size;

/** A group out of a table. */
export const groupOf = (id: number, name: string, handlers: Handlers) => ({
  id,
  name,
  commandCount: commandsIn(handlers),
  handle: handleBy(name, handlers),
});
