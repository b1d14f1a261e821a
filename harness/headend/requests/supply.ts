/** Service requests 7.x: the supply, and the offset of its switching. */
import { whole } from "./duis.ts";
import { request } from "./request.ts";

export const supply = {
  "7.1": request("7.1", "EnableSupply"),
  "7.2": request("7.2", "DisableSupply"),
  "7.3": request("7.3", "ArmSupply"),
  "7.4": request("7.4", "ReadSupplyStatus"),
  /** Seconds. */
  "7.12": request("7.12", "SetRandomisedOffsetLimit", { fields: { RandomisedOffsetLimit: whole(0, 1799) } }),
} as const;
