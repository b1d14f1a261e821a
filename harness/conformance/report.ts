/** What a run over a reference set came to: the numbers of `conform --json`, and what differs. */
import type { Reference } from "./reference-set.ts";
import type { Outcome } from "./samples.ts";

export interface Difference {
  readonly file: string;
  /** The first field that differs, what was expected and what came; or why there is nothing to compare. */
  readonly why: string;
}

export interface Totals {
  readonly authenticated: number;
  /** Commands that were answered; alerts that were raised. */
  readonly answered: number;
  readonly identical: number;
  readonly sameShape: number;
}

export interface UseCaseReport extends Totals {
  readonly useCase: string;
  readonly commands: number;
  readonly differs: readonly Difference[];
  /** Of the same shape: the first value that the device's own state decides. */
  readonly otherState: readonly Difference[];
}

export interface AlertReport extends Totals {
  readonly useCase: string;
  readonly alerts: number;
  readonly differs: readonly Difference[];
  readonly otherState: readonly Difference[];
}

export interface ConformReport extends Totals {
  readonly commands: number;
  readonly differs: number;
  readonly perUseCase: readonly UseCaseReport[];
  readonly alerts: Totals & {
    readonly alerts: number;
    readonly differs: number;
    readonly perUseCase: readonly AlertReport[];
  };
}

interface Entry {
  readonly reference: Reference;
  readonly outcome: Outcome;
}

export class Results {
  readonly #commands: Entry[] = [];
  readonly #alerts: Entry[] = [];

  command(reference: Reference, outcome: Outcome): void {
    this.#commands.push({ reference, outcome });
  }

  alert(reference: Reference, outcome: Outcome): void {
    this.#alerts.push({ reference, outcome });
  }

  report(): ConformReport {
    return {
      commands: this.#commands.length,
      ...totals(this.#commands),
      differs: differing(this.#commands).length,
      perUseCase: byUseCase(this.#commands).map(([useCase, entries]) => ({
        ...{ useCase, commands: entries.length },
        ...detailed(entries),
      })),
      alerts: {
        alerts: this.#alerts.length,
        ...totals(this.#alerts),
        differs: differing(this.#alerts).length,
        perUseCase: byUseCase(this.#alerts).map(([useCase, entries]) => ({
          ...{ useCase, alerts: entries.length },
          ...detailed(entries),
        })),
      },
    };
  }
}

const detailed = (entries: readonly Entry[]) => ({
  ...totals(entries),
  differs: differing(entries),
  otherState: entries.flatMap((entry) => (entry.outcome.result === "sameShape" ? [difference(entry)] : [])),
});

function totals(entries: readonly Entry[]): Totals {
  const count = (is: (entry: Entry) => boolean) => entries.filter(is).length;
  return {
    authenticated: count(({ reference }) => reference.refused === undefined),
    answered: count(({ outcome }) => outcome.answered),
    identical: count(({ outcome }) => outcome.result === "identical"),
    sameShape: count(({ outcome }) => outcome.result === "sameShape"),
  };
}

const differing = (entries: readonly Entry[]): readonly Difference[] =>
  entries.flatMap((entry) => (entry.outcome.result === "differs" ? [difference(entry)] : []));

const difference = ({ reference: { file }, outcome: { why = "" } }: Entry): Difference => ({ file, why });

function byUseCase(entries: readonly Entry[]): readonly (readonly [string, readonly Entry[]])[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { useCase } = entry.reference;
    groups.set(useCase, [...(groups.get(useCase) ?? []), entry]);
  }
  return [...groups];
}

/** Of a message that nobody can check with the keys there are: no fault of the model. */
export const lacksKey = ({ why }: Difference): boolean => why.startsWith("no-key");
