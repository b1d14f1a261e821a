/**
 * Trust anchor cells as a feature: CS02b replaces them, CS02a reads them (facts §4.2). A replacement is all
 * or nothing: every certificate must chain to the held root and fit its cell, or no cell changes. New
 * anchors and the floors under their holders' counters are one commit.
 */
import type { CommandOrigin, DeviceContext, Feature } from "../features/feature.ts";
import { hasCode } from "../kernel/errors.ts";
import { objects } from "../objects/dictionary.ts";
import { AlertMessage } from "../objects/use-cases.ts";
import { decode, encode, type Item } from "../wire/cose/cbor.ts";
import { NEVER, NOW, type OperationResult, Status, type Value } from "../wire/message.ts";
import type { Suite } from "../wire/suite.ts";
import { accessRows, type Role } from "./access.ts";
import { type CellName, cellFromValue, cellText } from "./cells.ts";
import type { Counters } from "./counters.ts";
import { euiBytes, euiText } from "./eui.ts";
import { decodeOrigin, encodeOrigin, Outcome, originBytes, reportOutcome } from "./future-dated.ts";
import { type CellOutcome, judge, Outcomes, type Replacement } from "./replacement.ts";
import type { Anchor, TrustAnchors } from "./trust-anchors.ts";

/** Security log: credentials were replaced. */
const credentialsUpdated = 0x8f70;
const replaceMethod = 1;
const provideMethod = 2;
/** CS02b message codes are this plus the mode. */
const firstModeCode = 0x0100;
/** Whose cells a mode replaces, and so whose floors it may set. */
const targetRole: Readonly<Record<number, Role>> = {
  2: "supplier",
  3: "networkOperator",
  4: "accessControlBroker",
  6: "transitionalCoS",
  7: "supplier",
};
const none = new Uint8Array();
const notAccepted: Value = [false, []];

/** `replace`'s argument, in the words of the dictionary. */
interface ReplaceArgument {
  readonly mode: number;
  readonly authorisingCell: CellName | undefined;
  readonly authoriserCounter: bigint;
  /** 0: leave the authoriser's counter as it is. */
  readonly authoriserFloor: bigint;
  readonly floors: readonly (readonly [party: Uint8Array, floor: Value])[];
  readonly replacements: readonly Replacement[];
  readonly path: readonly Uint8Array[];
  readonly executionS: number;
}

type CredentialsContext = DeviceContext & { readonly suite: Suite };

export class Credentials implements Feature {
  readonly name = "credentials";
  readonly objects;
  readonly #context: CredentialsContext;
  readonly #anchors: TrustAnchors;
  readonly #counters: Counters;
  readonly #timers = new Map<string, () => void>();

  constructor(context: CredentialsContext, anchors: TrustAnchors, counters: Counters) {
    this.#context = context;
    this.#anchors = anchors;
    this.#counters = counters;
    this.objects = [
      {
        object: objects.credentials.id,
        call: (member: number, argument: Value, origin: CommandOrigin) =>
          this.#call(member, argument, origin),
      },
    ];
  }

  async start(): Promise<void> {
    for (const key of this.#context.journal.keys(prefix)) this.#aim(key);
  }

  async #call(member: number, argument: Value, origin: CommandOrigin): Promise<OperationResult> {
    if (member === replaceMethod) return answer(await this.#replace(argument, origin));
    if (member === provideMethod)
      return answer((argument as readonly Value[]).map((cell) => this.#provide(cell)));
    return { status: Status.readWriteDenied };
  }

  /** {cell, holder, key id, highest counter}; empty octets and 0 for a cell this device has not. */
  #provide(value: Value): Value {
    const cell = cellFromValue(value);
    const anchor = cell && this.#anchors.cell(cell);
    if (anchor === undefined) return [value, none, none, 0];
    return [value, euiBytes(anchor.holder), anchor.keyId, this.#counters.highest(anchor.cell.role)];
  }

  async #replace(value: Value, origin: CommandOrigin): Promise<Value> {
    const argument = readArgument(value);
    if (!consistent(argument, origin)) return notAccepted;
    const key = `${prefix}${origin.code.toString(16)}`;
    if (argument.executionS === NEVER) return this.#cancel(key);
    const verdict = this.#judge(argument);
    if (argument.executionS === NOW) return this.#replaceNow(key, argument, verdict, origin.role);
    const futureDated = accessRows(origin.code).some((row) => row.futureDated);
    if (!futureDated || !verdict.every(accepted)) return [false, verdict.map(outcomeValue)];
    await this.#context.journal.commit([{ key, value: encodePending(value, origin) }]);
    this.#aim(key);
    return [true, []];
  }

  /** The newest command for the same cells counts: one that waits is forgotten. */
  async #replaceNow(
    key: string,
    argument: ReplaceArgument,
    verdict: CellOutcome[],
    role: Role,
  ): Promise<Value> {
    const outcomes = await this.#apply(argument, verdict, role);
    const done = outcomes.every(accepted);
    if (done) await this.#cancel(key);
    return [done, outcomes.map(outcomeValue)];
  }

  async #cancel(key: string): Promise<Value> {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    if (this.#context.journal.get(key) !== undefined)
      await this.#context.journal.commit([{ key, value: null }]);
    return [true, []];
  }

