/** A home that is served over HTTP, its users' keys, and what they are told. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DccMessage, FormRequest, UserRequest } from "../../../../harness/headend/dcc/messages.ts";
import { partyIdentities } from "../../../../harness/headend/parties.ts";
import type { XmlSigner } from "../../../../harness/headend/xml-signing.ts";
import {
  ServedHome,
  type ServedHomeOptions,
  type ServeEvent,
} from "../../../../harness/interface/server/served-home.ts";
import { type Handler, type WebLimits, WebServer } from "../../../../harness/interface/server/web-server.ts";
import { schemaFaults } from "../schema-faults.ts";
import { ask, content, type paths, Receiver, read } from "./client.ts";

const { supplier, accessControlBroker } = partyIdentities;

export class Served {
  readonly dir = mkdtempSync(join(tmpdir(), "meterbench-serve-"));
  readonly events: ServeEvent[] = [];
  /** XML that was answered by the DCC's services, by number. */
  readonly answers = new Map<string, string>();
  receiver!: Receiver;
  home!: ServedHome;
  web!: WebServer;
  #counter = 5000n;

  static async start(options: Partial<ServedHomeOptions> = {}): Promise<Served> {
    const served = new Served();
    served.receiver = await Receiver.start();
    await served.open(options);
    return served;
  }

  async open(options: Partial<ServedHomeOptions> = {}, limits: Partial<WebLimits> = {}): Promise<void> {
    const observe = (event: ServeEvent) => void this.events.push(event);
    this.home = await ServedHome.open({
      home: { seed: 3 },
      store: this.dir,
      timeScale: 100,
      delivery: { delayMs: 20, retryMs: 20, maxRetryMs: 100 },
      address: ({ eui }) => `${this.receiver.url}/${eui}`,
      observe,
      ...options,
    });
    const handlers = Object.fromEntries(
      Object.entries(this.home.handlers).map(([path, handler]) => [path, this.#heard(path, handler)]),
    );
    this.web = await WebServer.listen({ host: "127.0.0.1", port: 0, handlers, observe, limits });
  }

  #heard(path: string, { type, answer }: Handler): Handler {
    const heard = async (body: Buffer) => {
      const reply = await answer(body);
      const isResponse = path.startsWith("/api/") && reply.type === "application/xml";
      if (isResponse) this.answers.set(`answer-${this.answers.size}`, reply.content);
      return reply;
    };
    return { type, answer: heard };
  }

  /** What all that was answered and pushed has wrong by DUIS's schema. */
  schemaFaults(context: Mocha.Context): string[] {
    const pushed = this.receiver.heard.map(({ xml }, i) => [`push-${i}`, xml] as const);
    return schemaFaults(context, new Map([...this.answers, ...pushed]));
  }

  /** What is in the store stays. */
  async close(): Promise<void> {
    await this.web.close();
    await this.home.close();
  }

  async end(): Promise<void> {
    await this.close();
    await this.receiver.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  get pki() {
    return this.home.home.headEnd.pki;
  }
  get dcc(): XmlSigner {
    return this.pki.xml.signer(accessControlBroker.eui, "dcc");
  }
  signer(eui: string): XmlSigner {
    return this.pki.xml.signer(eui, "user");
  }

  /** Of the supplier to the meter, unless `more` says otherwise. */
  request(reference: string, more: Partial<UserRequest> = {}): UserRequest {
    this.#counter += 1n;
    const target = this.home.home.device("esme").eui;
    const counter = this.#counter;
    return {
      ...{ originator: supplier.eui, target, counter, commandVariant: 1, reference, parameters: {} },
      ...more,
    } as UserRequest;
  }

  ask(request: UserRequest, service: keyof typeof paths = "send"): Promise<DccMessage> {
    return ask(this.web.url, request, service, this.signer(request.originator), this.dcc);
  }

  /** A critical request, transformed: its pre-command. */
  async preCommand(request: FormRequest): Promise<Uint8Array> {
    const answer = await this.ask(request, "transform");
    return content(answer).PreCommand?.GBCSPayload as Uint8Array;
  }

  /** The same request again, with its pre-command signed. */
  signed({ parameters: _, ...request }: FormRequest, preCommand: Uint8Array): UserRequest {
    const { crypto, suite, headEnd } = this.home.home;
    const { signer } = headEnd.parties.supplier.keys.sign;
    const signedPreCommand = suite.wire.sign(
      preCommand,
      (input) => signer.sign(input),
      suite.keyId(crypto, signer.publicKey),
    );
    return { ...request, commandVariant: 5, signedPreCommand };
  }

  /** The address of `eui` answers nothing, until it hears again. */
  async deafFor(eui: string): Promise<{ hear(): Promise<void> }> {
    this.receiver.deafPath = `/${eui}`;
    return {
      hear: async () => {
        this.receiver.deafPath = undefined;
        this.receiver.cut();
      },
    };
  }

  get heard(): readonly DccMessage[] {
    return this.receiver.heard.map(({ xml }) => read(xml, this.dcc));
  }
  answersTo({ counter }: UserRequest): readonly DccMessage[] {
    return this.heard.filter(({ requestId }) => requestId?.endsWith(`:${counter}`));
  }

  /** How many requests the DCC has acted on. */
  get actedOn(): number {
    return this.home.home.trace.of("service-request").length;
  }
}
