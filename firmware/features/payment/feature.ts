/**
 * Payment: what energy, days and debts take off the balance, what credits pay, and the supply that goes off when nothing
 * is left (use cases ECS02 to 04b, 07 to 09, 19, 20a, b, d, 21b, 26a, j, 82). What is charged follows from registers and
 * clock (`ledger.ts`): it is booked each half hour, before anything that changes how, and as often as the balance could
 * reach what must be told; between those a read computes it. Amounts are kept in one commit with the logs, alerts and
 * commands that they belong to.
 */
import type { Cancel } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import { type Share, together } from "../../kernel/together.ts";
import { Status } from "../../wire/message.ts";
import { halfHourSeconds } from "../calendar-time.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import type { MeteringFeature } from "../metering/feature.ts";
import { report } from "../report.ts";
import type { ServedObject } from "../serve.ts";
import type { SupplyFeature } from "../supply/feature.ts";
import type { TariffFeature } from "../tariff/feature.ts";
import { readCollections } from "./account.ts";
import {
  type Account,
  type AccountMode,
  type Active,
  type CalendarPart,
  Configuration,
  type DebtSettings,
  type LimitName,
} from "./configuration.ts";
import { paymentObjects, type ShownPayment } from "./cosem.ts";
import {
  emptyLedger,
  type Ledger,
  recentRecoveries,
  restored,
  type StoredLedger,
  settle,
  soonestChangeS,
  stored,
  type Terms,
} from "./ledger.ts";
import { amountsOf, PaymentLogs } from "./logs.ts";
import {
  activateEmergency,
  type BalanceName,
  type Balances,
  credit,
  isOut,
  limitChanged,
  type PaymentState,
  type Rules,
  told,
} from "./machine.ts";
import { notNegative } from "./money.ts";
import { isNonDisablement, nextTriggerAfter } from "./non-disablement.ts";
import { pricesOf } from "./prices.ts";

export interface PaymentSettings {
  /** Suspending the time debts of a home whose supply is off suspends its standing charge, too (service-rules 5.3). */
  readonly standingChargeWithDebts: boolean;
  /** Units (10^-5 of the currency) in one of the debt recovery rate cap's: a penny, from memory, unverified. */
  readonly debtCapUnit: number;
  /** The most that one phase of a home draws: how soon a balance could be used up. */
  readonly largestLoadW: number;
}

export interface PaymentOptions {
  readonly futureDated: FutureDatedValues;
  readonly metering: Pick<MeteringFeature, "registers" | "snapshot">;
  readonly tariff: Pick<
    TariffFeature,
    "prices" | "secondaryPrices" | "standingCharge" | "beforeChange" | "onChange"
  >;
  readonly supply: Pick<SupplyFeature, "state" | "creditOut" | "creditBack" | "onlyWhile">;
  readonly settings: PaymentSettings;
}

/** What a top-up meets. Amounts in units. */
export interface TopUpLimits {
  readonly maximumCredit: bigint;
  readonly maximumBalance: bigint;
  readonly balance: bigint;
}

export interface PaymentFeature extends Feature {
  /** Call it when the device's time was set or adjusted. */
  timeChanged(): Promise<void>;
  topUpLimits(): Promise<TopUpLimits>;
  /** Balances and debts, charged up to now, as a billing log has them. */
  amounts(): Promise<ReturnType<typeof amountsOf>>;
  /** Takes a credit of `amount` units; `also`, state of who gives it, changes in the same commit. */
  topUp(amount: bigint, also: Share): Promise<void>;
  /** False when the balance is above the threshold of emergency credit, and it is not active. */
  activateEmergencyCredit(): Promise<boolean>;
}

export function paymentFeature(context: DeviceContext, options: PaymentOptions): PaymentFeature {
  return new Payment(context, options);
}

interface Settled {
  readonly ledger: Ledger;
  readonly terms: Terms;
  /** Something but the time was booked. */
  readonly changed: boolean;
}

