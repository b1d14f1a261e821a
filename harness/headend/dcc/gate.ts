/** On its way to a device a request passes gates, each of which may keep it for a while. */
import type { Answer } from "./context.ts";
import type { Task } from "./task.ts";

export interface Gate {
  /** Undefined: it passes. Else it is kept, or done, and this is the answer. May throw a Refusal. */
  take(task: Task): Answer | undefined;
}
