/** Service requests 11.x that are commands: firmware is activated, and its version read. */
import { NOW } from "../../../firmware/model/index.ts";
import { hexBinary } from "./duis.ts";
import { sameNumber } from "./read.ts";
import { request } from "./request.ts";

export const firmware = {
  "11.2": request("11.2", "ReadFirmwareVersion", { useCase: "ECS52" }),
  "11.3": request("11.3", "ActivateFirmware", {
    fields: { FirmwareHash: hexBinary(32, 32) },
    values: (p, { counter }) => ({
      "firmwareImage.activate": {
        hash: p.FirmwareHash,
        counter,
        executionTime: p.ExecutionDateTime === NOW ? undefined : p.ExecutionDateTime,
      },
    }),
    readBack: (value, { counter: own }) => {
      const { hash, counter, executionTime, ...more } = (value("firmwareImage.activate") ?? {}) as Readonly<
        Record<string, unknown>
      >;
      return {
        ExecutionDateTime: executionTime ?? NOW,
        FirmwareHash: hash,
        ...(!sameNumber(counter, own) && { counter }),
        // It is left out for "now".
        ...(executionTime === NOW && { executionTime }),
        ...more,
      };
    },
  }),
} as const;
