/** Implicit certificates as what a device joins with: they stand beside those of its message keys. */
import type { EstablishmentCredentials } from "../../suite.ts";
import { issueCertificate, KeyUse, privateKeyOf } from "./certificate.ts";
import * as curve from "./curve.ts";
import { implicitSigner } from "./mqv.ts";

const SERIAL_BYTES = 8;

export const cbkeCredentials: EstablishmentCredentials = {
  signer: implicitSigner,
  authority(crypto, name, random) {
    const secret = curve.scalarFrom(random(curve.SEED_BYTES));
    const point = curve.multiply(secret, curve.BASE)!;
    return {
      publicKey: curve.encodePoint(point),
      certify(subject, notBeforeS) {
        const claims = {
          subject,
          notBeforeS,
          notAfterS: undefined,
          serial: curve.integerOf(random(SERIAL_BYTES)),
          use: KeyUse.sign | KeyUse.agree,
        };
        const request = curve.scalarFrom(random(curve.SEED_BYTES));
        const asked = curve.multiply(request, curve.BASE)!;
        const issued = issueCertificate(crypto, { name, secret }, claims, asked, random(curve.SEED_BYTES));
        return { certificate: issued.certificate, secret: privateKeyOf(crypto, issued, request, point) };
      },
    };
  },
};
