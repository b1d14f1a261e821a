/** Boards on a serial line: the line, SMP over it, and the parts of a board behind it. */
export * from "./line/index.ts";
export * from "./parts/index.ts";
export * from "./smp/index.ts";
export { type Deadline, deadline, realTimers, type Timers } from "./timers.ts";
