/**
 * Trust anchor cells as a feature: CS02b replaces them, CS02a reads them (facts §4.2, rules §4). Each cell is
 * judged and replaced on its own; a set of which some fail is answered as one of which none does, by its
 * outcomes. New anchors, floors under counters, the log entry and the answer are one commit.
 */
import type { CommandOrigin, DeviceContext, Feature } from "../features/feature.ts";
import { hasCode } from "../kernel/errors.ts";
import type { JournalChange } from "../kernel/journal.ts";
import type { DeviceName } from "../model/define.ts";
import { objects } from "../objects/dictionary.ts";
import { AlertMessage } from "../objects/use-cases.ts";
import { NEVER, NOW, type OperationResult, Status, type Value } from "../wire/message.ts";
import type { Suite } from "../wire/suite.ts";
import { accessRows, type Role } from "./access.ts";
import { type CellName, cellFromValue, cellsOf, cellText } from "./cells.ts";
import type { Counters, Floor } from "./counters.ts";
import { euiBytes } from "./eui.ts";
import { Outcome, reportOutcome } from "./future-dated.ts";
import { type CellOutcome, judge, Outcomes } from "./replacement.ts";
import {
  answerValue,
  consistent,
  decodeWithOrigin,
  encodeWithOrigin,
  type ReplaceArgument,
  type RoleFloor,
  readArgument,
} from "./replacement-argument.ts";
import { authorisingCell, contingencyMode, replacementMode } from "./replacement-modes.ts";
import type { Anchor, TrustAnchors } from "./trust-anchors.ts";

/** Security log: credentials were replaced. */
const credentialsUpdated = 0x8f70;
const replaceMethod = 1;
const provideMethod = 2;
/** Replacements that wait, one a message code. */
const waitingPrefix = "credentials/";
/** The last replacement done, command origin ‖ answer: a power cut before the answer must not do it again. */
const doneKey = "credentials-done";
const none = new Uint8Array();
const refused: OperationResult = { status: Status.otherReason };

/** Makes `changes` durable, with what `answer` tells of them. */
type Commit = (changes: readonly JournalChange[], answer: Value, complete: boolean) => Promise<void>;

type CredentialsContext = DeviceContext & { readonly suite: Suite };

export class Credentials implements Feature {
  readonly name = "credentials";
  readonly objects;
  readonly #context: CredentialsContext;
  readonly #device: DeviceName;
  readonly #anchors: TrustAnchors;
  readonly #counters: Counters;
  readonly #timers = new Map<string, () => void>();

  constructor(context: CredentialsContext, device: DeviceName, anchors: TrustAnchors, counters: Counters) {
    this.#context = context;
    this.#device = device;
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
    for (const key of this.#context.journal.keys(waitingPrefix)) this.#aim(key);
  }

  async #call(member: number, argument: Value, origin: CommandOrigin): Promise<OperationResult> {
    if (member === replaceMethod) return this.#replace(argument, origin);
    if (member === provideMethod)
      return success((argument as readonly Value[]).map((cell) => this.#provide(cell)));
    return { status: Status.readWriteDenied };
  }

  /** {cell, holder, key id, holder's highest counter}; empty octets and 0 for a cell this device has not. */
  #provide(value: Value): Value {
    const cell = cellFromValue(value);
    const anchor = cell && this.#anchors.cell(cell);
    if (anchor === undefined) return [value, none, none, 0];
    const { holder, keyId } = anchor;
    return [value, euiBytes(holder), keyId, this.#counters.highest(anchor.cell.role, holder)];
  }

  async #replace(value: Value, origin: CommandOrigin): Promise<OperationResult> {
    const done = this.#answered(origin);
    if (done !== undefined) return success(done);
    const argument = readArgument(value, origin);
    if (argument === undefined || !consistent(argument, origin, this.#authorisingCell(argument)))
      return refused;
    const key = `${waitingPrefix}${origin.code.toString(16)}`;
    if (argument.executionS === NEVER) return this.#cancel(key);
    if (argument.executionS === NOW) return success(await this.#replaceNow(key, argument, origin));
    if (!accessRows(origin.code).some((row) => row.futureDated)) return refused;
    await this.#context.journal.commit([{ key, value: encodeWithOrigin(origin, value) }]);
    this.#aim(key);
    return success(null);
  }

  /** What the command of `origin` was answered, when a power cut came between its end and its answer. */
  #answered({ counter, originator }: CommandOrigin): Value | undefined {
    const bytes = this.#context.journal.get(doneKey);
    if (bytes === undefined) return undefined;
    const { origin, value } = decodeWithOrigin(bytes);
    return origin.counter === counter && origin.originator === originator ? value : undefined;
  }

  /** The newest command for the same cells counts: one that waits is forgotten when all of this are in force. */
  async #replaceNow(key: string, argument: ReplaceArgument, origin: CommandOrigin): Promise<Value> {
    let answered: Value = null;
    await this.#putInForce(argument, origin, async (changes, answer, complete) => {
      answered = answer;
      const done = { key: doneKey, value: encodeWithOrigin(origin, answer) };
      await this.#context.journal.commit([...changes, done, ...(complete ? [{ key, value: null }] : [])]);
      if (complete) this.#disarm(key);
    });
    return answered;
  }

