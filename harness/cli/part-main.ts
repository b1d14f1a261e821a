/** The process of a {@link Part}: runs the one plan that it is sent, and sends back all that came of it. */
import { once } from "node:events";
import { endProcess } from "./exit.ts";
import type { PartMessage, PartPlan } from "./part.ts";
import { type Progress, runScenarios } from "./scenario-runner.ts";
import { stoppable } from "./until-stopped.ts";

const send = (message: PartMessage): void => void process.send?.(message);

const progress: Progress = {
  start: (...args) => send({ call: "start", args }),
  begin: (...args) => send({ call: "begin", args }),
  end: (...args) => send({ call: "end", args }),
  note: (...args) => send({ call: "note", args }),
  stop: (...args) => send({ call: "stop", args }),
};

process.setSourceMapsEnabled(true);
const [plan] = (await once(process, "message")) as [PartPlan];
// Without whom it is run for nothing is left to do.
process.once("disconnect", () => endProcess());
const { scenarios, notApplicable, leftOut } = await stoppable((signal) =>
  runScenarios({ ...plan, target: "mock", signal }, progress),
);
const recorded = { scenarios, notApplicable, leftOut };
process.send?.({ recorded } satisfies PartMessage, () => endProcess());
