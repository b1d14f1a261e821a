import assert from "node:assert/strict";
import type { Radio, RadioFrame, RadioSettings, TransmitOutcome } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make, misuse } from "./bench.ts";

/** Two radios that hear each other; `part` is the one under test. */
export interface RadioBench extends Bench<Radio> {
  readonly peer: Radio;
}

const settings: RadioSettings = { channel: 15, panId: 0x1a62, shortAddress: 1, rxOnWhenIdle: true };
const peerSettings: RadioSettings = { ...settings, shortAddress: 2 };

/** A data frame with short addresses and PAN compression; control bit 0x20 asks for an acknowledgement. */
export function dataFrame(o: {
  to: number;
  from: number;
  pan?: number;
  sequence?: number;
  ack?: boolean;
  body?: string;
}): Uint8Array {
  const { to, from, pan = 0x1a62, sequence = 7, ack = true, body = "hello" } = o;
  const header = [
    ack ? 0x61 : 0x41,
    0x88,
    sequence,
    pan & 0xff,
    pan >> 8,
    to & 0xff,
    to >> 8,
    from & 0xff,
    from >> 8,
  ];
  return Uint8Array.from([...header, ...new TextEncoder().encode(body)]);
}

export function radioContract(name: string, make: Make<RadioBench>): void {
  describe(`${name}: radio contract (IEEE 802.15.4-2006)`, () => {
    const bench = eachTest(make);
    let heard: RadioFrame[];
    let outcomes: TransmitOutcome[];
    const send = async (mpdu: Uint8Array): Promise<void> => {
      await bench().peer.transmit(mpdu, (outcome) => void outcomes.push(outcome));
      await bench().advance(500);
    };

    beforeEach(async () => {
      heard = [];
      outcomes = [];
      await bench().part.configure(settings);
      await bench().peer.configure(peerSettings);
      bench().part.onFrame((frame) => void heard.push(frame));
      await bench().advance(10);
    });

    it("has an EUI-64", () => {
      assert.equal(bench().part.eui64.length, 8);
    });

    it("hands up a frame to its short address, without FCS, with strength and quality", async () => {
      const mpdu = dataFrame({ to: 1, from: 2 });
      await send(mpdu);
      assert.deepEqual(
        heard.map((frame) => frame.mpdu),
        [mpdu],
      );
      assert.ok(heard[0]!.rssiDbm < 30 && heard[0]!.rssiDbm > -110);
      assert.ok(heard[0]!.lqi >= 0 && heard[0]!.lqi <= 255);
      assert.deepEqual(outcomes, ["sent"]);
    });

    it("hands up a frame to its extended address, least significant byte first", async () => {
      const to = [...bench().part.eui64].reverse();
      const mpdu = Uint8Array.from([0x61, 0x8c, 9, 0x62, 0x1a, ...to, 2, 0, 0xaa]);
      await send(mpdu);
      assert.deepEqual(
        heard.map((frame) => frame.mpdu),
        [mpdu],
      );
      assert.deepEqual(outcomes, ["sent"]);
    });

    it("hands up broadcasts to its PAN and to all PANs, and acknowledges neither", async () => {
      await send(dataFrame({ to: 0xffff, from: 2, ack: false }));
      await send(dataFrame({ to: 0xffff, from: 2, pan: 0xffff, ack: false }));
      assert.equal(heard.length, 2);
      assert.deepEqual(outcomes, ["sent", "sent"]);
    });

    it("keeps back what is for another PAN or another device, and does not acknowledge it", async () => {
      await send(dataFrame({ to: 3, from: 2 }));
      await send(dataFrame({ to: 1, from: 2, pan: 0x1a63 }));
      const stranger = [...bench().part.eui64].reverse().map((byte) => byte ^ 1);
      await send(Uint8Array.from([0x61, 0x8c, 9, 0x62, 0x1a, ...stranger, 2, 0]));
      assert.deepEqual(heard, []);
      assert.deepEqual(outcomes, ["no-ack", "no-ack", "no-ack"]);
    });

    it("hears nothing of another channel", async () => {
      await bench().part.configure({ ...settings, channel: 16 });
      await send(dataFrame({ to: 1, from: 2 }));
      assert.deepEqual([heard.length, outcomes], [0, ["no-ack"]]);
    });

    it("takes a whole queue in order, each with its outcome", async () => {
      const { peer, advance } = bench();
      const bodies = ["one", "two", "three"];
      for (const [index, body] of bodies.entries()) {
        await peer.transmit(
          dataFrame({ to: 1, from: 2, sequence: index, body }),
          (one) => void outcomes.push(one),
        );
      }
      assert.deepEqual(outcomes, [], "never inside the call");
      await advance(500);
      assert.deepEqual(
        heard.map((frame) => new TextDecoder().decode(frame.mpdu.subarray(9))),
        bodies,
      );
      assert.deepEqual(outcomes, ["sent", "sent", "sent"]);
    });

    it("carries 125 bytes and refuses 126", async () => {
      const longest = new Uint8Array(125);
      longest.set(dataFrame({ to: 1, from: 2 }));
      await send(longest);
      assert.equal(heard.length, 1);
      await misuse(() => bench().peer.transmit(new Uint8Array(126), () => {}));
    });

    it("refuses settings and frames that no radio could use", async () => {
      const { part } = bench();
      for (const channel of [10, 27, 15.5]) await misuse(() => part.configure({ ...settings, channel }));
      await misuse(() => part.configure({ ...settings, panId: 0x10000 }));
      await misuse(() => part.configure({ ...settings, shortAddress: -1 }));
      await misuse(() => part.transmit(Uint8Array.of(0x41, 0x88, 1), () => {}));
      await misuse(() => part.transmit(dataFrame({ to: 0xffff, from: 1, ack: true }), () => {}));
    });

    it("asleep hears nothing, but just after its own transmission it does", async () => {
      const { part, peer, advance } = bench();
      await part.configure({ ...settings, rxOnWhenIdle: false });
      await advance(1_000);
      await send(dataFrame({ to: 1, from: 2 }));
      assert.deepEqual([heard.length, outcomes], [0, ["no-ack"]]);
      let polled = false;
      peer.onFrame(async () => {
        polled = true;
        await peer.transmit(dataFrame({ to: 1, from: 2, sequence: 8 }), (one) => void outcomes.push(one));
      });
      await part.transmit(Uint8Array.of(0x63, 0x88, 3, 0x62, 0x1a, 2, 0, 1, 0, 4), () => {});
      await advance(200);
      assert.ok(polled);
      assert.deepEqual([heard.length, outcomes], [1, ["no-ack", "sent"]]);
    });
  });
}
