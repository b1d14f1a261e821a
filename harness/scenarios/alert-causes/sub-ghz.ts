/** The hub's network below 1 GHz: its configuration and channel, its hour on the air, its devices. */
import { euiBytes } from "../../../hal/base/eui64.ts";
import type { Premises } from "../../index.ts";
import { subGhzConfiguration } from "../samples/sub-ghz.ts";
import type { Cause } from "./cause.ts";

const hourMs = 3_600_000;
const air = (home: Premises) => home.device("hub").board.mockSubGhz;

export const subGhzCauses: readonly Cause[] = [
  {
    what: "a configuration that the channel in use is not in, and a scan",
    at: "hub",
    tells: ["subGhzConfigurationChanged", "channelChanged", "channelScanAssessed", "channelScanBegun"],
    bring: async (home) => {
      await home.command("6.28", subGhzConfiguration);
      await home.run(60_000);
      await home.command("6.29");
      await home.run(120_000);
    },
  },
  {
    what: "a noisy channel that may not be left again this week",
    at: "hub",
    tells: ["channelChangeBlocked"],
    bring: async (home) => {
      await home.command("6.28", { ...subGhzConfiguration, MaximumSubGHzChannelChangesPerWeek: 1 });
      air(home).interfere({ page: 28, number: 1 }, -50);
      await home.command("6.29");
      await home.run(120_000);
    },
  },
  {
    what: "an hour on the air that fills and empties, and a message for who must be silent",
    at: "hub",
    tells: [
      ...(["dutyCycleLimited", "dutyCycleCritical", "dutyCycleRegulated", "messageDropped"] as const),
      ...(["dutyCycleBelowRegulated", "dutyCycleBelowCritical", "dutyCycleBelowLimited"] as const),
    ],
    bring: async (home) => {
      const device = euiBytes(home.device("esme").eui);
      air(home).happen({ kind: "join", device });
      await home.run(1000);
      for (const airtimeMs of [47_000, 33_000, 10_000]) {
        air(home).happen({ kind: "sent", device, airtimeMs });
        await home.run(30_000);
      }
      await home.request("7.4", {}, { timeoutMs: 30_000 });
      await home.run(2 * hourMs);
    },
  },
  {
    what: "a gas meter that is lost, and more devices than there is room for",
    at: "hub",
    tells: ["lostGasMeterSearchesFailed", "subGhzFull"],
    bring: async (home) => {
      const device = euiBytes("00DB1234567890A1");
      for (let n = 0; n < 3; n++) air(home).happen({ kind: "search-failed", device });
      for (let n = 0; n < 5; n++) air(home).happen({ kind: "join", device: euiBytes(`00DB1234567890B${n}`) });
      await home.run(60_000);
    },
  },
];
