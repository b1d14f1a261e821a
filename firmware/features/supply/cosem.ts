/** The supply as objects show it: scripts of the supply control move it, its state is read. */
import { type MaybePromise, whenHere } from "../../../hal/board.ts";
import type { Kept } from "../../kernel/kept.ts";
import { objects } from "../../model/index.ts";
import { type Eui64, Status } from "../../wire/message.ts";
import { calls, outcome, reads, type ServedObject, serve, stores } from "../serve.ts";
import type { SupplyEvent, SupplyState } from "./machine.ts";

export interface ShownSupply {
  readonly state: SupplyState;
  /** Brings the supply, and its switch, into a state: for a bench. */
  load(output: SupplyState["output"]): Promise<void>;
  /** Does once what `command` (originator and counter) wants; asked again, it answers a failed switch as before. */
  commanded(event: SupplyEvent, command: string): MaybePromise<Status>;
}

/** The script of each use case stands in its row. */
const scriptEvents: Readonly<Record<number, SupplyEvent>> = { 51: "enable", 52: "disable", 54: "arm" };

/** What the supply remembers a command by. */
export const commandName = (originator: Eui64, counter: bigint): string => `${originator}/${counter}`;

/** `locksOnTamper`: tampering locks the supply (ECS81). */
export const supplyObjects = (supply: ShownSupply, locksOnTamper: Kept<boolean>): ServedObject[] => [
  serve(objects.supplyTamperState, { value: stores(locksOnTamper) }),
  serve(objects.supplyControl, {
    execute: calls(
      (script: number, { originator, counter }) => {
        const event = scriptEvents[script];
        if (event === undefined) return { status: Status.readWriteDenied };
        return whenHere(supply.commanded(event, commandName(originator, counter)), outcome);
      },
      // A supply that is on cannot be armed.
      (_: null, script) => (scriptEvents[script] === "arm" ? supply.load("disabled") : undefined),
    ),
  }),
  serve(objects.supplyState, {
    controlState: reads(
      () => supply.state.output,
      (output) => supply.load(output),
    ),
  }),
];
