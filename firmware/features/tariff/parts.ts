/** What a tariff is made of: each part has a value in force and a passive one. */
export const blockTous = [1, 2, 3, 4, 5, 6, 7, 8] as const;
/** Parts of the tariff that one activation time brings into force, all or nothing. */
export const calendarParts = ["seasons", "weeks", "days"] as const;
export const secondaryCalendarParts = ["secondarySeasons", "secondaryWeeks", "secondaryDays"] as const;
export const thresholdParts = blockTous.map((tou) => `thresholds${tou}` as const);

export type Part =
  | (typeof calendarParts)[number]
  | (typeof secondaryCalendarParts)[number]
  | (typeof thresholdParts)[number]
  | "specialDays"
  | "secondarySpecial"
  | "currency"
  | "standing"
  | "price"
  | "secondaryPrice";
