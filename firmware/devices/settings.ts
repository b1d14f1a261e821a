import type { Fitted } from "../features/auxiliary/controllers.ts";
import type { EventBehaviourSettings } from "../features/event-behaviours/behaviours.ts";
import type { Plate } from "../features/identity/feature.ts";

/** What a device's maker chose where the specification leaves room, or where its text was not to hand. */
export interface DeviceSettings extends EventBehaviourSettings, Plate {
  /**
   * Refusals of one reason that are logged and reported in one window, and of all reasons that strangers can give
   * three times as many; more are only counted.
   */
  readonly refusalReportsPerWindow: number;
  readonly refusalWindowS: number;
  /** Alerts kept in flash until delivered; when full the oldest minor one gives way, else the oldest. */
  readonly alertOutboxCapacity: number;
  /** Wait before an undelivered alert is sent again; doubles up to the maximum. */
  readonly alertRetryMs: number;
  readonly alertRetryMaxMs: number;
  /** Responses waiting for the link, in RAM; when full the oldest gives way. */
  readonly responseQueueCapacity: number;
  /** Tries of one response, before it is given up. */
  readonly responseTries: number;
  /** Messages waiting in the hub for the WAN, in RAM; when full the oldest response gives way, else the oldest. */
  readonly wanQueueCapacity: number;
  /** Alerts of the home's devices that the hub keeps in flash until they are delivered. */
  readonly relayCapacity: number;
  /** Wait between two attempts to attach to the WAN. */
  readonly wanAttachRetryMs: number;
  /** Wait before a message that the WAN lost is sent again. */
  readonly wanResendMs: number;
  /** How often the hub sets its clock by the network's. */
  readonly networkTimeEveryMs: number;
  /** Tries of one message from the hub to a device, and the wait between them. */
  readonly hanTries: number;
  readonly hanRetryMs: number;
  /** Messages on their way from the hub to devices; more are refused. */
  readonly hanQueueCapacity: number;
  /** Wait before a device that could not join tries again. */
  readonly joinRetryMs: number;
  /** How often a meter asks the hub for the time. */
  readonly hubTimeEveryMs: number;
  /** Wait before it asks again when the hub had no time, or could not be heard. */
  readonly hubTimeRetryMs: number;
  /**
   * When a meter tells that it is commissioned (8F69): "joined", once it is on its hub's network with its tunnel, before
   * the supplier commissions it (8.1.1), as one maker's order of installing has it; "clock-set", at its first clock.
   */
  readonly commissionedWhen: "joined" | "clock-set";
  /** Limit of the randomised offset until a supplier sets it (7.12), seconds 0..1,799. Ours, not a fact. */
  readonly randomisedOffsetLimitS: number;
  /** As delivered: disable and lock the supply when the meter is tampered with; the supplier sets it by ECS81. */
  readonly lockSupplyOnTamper: boolean;
  /** Nobody presses anything for so long: the meter's display goes home, and asks for the privacy PIN again. Ours, not a fact. */
  readonly userInterfaceIdleMs: number;
  /** Suspending the time debts of a home whose supply is off suspends its standing charge, too (service-rules 5.3). */
  readonly standingChargeWithDebts: boolean;
  /**
   * Units of 10^-5 of the currency in one of the debt recovery rate cap's, which has 16 bits: a penny. From memory,
   * unverified.
   */
  readonly debtCapUnit: number;
  /**
   * Tokens entered by hand in a row that give no credit, before entry is suspended, and for how long. From memory,
   * unverified.
   */
  readonly tokenTries: number;
  readonly tokenSuspensionS: number;
  /** The most that one phase of a home draws: how soon its credit could be used up. Ours, not a fact. */
  readonly largestLoadW: number;
  /** From this long on an outage is a long one (8F36), and the hub's last gasp leaves: three minutes, facts §5.8. */
  readonly longOutageS: number;
  /**
   * What CCS06 gives as link quality of a device at 2.4 GHz, where a sub-GHz one has its quality (−128…127). From
   * memory, unverified.
   */
  readonly linkQualityAt24GHz: number;
  /**
   * Are validity periods of certificates looked at (CS02b, CS02d), where the command does not forbid it? Off for the
   * reference messages, whose certificates begin after their commands.
   */
  readonly certificateTimeChecks: boolean;
  /** May a load controller's cell take a certificate of another role? The reference messages put a supplier's there. */
  readonly anyPartyAsLoadController: boolean;
  /** Share of sub-GHz air time that the regulator allows a hub, hundredths of a per cent. From memory, unverified. */
  readonly subGhzRegulatoryShare: number;
  /** Devices on a hub's sub-GHz network at most. Ours, not a fact. */
  readonly subGhzCapacity: number;
  /** What a sub-GHz scan takes. Ours, not a fact. */
  readonly subGhzScanMs: number;
  /** Joins that a device's own log holds: the most that CS07 can tell. */
  readonly joinCapacity: number;
  /** A supply back for less than this has not come back: the bound on what flapping can cost. Ours, not a fact. */
  readonly outageSettleMs: number;
  /**
   * What is wired to auxiliary controllers 1 to 5, until a supplier says otherwise (ECS46c): "none", "switch" (ALCS),
   * "proportional" (APC), or the EUI-64 of a load control switch of the home (HCALCS). Ours: a proportional controller
   * does all that any command can ask for.
   */
  readonly auxiliaryControllers: readonly Fitted[];
  /** Has a boost button, "b". From memory, unverified: whether there is one is the meter's variant. */
  readonly boostFunction: boolean;
  /** Minutes of boost after one press, after another one, and so on. From memory, unverified. */
  readonly boostPeriodsMin: readonly number[];
}

export const defaultSettings: DeviceSettings = {
  refusalReportsPerWindow: 3,
  refusalWindowS: 3600,
  alertOutboxCapacity: 32,
  alertRetryMs: 30_000,
  alertRetryMaxMs: 600_000,
  responseQueueCapacity: 8,
  responseTries: 4,
  wanQueueCapacity: 32,
  relayCapacity: 12,
  wanAttachRetryMs: 60_000,
  wanResendMs: 5_000,
  networkTimeEveryMs: 3_600_000,
  hanTries: 3,
  hanRetryMs: 5_000,
  hanQueueCapacity: 16,
  joinRetryMs: 60_000,
  hubTimeEveryMs: 900_000,
  hubTimeRetryMs: 60_000,
  commissionedWhen: "joined",
  randomisedOffsetLimitS: 0,
  lockSupplyOnTamper: false,
  standingChargeWithDebts: true,
  debtCapUnit: 1000,
  tokenTries: 10,
  tokenSuspensionS: 3600,
  largestLoadW: 25_000,
  longOutageS: 180,
  linkQualityAt24GHz: 127,
  certificateTimeChecks: true,
  anyPartyAsLoadController: false,
  subGhzRegulatoryShare: 250,
  subGhzCapacity: 4,
  subGhzScanMs: 10_000,
  joinCapacity: 16,
  outageSettleMs: 5_000,
  alertsOnAsDelivered: true,
  userInterfaceIdleMs: 120_000,
  model: "00010001",
  manufacturer: "1234",
  auxiliaryControllers: ["proportional", "proportional", "proportional", "proportional", "proportional"],
  boostFunction: true,
  boostPeriodsMin: [15, 30, 45, 60],
};
