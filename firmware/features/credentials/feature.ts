/**
 * Trust anchor cells as a feature: CS02b replaces them, CS02a reads them (facts §4.2, rules §4). Each cell is
 * judged and replaced on its own; a set of which some fail is answered as one of which none does, by its
 * outcomes. New anchors, floors under counters, the log entry and the answer are one commit.
 */
import { hasCode } from "../../../hal/base/coded-error.ts";
import { euiBytes, euiText } from "../../../hal/base/eui64.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import {
  alerts,
  cellsOf,
  cellText,
  type DeviceName,
  messages,
  type Outcome,
  objects,
  type Role,
  toPlain,
  useCaseByCode,
  type ValueOf,
  valueTypes,
} from "../../model/index.ts";
import type { Counters, Floor } from "../../security/counters.ts";
import type { Anchor, TrustAnchors } from "../../security/trust-anchors.ts";
import { NEVER, NOW, type Status } from "../../wire/message.ts";
import type { Suite } from "../../wire/suite.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { OutcomeCode } from "../future-dating/feature.ts";
import { calls, refused, type ServedObject, servePart } from "../serve.ts";
import {
  consistent,
  decodeWithOrigin,
  encodeWithOrigin,
  type Order,
  type ReplaceArgument,
  type Reply,
  type RoleFloor,
  readArgument,
  replyOf,
} from "./argument.ts";
import { type CellOutcome, judge } from "./judge.ts";
import { authorisingCell, replacementModes } from "./modes.ts";

type AnchorsRequest = ValueOf<typeof valueTypes.anchorsRequest>;
type AnchorsReply = ValueOf<typeof valueTypes.anchorsReply>;

/** Security log: credentials were replaced. */
const credentialsUpdated = alerts.credentialsUpdated.code;
/** Replacements that wait, one a message code. */
const waitingPrefix = "credentials/";
/** The last replacement done, command origin ‖ answer: a power cut before the answer must not do it again. */
const doneKey = "credentials-done";
/** Taken for later, or cancelled. */
const accepted: Reply = { accepted: null };

/** Makes `changes` durable, with what `reply` tells of them. */
type Commit = (changes: readonly JournalChange[], reply: Reply, complete: boolean) => Promise<void>;

type CredentialsContext = DeviceContext & { readonly suite: Suite };

export interface CredentialsSettings {
  /** Are validity periods of certificates looked at, where the command does not forbid it? */
  readonly certificateTimeChecks: boolean;
  /** May a cell of a load controller take another party's certificate? */
  readonly anyPartyAsLoadController: boolean;
}

export class Credentials implements Feature {
  readonly name = "credentials";
  readonly objects: readonly ServedObject[];
  readonly #context: CredentialsContext;
  readonly #device: DeviceName;
  readonly #anchors: TrustAnchors;
  readonly #counters: Counters;
  readonly #settings: CredentialsSettings;
  readonly #timers = new Map<string, () => void>();

  constructor(
    context: CredentialsContext,
    device: DeviceName,
    anchors: TrustAnchors,
    counters: Counters,
    settings: CredentialsSettings,
  ) {
    this.#context = context;
    this.#device = device;
    this.#anchors = anchors;
    this.#counters = counters;
    this.#settings = settings;
    this.objects = [
      servePart(objects.credentials, {
        replace: calls(
          (order: Order, origin) => this.#replace(order, origin),
          (reply: Reply) => this.#load(reply),
        ),
        provide: calls(
          ({ roles }: AnchorsRequest) => ({ value: roles.map((role) => this.#provide(role)) }),
          (reply: AnchorsReply) => this.#loadCounters(reply),
          ({ roles }: AnchorsRequest) => roles.map((role) => ({ role, status: "other" }) as const),
        ),
      }),
    ];
  }

  async start(): Promise<void> {
    for (const key of this.#context.journal.keys(waitingPrefix)) this.#aim(key);
  }

  /** A device that found an anchor for none of a command's certificates has lost its root. */
  async #load({ outcome }: Reply): Promise<void> {
    const cells = outcome?.cells ?? [];
    if (cells.length > 0 && cells.every(({ status }) => status === "noTrustAnchor"))
      await this.#anchors.loseRoot();
  }

  async #loadCounters(reply: AnchorsReply): Promise<void> {
    const floors = reply.flatMap(({ role, counter, anchors = [] }) =>
      anchors
        .slice(0, 1)
        .map(({ holder }) => ({ role: role as Role, holder: euiText(holder), counter: counter ?? 0n })),
    );
    const changes = this.#counters.floorChanges(floors, new Set(floors.map(({ holder }) => holder)));
    await this.#context.journal.commit(changes);
    this.#counters.adopt(changes);
  }

  /** The anchors of a role, and the highest counter of who holds them; a role this device has no cells of has none. */
  #provide(role: AnchorsReply[number]["role"]): AnchorsReply[number] {
    const held = cellsOf(this.#device).flatMap((cell) =>
      cell.role === role ? (this.#anchors.cell(cell) ?? []) : [],
    );
    const [first] = held;
    if (first === undefined) return { role, status: "anchorNotFound" };
    return {
      role,
      status: "success",
      counter: this.#counters.highest(first.cell.role, first.holder),
      anchors: held.map(({ cell: { usage, cellUsage }, holder, keyId }) => ({
        usage,
        cellUsage,
        holder: euiBytes(holder),
        key: keyId,
      })),
    };
  }

  async #replace(order: Order, origin: CommandOrigin): Promise<Outcome<Reply, Status>> {
    const done = this.#answered(origin);
    if (done !== undefined) return { value: done };
    const argument = readArgument(order, origin);
    if (argument === undefined || !consistent(argument, origin, authorisingCell(argument.mode, this.#device)))
      return refused;
    const key = `${waitingPrefix}${origin.code.toString(16)}`;
    if (argument.executionS === NEVER) return this.#cancel(key);
    if (argument.executionS === NOW) return { value: await this.#replaceNow(key, argument, origin) };
    if (useCaseByCode(origin.code)?.futureDated !== true) return refused;
    await this.#context.journal.commit([{ key, value: encodeWithOrigin(origin, order) }]);
    this.#aim(key);
    return { value: accepted };
  }

  /** What the command of `origin` was answered, when a power cut came between its end and its answer. */
  #answered({ counter, originator }: CommandOrigin): Reply | undefined {
    const bytes = this.#context.journal.get(doneKey);
    if (bytes === undefined) return undefined;
    const { origin, value } = decodeWithOrigin<Reply>(bytes);
    return origin.counter === counter && origin.originator === originator ? value : undefined;
  }

  /** The newest command for the same cells counts: one that waits is forgotten when all of this are in force. */
  async #replaceNow(key: string, argument: ReplaceArgument, origin: CommandOrigin): Promise<Reply> {
    let told = accepted;
    await this.#putInForce(argument, origin, async (changes, reply, complete) => {
      told = reply;
      const done = { key: doneKey, value: encodeWithOrigin(origin, reply) };
      await this.#context.journal.commit([...changes, done, ...(complete ? [{ key, value: null }] : [])]);
      if (complete) this.#disarm(key);
    });
    return told;
  }

  async #cancel(key: string): Promise<Outcome<Reply, Status>> {
    this.#disarm(key);
    if (this.#context.journal.get(key) !== undefined)
      await this.#context.journal.commit([{ key, value: null }]);
    return { value: accepted };
  }

  #disarm(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }

  #aim(key: string): void {
    this.#disarm(key);
    const { origin, value } = decodeWithOrigin<Order>(this.#context.journal.get(key) as Uint8Array);
    const argument = readArgument(value, origin) as ReplaceArgument;
    this.#timers.set(
      key,
      this.#context.at(argument.executionS, () => this.#execute(key, argument, origin)),
    );
  }

