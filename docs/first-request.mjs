// A first request to `meterbench serve`, with nothing but Node.js: is the supply on? (service request 7.4)
//
//   meterbench serve --push http://127.0.0.1:1880/          # in one terminal
//   node docs/first-request.mjs out/serve/keys              # in another
import { createHash, createPrivateKey, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

process.on("uncaughtException", ({ message, cause }) => {
  console.error(
    `${message}${cause ? ` (${cause.message})` : ""}: does serve run, with these keys and addresses?`,
  );
  process.exit(1);
});
const [keys = "out/serve/keys", url = "http://127.0.0.1:8079", pushPort = "1880"] = process.argv.slice(2);
const user = `${keys}/90b3d51f30010000-xml`; // the supplier
const key = createPrivateKey(readFileSync(`${user}.key`));
const serial = BigInt(`0x${new X509Certificate(readFileSync(`${user}.pem`)).serialNumber}`);
const issuer = "2.5.4.45=#03090090b3d51f30ff0003,OU=07"; // of all the XML-signing certificates that serve makes

// Counters rise: Unix milliseconds do. Written without white space and self-closing tags, this is its own canonical form.
const id = `90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:${Date.now()}`;
const document = (signature) =>
  `<sr:Request xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4"><sr:Header><sr:RequestID>${id}</sr:RequestID><sr:CommandVariant>1</sr:CommandVariant><sr:ServiceReference>7.4</sr:ServiceReference><sr:ServiceReferenceVariant>7.4</sr:ServiceReferenceVariant></sr:Header><sr:Body><sr:ReadSupplyStatus></sr:ReadSupplyStatus></sr:Body>${signature}</sr:Request>`;
const ds = "http://www.w3.org/2000/09/xmldsig#";
const digest = createHash("sha256").update(document("")).digest("base64");
const signedInfo = (namespace) =>
  `<ds:SignedInfo${namespace}><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></ds:SignatureMethod><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="${ds}enveloped-signature"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
const value = sign("sha256", Buffer.from(signedInfo(` xmlns:ds="${ds}"`)), {
  key,
  dsaEncoding: "ieee-p1363",
}).toString("base64");
const signature = `<ds:Signature xmlns:ds="${ds}">${signedInfo("")}<ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>${issuer}</ds:X509IssuerName><ds:X509SerialNumber>${serial}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo></ds:Signature>`;

const show = (what, xml) =>
  console.log(what, /ResponseCode>(\w+)/.exec(xml)?.[1], /GBCSPayload>([^<]+)/.exec(xml)?.[1] ?? "");
function awaitPush(status, text) {
  show(`answered ${status}:`, text); // the meter's response comes to the server below
  const late = () =>
    Promise.reject(new Error(`nothing came within 30 s to http://127.0.0.1:${pushPort}/ (--push)`));
  setTimeout(late, 30_000).unref();
}
const server = createServer(async (request, response) => {
  let xml = "";
  for await (const part of request) xml += part;
  response.writeHead(204).end();
  show("pushed:", xml);
  if (xml.includes(id)) server.close();
}).listen(Number(pushPort), "127.0.0.1", async () => {
  const answer = await fetch(`${url}/api/v1/serviceS`, {
    method: "POST",
    headers: { "content-type": "application/xml" },
    body: document(signature),
  });
  const text = await answer.text();
  if (text.includes("ResponseCode>I99<")) return awaitPush(answer.status, text);
  console.error(`answered ${answer.status}: ${/ResponseCode>(\w+)/.exec(text)?.[1] ?? text.trim()}`);
  process.exit(1);
});
