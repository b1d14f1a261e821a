/** Covers and fields (facts §3): an opening is told at once, a closing once it has lasted (`told.ts`). */
import type { TamperInput } from "../../../hal/board.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import { alerts } from "../../model/index.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { ToldCondition, type ToldSettings } from "../told.ts";

export interface TamperOptions {
  /** A cover was opened or a magnet brought, before that is told: locks the supply where that is wanted. */
  opened?(input: TamperInput): Promise<void>;
  readonly settings?: Partial<ToldSettings>;
}

interface Codes {
  readonly opened: number;
  /** Of some no end is told. */
  readonly closed?: number;
}

/** An electricity meter has no battery cover: 8F73 and 81A1 are the gas meter's. */
const codes: Readonly<Partial<Record<TamperInput, Codes>>> = {
  "meter-cover": { opened: alerts.meterCoverRemoved.code, closed: alerts.meterCoverClosed.code },
  "terminal-cover": { opened: alerts.terminalCoverRemoved.code, closed: alerts.terminalCoverClosed.code },
  "second-terminal-cover": { opened: alerts.secondTerminalCoverRemoved.code },
  magnet: { opened: alerts.magnetDetected.code, closed: alerts.magnetGone.code },
  other: { opened: alerts.otherTamper.code },
};

export function tamperFeature(context: DeviceContext, options: TamperOptions = {}): Feature {
  const { opened, settings } = options;
  const watches = new Map(
    (Object.keys(codes) as TamperInput[]).map((input) => [
      input,
      new ToldCondition(context, {
        key: `tamper/${input}`,
        settings,
        began: async () => opened?.(input),
        tell: (active, change) => tell(context, codes[input]?.[active ? "opened" : "closed"], change),
      }),
    ]),
  );
  return {
    name: "tamper",
    objects: [],
    async start() {
      const { tamper } = context.board;
      if (tamper === undefined) return;
      tamper.onChange(context.event("tamper", async ({ input, active }) => watches.get(input)?.feed(active)));
      const now = await tamper.read();
      for (const [input, watch] of watches) await watch.feed(now[input]);
    },
  };
}

const tell = (context: DeviceContext, code: number | undefined, change: JournalChange): Promise<void> =>
  code === undefined ? context.journal.commit([change]) : report(context, code, { changes: [change] });
