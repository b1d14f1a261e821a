/** Markings of reports (Smart Energy Code M4, M2.3): who may make them, when, who may have what is marked, and what a breach costs. */
import { CodedError } from "../../hal/base/coded-error.ts";

/** What is true of a report's data. The DCC may mark on these grounds alone. */
export interface Grounds {
  /** The data are the DCC's own, or concern it or its services. */
  readonly concernsDcc?: boolean;
  /** Their release could harm the DCC or its providers. */
  readonly couldHarm?: boolean;
  /** They concern one of the DCC's service providers. */
  readonly concernsProvider?: boolean;
  /** A contract of before binds the DCC to keep them, with unlimited liability. */
  readonly boundByContract?: boolean;
  /** The law makes them public. */
  readonly publicByLaw?: boolean;
}

type Condition = readonly [words: string, holds: (grounds: Grounds) => boolean];
const classifiable: readonly Condition[] = [
  ["the data concern a service provider", ({ concernsProvider }) => concernsProvider === true],
  [
    "a contract of before binds the DCC to keep them, with unlimited liability",
    ({ boundByContract }) => boundByContract === true,
  ],
  ["they are not public by law", ({ publicByLaw }) => publicByLaw !== true],
];

interface MarkingRule {
  readonly by: "anyone" | "the DCC alone";
  /** What must hold when the DCC marks. */
  readonly dccConditions: readonly Condition[];
  /** For a breach: pounds for an event or a series of them. */
  readonly liability: { readonly limitPounds: number } | "unlimited" | "none";
  readonly goesTo: "the party" | "people whom the party has nominated";
}

/** A party that thinks a marking wrong may refer it to an arbitrator. */
export const markings = {
  none: { by: "anyone", dccConditions: [], liability: "none", goesTo: "the party" },
  confidential: {
    by: "anyone",
    dccConditions: [
      [
        "the data are the DCC's own, or concern it or its services",
        ({ concernsDcc }) => concernsDcc === true,
      ],
      ["their release could harm it or its providers", ({ couldHarm }) => couldHarm === true],
      [
        "they are not to be marked classified",
        (grounds) => !classifiable.every(([, holds]) => holds(grounds)),
      ],
      ["they are not public by law", ({ publicByLaw }) => publicByLaw !== true],
    ],
    liability: { limitPounds: 1_000_000 },
    goesTo: "the party",
  },
  classified: {
    by: "the DCC alone",
    dccConditions: classifiable,
    liability: "unlimited",
    goesTo: "people whom the party has nominated",
  },
} as const satisfies Record<string, MarkingRule>;
export type Marking = keyof typeof markings;

/** The party of that name is the DCC. */
export const DCC = "DCC";

/** A report and how it is marked: they go together wherever it goes. */
export interface Marked<R> {
  readonly report: R;
  readonly marking: Marking;
  /** Who marked it. */
  readonly by: string;
}

/** Throws `markings/refused`, saying what is missing. Parties other than the DCC need no grounds. */
export function mark<R>(report: R, marking: Marking, by: string, grounds: Grounds = {}): Marked<R> {
  const rule: MarkingRule = markings[marking];
  const missing = by === DCC ? rule.dccConditions.filter(([, holds]) => !holds(grounds)) : [];
  const expected = missing.map(([words]) => words).join("; ");
  if (rule.by === "the DCC alone" && by !== DCC) throw refused(marking, by, "that the DCC marks it");
  if (expected !== "") throw refused(marking, by, expected);
  return { report, marking, by };
}

const refused = (marking: Marking, by: string, expected: string) =>
  new CodedError(
    "markings/refused",
    `marking ${marking} by ${by}: expected ${expected}, got otherwise. Choose another of ${Object.keys(markings).join(", ")}.`,
    { marking, by, expected },
  );

/** Someone who may have classified information in a party's stead. */
export interface Nominee {
  readonly name: string;
  /** An e-mail address, a telephone number, … */
  readonly contact: string;
}
export type Recipient = { readonly party: string } | ({ readonly party: string } & Nominee);

const MAX_NOMINEES = 100;
const MAX_TEXT = 254;

/** Whom a report goes to. */
export class Distribution {
  readonly #nominees = new Map<string, readonly Nominee[]>();

  /** Names the people of a party who may have classified information, in the stead of those before. Throws `markings/nominee`. */
  nominate(party: string, people: readonly Nominee[]): void {
    if (people.length > MAX_NOMINEES)
      throw wrongNominee(party, `at most ${MAX_NOMINEES} people`, people.length);
    for (const { name, contact } of people)
      for (const text of [name, contact])
        if (text.trim() === "" || text.length > MAX_TEXT)
          throw wrongNominee(party, `a name and a contact of 1 to ${MAX_TEXT} characters`, `${text.length}`);
    this.#nominees.set(party, people);
  }

  /** Classified: the nominated people alone, and nobody where none is named. All else: the party. */
  recipients({ marking }: Pick<Marked<unknown>, "marking">, party: string): readonly Recipient[] {
    if (markings[marking].goesTo === "the party") return [{ party }];
    return (this.#nominees.get(party) ?? []).map((nominee) => ({ party, ...nominee }));
  }
}

const wrongNominee = (party: string, expected: string, got: number | string) =>
  new CodedError("markings/nominee", `nominees of ${party}: expected ${expected}, got ${got}`, {
    party,
    expected,
  });
