/** What a device gives its end of the home network. */
import type { HanOptions } from "../han/options.ts";
import { MeterbenchError } from "../kernel/errors.ts";
import type { Device } from "./device.ts";

export function hanOptions(device: Device): HanOptions {
  return {
    board: device.board,
    keyEstablishment: device.suite.keyEstablishment,
    journal: device.journal,
    credential: { certificate: device.identity.signCertificate, signer: device.signer },
    trustRoot: { publicKey: issuerKey(device) },
    nowS: () => (device.timeIsSet() ? device.nowS() : undefined),
    observe: (observation) => device.observe(observation),
    event: (name, handler, fromOutside) => device.event(name, handler, fromOutside),
    after: (delayMs, action) => device.after(delayMs, action),
  };
}

/**
 * The key that signs the certificates of this home's devices: the authority that issued our own, once its
 * certificate is proved by the root we hold, or that root itself.
 */
function issuerKey({ anchors, identity, board, suite }: Device): Uint8Array {
  const root = anchors.cell({ role: "root", usage: "certify", cellUsage: "management" });
  if (root === undefined)
    throw new MeterbenchError("devices/identity", `Device ${identity.eui64}: it holds no root trust anchor.`);
  const [issuer, ...path] = identity.certificatePath;
  if (issuer === undefined) return root.publicKey;
  return suite.certificates.verifyChain(issuer, path, root, undefined, board.crypto).publicKey;
}