  async #cancel(key: string): Promise<OperationResult> {
    this.#disarm(key);
    if (this.#context.journal.get(key) !== undefined)
      await this.#context.journal.commit([{ key, value: null }]);
    return success(null);
  }

  #disarm(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }

  #aim(key: string): void {
    this.#disarm(key);
    const { origin, value } = decodeWithOrigin(this.#context.journal.get(key) as Uint8Array);
    const argument = readArgument(value, origin) as ReplaceArgument;
    this.#timers.set(
      key,
      this.#context.at(argument.executionS, () => this.#execute(key, argument, origin)),
    );
  }

  /** The time of a future-dated replacement has come: judges it now, and tells the outcome (00CB). */
  async #execute(key: string, argument: ReplaceArgument, origin: CommandOrigin): Promise<void> {
    this.#timers.delete(key);
    const ref = { object: objects.credentials.id, member: replaceMethod };
    await this.#putInForce(argument, origin, (changes, answer, complete) => {
      const code = complete ? Outcome.actioned : Outcome.notActioned;
      const done = [...changes, { key, value: null }];
      return reportOutcome(this.#context, AlertMessage.credentialsOutcome, code, origin, ref, [answer], done);
    });
  }

  /** Judges each cell and commits what is good of them, with the floors. Without room for it nothing is. */
  async #putInForce(argument: ReplaceArgument, origin: CommandOrigin, commit: Commit): Promise<void> {
    const outcomes = this.#judge(argument, origin);
    const anchors = outcomes.flatMap(({ anchor }) => anchor ?? []);
    const named = argument.floors.filter(({ role }) => this.#holders(role, anchors).size > 0);
    const counters = this.#counterChanges(named, anchors);
    const answer = answerValue(argument, named, outcomes);
    const complete = outcomes.every(({ code }) => code === Outcomes.success);
    try {
      await this.#logged(anchors.length > 0, (entry) =>
        commit([...this.#anchors.changes(anchors), ...counters, ...entry], answer, complete),
      );
    } catch (error) {
      if (!hasCode(error, "journal/full")) throw error;
      const kept = outcomes.map(({ cell, old, code, anchor }) => ({
        ...{ cell, old },
        code: anchor === undefined ? code : Outcomes.noMemory,
      }));
      return commit([], answerValue(argument, [], kept), false);
    }
    this.#anchors.adopt(anchors);
    this.#counters.adopt(counters);
    const cells = anchors.map(({ cell, holder }) => [cellText(cell), holder]);
    if (cells.length > 0) this.#context.observe({ kind: "credentials", cells });
  }

  /** An authoriser that has lost its cell since it sent a future-dated command changes nothing any more. */
  #judge(argument: ReplaceArgument, origin: CommandOrigin): CellOutcome[] {
    const authoriser = this.#authorisingCell(argument);
    const lost = authoriser !== undefined && this.#anchors.cell(authoriser)?.holder !== origin.originator;
    const timed = argument.timeChecks === null && this.#context.timeIsSet();
    return judge(argument.replacements, argument.path, {
      anchors: this.#anchors,
      roles: lost ? [] : (replacementMode(argument.mode)?.targets ?? []),
      abnormalRoot: argument.mode === contingencyMode,
      nowS: timed ? this.#context.nowS() : undefined,
      crypto: this.#context.board.crypto,
      suite: this.#context.suite,
    });
  }

  #authorisingCell = ({ mode }: ReplaceArgument): CellName | undefined => authorisingCell(mode, this.#device);

  /** Runs `commit` with the log entry of a change, or without one when nothing changes. */
  #logged(changed: boolean, commit: (entry: readonly JournalChange[]) => Promise<void>): Promise<void> {
    if (!changed) return commit([]);
    const entry = { timeS: this.#context.stampS(), code: credentialsUpdated };
    return this.#context.securityLog.appendWith(entry, (change) => commit([change]));
  }

  /** Who holds cells of `role` once `anchors` are in theirs. */
  #holders(role: Role, anchors: readonly Anchor[]): Set<string> {
    const cells = cellsOf(this.#device).filter((cell) => cell.role === role);
    const held = cells.map((cell) => {
      const taken = anchors.find((anchor) => cellText(anchor.cell) === cellText(cell));
      return (taken ?? this.#anchors.cell(cell))?.holder;
    });
    return new Set(held.filter((holder) => holder !== undefined));
  }

  /** A floor is for all who hold cells of its role; a holder new to a role without one starts where that stood. */
  #counterChanges(named: readonly RoleFloor[], anchors: readonly Anchor[]): JournalChange[] {
    const floors: Floor[] = named.flatMap((floor) =>
      [...this.#holders(floor.role, anchors)].map((holder) => ({ ...floor, holder })),
    );
    for (const { cell, holder } of anchors)
      if (!named.some(({ role }) => role === cell.role) && !this.#counters.knows(cell.role, holder))
        floors.push({ role: cell.role, holder, counter: this.#counters.highest(cell.role) });
    const present = new Set(anchors.flatMap(({ cell }) => [...this.#holders(cell.role, anchors)]));
    return this.#counters.floorChanges(floors, present);
  }
}

const success = (value: Value): OperationResult => ({ status: Status.success, value });
