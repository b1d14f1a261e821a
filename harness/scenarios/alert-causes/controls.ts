/** Auxiliary loads, the billing calendar, a device's own certificates, and joins that are not there to undo. */
import { fromHex } from "../../../hal/base/hex.ts";
import type { Premises } from "../../index.ts";
import { announce } from "../support.ts";
import type { Cause } from "./cause.ts";

const minuteMs = 60_000;

/** Controller 1 lets so much through for ten minutes. */
const level = (home: Premises, percent: number) => ({
  ...{ auxiliaryControllerN: 1, StartDateTime: home.nowS - 60, EndDateTime: home.nowS + 600 },
  CommandedStateLevel: percent,
});

/** What the device authority makes of the device's request (6.17), or a certificate of another's, taken by 6.15.2. */
async function ownCertificate(home: Premises, CredentialType: "Digital Signature" | "Key Agreement") {
  const { request } = (await home.read("6.17", { CredentialType })).CredentialsMakeKeyPair;
  const { signPublicKey } = home.headEnd.device(home.device("esme").eui);
  const certificate = home.headEnd.pki.certifyRequest(fromHex(request ?? ""), signPublicKey);
  await home.command("6.15.2", { DeviceCertificate: certificate });
}

export const controlCauses: readonly Cause[] = [
  {
    what: "a wired switch that is told on and follows, and one that does not",
    home: { settings: { auxiliaryControllers: ["switch", "switch", "none", "none", "none"] } },
    tells: ["auxiliarySwitched", "auxiliaryFailed"],
    bring: async (home) => {
      await home.command("7.13", level(home, 100));
      await home.run(minuteMs);
      home.device("esme").board.mockAuxiliary.stuck.add(2);
      await home.request("7.13", { ...level(home, 100), auxiliaryControllerN: 2 });
    },
  },
  {
    what: "a proportional controller that is set, and limited for a while",
    tells: ["auxiliaryStateChanged", "auxiliaryLimitSet", "auxiliaryLimitEnded"],
    bring: async (home) => {
      await home.command("7.13", level(home, 80));
      await home.command("7.16", level(home, 50), { by: "loadController" });
      await home.run(15 * minuteMs);
    },
  },
  {
    what: "a day that ends with a bill",
    tells: ["billingLogUpdated"],
    bring: async (home) => {
      await home.command("6.8", { ElectricityBillingCalendar: { BillingTime: "00:00:00Z", Daily: {} } });
      await home.run(25 * 60 * minuteMs);
    },
  },
  {
    what: "certificates of another's that the meter is given as its own",
    tells: ["ownSigningFailed", "ownAgreementFailed"],
    bring: async (home) => {
      const { sign, agree } = home.headEnd.pki.partyKeys("supplier");
      await home.request("6.15.2", { DeviceCertificate: sign.certificate });
      await home.request("6.15.2", { DeviceCertificate: agree.certificate });
    },
  },
  {
    what: "certificates that the meter has asked for",
    wires: ["cose"],
    tells: ["ownSigningReplaced", "ownAgreementReplaced"],
    bring: async (home) => {
      await ownCertificate(home, "Digital Signature");
      await ownCertificate(home, "Key Agreement");
    },
  },
  {
    what: "a display that the meter is to forget and never knew",
    tells: ["unjoinFailed"],
    bring: async (home) => {
      const display = "00DB1234567890A4";
      announce(home.headEnd, home.device("hub").eui, display, "PPMID");
      await home.request("8.8.1", { OtherDeviceID: display });
    },
  },
];
