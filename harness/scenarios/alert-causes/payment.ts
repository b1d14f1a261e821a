/** Prepayment down to nothing and back, debts paid off, and tokens at the keypad. */
import { constantLoad } from "../../../hal/mock/index.ts";
import type { Premises } from "../../index.ts";
import { prepaymentConfiguration, twoRateTariff } from "../samples.ts";
import type { Cause } from "./cause.ts";

const hourMs = 3_600_000;
const prepaid = { SuspendDebtDisabled: false, SuspendDebtEmergency: false, DisablementThreshold: 0 };

async function press(home: Premises, keys: string): Promise<void> {
  for (const key of keys) {
    home.device("esme").board.mockUserInterface.press(key as "a");
    await home.run(100);
  }
}

/** With a tariff, limits and prepayment, and so much credit, 10^-5 pounds. */
async function onPrepayment(home: Premises, credit: number): Promise<void> {
  await home.command("1.1.1", twoRateTariff);
  await home.command("2.1", prepaymentConfiguration);
  await home.command("1.5", { CreditMode: { AdjustMeterBalance: credit } });
  await home.command("1.6", { Prepayment: prepaid });
}

const vend = (home: Premises, pence: number): string => home.headEnd.vend(home.device("esme").eui, pence);
const enter = (home: Premises, token: string): Promise<void> => press(home, `${token}a`);
const recovery = (rate: number) =>
  ({ DebtRecoveryRate: rate, DebtRecoveryRatePriceScale: -5, DebtRecoveryRatePeriod: "HOURLY" }) as const;

export const paymentCauses: readonly Cause[] = [
  {
    what: "prepayment used up by night, and emergency credit by day",
    home: { load: constantLoad(15_000) },
    tells: [
      ...(["lowCredit", "emergencyCreditAvailable", "disablementSuspended", "creditExhausted"] as const),
      ...(["emergencyCreditActivated", "armedByEmergencyCredit", "emergencyCreditExhausted"] as const),
    ],
    bring: async (home) => {
      await onPrepayment(home, 210_000);
      await home.run(20 * hourMs);
      await press(home, "00a");
      await home.run(1000);
      await press(home, "a");
      await home.run(30 * hourMs);
    },
  },
  {
    what: "debts recovered by the hour, and from a payment",
    tells: ["timeDebt1Paid", "timeDebt2Paid", "paymentDebtPaid", "creditAddedLocally"],
    bring: async (home) => {
      await onPrepayment(home, 2_000_000);
      await home.command("2.3", {
        TimeDebtRegister1: 8000,
        TimeDebtRegister2: 4000,
        PaymentDebtRegister: 100,
        DebtRecoveryPerPayment: 2000,
        ElecDebtRecovery1: recovery(5000),
        ElecDebtRecovery2: recovery(2500),
      });
      await home.run(4 * hourMs);
      await enter(home, vend(home, 1000));
    },
  },
  {
    what: "tokens that give no credit",
    tells: [
      ...(["tokenDuplicate", "tokenNotAuthentic", "creditTooHigh", "balanceTooHigh"] as const),
      ...(["tokenEntrySuspended", "tokenLockedOut"] as const),
    ],
    bring: async (home) => {
      await onPrepayment(home, 49_500_000);
      const token = vend(home, 100);
      await enter(home, token);
      await enter(home, token);
      await enter(home, vend(home, 20_000));
      await enter(home, vend(home, 9000));
      const others = home.headEnd.vend(home.device("esme").eui, 100, "secondSupplier");
      for (let i = 0; i < 8; i++) await enter(home, others);
    },
  },
];
