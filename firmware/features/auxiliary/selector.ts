/**
 * Selectors of the auxiliary script tables (payloads §2.5). Newer: way (1 output, 2 input), controller, then a level of
 * 0..100 % (in calendars with bit 7 set). Older: controller, then a script of its own. Pure.
 */
export const controllers = [1, 2, 3, 4, 5] as const;
export type Controller = (typeof controllers)[number];
export const ways = ["output", "input"] as const;
export type Way = (typeof ways)[number];

/** One way of one controller. */
export interface Channel {
  readonly controller: Controller;
  readonly way: Way;
}
export interface Target extends Channel {
  /** Percent. */
  readonly level: number;
}

export const full = 100;
const wayNumber = { output: 1, input: 2 } as const;
/** Set where a calendar gives a level. */
const calendarBit = 0x80;
const olderCalendar: Readonly<Record<number, number>> = { 1: full, 2: 0 };
/** Scripts of the older form: on for a time, off for a time, back to the calendar. */
export const olderScripts = { 17: "activate", 18: "deactivate", 32: "reset" } as const;
export type OlderScript = (typeof olderScripts)[keyof typeof olderScripts];
/** In the log, with the older form's controller: a switch of the home network told what it did. */
const answeredScript = 0;

const controllerOf = (number: number): Controller | undefined => controllers.find((each) => each === number);

/** As ECS101 and ECS102 name a channel: 0x23 is the input of controller 3. */
export const channelOctet = ({ controller, way }: Channel): number => (wayNumber[way] << 4) | controller;
/** What the log says of a level that no command asked for: of a switch in the older form, on or off. */
export const loggedSelector = (channel: Target, isSwitch: boolean): number =>
  isSwitch
    ? (channel.controller << 8) | (channel.level === full ? 17 : 18)
    : (channelOctet(channel) << 8) | channel.level;
export const answeredSelector = (controller: Controller): number => (controller << 8) | answeredScript;

/** What a selector of a command (ECS47a, ECS47e) means; undefined for nothing. */
export function readTarget(selector: number): Target | undefined {
  const controller = controllerOf((selector >> 8) & 15);
  const way = ways.find((each) => wayNumber[each] === selector >> 12);
  const level = selector & 0xff;
  return controller && way && level <= full ? { controller, way, level } : undefined;
}

/** What a calendar's selector means, in either form. */
export function readCalendarTarget(selector: number): Target | undefined {
  const [high, low] = [selector >> 8, selector & 0xff];
  const controller = controllerOf(high);
  const level = olderCalendar[low];
  if (controller !== undefined && level !== undefined) return { controller, way: "output", level };
  return low & calendarBit ? readTarget(selector & ~calendarBit) : undefined;
}

/** What a selector of ECS47 means. */
export function readOlder(selector: number): { controller: Controller; script: OlderScript } | undefined {
  const controller = controllerOf(selector >> 8);
  const script = (olderScripts as Readonly<Record<number, OlderScript>>)[selector & 0xff];
  return controller && script && { controller, script };
}
