/** Judges a certificate for a device's own key (CS02d). The order is ours: the source names the outcomes alone. */
import { sameBytes } from "../../../hal/base/bytes.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import type { Crypto } from "../../../hal/board.ts";
import type { ValueOf, valueTypes } from "../../model/index.ts";
import type { OwnUsage } from "../../security/own-keys.ts";
import type { Eui64 } from "../../wire/message.ts";
import type { Certificate, Suite } from "../../wire/suite.ts";

type Fault = Exclude<ValueOf<typeof valueTypes.certificateFault>, "success">;

export interface Judged {
  /** Of the key; undefined when the certificate does not say. */
  readonly usage?: OwnUsage;
  /** Undefined: the pair that waits may go in force with it. "alreadyHeld": it is in force. */
  readonly fault?: Fault | "alreadyHeld";
}

export interface OwnJudgeContext {
  readonly suite: Suite;
  readonly crypto: Crypto;
  readonly eui64: Eui64;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array | undefined;
  /** Undefined when validity periods are not looked at. */
  readonly nowS: number | undefined;
  waitingKey(usage: OwnUsage): Uint8Array | undefined;
  /** Is it, octet by octet, the certificate in force? */
  held(usage: OwnUsage): boolean;
}

export function judgeOwn(bytes: Uint8Array, context: OwnJudgeContext): Judged {
  const certificate = read(bytes, context.suite);
  if (typeof certificate === "string") return { fault: certificate };
  const { usage, role, subject, publicKey } = certificate;
  if (usage === "certify") return { fault: "invalidUsage" };
  if (role !== "device" || subject !== context.eui64) return { usage, fault: "wrongIdentity" };
  if (context.held(usage)) return { usage, fault: "alreadyHeld" };
  const waiting = context.waitingKey(usage);
  if (waiting === undefined) return { usage, fault: "noKeyPair" };
  if (!sameBytes(waiting, publicKey)) return { usage, fault: "wrongKey" };
  return proved(bytes, context) ? { usage } : { usage, fault: "invalidCertificate" };
}

function read(bytes: Uint8Array, { certificates }: Suite): Certificate | Fault {
  try {
    return certificates.read(bytes);
  } catch (error) {
    if (hasCode(error, "certificate/wrong-usage")) return "invalidUsage";
    if (hasCode(error, "certificate")) return "invalidCertificate";
    throw error;
  }
}

/**
 * By the root, as far as this device knows the authorities: one that it has never heard of may have issued it, as others
 * must believe it, not the device.
 */
function proved(bytes: Uint8Array, { suite, crypto, path, root, nowS }: OwnJudgeContext): boolean {
  if (root === undefined) return true;
  try {
    suite.certificates.verifyChain(bytes, path, { publicKey: root }, nowS, crypto);
    return true;
  } catch (error) {
    if (hasCode(error, "certificate/wrong-issuer")) return true;
    if (hasCode(error, "certificate")) return false;
    throw error;
  }
}
