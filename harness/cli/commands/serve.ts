/** `meterbench serve`: a home behind the DCC user interface, for other people's systems. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { CodedError, hasCode, messageOf } from "../../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { type Users, usersOfRun } from "../../headend/users.ts";
import {
  addKeysOf,
  loadHomeFile,
  readKeyFolder,
  ServedHome,
  type ServeEvent,
  usersOf,
  WebServer,
  writeKeys,
} from "../../interface/server/index.ts";
import { loadUserCertificates } from "../../interface/user-files.ts";
import { makeFolder } from "../../make-folder.ts";
import type { Premises } from "../../premises/premises.ts";
import { BoardLock, type LockOwner, nameOf } from "../../rig/lock.ts";
import { plainJson, plainLine } from "../../text.ts";
import { replaceBytes, usageError } from "../exit.ts";
import { secondsOf, stoppable, untilStopped } from "../until-stopped.ts";

interface ServeOptions {
  readonly home?: string;
  readonly keys?: string;
  readonly users?: string;
  readonly port: number;
  readonly smkiPort?: number;
  readonly host: string;
  readonly store: string;
  readonly fresh?: boolean;
  readonly timeScale: number;
  readonly seed?: number;
  readonly keysOut: string;
  readonly push: readonly string[];
  readonly unsignedResponses?: boolean;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly tlsClientCa?: string;
  readonly seconds?: string;
  readonly json?: boolean;
}

const examples = `
A hub and an electricity meter, or the home of --home, with the DCC in front
of them. Requests are POSTed, signed, to /api/v1/serviceS, serviceT and
serviceD; certificates are looked up at /services/certificatesearch and
/services/retrievecertificate; responses and alerts are POSTed to --push.
Keys to sign with, and certificates, are written to --keys-out.

The store outlives this command, a kill too: the same home goes on.

Examples:
  meterbench serve --push http://127.0.0.1:1880/smartdcc/duis
  meterbench serve --port 0 --fresh --time-scale 60 --json
  meterbench serve --keys my-keys/     # <EUI-64>-{ds,ka,pp-ka,xml}.{pem,key}
`;

const wholeOf =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };

function scaleOf(text: string): number {
  const scale = Number(text);
  if (scale > 0 && scale <= 100_000) return scale;
  throw new InvalidArgumentError("Expected a number above 0, at most 100000.");
}

export function serveCommand(root: Command): Command {
  return root
    .command("serve")
    .option("--home <file>", "devices, users and registrations, YAML (default: a hub, an electricity meter)")
    .option("--port <n>", "where to listen; 0: any that is free", wholeOf(0, 65_535), 8079)
    .option("--smki-port <n>", "listen there, too (the SMKI's is 8083)", wholeOf(0, 65_535))
    .option("--host <address>", "of this machine", "127.0.0.1")
    .option("--push <[EUI=]url>", "where a user's, or all users', messages go; again for more", add, [])
    .option("--seed <n>", "decides all keys (default: 1)", wholeOf(0, 0xffff_ffff))
    .option(
      "--keys <dir>",
      "keys that parties and users have, named as --keys-out names them (default: made)",
    )
    .option("--users <dir>", "certificates of users (PEM) whose XML counts, too")
    .option("--time-scale <n>", "virtual seconds in a real one", scaleOf, 1)
    .option("--store <dir>", "what outlives this command", "out/serve/store")
    .option("--fresh", "forget what is in the store: a new home")
    .option("--keys-out <dir>", "keys to sign with, and certificates", "out/serve/keys")
    .option("--unsigned-responses", "for clients that know no certificate of this DCC's")
    .option("--tls-key <pem>", "serve HTTPS, with this private key")
    .option("--tls-cert <pem>", "and this certificate")
    .option("--tls-client-ca <pem>", "ask clients for certificates of this authority")
    .option("--seconds <n>", "end after so long (default: when interrupted)")
    .option("--json", "what happens, a line of JSON an event, on standard output")
    .description("a home behind the DCC user interface (DUIS over HTTP)")
    .addHelpText("after", examples)
    .action((options: ServeOptions) => {
      const limitMs = secondsOf("serve", options.seconds);
      return stoppable((signal) => serve(options, limitMs, signal));
    });
}

const add = (text: string, before: readonly string[]): readonly string[] => [...before, text];

async function serve(options: ServeOptions, limitMs: number | undefined, signal: AbortSignal): Promise<void> {
  keepKeys(options);
  const tls = tlsOf(options);
  const addressOf = addressesOf(options.push);
  const observe = (event: ServeEvent): void => {
    if (options.json) console.log(lineOf(event));
    else if (event.kind !== "message") console.log(sentenceOf(event));
  };
  const { store, fresh = false, timeScale, unsignedResponses = false, host } = options;
  const lock = lockStore(store);
  const servers: WebServer[] = [];
  let served: ServedHome | undefined;
  try {
    served = await ServedHome.open({
      ...whatIsServed(options),
      ...{ store, fresh, timeScale, unsignedResponses, observe },
      address: ({ eui, pushAddress }) => pushAddress ?? addressOf(eui),
    });
    checkAddressees(options.push, served.users);
    writeKeys(options.keysOut, served);
    observe({ kind: "keys", folder: options.keysOut, users: served.users.all().map(({ eui }) => eui) });
    for (const port of [options.port, ...(options.smkiPort === undefined ? [] : [options.smkiPort])]) {
      servers.push(await WebServer.listen({ host, port, handlers: served.handlers, observe, tls }));
      observe({ kind: "listening", url: servers.at(-1)?.url });
    }
    if (!options.json && served.users.all().every(({ eui, pushAddress }) => !(pushAddress ?? addressOf(eui))))
      console.log("no --push: responses and alerts wait in the store until there is an address for them");
    await untilStopped(signal, limitMs, served.failed);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
    await served?.close();
    lock.release();
  }
  observe({ kind: "ended" });
}

/** One process at a time goes on from a store. Throws `serve/locked`, and `serve/store` where there can be no such folder. */
function lockStore(store: string): BoardLock {
  makeStore(store);
  try {
    return BoardLock.take(store, resolve(store), { what: "meterbench serve" });
  } catch (error) {
    if (!hasCode(error, "rig/locked")) throw error;
    const { owner } = (error as CodedError).data;
    const by = owner === undefined ? "others, again and again" : nameOf(owner as LockOwner);
    const advice = "End it first, or give another folder with --store DIR.";
    throw new CodedError("serve/locked", `the store ${store} is in use by ${by}`, { store, advice }, error);
  }
}