type TariffPrices = Pick<Terms, "tariff" | "secondaryTariff" | "standing">;

class Payment implements PaymentFeature, ShownPayment {
  readonly name = "payment";
  readonly objects: readonly ServedObject[];
  readonly configuration: Configuration;
  readonly logs: PaymentLogs;
  readonly #context: DeviceContext;
  readonly #options: PaymentOptions;
  readonly #kept: Kept<StoredLedger>;
  #prices: TariffPrices | undefined;
  #ledger: Ledger;
  #cancelWake: Cancel = () => {};
  #cancelCheck: Cancel = () => {};

  constructor(context: DeviceContext, options: PaymentOptions) {
    const { journal } = context;
    this.#context = context;
    this.#options = options;
    this.configuration = new Configuration(journal);
    this.logs = new PaymentLogs(journal);
    this.#kept = new Kept(journal, "payment/ledger", stored(emptyLedger));
    this.#ledger = restored(this.#kept.value);
    this.objects = paymentObjects(this, options.futureDated);
    options.tariff.beforeChange(() => this.#tariffChanges());
    options.tariff.onChange(async () => {
      this.#prices = undefined;
    });
    options.supply.onlyWhile(() => this.configuration.mode === "credit" || !this.#cutOff());
  }

  start(): Promise<void> {
    return this.#book();
  }

  timeChanged = () => this.#book();

  // --- what is read ---

  async balances(): Promise<Balances> {
    return (await this.#settled()).ledger.state;
  }

  async amounts(): Promise<ReturnType<typeof amountsOf>> {
    return amountsOf(await this.balances());
  }

  async topUpLimits(): Promise<TopUpLimits> {
    const { maximumCredit, maximumBalance } = this.configuration.active;
    const { balance } = await this.balances();
    return { maximumCredit: BigInt(maximumCredit), maximumBalance: BigInt(maximumBalance), balance };
  }

  // --- what commands do ---

  /** Adds `amount` to a balance or debt, once for a command; a debt has no less than nothing. */
  async move(name: BalanceName, amount: number, { originator, counter }: CommandOrigin): Promise<void> {
    const { ledger, terms } = await this.#settled();
    const command = `${originator}/${counter}`;
    const moved = ledger.command === command ? ledger.moved : [];
    if (moved.includes(name)) return;
    const sum = ledger.state[name] + BigInt(amount);
    const state = { ...ledger.state, [name]: name === "balance" ? sum : notNegative(sum) };
    await this.#keep({ ...ledger, state, command, moved: [...moved, name] }, terms);
  }

  /** Gives balances and debts other values. */
  async put(balances: Partial<Balances>): Promise<void> {
    const { ledger, terms } = await this.#settled();
    await this.#keep({ ...ledger, state: { ...ledger.state, ...balances } }, terms);
  }

  /** Nothing is owed of the emergency credit, and it is not active (use-case-behaviours 1.6, ECS04b). */
  resetEmergencyCredit(): Promise<void> {
    return this.#change((state, { emergencyLimit }) => ({
      ...state,
      emergencyCredit: emergencyLimit,
      emergencyActive: false,
    }));
  }

