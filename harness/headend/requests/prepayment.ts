/** Service requests 1.5, 1.6, 2.x and the reads of what they set: the account of an electricity meter. */
import { z } from "zod";
import { fromHex, toHex } from "../../../hal/base/hex.ts";
import { empty, int, oneOf, priceScale, readLogPeriod, short, whole } from "./duis.ts";
import {
  calendarValues,
  filledNonDisablement,
  nonDisablementCalendar,
  readNonDisablement,
} from "./non-disablement.ts";
import { list } from "./read.ts";
import { request } from "./request.ts";

const log = { fields: { ReadLogPeriod: readLogPeriod } } as const;

// --- 1.5 ---

const adjustOrReset = z
  .strictObject({ AdjustMeterBalance: int.optional(), ResetMeterBalance: empty.optional() })
  .superRefine(oneOf("AdjustMeterBalance", "ResetMeterBalance"));
type AdjustOrReset = z.output<typeof adjustOrReset>;
/** An electricity meter has one balance, whatever its mode: its command does not carry the mode. */
const balanceOf = (p: {
  PrepaymentMode?: AdjustOrReset | undefined;
  CreditMode?: AdjustOrReset | undefined;
}) => (p.PrepaymentMode ?? p.CreditMode) as AdjustOrReset;

// --- 1.6: an account says for each credit which charges it pays ---

const debts = ["01", "02"];
const charge = (credit: string, code: string, collect = "111") => ({
  credit: fromHex(`0000130A${credit}FF`),
  charge: fromHex(`00001314${code}FF`),
  collect,
});

interface Switches {
  readonly SuspendDebtDisabled: boolean;
  readonly SuspendDebtEmergency: boolean;
}

/** In the order of the reference commands; a twin-element meter's secondary tariff stands last. */
function chargesOf(prepayment: Switches | undefined, isTwin: boolean) {
  const [balance, emergency, accumulated] = ["00", "01", "02"] as const;
  if (prepayment === undefined)
    return ["00", "04", ...(isTwin ? ["05"] : [])].map((code) => charge(balance, code));
  const collect = prepayment.SuspendDebtDisabled ? "110" : "111";
  const debtsOf = (credit: string) => debts.map((code) => charge(credit, code, collect));
  const aside = prepayment.SuspendDebtEmergency ? ["04", ...debts] : [];
  return [
    ...["00", "04"].map((code) => charge(balance, code)),
    ...debtsOf(balance),
    charge(balance, "03"),
    ...["03", "00", "04"].map((code) => charge(emergency, code)),
    ...debtsOf(emergency),
    ...aside.map((code) => charge(accumulated, code)),
    ...(isTwin ? [balance, emergency].map((credit) => charge(credit, "05")) : []),
  ];
}

// The way back shares nothing with the way there.

const rowText = (row: unknown): string => {
  const {
    credit,
    charge: charged,
    collect,
  } = (typeof row === "object" ? row : {}) as Record<string, unknown>;
  const last = (name: unknown, head: string) => {
    const hex = name instanceof Uint8Array ? toHex(name) : "";
    return hex.startsWith(head) && hex.endsWith("FF") && hex.length === 12 ? hex.slice(8, 10) : `?${hex}`;
  };
  return `${last(credit, "0000130A")}/${last(charged, "00001314")}/${String(collect)}`;
};
const twinOf = (text: string, rows: string) => (text.endsWith(rows) ? text.slice(0, -rows.length) : text);

export function readCharges(
  value: unknown,
  isCredit: boolean,
  isTwin: boolean,
): Readonly<Record<string, unknown>> {
  const text = list(value).map(rowText).join(" ");
  const secondary = isCredit ? " 00/05/111" : " 00/05/111 01/05/111";
  const rest = isTwin ? twinOf(text, secondary) : text;
  if (isTwin && rest === text) return { creditCharges: text };
  if (isCredit) return rest === "00/00/111 00/04/111" ? {} : { creditCharges: text };
  const found =
    /^00\/00\/111 00\/04\/111 00\/01\/11([01]) 00\/02\/11\1 00\/03\/111 01\/03\/111 01\/00\/111 01\/04\/111 01\/01\/11\1 01\/02\/11\1( 02\/04\/111 02\/01\/111 02\/02\/111)?$/.exec(
      rest,
    );
  if (found === null) return { creditCharges: text };
  return { SuspendDebtDisabled: found[1] === "0", SuspendDebtEmergency: found[2] !== undefined };
}

