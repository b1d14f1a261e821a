/** What a device gives its end of the home network. */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { HanOptions } from "../han/options.ts";
import type { Device } from "./device.ts";

export function hanOptions(device: Device): HanOptions {
  return {
    board: device.board,
    keyEstablishment: device.suite.keyEstablishment,
    journal: device.journal,
    ...joiningWith(device),
    nowS: () => (device.timeIsSet() ? device.nowS() : undefined),
    observe: (observation) => device.observe(observation),
    event: (name, handler, fromOutside) => device.event(name, handler, fromOutside),
    after: (delayMs, action) => device.after(delayMs, action),
  };
}

/** The device's own credential for key establishment, and whom it believes in it. */
function joiningWith(device: Device): Pick<HanOptions, "credential" | "trustRoot"> {
  const { identity, suite } = device;
  const { credentials } = suite.keyEstablishment;
  if (credentials === undefined || identity.joining === undefined)
    return {
      // As they are when asked: the key may be replaced.
      credential: {
        get certificate() {
          return device.keys.certificate("sign");
        },
        get signer() {
          return device.signer;
        },
      },
      trustRoot: { publicKey: issuerKey(device) },
    };
  const { certificate, secret, authorityKey } = identity.joining;
  return {
    credential: { certificate, signer: credentials.signer(secret) },
    trustRoot: { publicKey: authorityKey },
  };
}

/**
 * The key that signs the certificates of this home's devices: the authority that issued our own, once its
 * certificate is proved by the root we hold, or that root itself.
 */
function issuerKey({ anchors, identity, board, suite }: Device): Uint8Array {
  const root = anchors.cell({ role: "root", usage: "certify", cellUsage: "management" });
  if (root === undefined)
    throw new CodedError("devices/identity", `Device ${identity.eui64}: it holds no root trust anchor.`);
  const [issuer, ...path] = identity.certificatePath;
  if (issuer === undefined) return root.publicKey;
  return suite.certificates.verifyChain(issuer, path, root, undefined, board.crypto).publicKey;
}
