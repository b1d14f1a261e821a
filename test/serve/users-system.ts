/** A user's system as somebody else would have it: keys from PEM files, requests over HTTP, tried again until they are answered. */
import { createPrivateKey, type KeyObject, sign as signBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suites } from "../../firmware/wire/suites.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import type { DccMessage, FormRequest, UserRequest } from "../../harness/headend/dcc/messages.ts";
import { readXmlCertificate, type XmlCertificate } from "../../harness/headend/xml-signing.ts";
import { writeUserRequest } from "../../harness/interface/duis-request.ts";
import { sign } from "../../harness/interface/signature.ts";
import { content, paths, post, read } from "../harness/interface/server/client.ts";

const crypto = nodeCrypto();
const { wire, keyId } = suites.gbcs;

export class UsersSystem {
  readonly eui: string;
  readonly dcc: XmlCertificate;
  readonly #xml: XmlCertificate & { readonly key: KeyObject };
  readonly #gbcs: { readonly key: KeyObject; readonly publicKey: Uint8Array };

  /** `keys`: the folder that `serve` wrote them to. */
  constructor(keys: string, eui: string) {
    const file = (name: string) => readFileSync(join(keys, `${name.toLowerCase()}`));
    const certificate = (name: string) => new X509Certificate(file(`${name}.pem`));
    const xml = (name: string) => readXmlCertificate(new Uint8Array(certificate(name).raw), crypto);
    this.eui = eui;
    this.dcc = xml("90b3d51f30000002-xml");
    this.#xml = { ...xml(`${eui}-xml`), key: createPrivateKey(file(`${eui}-xml.key`)) };
    const { x = "", y = "" } = certificate(`${eui}-ds`).publicKey.export({ format: "jwk" });
    const publicKey = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
    this.#gbcs = { key: createPrivateKey(file(`${eui}-ds.key`)), publicKey };
  }

  xmlOf(request: UserRequest): string {
    const { issuer, serial, key } = this.#xml;
    return sign(writeUserRequest(request), { issuer, serial, sign: (message) => p1363(message, key) });
  }

  /** Undefined when nobody answered. */
  async ask(url: string, request: UserRequest, service: keyof typeof paths): Promise<DccMessage | undefined> {
    const told = await post(url, paths[service], this.xmlOf(request)).catch(() => undefined);
    if (told === undefined) return undefined;
    if (told.status !== 200) throw new Error(`${told.status}: ${told.text}`);
    return read(told.text, this.dcc);
  }

  /** A transformed request, signed; `answer` has its pre-command. */
  signed({ parameters: _, ...request }: FormRequest, answer: DccMessage): UserRequest {
    const { GBCSPayload } = content(answer).PreCommand as { GBCSPayload: Uint8Array };
    const { key, publicKey } = this.#gbcs;
    const signedPreCommand = wire.sign(GBCSPayload, (input) => p1363(input, key), keyId(crypto, publicKey));
    return { ...request, commandVariant: 5, signedPreCommand };
  }
}

const p1363 = (message: Uint8Array, key: KeyObject): Uint8Array =>
  signBytes("sha256", message, { key, dsaEncoding: "ieee-p1363" });
