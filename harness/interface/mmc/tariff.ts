/** The tariff in force of either element: 4.11.1, 4.11.2. Prices are times 10^scale of the currency. */
import { fromHex, toHex } from "../../../hal/base/hex.ts";
import { activeImport, secondaryImport } from "../../headend/requests/prices.ts";
import { firstBlockScript, firstSecondaryScript } from "../../headend/requests/tariff.ts";
import { date, midnight, timeOfDay } from "./calendar-parts.ts";
import type { Found } from "./found.ts";
import { attributed, each, fixedBy, full, group, implied, leaf, type Part, some, whole } from "./parts.ts";
import { between, oneOf, plain } from "./words.ts";

const ordinal = "entries stand in their order";

/** Text of an octet string; and its one octet as a number. */
const letters = (value: unknown) =>
  value instanceof Uint8Array ? plain(Buffer.from(value).toString("latin1")) : undefined;
const oneOctet = (least: number, most: number) => (value: unknown) =>
  value instanceof Uint8Array && value.length === 1 ? between(least, most)(value[0]) : undefined;

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const weekProfile = group(
  "WeekProfile",
  leaf("WeekName", "name", oneOctet(1, 4)),
  ...days.map((day, i) => leaf("ReferencedElecDay", day, between(1, 16), { index: String(i + 1) })),
);
const season = group(
  "Season",
  leaf("SeasonName", "name", letters),
  date("SeasonStartDate", "start"),
  midnight("start"),
  leaf("ReferencedWeekName", "week", oneOctet(1, 4)),
);

/** A switching time, and the action that its selector is. */
const switching = (action: Part): Part => full("ProfileSchedule", timeOfDay("StartTime", "start"), action);
/** The selector less what stands before the first. */
const selected = (name: string, before: number, most: number): Part =>
  leaf(name, "selector", (selector) =>
    typeof selector === "number" ? between(1, most)(selector - before) : undefined,
  );
const primaryAction: Part = (from) => [
  ...selected("TOUTariffAction", 0, 48)(from),
  ...selected("BlockTariffAction", firstBlockScript, 8)(from),
];

const switchingTable = (calendar: string, action: Part): Part =>
  some(
    "TariffSwitchingTable",
    some(
      "DayProfiles",
      each(
        `${calendar}.daysActive`,
        16,
        group("DayProfile", leaf("Day", "day", between(1, 16)), each("switches", 48, switching(action))),
      ),
    ),
    some("WeekProfiles", each(`${calendar}.weeksActive`, 4, weekProfile)),
    some("Seasons", each(`${calendar}.seasonsActive`, 4, season)),
  );

const specialDays = (object: string): Part =>
  some(
    "TariffSwitchingTableSpecialDays",
    each(
      `${object}.entries`,
      50,
      full("SpecialDay", date("Date", "date"), leaf("ReferencedDay", "day", between(1, 16))),
      (from) => {
        from.at("index")?.imply(ordinal);
        return [];
      },
    ),
  );

/** The index of a price, in hex: 01 to 30 a time of use, A1 to D8 a block and its time of use. */
const isPriceAt = (index: number) => (charge: Found) => {
  const octets = charge.at("index")?.look();
  return octets instanceof Uint8Array && Number.parseInt(toHex(octets), 16) === index;
};
const price =
  (name: string, path: string, priceIndex: number, index: number): Part =>
  (from) => {
    const charge = from.at(`${path}.charges`)?.items().find(isPriceAt(priceIndex));
    if (charge === undefined) return [];
    charge.at("index")?.take();
    return leaf(name, "charge", plain, { index: String(index) })(charge);
  };
const blocks = [1, 2, 3, 4];
const tous = Array.from({ length: 48 }, (_, i) => i + 1);
const firstBlockPrice = 0xa0;
const blockPrices = (path: string): Part[] =>
  tous
    .slice(0, 8)
    .map((tou) =>
      attributed(
        some(
          "TariffBlockPrices",
          ...blocks.map((block) =>
            price("BlockPrice", path, firstBlockPrice + (block - 1) * 0x10 + tou, block),
          ),
        ),
        () => ({ index: String(tou) }),
      ),
    );
