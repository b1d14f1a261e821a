/** Keys as tools write them: PEM of every kind that OpenSSL reads, or its DER. What cannot be used is named for what it is. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { fromHex } from "../../hal/base/hex.ts";
import { textOf } from "./text.ts";

type Wanted = "private" | "public";
/** Words that follow the file's name: "is encrypted ...". */
export type KeyFault = string;

/** The key in a file. A public one may come as private key, public key or certificate. */
export function readKeyObject(content: Uint8Array, wanted: Wanted): KeyObject | KeyFault {
  if (content[0] === 0x30) return readDer(Buffer.from(content), wanted);
  const text = textOf(content);
  if (text === undefined) return "is neither PEM nor DER";
  const labels = Array.from(
    text.matchAll(/^-----BEGIN ([A-Z0-9 ]{1,40})-----/gm),
    ([, label]) => label as string,
  );
  const named = unusable(text, labels, wanted);
  if (named !== undefined) return named;
  const pem = keyBlock(text, labels);
  try {
    return wanted === "private" ? createPrivateKey(pem) : createPublicKey(pem);
  } catch (error) {
    return `holds a ${labels.at(-1)?.toLowerCase()} that cannot be read (${(error as Error).message})`;
  }
}

function unusable(text: string, labels: readonly string[], wanted: Wanted): KeyFault | undefined {
  if (/^(?:ssh-|ecdsa-sha2-)/.test(text) || labels.some((label) => /OPENSSH|SSH2/.test(label)))
    return "is an OpenSSH key; make PEM of it: ssh-keygen -p -m PKCS8 -f FILE (-e -m PKCS8 for a public one)";
  if (labels.includes("ENCRYPTED PRIVATE KEY") || /^Proc-Type: 4,ENCRYPTED/m.test(text))
    return "is encrypted with a passphrase; take that off: openssl pkey -in FILE -out PLAIN";
  if (labels.length > 0 && labels.every((label) => label === "EC PARAMETERS"))
    return "holds only the parameters of a curve, and no key: openssl ecparam -genkey wrote it in two parts";
  if (labels.length === 0) {
    const isHex = /^\s*[0-9a-f][0-9a-f\s]*$/i.test(text);
    return isHex
      ? "is hexadecimal, not PEM: a raw key, as those of the COSE wire are"
      : "holds no PEM key: there is no BEGIN line";
  }
  if (wanted === "public" || labels.some((label) => label.endsWith("PRIVATE KEY"))) return undefined;
  return `is a ${labels[0]?.toLowerCase()}, and the private key is wanted`;
}

/** The key itself, where parameters of its curve (openssl ecparam -genkey) or a certificate stand beside it. */
function keyBlock(text: string, labels: readonly string[]): string {
  const wanted =
    labels.find((label) => label.endsWith("PRIVATE KEY")) ??
    labels.find((label) => label !== "EC PARAMETERS");
  const from = text.indexOf(`-----BEGIN ${wanted}-----`);
  const last = `-----END ${wanted}-----`;
  const to = text.indexOf(last, from);
  return to < 0 ? text.slice(from) : `${text.slice(from, to + last.length)}\n`;
}

function readDer(key: Buffer, wanted: Wanted): KeyObject | KeyFault {
  const asPrivate = (["pkcs8", "sec1", "pkcs1"] as const).map(
    (type) => () => createPrivateKey({ key, format: "der", type }),
  );
  const asPublic = (["spki", "pkcs1"] as const).map(
    (type) => () => createPublicKey({ key, format: "der", type }),
  );
  for (const read of wanted === "private"
    ? asPrivate
    : [...asPublic, ...asPrivate.map((each) => () => createPublicKey(each()))]) {
    try {
      return read();
    } catch {
      // It is of another kind.
    }
  }
  // PKCS #8 v1.5 begins with a version; an encrypted one with the algorithm that encrypted it.
  return key.subarray(0, 32).includes(Buffer.from("2a864886f70d0105", "hex"))
    ? "is encrypted with a passphrase; take that off: openssl pkey -inform DER -in FILE -out PLAIN"
    : `is DER of no ${wanted} key that can be read`;
}

/** The raw public key: Ed25519 or X25519, 32 bytes; P-256, the uncompressed point, 65 bytes, however the file had it. */
export function publicBytes(
  key: KeyObject,
): { readonly kind: "ed25519" | "x25519" | "p256"; readonly bytes: Uint8Array } | KeyFault {
  const kind = key.asymmetricKeyType;
  if (kind === "ec") return p256Point(key);
  if (kind !== "ed25519" && kind !== "x25519") return `holds a key of type ${kind}`;
  const { x } = key.export({ format: "jwk" });
  return { kind, bytes: new Uint8Array(Buffer.from(x ?? "", "base64url")) };
}

function p256Point(key: KeyObject): ReturnType<typeof publicBytes> {
  try {
    const { crv, x, y } = key.export({ format: "jwk" });
    if (crv !== "P-256" || x === undefined || y === undefined) return `holds a key on ${crv}, not P-256`;
    const bytes = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
    return { kind: "p256", bytes: new Uint8Array(bytes) };
  } catch {
    const curve = key.asymmetricKeyDetails?.namedCurve;
    return curve === undefined
      ? "has its curve written out in parameters; name it: openssl ec -in FILE -param_enc named_curve -out NAMED"
      : `holds a key on ${curve}, not P-256`;
  }
}

/** A compressed P-256 point (33 bytes) as the key it is; undefined when it is none. */
export function compressedPoint(bytes: Uint8Array): KeyObject | undefined {
  if (bytes.length !== 33 || (bytes[0] !== 2 && bytes[0] !== 3)) return undefined;
  const head = fromHex("3039301306072a8648ce3d020106082a8648ce3d030107032200");
  const key = readDer(Buffer.concat([head, bytes]), "public");
  return typeof key === "string" ? undefined : key;
}