function makeStore(store: string): void {
  try {
    makeFolder(store);
  } catch (error) {
    const advice = "Give a folder that can be written with --store DIR.";
    const message = `store: ${store} cannot be made (${messageOf(error)})`;
    throw new CodedError("serve/store", message, { store, advice }, error);
  }
}

function whatIsServed({ home: file, keys: keyFolder, users: folder, seed }: ServeOptions) {
  const { home, users: specs, registrations } = file === undefined ? { home: {} } : loadHomeFile(file);
  const keys = keyFolder === undefined ? undefined : readKeyFolder(keyFolder, nodeCrypto());
  const loaded = folder === undefined ? { certificates: [], unusable: [] } : loadUserCertificates(folder);
  for (const reason of loaded.unusable) console.error(plainLine(`--users: left out ${reason}`));
  return {
    home: { ...home, ...(seed !== undefined && { seed }), ...(keys && { partyKeys: keys.parties }) },
    ...(registrations && { registrations }),
    ...(keys?.dcc && { dccSigner: keys.dcc }),
    users: ({ headEnd, crypto }: Premises) => {
      const own = usersOfRun(headEnd.pki);
      return usersOf(keys ? addKeysOf(own, keys) : own, loaded, specs, crypto);
    },
    ...((specs ?? folder) !== undefined && {
      usersFrom: { specs, serials: loaded.certificates.map(({ serial }) => String(serial)) },
    }),
  };
}