  async activateEmergencyCredit(): Promise<boolean> {
    const { ledger, terms } = await this.#settled();
    const step = activateEmergency(ledger.state, terms.rules);
    if (step === undefined) return false;
    await this.#keep(
      { ...ledger, state: step.state, owed: [...ledger.owed, ...step.alerts] },
      terms,
      [],
      true,
    );
    return true;
  }

  async topUp(amount: bigint, also: Share): Promise<void> {
    const { ledger, terms } = await this.#settled();
    const { proportion, debtCap, debtCapPeriodS } = this.configuration.active;
    const nowS = this.#context.nowS();
    const recoveries = recentRecoveries(ledger.recoveries, nowS, debtCapPeriodS);
    const recoveredNow = recoveries.reduce((sum, one) => sum + one.amount, 0n);
    const cap = BigInt(debtCap) * BigInt(this.#options.settings.debtCapUnit) - recoveredNow;
    const { state, alerts, recovered } = credit(ledger.state, terms.rules, amount, proportion, cap);
    const next = {
      ...ledger,
      state,
      recoveries: recovered > 0n ? [...recoveries, { timeS: nowS, amount: recovered }] : recoveries,
      owed: [...ledger.owed, ...alerts],
    };
    await this.#keep(next, terms, [also, ...this.logs.credited(this.#context.stampS(), amount, recovered)]);
  }

  async activate(names: readonly (LimitName | keyof Account)[]): Promise<Status> {
    const values = this.configuration.passive(names);
    if (values === undefined) return Status.otherReason;
    await this.reconfigure(
      values.modeAndStatus ? { ...values, modeAndStatus: inForce(values.modeAndStatus) } : values,
    );
    return Status.success;
  }

  async activateCalendar(part: CalendarPart): Promise<Status> {
    if (!(await this.configuration.activateCalendar(part))) return Status.otherReason;
    await this.#book();
    return Status.success;
  }

  /** Books by what was in force, then puts `values` in force. */
  async reconfigure(values: Partial<Active>): Promise<void> {
    const { ledger } = await this.#settled();
    const { mode, active } = this.configuration;
    const nextMode = values.modeAndStatus?.mode ?? mode;
    const limit = values.emergencyLimit;
    let { state } = ledger;
    if (limit !== undefined) state = limitChanged(state, BigInt(active.emergencyLimit), BigInt(limit));
    if (nextMode === "credit" && mode === "prepayment") state = { ...state, emergencyActive: false };
    await this.#commit({ ...ledger, state }, [
      (commit) => this.configuration.put(values, commit),
      ...(nextMode === mode ? [] : await this.#snapshot(ledger)),
    ]);
    await this.#book();
  }

  // --- booking ---

  #change(change: (state: PaymentState, rules: Rules) => PaymentState): Promise<void> {
    return this.#settled().then(({ ledger, terms }) =>
      this.#keep({ ...ledger, state: change(ledger.state, terms.rules) }, terms),
    );
  }

  /** The time until now is charged by the tariff and the prices that hold until now. */
  async #tariffChanges(): Promise<void> {
    const { ledger, terms } = await this.#settled();
    await this.#keep(ledger, terms, await this.#snapshot(ledger));
  }

  async #snapshot({ state }: Ledger): Promise<readonly Share[]> {
    const registers = await this.#options.metering.snapshot();
    return this.logs.changed(this.#context.stampS(), registers, state);
  }

  /** Charges up to now, and keeps them when there are any; then what follows from the balance. */
  async #book(): Promise<void> {
    const { ledger, terms, changed } = await this.#settled();
    const next = this.#told(ledger, terms);
    if (changed || next !== ledger) await this.#commit(next);
    else this.#ledger = ledger;
    await this.#follow(false);
  }

  async #keep(
    ledger: Ledger,
    terms: Terms,
    shares: readonly Share[] = [],
    byEmergency = false,
  ): Promise<void> {
    await this.#commit(this.#told(ledger, terms), shares);
    await this.#follow(byEmergency);
  }

  #told(ledger: Ledger, { rules }: Terms): Ledger {
    const kept = this.#nonDisablement() && this.#options.supply.state.output !== "disabled";
    const { state, alerts } = told(ledger.state, rules, kept);
    return state === ledger.state ? ledger : { ...ledger, state, owed: [...ledger.owed, ...alerts] };
  }

  #commit(ledger: Ledger, shares: readonly Share[] = []): Promise<void> {
    const { journal } = this.#context;
    return together(
      async (changes) => {
        await journal.commit(changes);
        this.#ledger = ledger;
      },
      [(commit) => this.#kept.keepWith(stored(ledger), commit), ...shares],
    );
  }

  /** Each alert leaves the debt in the commit that makes it durable; the supply follows; then waits. */
  async #follow(byEmergency: boolean): Promise<void> {
    for (let [code, ...owed] = this.#ledger.owed; code !== undefined; [code, ...owed] = this.#ledger.owed) {
      const paid = { ...this.#ledger, owed };
      await this.#kept.keepWith(stored(paid), (change) => report(this.#context, code, { changes: [change] }));
      this.#ledger = paid;
    }
    const { supply } = this.#options;
    if (this.#cutOff()) await supply.creditOut();
    else if (!isOut(this.#ledger.state, this.#rules())) await supply.creditBack(byEmergency);
    this.#aim();
  }

  #cutOff = (): boolean => isOut(this.#ledger.state, this.#rules()) && !this.#nonDisablement();

  /** What the books are now, computed from registers and clock; midnights that have passed are logged. */
  async #settled(): Promise<Settled> {
    const registers = await this.#options.metering.registers();
    const terms = this.#terms();
    const nowS = this.#context.timeIsSet() ? this.#context.nowS() : undefined;
    const before = this.#ledger;
    const { ledger, midnights } = settle(before, terms, registers, nowS);
    await this.logs.midnights(midnights);
    const { state, fractions, owed, chargedToS } = ledger;
    const changed =
      state !== before.state ||
      fractions !== before.fractions ||
      owed !== before.owed ||
      midnights.length > 0 ||
      (before.chargedToS === 0 && chargedToS > 0);
    return { ledger, terms, changed };
  }

  #terms(): Terms {
    const { timeDebt1, timeDebt2 } = this.configuration.active;
    const rate = ({ active: { scale, charges }, periodS }: DebtSettings) => ({
      price: charges[0]?.charge ?? 0,
      scale: scale.price,
      periodS,
    });
    return {
      ...this.#pricesNow(),
      rules: this.#rules(),
      debts: { timeDebt1: rate(timeDebt1), timeDebt2: rate(timeDebt2) },
      supplyOff: this.#options.supply.state.output !== "enabled",
    };
  }

  #rules(): Rules {
    const { creditCharges, ...active } = this.configuration.active;
    return {
      mode: this.configuration.mode,
      collections: readCollections(creditCharges, this.#options.settings),
      disablementThreshold: BigInt(active.disablementThreshold),
      lowCreditThreshold: BigInt(active.lowCreditThreshold),
      emergencyLimit: BigInt(active.emergencyLimit),
      emergencyThreshold: BigInt(active.emergencyThreshold),
    };
  }

  #pricesNow(): TariffPrices {
    const { tariff } = this.#options;
    this.#prices ??= {
      tariff: pricesOf(tariff.prices()),
      secondaryTariff: pricesOf(tariff.secondaryPrices()),
      standing: pricesOf(tariff.standingCharge()),
    };
    return this.#prices;
  }

  #nonDisablement(): boolean {
    const { nonDisablement } = this.configuration;
    return this.#context.timeIsSet() && isNonDisablement(nonDisablement, this.#context.nowS());
  }

  #aim(): void {
    const context = this.#context;
    this.#cancelWake();
    this.#cancelCheck();
    const nowS = context.nowS();
    const halfHour = (Math.floor(nowS / halfHourSeconds) + 1) * halfHourSeconds;
    const trigger = nextTriggerAfter(this.configuration.nonDisablement, nowS);
    this.#cancelWake = context.at(Math.min(halfHour, trigger), () => this.#book());
    const checkS = soonestChangeS(
      this.#ledger,
      this.#terms(),
      this.#options.settings.largestLoadW * this.#phases,
    );
    if (checkS < halfHourSeconds) this.#cancelCheck = context.after(checkS * 1000, () => this.#book());
  }

  get #phases(): number {
    return this.#context.board.metrology?.phaseCount ?? 0;
  }
}

const inForce = ({ mode }: AccountMode): AccountMode => ({ mode, status: "active" });
