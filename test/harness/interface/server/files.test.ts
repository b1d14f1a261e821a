import assert from "node:assert/strict";
import { pairs } from "../../../../harness/headend/dcc/messages.ts";
import { partyIdentities } from "../../../../harness/headend/parties.ts";
import { fileSigner } from "../../../../harness/headend/users.ts";
import { signedFile } from "../../headend/thresholds/bench.ts";
import { post, until } from "./client.ts";
import { Served } from "./served.ts";

const { supplier } = partyIdentities;

describe("a user's signed files, over HTTP", () => {
  let served: Served;
  beforeEach(async () => {
    served = await Served.start();
  });
  afterEach(() => served.end());

  const lines = (kind: string, ...rows: string[]) => {
    const { startUtcMs, nowMs } = served.home.home;
    return [`${kind},${pairs(supplier.eui)},${new Date(startUtcMs + nowMs).toISOString()}`, ...rows];
  };
  const send = (path: string, rows: readonly string[], key = fileSigner(served.pki, supplier.eui)) => {
    const { content } = signedFile(rows, { publicKey: new Uint8Array(65), sign: key.sign });
    return post(served.web.url, path, content, { "content-type": "text/csv" });
  };
  const thresholds = () =>
    lines("thresholds", "Threshold,ServiceReference,Attribute,Warning,Quarantine,From,To", "count,7.4,,,1,,");
  const waiting = () => served.home.anomalies().filter(({ end }) => end === undefined);

  it("set thresholds; what passes them waits, is told of, and goes on when a file says so: over a restart, too", async function () {
    const { status, text } = await send("/files/thresholds", thresholds());
    assert.equal(
      `${status} ${text}`,
      `200 thresholds of ${supplier.eui} in force: 1 of counts, 0 of values\n`,
    );
    const [first, second] = [served.request("7.4"), served.request("7.4")];
    assert.equal((await served.ask(first)).code, "I99");
    assert.equal((await served.ask(second)).code, "I99");
    await until(() => served.heard.find(({ body }) => "DCCAlertMessage" in body));
    await until(() => (waiting()[0]?.toldS === undefined ? undefined : true));
    await served.close();
    await served.open();
    const [one] = waiting();
    assert.ok(one?.toldS !== undefined, "the notice was delivered before");
    const exits = lines("exit-quarantine", "RequestID,QuarantineEventRef,Action");
    const row = `${one.requestId},${one.eventReference},process`;
    const released = await send("/files/exit-quarantine", [...exits, row]);
    assert.equal(`${released.status} ${released.text}`, "200 to be processed: 1, deleted: 0\n");
    assert.equal((await until(() => served.answersTo(second)[0])).code, "I0");
    assert.equal(served.answersTo(first).length, 1);
    assert.deepEqual(served.schemaFaults(this), []);
  });

  it("are refused whole: another's signature, a bad line, an older file, another content type", async () => {
    const other = fileSigner(served.pki, partyIdentities.networkOperator.eui);
    assert.equal((await send("/files/thresholds", thresholds(), other)).status, 401);
    const bad = await send("/files/thresholds", [...thresholds(), "count,7.4,,,many,,"]);
    assert.equal(bad.status, 400);
    assert.match(bad.text, /line 4/);
    const first = thresholds();
    assert.equal((await send("/files/thresholds", first)).status, 200);
    assert.equal((await send("/files/thresholds", first)).status, 409);
    assert.equal((await post(served.web.url, "/files/thresholds", "a")).status, 415);
  });
});