  #judge(argument: ReplaceArgument): CellOutcome[] {
    const nowS = this.#context.timeIsSet() ? this.#context.nowS() : undefined;
    const { suite, board } = this.#context;
    return judge(argument.replacements, argument.path, {
      anchors: this.#anchors,
      role: targetRole[argument.mode] as Role,
      nowS,
      crypto: board.crypto,
      suite,
    });
  }

  /** Commits a set that was judged good. A set with one bad cell changes none. */
  async #apply(argument: ReplaceArgument, verdict: CellOutcome[], authoriser: Role): Promise<CellOutcome[]> {
    if (verdict.length === 0 || !verdict.every(accepted)) return verdict;
    const anchors = verdict.map((outcome) => outcome.anchor as Anchor);
    const floors = this.#floors(argument, anchors, authoriser);
    const changes = [...this.#anchors.changes(anchors), ...this.#counters.floorChanges(floors)];
    try {
      await this.#context.securityLog.appendWith(
        { timeS: this.#context.nowS(), code: credentialsUpdated },
        (entry) => this.#context.journal.commit([...changes, entry]),
      );
    } catch (error) {
      if (!hasCode(error, "journal/full")) throw error;
      return verdict.map((outcome) => ({ ...outcome, code: Outcomes.noMemory }));
    }
    this.#anchors.adopt(anchors);
    this.#counters.adopt(floors);
    this.#context.observe({
      kind: "credentials",
      cells: anchors.map(({ cell, holder }) => [cellText(cell), holder]),
    });
    return verdict;
  }

  /**
   * A new holder starts from its floor. For a holder that stays, no counter goes back: commands it sent
   * before would be accepted again.
   */
  #floors(argument: ReplaceArgument, anchors: readonly Anchor[], authoriser: Role): Map<Role, bigint> {
    const floors = new Map<Role, bigint>();
    const put = (role: Role, floor: bigint, newHolder: boolean) => {
      const now = this.#counters.highest(role);
      floors.set(role, newHolder || floor > now ? floor : now);
    };
    if (argument.authoriserFloor > 0n) put(authoriser, argument.authoriserFloor, false);
    for (const [party, floor] of argument.floors) {
      const anchor = anchors.find(({ holder }) => holder === euiText(party));
      if (anchor !== undefined)
        put(anchor.cell.role, BigInt(floor as number), this.#anchors.party(anchor.holder) === undefined);
    }
    return floors;
  }

  #aim(key: string): void {
    this.#timers.get(key)?.();
    const { argument } = decodePending(this.#context.journal.get(key) as Uint8Array);
    this.#timers.set(
      key,
      this.#context.at(argument.executionS, () => this.#execute(key)),
    );
  }

  /** The time of a future-dated replacement has come: does it, and tells the outcome (00CB). */
  async #execute(key: string): Promise<void> {
    this.#timers.delete(key);
    const bytes = this.#context.journal.get(key);
    if (bytes === undefined) return;
    const { argument, origin } = decodePending(bytes);
    const outcomes = await this.#apply(argument, this.#judge(argument), origin.role);
    const code = outcomes.every(accepted) ? Outcome.actioned : Outcome.notActioned;
    const ref = { object: objects.credentials.id, member: replaceMethod };
    const more = [outcomes.map(outcomeValue)];
    const done = [{ key, value: null }];
    await reportOutcome(this.#context, AlertMessage.credentialsOutcome, code, origin, ref, more, done);
  }
}

const prefix = "credentials/";
const accepted = (outcome: CellOutcome): boolean => outcome.code === Outcomes.success;
const answer = (value: Value): OperationResult => ({ status: Status.success, value });

/** {cell, outcome, old holder, new holder} */
function outcomeValue({ cell, code, oldHolder, newHolder }: CellOutcome): Value {
  const holder = (eui: string | undefined) => (eui === undefined ? none : euiBytes(eui));
  return [cell, code, holder(oldHolder), holder(newHolder)];
}

/** The argument's shape was checked against the dictionary before. */
function readArgument(value: Value): ReplaceArgument {
  const [mode, cell, counter, floor, floors, replacements, path, executionS] = value as readonly Value[];
  return {
    mode: Number(mode),
    authorisingCell: cellFromValue(cell),
    authoriserCounter: BigInt(counter as number),
    authoriserFloor: BigInt(floor as number),
    floors: floors as readonly (readonly [Uint8Array, Value])[],
    replacements: (replacements as readonly (readonly [Uint8Array, Value])[]).map(([certificate, name]) => ({
      certificate,
      cell: name,
    })),
    path: path as readonly Uint8Array[],
    executionS: Number(executionS),
  };
}

/** The argument says again what the command's header says: the mode, the authoriser, and its counter. */
function consistent(argument: ReplaceArgument, origin: CommandOrigin): boolean {
  if (argument.mode !== origin.code - firstModeCode || targetRole[argument.mode] === undefined) return false;
  if (argument.authorisingCell?.role !== origin.role) return false;
  return argument.authoriserCounter === origin.counter && argument.replacements.length > 0;
}

function encodePending(argument: Value, origin: CommandOrigin): Uint8Array {
  const body = encode(argument as Item);
  const bytes = new Uint8Array(originBytes + body.length);
  bytes.set(encodeOrigin(origin));
  bytes.set(body, originBytes);
  return bytes;
}

function decodePending(bytes: Uint8Array): {
  readonly argument: ReplaceArgument;
  readonly origin: CommandOrigin;
} {
  return {
    argument: readArgument(decode(bytes.slice(originBytes)) as Value),
    origin: decodeOrigin(bytes.subarray(0, originBytes)),
  };
}
