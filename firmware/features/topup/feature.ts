/**
 * Top-up by token (use case CS01a, and at the keypad; gbcs-rules 9). A token is authentic by its own MAC, with the
 * supplier's prepayment key; that it is used once is the business of a list of its counters, not of the supplier's
 * originator counter. One that is authentic and new is used up even when a limit then refuses its credit. At the keypad
 * too many tries in a row suspend entry for a while; a token by command is taken all the same.
 */
import { Kept } from "../../kernel/kept.ts";
import type { Share } from "../../kernel/together.ts";
import { type AlertRow, alerts, objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { TokenMac } from "../../wire/token-mac.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { PaymentFeature } from "../payment/feature.ts";
import { report } from "../report.ts";
import { done, serve } from "../serve.ts";
import { reportUserCommand } from "../user-interface/commands.ts";
import { readToken, type Token, tokenDigits, wholeCounter } from "./token.ts";
import { highestUsed, issuedBy, isUsed, type UsedTokens, use } from "./used-tokens.ts";

/** Whose tokens the device takes now. */
export interface TokenIssuer {
  readonly supplier: string;
  readonly mac: TokenMac;
  /** Tokens must have a counter above its upper half: as the supplier's credentials came with it. */
  readonly floor: bigint;
}

export interface TopUpOptions {
  /** Undefined: no supplier's prepayment key agrees anything. */
  readonly issuer: () => TokenIssuer | undefined;
  readonly payment: Pick<PaymentFeature, "topUp" | "topUpLimits" | "activateEmergencyCredit">;
  /** Tries at the keypad in a row that give no credit, before entry is suspended, and for how long. */
  readonly tokenTries: number;
  readonly tokenSuspensionS: number;
}

/** What became of a token. */
export type TokenOutcome =
  | "credited"
  | "malformed"
  | "not-authentic"
  | "used-before"
  | "credit-too-high"
  | "balance-too-high";

/** Typed to ask for emergency credit. Ours, not a fact. */
const emergencyCreditDigits = "00";

/** What is told of a token that gives no credit, whichever way it came. */
const refusals: Readonly<Partial<Record<TokenOutcome, AlertRow>>> = {
  "not-authentic": alerts.tokenNotAuthentic,
  "used-before": alerts.tokenDuplicate,
  "credit-too-high": alerts.creditTooHigh,
  "balance-too-high": alerts.balanceTooHigh,
};

/** The reference response to a token that is none. */
const refusedToken = { status: Status.hardwareFault } as const;

export function topUpFeature(context: DeviceContext, options: TopUpOptions): Feature {
  return new TopUp(context, options);
}

class TopUp implements Feature {
  readonly name = "top-up";
  readonly objects = [
    serve(objects.tokenGateway, {
      enter: async (digits, { counter }) => {
        const outcome = await this.#enter(String.fromCharCode(...digits), counter);
        return outcome === "credited" ? done : refusedToken;
      },
    }),
  ];
  readonly #context: DeviceContext;
  readonly #options: TopUpOptions;
  readonly #used: Kept<UsedTokens>;
  readonly #tries: Kept<{ readonly inARow: number; readonly suspendedToS: number }>;
  #typed = "";

  constructor(context: DeviceContext, options: TopUpOptions) {
    this.#context = context;
    this.#options = options;
    this.#used = new Kept<UsedTokens>(context.journal, "token/used", {
      supplier: "",
      floor: 0,
      counters: [],
      former: [],
    });
    this.#tries = new Kept(context.journal, "token/tries", { inARow: 0, suspendedToS: 0 });
  }

  async start(): Promise<void> {
    this.#context.board.userInterface?.onButton(
      this.#context.event("keypad", ({ button }) => this.#pressed(button)),
    );
  }

  /** Twenty digits, or those that ask for emergency credit, and the button that confirms. */
  async #pressed(button: string): Promise<void> {
    if (/^\d$/.test(button)) {
      if (this.#typed.length <= tokenDigits) this.#typed += button;
      return;
    }
    const typed = this.#typed;
    this.#typed = "";
    if (button !== "a") return;
    if (typed.length >= tokenDigits) await this.#enterLocally(typed);
    if (typed === emergencyCreditDigits) {
      const active = await this.#options.payment.activateEmergencyCredit();
      await reportUserCommand(this.#context, "activateEmergencyCredit", active);
    }
  }

  async #enterLocally(digits: string): Promise<void> {
    const { tokenTries, tokenSuspensionS } = this.#options;
    const { inARow, suspendedToS } = this.#tries.value;
    const nowS = this.#context.nowS();
    if (nowS < suspendedToS && suspendedToS - nowS <= tokenSuspensionS)
      return this.#tell(alerts.tokenLockedOut);
    // Counted before it is made, so that cutting the power never makes a try free.
    if (inARow >= tokenTries) return this.#suspend(nowS);
    await this.#tries.keep({ inARow: inARow + 1, suspendedToS: 0 });
    const outcome = await this.#enter(digits);
    if (outcome === "credited") {
      await this.#tries.keep({ inARow: 0, suspendedToS: 0 });
      await this.#tell(alerts.creditAddedLocally);
      return reportUserCommand(this.#context, "addCredit", true);
    }
    await reportUserCommand(this.#context, "addCredit", false);
    if (inARow + 1 >= tokenTries) await this.#suspend(nowS);
  }

  #suspend(nowS: number): Promise<void> {
    const suspendedToS = nowS + this.#options.tokenSuspensionS;
    return this.#tries.keepWith({ inARow: 0, suspendedToS }, (change) =>
      report(this.#context, alerts.tokenEntrySuspended.code, { changes: [change] }),
    );
  }

  /** `command`: the originator counter of the command that brings it; a person brings it without. */
  async #enter(digits: string, command?: bigint): Promise<TokenOutcome> {
    const outcome = await this.#take(digits, command);
    this.#context.observe({ kind: "token", outcome });
    return outcome;
  }

  async #take(digits: string, command?: bigint): Promise<TokenOutcome> {
    const token = readToken(digits);
    const issuer = this.#options.issuer();
    if (token === undefined) return "malformed";
    const used = this.#usedOf(issuer);
    const whole = command ?? this.#counterOf(token, used) << 32n;
    if (issuer === undefined || !isAuthentic(token, whole, issuer)) return this.#refuse("not-authentic");
    const counter = Number(whole >> 32n);
    if (isUsed(used, counter)) return this.#refuse("used-before");
    const share: Share = (commit) => this.#used.keepWith(use(used, counter), commit);
    const { maximumCredit, maximumBalance, balance } = await this.#options.payment.topUpLimits();
    if (token.amount > maximumCredit) return this.#refuse("credit-too-high", share);
    if (balance + token.amount > maximumBalance) return this.#refuse("balance-too-high", share);
    await this.#options.payment.topUp(token.amount, share);
    return "credited";
  }

  /** A new supplier's tokens begin anew, from its floor. */
  #usedOf(issuer: TokenIssuer | undefined): UsedTokens {
    const { value } = this.#used;
    return issuer === undefined ? value : issuedBy(value, issuer.supplier, Number(issuer.floor >> 32n));
  }

  #counterOf({ shortCounter }: Token, used: UsedTokens): bigint {
    return wholeCounter(BigInt(highestUsed(used)), shortCounter);
  }

  async #refuse(outcome: TokenOutcome, share?: Share): Promise<TokenOutcome> {
    const { code } = refusals[outcome] as AlertRow;
    if (share === undefined) await report(this.#context, code);
    else await share((change) => report(this.#context, code, { changes: [change] }));
    return outcome;
  }

  #tell({ code }: AlertRow): Promise<void> {
    return report(this.#context, code);
  }
}

/** `counter`: the whole originator counter, whose lower half is zero. */
function isAuthentic({ shortCounter, head, mac }: Token, counter: bigint, issuer: TokenIssuer): boolean {
  if (counter % (1n << 32n) !== 0n || counter >= 1n << 64n) return false;
  if ((counter >> 32n) % 1024n !== shortCounter) return false;
  const expected = issuer.mac(counter, head);
  return mac.every((byte, i) => byte === expected[i]);
}