  /** The time of a future-dated replacement has come: judges it now, and tells the outcome (00CB, of a load controller's anchors 0124). */
  async #execute(key: string, argument: ReplaceArgument, origin: CommandOrigin): Promise<void> {
    this.#timers.delete(key);
    const message = useCaseByCode(origin.code)?.outcome ?? messages.FDOC.code;
    await this.#putInForce(argument, origin, (changes, { outcome }, complete) => {
      const alertCode = complete ? OutcomeCode.actioned : OutcomeCode.notActioned;
      const values = [toPlain(valueTypes.replacementOutcome, outcome as NonNullable<typeof outcome>)];
      const done = [...changes, { key, value: null }];
      return this.#context.raise({ alertCode, message, to: origin.role, values }, done);
    });
  }

  /** Judges each cell and commits what is good of them, with the floors. Without room for it nothing is. */
  async #putInForce(argument: ReplaceArgument, origin: CommandOrigin, commit: Commit): Promise<void> {
    const outcomes = this.#judge(argument, origin);
    const anchors = outcomes.flatMap(({ anchor }) => anchor ?? []);
    const named = argument.floors.filter(({ role }) => this.#holders(role, anchors).size > 0);
    const counters = this.#counterChanges(named, anchors);
    const reply = replyOf(argument, named, outcomes);
    const complete = outcomes.every(({ status }) => status === "success");
    try {
      await this.#logged(anchors.length > 0, (entry) =>
        commit([...this.#anchors.changes(anchors), ...counters, ...entry], reply, complete),
      );
    } catch (error) {
      if (!hasCode(error, "journal/full")) throw error;
      const kept = outcomes.map(
        ({ cell, old, status, anchor }): CellOutcome => ({
          cell,
          old,
          status: anchor === undefined ? status : "noMemory",
        }),
      );
      return commit([], replyOf(argument, [], kept), false);
    }
    this.#anchors.adopt(anchors);
    this.#counters.adopt(counters);
    const cells = anchors.map(({ cell, holder }) => [cellText(cell), holder]);
    if (cells.length > 0) this.#context.observe({ kind: "credentials", cells });
  }

  /** An authoriser that has lost its cell since it sent a future-dated command changes nothing any more. */
  #judge(argument: ReplaceArgument, origin: CommandOrigin): CellOutcome[] {
    const authoriser = authorisingCell(argument.mode, this.#device);
    const lost = authoriser !== undefined && this.#anchors.cell(authoriser)?.holder !== origin.originator;
    const { certificateTimeChecks, anyPartyAsLoadController } = this.#settings;
    const timed = certificateTimeChecks && argument.timeChecks && this.#context.timeIsSet();
    return judge(argument.replacements, argument.path, {
      anchors: this.#anchors,
      roles: lost ? [] : replacementModes[argument.mode].targets,
      abnormalRoot: argument.mode === "anyByContingency",
      nowS: timed ? this.#context.nowS() : undefined,
      anyLoadController: anyPartyAsLoadController,
      crypto: this.#context.board.crypto,
      suite: this.#context.suite,
    });
  }

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