// --- 2.2, 2.3 ---

const utrn = z.string().regex(/^\d{20}$/, "expected 20 digits");

const debtRecovery = z.strictObject({
  DebtRecoveryRate: short,
  DebtRecoveryRatePriceScale: priceScale,
  DebtRecoveryRatePeriod: z.enum(["HOURLY", "DAILY"]),
});
type DebtRecovery = z.output<typeof debtRecovery>;
const periods = { HOURLY: 3600, DAILY: 86_400 } as const;

const unitCharge = ({ DebtRecoveryRate, DebtRecoveryRatePriceScale }: DebtRecovery) => ({
  scale: { price: DebtRecoveryRatePriceScale },
  charges: [{ index: new Uint8Array(), charge: DebtRecoveryRate }],
});
function readRate(value: unknown): Readonly<Record<string, unknown>> {
  const { scale, charges } = (typeof value === "object" && value !== null ? value : {}) as {
    scale?: { price?: unknown };
    charges?: unknown;
  };
  const [first, ...more] = list(charges) as { index?: unknown; charge?: unknown }[];
  const plain = more.length === 0 && first?.index instanceof Uint8Array && first.index.length === 0;
  return {
    DebtRecoveryRate: first?.charge,
    DebtRecoveryRatePriceScale: scale?.price,
    ...(plain ? {} : { charges }),
  };
}

// --- 2.1 ---

const electricity = "UpdatePrepayConfigElectricity";
export const aWeekS = 604_800;

