/** Which device of a home is meant. What there is not is `premises/no-device`, with what there is. */
import { CodedError } from "../../hal/base/coded-error.ts";
import { type Reference, serviceRequest } from "../headend/requests/index.ts";
import { isHub } from "./device-specs.ts";
import type { HomeDevice } from "./home-device.ts";

interface Home {
  readonly devices: readonly HomeDevice[];
}

export const deviceOf = (home: Home, name: string): HomeDevice =>
  home.devices.find((device) => device.name === name) ?? none(home, `device called ${JSON.stringify(name)}`);

export const hubOf = (home: Home): HomeDevice => home.devices.find(isHub) ?? none(home, "hub");

/** All devices but the hub, in their order. */
export const metersOf = (home: Home): readonly HomeDevice[] =>
  home.devices.filter((device) => !isHub(device));

/** The first meter. */
export const meterOf = (home: Home): HomeDevice => metersOf(home)[0] ?? none(home, "meter");

/** Whom a service request is for, when nobody says: the home's first device of the first type that has one. */
export function targetOf(home: Home, reference: Reference): HomeDevice {
  const types = serviceRequest(reference).devices;
  const suited = types.flatMap((type) => home.devices.filter((device) => device.type === type));
  return suited[0] ?? none(home, `${types.join(" or ")}, which ${reference} is for`);
}

function none(home: Home, what: string): never {
  const has = home.devices.map(({ name, type }) => `${name} (${type})`);
  throw new CodedError("premises/no-device", `this home has no ${what}: it has ${has.join(", ")}`, {
    ...{ what, has },
  });
}