const touPrices = (path: string, most: number): Part[] =>
  tous.slice(0, most).map((tou) => price("TariffTOUPrice", path, tou, tou));

/** What is charged is what such a price is of. */
const charged = (path: string, name: string): Part =>
  implied(`${path}.commodity.name`, fromHex(name), "prices are of what the element counts");

const currency = oneOf({ true: "GBP", false: "ECB" });
const smallUnit = oneOf({ true: "Millipence", false: "Millicent" });

/** The active price is in 10^-5 of the currency: its unit's name says so. */
const activePrice =
  (name: string, object: string): Part =>
  (from) => {
    implied(
      `${object}.scalerUnit`,
      { scaler: -5, unit: "currency" },
      "the format's number is in this unit",
    )(from);
    return leaf(name, `${object}.value`)(from);
  };

const thresholds = tous.slice(0, 8).map((tou) =>
  attributed(
    some("ElecTariffThresholds", (from) =>
      (from.at(`blockThresholdsTou${tou}InForce.thresholds`)?.items() ?? []).map((limit, i) => ({
        name: "BlockThreshold",
        attributes: { index: String(i + 1) },
        content: String(limit.take()),
      })),
    ),
    () => ({ index: String(tou) }),
  ),
);

const standing = "standingCharge.chargeActive";
/** One charge, of nothing counted. */
const standingCharge: Part = (from) => {
  const [first] = from.at(`${standing}.charges`)?.items() ?? [];
  if (first === undefined) return [];
  implied("index", new Uint8Array(), "the only charge")(first);
  return leaf("StandingCharge", "charge")(first);
};

export const tariffs = {
  ReadTariffPrimaryElement: [
    group(
      "Electricity",
      activePrice("PrimaryActiveTariffPrice", "activeTariffPrice"),
      leaf("CurrencyUnitsLabel", "currencyUnit.active", currency),
      leaf("CurrencyUnitsName", "currencyUnit.active", smallUnit),
      standingCharge,
      leaf("StandingChargeScale", `${standing}.scale.price`),
      leaf("PriceScale", "tariffPrice.chargeActive.scale.price"),
      some("TariffBlockPriceMatrix", ...blockPrices("tariffPrice.chargeActive")),
      some("TariffTOUPriceMatrix", ...touPrices("tariffPrice.chargeActive", 48)),
      switchingTable("tariffCalendar", whole(primaryAction)),
      specialDays("specialDaysInForce"),
      some("TariffThresholdMatrix", ...thresholds),
      charged("tariffPrice.chargeActive", activeImport),
      fixedBy("ECS01a", "tariffPrice.chargePassive", "tariffPrice.chargeActive"),
      fixedBy("ECS01a", "standingCharge.chargePassive", standing),
      fixedBy("ECS01a", "tariffCalendar.daysPassive", "tariffCalendar.daysActive"),
    ),
  ],
  ReadTariffSecondaryElement: [
    activePrice("SecondaryActiveTariffPrice", "secondaryActiveTariffPrice"),
    leaf("PriceScale", "secondaryPrice.chargeActive.scale.price"),
    some("TariffTOUPriceMatrix", ...touPrices("secondaryPrice.chargeActive", 4)),
    switchingTable("secondaryCalendar", selected("TOUTariffAction", firstSecondaryScript, 4)),
    specialDays("secondarySpecialDaysInForce"),
    charged("secondaryPrice.chargeActive", secondaryImport),
    fixedBy("ECS01c", "secondaryPrice.chargePassive", "secondaryPrice.chargeActive"),
    fixedBy("ECS01c", "secondaryCalendar.daysPassive", "secondaryCalendar.daysActive"),
  ],
} as const;