export const prepayment = {
  /** 10^-5 of the currency, as all amounts. */
  "1.5": request("1.5", "UpdateMeterBalance", {
    fields: { PrepaymentMode: adjustOrReset.optional(), CreditMode: adjustOrReset.optional() },
    check: oneOf("PrepaymentMode", "CreditMode"),
    useCase: (p) => (balanceOf(p).ResetMeterBalance === undefined ? "ECS04a" : "ECS04b"),
    values: (p) => ({ "meterBalance.update": balanceOf(p).AdjustMeterBalance }),
    readBack: (value, { useCase }) =>
      useCase === "ECS04b" ? { ResetMeterBalance: {} } : { AdjustMeterBalance: value("meterBalance.update") },
    carried: balanceOf,
  }),
  "1.6": request("1.6", "UpdatePaymentMode", {
    fields: {
      Credit: empty.optional(),
      Prepayment: z
        .strictObject({
          SuspendDebtDisabled: z.boolean(),
          SuspendDebtEmergency: z.boolean(),
          DisablementThreshold: int,
        })
        .optional(),
    },
    check: oneOf("Credit", "Prepayment"),
    useCase: (p) => (p.Prepayment === undefined ? "ECS02" : "ECS03"),
    elements: { "disablementThreshold.passive": "Prepayment.DisablementThreshold" },
    values: (p, { isTwin }) => ({
      "passiveAccount.modeAndStatus": {},
      "passiveAccount.creditCharges": chargesOf(p.Prepayment, isTwin),
    }),
    readBack: (value, { useCase, isTwin }) => {
      value("passiveAccount.modeAndStatus"); // its row has all of it, and is compared with it
      const read = readCharges(value("passiveAccount.creditCharges"), useCase === "ECS02", isTwin);
      return useCase === "ECS02" ? { Credit: read } : { Prepayment: read };
    },
  }),
  "2.1": request("2.1", "UpdatePrepayConfiguration", {
    fields: {
      [electricity]: z.strictObject({
        DebtRecoveryRateCap: whole(0, 0xffff),
        EmergencyCreditLimit: int,
        EmergencyCreditThreshold: int,
        LowCreditThreshold: int,
        ElectricityNonDisablementCalendar: nonDisablementCalendar,
        MaxMeterBalance: int,
        MaxCreditThreshold: int,
      }),
    },
    useCase: "ECS08a",
    elements: {
      "debtCap.passive": `${electricity}.DebtRecoveryRateCap`,
      "emergencyCreditLimit.passive": `${electricity}.EmergencyCreditLimit`,
      "emergencyCreditThreshold.passive": `${electricity}.EmergencyCreditThreshold`,
      "lowCreditThreshold.passive": `${electricity}.LowCreditThreshold`,
      "maximumBalance.passive": `${electricity}.MaxMeterBalance`,
      "maximumCredit.passive": `${electricity}.MaxCreditThreshold`,
    },
    values: (p) => ({
      "debtCapPeriod.passive": aWeekS,
      ...calendarValues(p[electricity].ElectricityNonDisablementCalendar),
    }),
    readBack: (value) => ({
      [electricity]: {
        ElectricityNonDisablementCalendar: readNonDisablement(value),
        ...(value("debtCapPeriod.passive") === 604_800
          ? {}
          : { DebtCapPeriod: value("debtCapPeriod.passive") }),
      },
    }),
    carried: (p) => ({
      ...p,
      [electricity]: {
        ...p[electricity],
        ElectricityNonDisablementCalendar: filledNonDisablement(
          p[electricity].ElectricityNonDisablementCalendar,
        ),
      },
    }),
  }),
  /** The token's own counter is that of the command ({@link topUpCounter} of `utrn.ts`). */
  "2.2": request("2.2", "TopUpDevice", {
    fields: { UTRN: utrn },
    useCase: "CS01a",
    values: (p) => ({ "tokenGateway.enter": Uint8Array.from(Buffer.from(p.UTRN, "latin1")) }),
    readBack: (value) => {
      const digits = value("tokenGateway.enter");
      return { UTRN: digits instanceof Uint8Array ? String.fromCharCode(...digits) : { is: digits } };
    },
  }),
  "2.3": request("2.3", "UpdateDebt", {
    fields: {
      TimeDebtRegister1: int,
      TimeDebtRegister2: int,
      PaymentDebtRegister: int,
      /** Of each payment, 1/10,000. */
      DebtRecoveryPerPayment: whole(0, 10_000),
      ElecDebtRecovery1: debtRecovery,
      ElecDebtRecovery2: debtRecovery,
    },
    useCase: "ECS07",
    elements: {
      "paymentDebt.proportion": "DebtRecoveryPerPayment",
      "paymentDebt.updateRemaining": "PaymentDebtRegister",
      "timeDebt1.updateRemaining": "TimeDebtRegister1",
      "timeDebt2.updateRemaining": "TimeDebtRegister2",
      "timeDebt1.period": ["ElecDebtRecovery1.DebtRecoveryRatePeriod", periods],
      "timeDebt2.period": ["ElecDebtRecovery2.DebtRecoveryRatePeriod", periods],
    },
    values: (p) => ({
      "timeDebt1.chargePassive": unitCharge(p.ElecDebtRecovery1),
      "timeDebt2.chargePassive": unitCharge(p.ElecDebtRecovery2),
    }),
    readBack: (value) => ({
      ElecDebtRecovery1: readRate(value("timeDebt1.chargePassive")),
      ElecDebtRecovery2: readRate(value("timeDebt2.chargePassive")),
    }),
  }),
  "2.5": request("2.5", "ActivateEmergencyCredit"),
  "4.3": request("4.3", "ReadInstantaneousPrepayValues"),
  "4.4.2": request("4.4.2", "RetrieveCoMOrTariffTriggeredBillingDataLog", log),
  "4.4.4": request("4.4.4", "RetrieveBillingDataLogDebtPayments", log),
  "4.4.5": request("4.4.5", "RetrieveBillingDataLogPrepaymentCredits", log),
  "4.13": request("4.13", "ReadPrepaymentConfiguration"),
  "4.14": request("4.14", "ReadPrepaymentDailyReadLog", log),
  "4.18": request("4.18", "ReadMeterBalance"),
  "6.2.9": request("6.2.9", "ReadDeviceConfigurationPaymentMode"),
} as const;
