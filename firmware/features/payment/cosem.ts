/** The account as objects show it. */
import { type Attribute, type ModelObject, type MomentType, objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import { type Range, readRange } from "../ranges.ts";
import { done, reads, refused, type ServedObject, serve } from "../serve.ts";
import type {
  Account,
  Active,
  CalendarPart,
  Configuration,
  DebtSettings,
  LimitName,
  UnitCharge,
} from "./configuration.ts";
import type { PaymentLogs } from "./logs.ts";
import { type BalanceName, type Balances, balanceNames, type TimeDebt } from "./machine.ts";
import { shown } from "./money.ts";
import { readSpecialDates, readTriggers } from "./non-disablement.ts";

export interface ShownPayment {
  readonly configuration: Configuration;
  readonly logs: PaymentLogs;
  /** Now, charges up to this moment taken. */
  balances(): Promise<Balances>;
  move(name: BalanceName, amount: number, origin: CommandOrigin): Promise<void>;
  put(balances: Partial<Balances>): Promise<void>;
  resetEmergencyCredit(): Promise<void>;
  activateEmergencyCredit(): Promise<boolean>;
  /** Puts passive values in force. */
  activate(names: readonly (LimitName | keyof Account)[]): Promise<Status>;
  activateCalendar(part: CalendarPart): Promise<Status>;
  reconfigure(values: Partial<Active>): Promise<void>;
}

/** An object with an activation time. */
type Activated = ModelObject<{ readonly activateAt: Attribute<MomentType> }>;

export function paymentObjects(payment: ShownPayment, futureDated: FutureDatedValues): ServedObject[] {
  const bind = new Binding(payment, futureDated);
  return [
    ...account(payment, bind),
    ...limits(payment, bind),
    ...amounts(payment),
    ...debts(payment),
    ...calendar(payment, bind),
    ...logs(payment),
  ];
}

function account(payment: ShownPayment, bind: Binding): ServedObject[] {
  return [
    serve(objects.account, {
      modeAndStatus: bind.inForce("modeAndStatus"),
      creditCharges: bind.inForce("creditCharges"),
      lowCreditThreshold: bind.inForce("lowCreditThreshold"),
      maxProvision: bind.inForce("debtCap"),
      maxProvisionPeriod: bind.inForce("debtCapPeriodS"),
    }),
    serve(objects.passiveAccount, {
      modeAndStatus: bind.passive("modeAndStatus"),
      creditCharges: bind.passive("creditCharges"),
      activateAt: bind.activation(objects.passiveAccount, () =>
        payment.activate(["modeAndStatus", "creditCharges"]),
      ),
    }),
    serve(objects.disablementThresholdInForce, {
      thresholds: reads(
        () => [payment.configuration.active.disablementThreshold],
        ([disablementThreshold = 0]) => payment.reconfigure({ disablementThreshold }),
      ),
    }),
  ];
}

/** Objects that have a passive value and its time alone: the value in force stands in the account. */
const setOnly = [
  ["disablementThreshold", objects.disablementThreshold],
  ["lowCreditThreshold", objects.lowCreditThreshold],
  ["emergencyLimit", objects.emergencyCreditLimit],
  ["emergencyThreshold", objects.emergencyCreditThreshold],
  ["debtCap", objects.debtCap],
  ["debtCapPeriodS", objects.debtCapPeriod],
] as const;

function limits(payment: ShownPayment, bind: Binding): ServedObject[] {
  const later = (object: Activated, name: LimitName) => ({
    passive: bind.passive(name),
    activateAt: bind.activation(object, () => payment.activate([name])),
  });
  return [
    ...setOnly.map(([name, object]) => serve(object as typeof objects.debtCapPeriod, later(object, name))),
    // ECS08 writes where the value in force stands, with a time for it, as all else in it has: it means the passive one.
    serve(objects.maximumBalance, {
      active: { ...bind.inForce("maximumBalance"), ...bind.passive("maximumBalance") },
      ...later(objects.maximumBalance, "maximumBalance"),
    }),
    serve(objects.maximumCredit, {
      active: bind.inForce("maximumCredit"),
      ...later(objects.maximumCredit, "maximumCredit"),
    }),
  ];
}

function amounts(payment: ShownPayment): ServedObject[] {
  return [
    serve(objects.meterBalance, {
      amount: reads(
        async () => shown((await payment.balances()).balance),
        (balance) => payment.put({ balance: BigInt(balance) }),
      ),
      update: mover(payment, "balance"),
      set: async (balance) => {
        await payment.put({ balance: BigInt(balance) });
        return done;
      },
    }),
    serve(objects.emergencyCredit, {
      preset: reads(
        () => payment.configuration.active.emergencyLimit,
        (emergencyLimit) => payment.reconfigure({ emergencyLimit }),
      ),
      availableThreshold: reads(
        () => payment.configuration.active.emergencyThreshold,
        (emergencyThreshold) => payment.reconfigure({ emergencyThreshold }),
      ),
      set: async () => {
        await payment.resetEmergencyCredit();
        return done;
      },
      invoke: async () => ((await payment.activateEmergencyCredit()) ? done : refused),
    }),
    serve(objects.accumulatedDebt, {
      set: async (debt) => {
        await payment.put({ accumulatedDebt: BigInt(debt) });
        return done;
      },
    }),
    serve(objects.prepaymentBalances, {
      value: reads(
        async () => {
          const balances = await payment.balances();
          return named((name) => shown(balances[name]));
        },
        (value) => payment.put(named((name) => BigInt(value[name]))),
      ),
    }),
  ];
}

const named = <T>(value: (name: BalanceName) => T) =>
  Object.fromEntries(balanceNames.map((name) => [name, value(name)])) as Record<BalanceName, T>;

const mover = (payment: ShownPayment, name: BalanceName) => async (amount: number, origin: CommandOrigin) => {
  await payment.move(name, amount, origin);
  return done;
};

/** Of a time debt, seconds. */
const periods = [3600, 86_400];

function debts(payment: ShownPayment): ServedObject[] {
  const { configuration } = payment;
  return [
    timeDebt(payment, "timeDebt1"),
    timeDebt(payment, "timeDebt2"),
    serve(objects.paymentDebt, {
      proportion: {
        get: () => ({ value: configuration.active.proportion }),
        set: async (proportion) => {
          await payment.reconfigure({ proportion });
          return Status.success;
        },
        load: (proportion) => payment.reconfigure({ proportion }),
      },
      updateRemaining: mover(payment, "paymentDebt"),
    }),
  ];
}

function timeDebt(payment: ShownPayment, name: TimeDebt): ServedObject {
  const settings = (): DebtSettings => payment.configuration.active[name];
  const keep = (change: Partial<DebtSettings>) =>
    payment.reconfigure({ [name]: { ...settings(), ...change } });
  return serve(objects[name] as typeof objects.timeDebt1, {
    chargeActive: reads(
      () => settings().active,
      (active) => keep({ active }),
    ),
    chargePassive: {
      set: async (passive: UnitCharge) => {
        if ((passive.charges[0]?.charge ?? 0) < 0) return Status.otherReason;
        await keep({ passive });
        return Status.success;
      },
    },
    period: {
      get: () => ({ value: settings().periodS }),
      set: async (periodS) => {
        if (!periods.includes(periodS)) return Status.otherReason;
        await keep({ periodS });
        return Status.success;
      },
      load: (periodS) => keep({ periodS }),
    },
    activate: async () => {
      await keep({ active: settings().passive });
      return done;
    },
    updateRemaining: mover(payment, name),
  });
}

function calendar(payment: ShownPayment, bind: Binding): ServedObject[] {
  const { configuration } = payment;
  const next: { [P in CalendarPart]: (value: Configuration["calendar"][P]) => Promise<Status> } = {
    schedule: (value) => kept(readTriggers(value), () => configuration.setNextCalendar("schedule", value)),
    specialDays: (value) =>
      kept(readSpecialDates(value), () => configuration.setNextCalendar("specialDays", value)),
  };
  const activation = (object: Activated, part: CalendarPart) =>
    bind.activation(object, () => payment.activateCalendar(part));
  return [
    serve(objects.nonDisablementScheduleInForce, {
      entries: reads(
        () => configuration.calendar.schedule,
        (schedule) => configuration.putCalendar("schedule", schedule),
      ),
    }),
    serve(objects.nonDisablementSpecialDaysInForce, {
      entries: reads(
        () => configuration.calendar.specialDays,
        (specialDays) => configuration.putCalendar("specialDays", specialDays),
      ),
    }),
    serve(objects.nonDisablementSchedule, {
      entries: { set: next.schedule },
    }),
    serve(objects.nonDisablementSpecialDays, {
      entries: { set: next.specialDays },
    }),
    serve(objects.nonDisablementScheduleActivation, {
      activateAt: activation(objects.nonDisablementScheduleActivation, "schedule"),
    }),
    serve(objects.nonDisablementSpecialDaysActivation, {
      activateAt: activation(objects.nonDisablementSpecialDaysActivation, "specialDays"),
    }),
  ];
}

/** What means nothing is refused. */
async function kept(meaning: unknown, keep: () => Promise<void>): Promise<Status> {
  if (meaning === undefined) return Status.otherReason;
  await keep();
  return Status.success;
}

interface Ring<T> {
  readonly entries: readonly T[];
  replace(entries: readonly T[]): Promise<void>;
}

function logs({ logs }: ShownPayment): ServedObject[] {
  const buffer = <T extends { readonly time: number }>(ring: Ring<T>) => ({
    get: (range: Range | undefined) => {
      const bounds = readRange(range);
      if (bounds === undefined) return refused;
      const [fromS, toS] = bounds;
      return { value: ring.entries.filter(({ time }) => time >= fromS && time <= toS) };
    },
    load: (entries: readonly T[]) => ring.replace(entries),
  });
  return [
    serve(objects.creditLog, { buffer: buffer(logs.credits) }),
    serve(objects.debtPaymentLog, { buffer: buffer(logs.debts) }),
    serve(objects.dailyPrepaymentLog, { buffer: buffer(logs.daily) }),
    serve(objects.changeLog, { buffer: buffer(logs.changes) }),
  ];
}

/** How members belong to values of the configuration. */
class Binding {
  readonly #payment: ShownPayment;
  readonly #futureDated: FutureDatedValues;

  constructor(payment: ShownPayment, futureDated: FutureDatedValues) {
    this.#payment = payment;
    this.#futureDated = futureDated;
  }

  inForce<N extends keyof Active>(name: N) {
    return reads(
      () => this.#payment.configuration.active[name],
      (value) => this.#payment.reconfigure({ [name]: value }),
    );
  }

  passive<N extends LimitName | keyof Account>(name: N) {
    return {
      set: async (value: Active[N]): Promise<Status> => {
        await this.#payment.configuration.setPassive({ [name]: value });
        return Status.success;
      },
    };
  }

  activation(object: Activated, activate: () => Promise<Status>) {
    const ref = { object: object.id, member: object.attributes.activateAt.no };
    this.#futureDated.onActivation(ref, activate);
    return { set: (timeS: number, origin: CommandOrigin) => this.#futureDated.schedule(ref, timeS, origin) };
  }
}