/** What is given is not written over. Throws `cli/usage`. */
function keepKeys({ keys, keysOut }: ServeOptions): void {
  if (keys !== undefined && resolve(keys) === resolve(keysOut))
    throw usageError(
      `serve: --keys ${keys} is where keys are written, and would be written over`,
      "Give another folder with --keys-out DIR.",
    );
}

const lineOf = (event: ServeEvent): string => plainJson(event, replaceBytes);

/** `kind: field value, field value`, without what is too long for a line. */
function sentenceOf({ kind, ...fields }: ServeEvent): string {
  const sentence = sentences[kind]?.(fields);
  if (sentence !== undefined) return plainLine(sentence);
  const told = Object.entries(fields)
    .filter(([name, value]) => !unsaid.includes(name) && value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === "object" ? plainJson(value, replaceBytes) : value}`);
  const line = plainLine(told.length === 0 ? kind : `${kind}: ${told.join(", ")}`);
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}
const unsaid = ["at", "hex", "bytes"];

/** What everybody reads who starts it. */
const sentences: Readonly<Record<string, (fields: Readonly<Record<string, unknown>>) => string>> = {
  home: ({ start, taken }) => `the home began at ${start}; requests taken before now: ${taken}`,
  keys: ({ folder, users }) => `keys of its ${(users as readonly string[]).length} users are in ${folder}`,
  listening: ({ url }) => `listening: POST signed requests to ${url}/api/v1/serviceS, serviceT or serviceD`,
  ended: () => "ended; the store keeps what waits",
};

/** Of a user's EUI-64. Throws `cli/usage`. */
function addressesOf(given: readonly string[]): (eui: string) => string | undefined {
  const own = new Map<string, string>();
  let all: string | undefined;
  for (const text of given) {
    const { eui, url } = addressIn(text);
    if (!/^https?:$/.test(protocolOf(url)))
      throw usageError(
        `serve: --push ${text} is no address`,
        "Expected URL, or EUI=URL, e.g. http://127.0.0.1:1880/smartdcc/duis.",
      );
    if (eui === undefined) all = url;
    else own.set(eui, url);
  }
  return (eui) => own.get(eui) ?? all;
}

/** Throws `cli/usage` for an address of somebody who is no user. */
function checkAddressees(given: readonly string[], users: Users): void {
  for (const text of given) {
    const { eui } = addressIn(text);
    if (eui === undefined || users.get(eui) !== undefined) continue;
    const known = users.all().map((user) => user.eui);
    throw usageError(`serve: --push ${text} is for no user`, `Users here are ${known.join(", ")}.`);
  }
}

/** `EUI=URL`, or a URL for all. */
function addressIn(text: string): { readonly eui: string | undefined; readonly url: string } {
  const [, eui, url = ""] = /^(?:([0-9A-Fa-f-]{16,23})=)?(.*)$/.exec(text) ?? [];
  return { eui: eui?.replaceAll("-", "").toUpperCase(), url };
}

function protocolOf(url: string): string {
  try {
    return new URL(url).protocol;
  } catch {
    return "";
  }
}

function tlsOf({ tlsKey, tlsCert, tlsClientCa }: ServeOptions) {
  if (tlsKey === undefined && tlsCert === undefined && tlsClientCa === undefined) return undefined;
  if (tlsKey === undefined || tlsCert === undefined)
    throw usageError(
      "serve: TLS needs a key and its certificate",
      "Give --tls-key FILE and --tls-cert FILE.",
    );
  const clientCa = tlsClientCa === undefined ? undefined : fileOf("--tls-client-ca", tlsClientCa);
  return { key: fileOf("--tls-key", tlsKey), cert: fileOf("--tls-cert", tlsCert), clientCa };
}

function fileOf(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw usageError(`serve: ${option} ${path} cannot be read (${messageOf(error)})`, "Give a PEM file.");
  }
}
