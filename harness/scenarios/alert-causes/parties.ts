/** What parties do, and strangers: commands refused, logs cleared, commands for later, credentials changed. */

import { certified, loadLimit } from "../samples.ts";
import { disableSupply, flipBit, forge } from "../support.ts";
import type { Cause } from "./cause.ts";

const minuteMs = 60_000;

const signingKey = (
  RemotePartyRole: "Supplier" | "NetworkOperator",
  DigitalSigningCertificate: Uint8Array,
  pki: Parameters<typeof certified>[0],
) => ({
  RemotePartyRole,
  ReplacementCertificates: { SupplierOrNetworkOperatorCertificates: { DigitalSigningCertificate } },
  ...certified(pki),
});

export const partyCauses: readonly Cause[] = [
  {
    what: "a meter that has joined and been commissioned",
    tells: ["joinDone", "deviceJoined", "commissioned"],
    bring: async () => {},
  },
  {
    what: "an event log that is cleared",
    tells: ["eventLogCleared"],
    bring: async (home) => {
      await home.command("3.3");
    },
  },
  {
    what: "commands refused: their form, their authority, their MAC, their counter; and too many of them",
    tells: [
      ...(["commandMalformed", "notAuthorised", "authenticationFailed", "unauthorisedAccess"] as const),
      "unusualCommands",
    ],
    bring: async (home) => {
      const wait = { timeoutMs: 10_000, unchecked: true } as const;
      const accepted = await home.command("7.1");
      await home.inject(forge(home, { code: 0x1c, operations: [disableSupply] }));
      await home.request("7.2", {}, { ...wait, by: "networkOperator" });
      for (let i = 0; i < 5; i++) await home.request("7.2", {}, { ...wait, tamper: flipBit() });
      await home.replay(accepted);
      await home.run(65 * minuteMs);
    },
  },
  {
    what: "a meter that a message cannot reach",
    at: "hub",
    tells: ["messageUndelivered"],
    bring: async (home) => {
      home.device("esme").board.powerOff();
      await home.request("7.4");
      await home.run(5 * minuteMs);
      home.device("esme").board.powerOn();
      await home.run(5 * minuteMs);
    },
  },
  {
    what: "settings for later, which take effect",
    tells: ["futureDatedDone"],
    bring: async (home) => {
      await home.command("6.4.1", { ...loadLimit, ExecutionDateTime: home.nowS + 600 });
      await home.run(15 * minuteMs);
    },
  },
  {
    what: "a device that the hub has listed",
    at: "hub",
    tells: ["hubDeviceLogChanged"],
    bring: async () => {},
  },
  {
    what: "a key of the network operator's that is replaced",
    tells: ["credentialsUpdated"],
    bring: async (home) => {
      const { pki } = home.headEnd;
      const change = signingKey("NetworkOperator", pki.partyKeys("networkOperator").sign.certificate, pki);
      await home.command("6.15.1", change, { by: "networkOperator" });
    },
  },
  {
    what: "a key for later that turns out to be no party's",
    tells: ["futureDatedFailed"],
    bring: async (home) => {
      const { pki } = home.headEnd;
      const change = signingKey("Supplier", pki.issuingCertificate, pki);
      await home.command("6.15.1", { ...change, ExecutionDateTime: home.nowS + 600 });
      await home.run(15 * minuteMs);
    },
  },
  {
    what: "a meter that the hub has removed, and that may not come back",
    tells: ["unjoinDone", "joinFailed"],
    logsUnread: true,
    bring: async (home) => {
      const remove = { DeviceID: home.device("esme").eui, RequestType: "Remove" } as const;
      await home.command("8.11", remove, { to: "hub" });
      await home.run(10 * minuteMs);
    },
  },
];
