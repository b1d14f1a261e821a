/** Images that arrive, run, or are spoilt; and a device that has not what it is asked for. */
import type { Premises } from "../../index.ts";
import { hashedImage } from "../../rig/hashed-image.ts";
import { disableSupply, forge } from "../support.ts";
import type { Cause } from "./cause.ts";

const minuteMs = 60_000;

const imageFor = ({ crypto }: Premises) => hashedImage(crypto, new Uint8Array(9000).fill(3), [2, 1, 7]);

export const firmwareCauses: readonly Cause[] = [
  {
    what: "an image that arrives, and runs",
    wires: ["cose"],
    tells: ["imageVerified", "firmwareChanged"],
    bring: async (home) => {
      const image = imageFor(home);
      await home.device("esme").deliverImage(image);
      await home.run(minuteMs);
      await home.command("11.3", { FirmwareHash: home.crypto.sha256(image) });
    },
  },
  {
    what: "an image that arrives spoilt",
    wires: ["cose"],
    tells: ["imageNotVerified"],
    bring: async (home) => {
      const image = imageFor(home);
      await home.device("esme").deliverImage(image.with(4000, 7));
      await home.run(minuteMs);
    },
  },
  {
    what: "a proportional controller that is told to disable a supply",
    at: "sapc",
    logsUnread: true,
    home: {
      devices: [
        { name: "hub", type: "CHF" },
        { name: "esme", type: "ESME" },
        { name: "sapc", type: "SAPC" },
      ],
    },
    tells: ["commandUnsupported"],
    bring: async (home) => {
      const { eui } = home.device("sapc");
      await home.inject(forge(home, { code: 0x0050, operations: [disableSupply], target: eui }));
      await home.run(minuteMs);
    },
  },
];
