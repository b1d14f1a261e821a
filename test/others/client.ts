/**
 * A user's system made of other people's packages, a program of its own: it builds requests, signs and sends them, signs
 * pre-commands, hears what is pushed, and has every message that comes validated. Nothing of ours is in it.
 *
 * Its argument is a {@link Task} as JSON. It prints a line for each thing that went wrong, and last an {@link Outcome} as JSON.
 */
import { sign as signBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { receiver } from "./receiver.ts";
import { type Duis, type KeyStore, theirs } from "./theirs.ts";

export interface Task {
  /** Folder with their packages. */
  readonly packages: string;
  /** Where the DCC listens, and the port of this machine where its users are told. */
  readonly dcc: string;
  readonly port: number;
  /** Folder of requests, and the names of those to send. */
  readonly folder: string;
  readonly names: readonly string[];
}

export interface Outcome {
  readonly requests: number;
  readonly variants: number;
  readonly answered: number;
  /** Those to which an answer is pushed, and those to which it was. */
  readonly pushesDue: number;
  readonly matched: number;
  /** Of all that came: responses at once and later, and alerts. */
  readonly messages: number;
  readonly validated: number;
  /** Of devices, looked up. */
  readonly certificates: number;
}

interface Ask {
  readonly name: string;
  readonly request: Duis;
  readonly key: string;
  readonly variant: string;
  readonly commandVariant: number;
  /** Last answer at once. */
  code: string;
  fault?: string;
}

const task = JSON.parse(process.argv[2] ?? "") as Task;
const their = theirs(task.packages);
const services: { readonly [commandVariant: number]: string } = { 1: "S", 2: "D", 4: "T", 5: "S", 8: "D" };
/** From the last push, or the last request. */
const silenceMs = 60_000;

/** A hub takes so many commands before it answers that it is busy. */
const mostUnderWay = 8;

const checks: Promise<boolean>[] = [];
/** RequestIDs of what was pushed. */
const pushed = new Set<string>();
let lastPushMs = 0;

const keyOf = ({ header: { requestId } }: Duis): string =>
  requestId === undefined
    ? ""
    : `${requestId.originatorId}:${requestId.targetId}:${requestId.counter}`.toLowerCase();

/** Every message that comes is validated, meanwhile; their tool lets those without a signature pass. */
function came(xml: string): Duis {
  const isSigned = xml.includes("</ds:Signature>");
  const verdict = isSigned ? their.validate(xml) : Promise.reject(new Error("it is not signed"));
  const valid = verdict.then(
    () => true,
    (error: Error) => {
      console.log(`not valid: ${error.message.trim().replaceAll("\n", "; ")}: ${xml}`);
      return false;
    },
  );
  checks.push(valid);
  return their.parseDuis("simplified", xml);
}

function hear(xml: string): void {
  lastPushMs = Date.now();
  pushed.add(keyOf(came(xml)));
}

async function send(commandVariant: number, xml: string): Promise<Duis> {
  const response = await fetch(`${task.dcc}/api/v1/service${services[commandVariant]}`, {
    method: "POST",
    headers: { "content-type": "application/xml" },
    body: xml,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}: ${text.trim()}`);
  return came(text);
}

const begunMs = Date.now();

/** A request as it stands in its file, with a counter that rises from each to the next. */
function read(name: string, at: number): Ask {
  const request = their.parseDuis("simplified", readFileSync(join(task.folder, name), "utf8"));
  const { requestId, serviceReferenceVariant, commandVariant } = request.header;
  if (requestId === undefined) throw new Error(`${name} has no RequestID`);
  requestId.counter = BigInt(begunMs + at);
  return {
    ...{ name, request, key: keyOf(request), code: "" },
    variant: serviceReferenceVariant?.["Service Reference Variant"] ?? "",
    commandVariant: commandVariant?.number ?? 0,
  };
}

/** Signed XML to be sent: of a critical request its pre-command, transformed and signed. Undefined where that failed. */
async function prepare(keys: KeyStore, ask: Ask): Promise<string | undefined> {
  try {
    const signed = await their.sign(their.constructDuis("simplified", ask.request));
    if (ask.commandVariant !== 4) return signed;
    const answer = await send(4, signed);
    ask.code = answer.header.responseCode ?? "";
    if (ask.code !== "I0") return undefined;
    const GBCSPayload = await signPreCommand(keys, ask, answer.body.ResponseMessage.PreCommand.GBCSPayload);
    const header = { ...ask.request.header, commandVariant: 5 };
    return await their.sign(
      their.constructDuis("simplified", { header, body: { SignedPreCommand: { GBCSPayload } } }),
    );
  } catch (error) {
    ask.fault = (error as Error).message;
    return undefined;
  }
}

async function signPreCommand(keys: KeyStore, { request }: Ask, payload: string): Promise<string> {
  const content = contentOf(Buffer.from(payload, "base64"));
  const eui = request.header.requestId?.originatorId.replaceAll("-", "");
  const query = { eui, keyUsage: their.usage.digitalSignature, lookup: "privateKey" };
  const key = (await keys.query(query))?.find(({ name }) => /^Z1-/.test(name ?? ""))?.privateKey;
  if (key === undefined) throw new Error(`${eui} has no key to sign with`);
  const signature = signBytes("sha256", content, { key, dsaEncoding: "ieee-p1363" });
  return Buffer.concat([Buffer.of(0xdf), content, Buffer.of(0x40), signature]).toString("base64");
}

/** GBCS: what is signed is all between the first byte and the signature's length, which may be left out. */
function contentOf(preCommand: Buffer): Buffer {
  const at = 31 + preCommand.readUInt8(30);
  const first = preCommand.readUInt8(at);
  const width = first < 0x80 ? 0 : first - 0x80;
  const length = width === 0 ? first : preCommand.readUIntBE(at + 1, width);
  return preCommand.subarray(1, at + 1 + width + length);
}

/** One after another, in the order of their counters; some seconds after the answers of earlier ones are due at most. */
async function ask(each: Ask, xml: string, asks: readonly Ask[]): Promise<void> {
  const under = () =>
    asks.filter((other) => isForDevice(other) && isAnswered(other) && !pushed.has(other.key));
  const fromMs = Date.now();
  while (under().length >= mostUnderWay && Date.now() - Math.max(fromMs, lastPushMs) < silenceMs)
    await pause();
  try {
    const variant = each.commandVariant === 4 ? 5 : each.commandVariant;
    each.code = (await send(variant, xml)).header.responseCode ?? "";
  } catch (error) {
    each.fault = (error as Error).message;
  }
}

/** How many certificates of the devices that are asked there are. */
async function lookUp(keys: KeyStore, asks: readonly Ask[]): Promise<number> {
  const targets = new Set(asks.filter(isForDevice).map(({ request }) => request.header.requestId?.targetId));
  let count = 0;
  for (const target of targets)
    for (const keyUsage of [their.usage.digitalSignature, their.usage.keyAgreement]) {
      const eui = target?.replaceAll("-", "").toLowerCase();
      count += (await keys.query({ eui, keyUsage, lookup: "certificate" }))?.length ?? 0;
    }
  return count;
}

const pause = (): Promise<void> => new Promise((later) => setTimeout(later, 100));
const isForDevice = ({ commandVariant }: Ask): boolean => commandVariant === 1 || commandVariant === 4;
const isAnswered = (each: Ask): boolean =>
  each.fault === undefined && each.code === (isForDevice(each) ? "I99" : "I0");

async function pushesOf(asks: readonly Ask[]): Promise<number> {
  const missing = () => asks.filter(({ key }) => !pushed.has(key));
  lastPushMs = Date.now();
  while (missing().length > 0 && Date.now() - lastPushMs < silenceMs) await pause();
  for (const { name, key } of missing()) console.log(`nothing pushed: ${name}: ${key}`);
  return asks.length - missing().length;
}

const heard = await receiver(task.port, hear);
const keys = await their.keyStore(task.dcc);
const asks = task.names.map(read);
const certificates = await lookUp(keys, asks);
const ready = await Promise.all(asks.map((each) => prepare(keys, each)));
for (const [at, xml] of ready.entries()) if (xml !== undefined) await ask(asks[at] as Ask, xml, asks);
const answered = asks.filter(isAnswered);
for (const each of asks)
  if (!isAnswered(each)) console.log(`not answered: ${each.name}: ${each.fault ?? each.code}`);
const due = answered.filter(isForDevice);
const matched = await pushesOf(due);
heard.close();
const valid = await Promise.all(checks);
await keys.cleanup();
const outcome: Outcome = {
  ...{ requests: asks.length, variants: new Set(asks.map(({ variant }) => variant)).size },
  ...{ answered: answered.length, pushesDue: due.length, matched },
  ...{ messages: valid.length, validated: valid.filter(Boolean).length, certificates },
};
console.log(JSON.stringify(outcome));
process.exit(0);
