import assert from "node:assert/strict";
import type { Dcc } from "../../../harness/headend/dcc/dcc.ts";
import type { DccMessage, UserRequest } from "../../../harness/headend/dcc/messages.ts";
import { partyIdentities } from "../../../harness/headend/parties.ts";
import { usersOfRun } from "../../../harness/headend/users.ts";
import { serveOutside } from "../../../harness/premises/outside-users.ts";
import { type Premises, premises } from "../../../harness/premises/premises.ts";
import { fileSigner, signedFile } from "./thresholds/bench.ts";

const { eui: supplier } = partyIdentities.supplier;
const id = "90-B3-D5-1F-30-01-00-00";

describe("a request beyond a threshold, at the DCC", () => {
  let home: Premises;
  let dcc: Dcc;
  let pushed: DccMessage[];
  const signer = fileSigner();

  beforeEach(async () => {
    home = await premises({ wire: "gbcs" });
    await home.commission();
    pushed = [];
    const users = usersOfRun(home.headEnd.pki)
      .all()
      .map((user) => ({
        ...user,
        fileKey: home.crypto.p256Verifier(signer.publicKey),
      }));
    dcc = serveOutside(home, { users, push: (_user, message) => pushed.push(message) });
    dcc.anomalies.install(
      signedFile(
        [
          `thresholds,${id},${new Date(home.startUtcMs + home.nowMs).toISOString()}`,
          "Threshold,ServiceReference,Attribute,Warning,Quarantine,From,To",
          "count,7.4,,,2,,",
        ],
        signer,
      ),
    );
  });

  const read = (counter: bigint): UserRequest => {
    const target = home.device("esme").eui;
    return { originator: supplier, target, counter, commandVariant: 1, reference: "7.4", parameters: {} };
  };
  const answered = () => pushed.flatMap(({ requestId }) => (requestId ? [requestId.split(":")[2]] : []));
  const exits = (action: string, reference: string) =>
    signedFile(
      [
        `exit-quarantine,${id},${new Date(home.startUtcMs + home.nowMs).toISOString()}`,
        "RequestID,QuarantineEventRef,Action",
        `${reference},${action}`,
      ],
      signer,
    );

  it("is taken, lies in quarantine, and its user hears of it within 30 minutes; nothing reaches the device", async () => {
    for (const counter of [5001n, 5002n, 5003n]) assert.equal(dcc.accept(read(counter), "send").code, "I99");
    await home.run(30 * 60_000);
    assert.deepEqual(answered(), ["5001", "5002"]);
    const alerts = pushed.flatMap(({ body }) => ("DCCAlertMessage" in body ? [body.DCCAlertMessage] : []));
    assert.deepEqual(
      alerts.map(({ DCCAlertCode }) => DCCAlertCode),
      ["N44"],
    );
  });

  it("goes on when its user's signed file says so, and never when it says delete", async () => {
    for (const counter of [5001n, 5002n, 5003n, 5004n]) dcc.accept(read(counter), "send");
    await home.run(60_000);
    const waiting = dcc.anomalies.anomalies().filter(({ end }) => end === undefined);
    const [third, fourth] = waiting.map((one) => `${one.requestId},${one.eventReference}`) as [
      string,
      string,
    ];
    dcc.release(exits("delete", third));
    dcc.release(exits("process", fourth));
    await home.run(60_000);
    assert.deepEqual(answered(), ["5001", "5002", "5004"]);
  });
});
