/** 5.1 to 5.3: schedules are made, read and deleted by their user. */

import { Refusal } from "./refusal.ts";
import type { Schedule } from "./schedules.ts";
import { type Asked, type DccService, done } from "./service.ts";

type Which = { readonly DSPScheduleID?: bigint | undefined; readonly DeviceID?: string | undefined };

/** The user's own: one, or all of a device. Throws a `Refusal` with `code` where there are none. */
function chosen(
  { DSPScheduleID, DeviceID }: Which,
  { request, parts }: Asked,
  code: string,
): readonly Schedule[] {
  const found = parts.schedules.of(
    ({ id, user, device }) =>
      user === request.originator &&
      (DSPScheduleID === undefined ? device === DeviceID : id === DSPScheduleID),
  );
  if (found.length > 0) return found;
  throw new Refusal(code, `no schedule ${DSPScheduleID ?? `for ${DeviceID}`} of this user`);
}

export const scheduleServices: { readonly [R in "5.1" | "5.2" | "5.3"]: DccService<R> } = {
  "5.1": (form, { request, parts }) => ({
    code: "I0",
    content: { DSPScheduleID: parts.schedules.create(request, form) },
  }),
  "5.2": (form, asked) => {
    const DSPSchedules = chosen(form, asked, asked.context.settings.codes.noSchedule)
      .slice(0, 99)
      .map(({ id, form: DSPScheduleDetails }) => ({ DSPScheduleID: id, DSPScheduleDetails }));
    return { code: "I0", content: { DSPSchedulesRead: { DSPSchedules } } };
  },
  "5.3": (form, asked) => {
    const found = chosen(form, asked, asked.context.settings.codes.noScheduleToDelete);
    asked.parts.schedules.delete(found.map(({ id }) => id));
    return done;
  },
};
