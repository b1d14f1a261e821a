/** Service requests 8.7 and 8.8: devices of a home are joined to each other, and parted. The DCC knows how. */
import type { z } from "zod";
import { type DeviceName, devices, type ValueOf, valueTypes } from "../../../firmware/model/index.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { fromHex, toHex } from "../../../hal/base/hex.ts";
import { eui } from "./duis.ts";
import { type Lookup, type ReadContext, type RequestContext, request } from "./request.ts";

type Types = typeof valueTypes;
type Method = ValueOf<Types["joinMethod"]>;
type Joining = "CS03A1" | "CS03A2" | "CS03B" | "CS03C";

const other = { OtherDeviceID: eui } as const;
interface Other {
  readonly OtherDeviceID: string;
}

const methods: Readonly<Record<Joining, Method>> = {
  CS03A1: "aInitiator",
  CS03A2: "aResponder",
  CS03B: "b",
  CS03C: "c",
};
const numbers: Readonly<Record<string, number>> = valueTypes.joinDevice.names;

/** What a join calls a device. */
const nameInJoin = (type: DeviceName): string | undefined =>
  Object.keys(numbers).find((each) => numbers[each] === devices[type].joinNumber);

/** A gas meter and a prepayment interface join by method C; what only listens, and the gas proxy, by B; the rest by A. */
function joiningOf({ OtherDeviceID }: Other, { device, typeOf }: RequestContext): Joining {
  const type = typeOf(OtherDeviceID);
  const pair: readonly DeviceName[] = [device, type];
  if (pair.includes("GPF") || devices[type].category === "type 2") return "CS03B";
  if (pair.includes("GSME") && pair.includes("PPMID")) return "CS03C";
  return device === "ESME" ? "CS03A1" : "CS03A2";
}

/** A device that is no meter is joined by a critical request as its meter is, or by one that the ACB signs. */
const joins = {
  fields: other,
  values: (p: Other, context: RequestContext) => {
    const type = nameInJoin(context.typeOf(p.OtherDeviceID));
    if (type === undefined)
      throw new CodedError(
        "headend/parameters",
        `service request 8.7: OtherDeviceID: ${p.OtherDeviceID} is no device that joins others`,
        { device: p.OtherDeviceID },
      );
    return {
      "joining.join": { method: methods[joiningOf(p, context)], device: fromHex(p.OtherDeviceID), type },
    };
  },
  readBack: (value: Lookup, { useCase, typeOf }: ReadContext) => {
    const { method, device, type, ...more } = (value("joining.join") ?? {}) as Readonly<
      Record<string, unknown>
    >;
    const OtherDeviceID = device instanceof Uint8Array ? toHex(device) : device;
    const expected = typeof OtherDeviceID === "string" ? nameInJoin(typeOf(OtherDeviceID)) : undefined;
    return {
      OtherDeviceID,
      ...(method !== methods[useCase as Joining] && { method }),
      ...(type !== expected && { type }),
      ...more,
    };
  },
} as const;

/** What does not belong to the kind of request is refused for its target. */
const among =
  <const U extends Joining>(...allowed: readonly U[]) =>
  (p: Other, context: RequestContext): U => {
    const joining = joiningOf(p, context);
    const found = allowed.find((each) => each === joining);
    if (found !== undefined) return found;
    throw new CodedError(
      "headend/parameters",
      `service request 8.7: OtherDeviceID: a ${context.device} joins ${p.OtherDeviceID} by ${joining}; ` +
        `expected ${allowed.join(" or ")}: take the other of 8.7.1 and 8.7.2`,
      { device: p.OtherDeviceID, joining },
    );
  };

const unjoins = {
  fields: other,
  elements: { "joining.unjoin": "OtherDeviceID" },
  values: ({ OtherDeviceID }: Other) => ({ "joining.unjoin": fromHex(OtherDeviceID) }),
  readBack: (value: Lookup) => {
    const device = value("joining.unjoin");
    return { OtherDeviceID: device instanceof Uint8Array ? toHex(device) : device };
  },
} as const;

export const joinRequests = {
  "8.7.1": request("8.7.1", "JoinServiceCritical", {
    ...joins,
    useCase: among("CS03A1", "CS03A2", "CS03C"),
  }),
  "8.7.2": request("8.7.2", "JoinServiceNonCritical", {
    ...joins,
    useCase: among("CS03B", "CS03A2", "CS03C"),
  }),
  "8.8.1": request("8.8.1", "UnjoinServiceCritical", unjoins),
  "8.8.2": request("8.8.2", "UnjoinServiceNonCritical", {
    ...unjoins,
    useCase: (_: z.output<z.ZodObject<typeof other>>, { device }) =>
      (device as DeviceName) === "PPMID" ? "CS04AC" : "CS04B",
  }),
} as const;
