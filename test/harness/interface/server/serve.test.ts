import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserRequest } from "../../../../harness/headend/dcc/messages.ts";
import { partyIdentities } from "../../../../harness/headend/parties.ts";
import type { XmlSigner } from "../../../../harness/headend/xml-signing.ts";
import {
  ServedHome,
  type ServedHomeOptions,
  type ServeEvent,
} from "../../../../harness/interface/server/served-home.ts";
import { WebServer } from "../../../../harness/interface/server/web-server.ts";
import { ask, content, Receiver, read, until } from "./client.ts";

const { supplier, accessControlBroker } = partyIdentities;

describe("meterbench serve, over HTTP", () => {
  let dir: string;
  let receiver: Receiver;
  let served: ServedHome;
  let web: WebServer;
  let events: ServeEvent[];
  let counter = 5000n;
  let dcc: XmlSigner;
  let user: XmlSigner;

  const start = async (options: Partial<ServedHomeOptions> = {}): Promise<void> => {
    const observe = (event: ServeEvent) => void events.push(event);
    served = await ServedHome.open({
      home: { seed: 3 },
      store: dir,
      timeScale: 100,
      delivery: { delayMs: 20, retryMs: 20 },
      address: ({ eui }) => `${receiver.url}/${eui}`,
      observe,
      ...options,
    });
    web = await WebServer.listen({ host: "127.0.0.1", port: 0, handlers: served.handlers, observe });
    const { xml } = served.home.headEnd.pki;
    dcc = xml.signer(accessControlBroker.eui, "dcc");
    user = xml.signer(supplier.eui, "user");
  };
  const stop = async (): Promise<void> => {
    await web.close();
    await served.close();
  };

  before(async () => {
    receiver = await Receiver.start();
    dir = mkdtempSync(join(tmpdir(), "meterbench-serve-"));
    events = [];
    await start();
  });
  after(async () => {
    await stop();
    await receiver.stop();
    rmSync(dir, { recursive: true });
  });

  const request = (reference: string, more: Partial<UserRequest> = {}): UserRequest => {
    counter += 1n;
    const target = served.home.device("esme").eui;
    return {
      ...{ originator: supplier.eui, target, counter, commandVariant: 1, reference, parameters: {} },
      ...more,
    } as UserRequest;
  };
  const pushed = ({ counter }: UserRequest) =>
    receiver.heard
      .map(({ xml }) => read(xml, dcc))
      .find(({ requestId }) => requestId?.endsWith(`:${counter}`));

  it("answers a read at once, and pushes the meter's answer", async () => {
    const asked = request("7.4");
    assert.equal((await ask(web.url, asked, "send", user, dcc)).code, "I99");
    const answer = await until(() => pushed(asked));
    assert.equal(answer.code, "I0");
    assert.ok(content(answer).GBCSPayload instanceof Uint8Array);
  });
});
