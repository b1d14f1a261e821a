/** What any SMP client may expect of a server with two image slots: the whole way of an update, in every dialect. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Line } from "../../../../hal/serial/line/index.ts";
import { mcubootImage } from "../../../support/mcuboot-image.ts";
import {
  type Answer,
  type Dialect,
  dialects,
  ForeignClient,
  requireKeys,
  requireOlder,
  slotsOf,
} from "./foreign-client.ts";

/** `line` gives the host's end of a board that runs a confirmed image and keeps it from test to test. */
export function foreignClientContract(
  name: string,
  line: () => Promise<Line> | Line,
  spoken: readonly Dialect[] = dialects,
): void {
  describe(`${name}: SMP clients of other people`, () => {
    spoken.forEach((dialect, index) => {
      it(`list, upload, test, revert, confirm and reset: ${dialect.name}`, async () => {
        const client = new ForeignClient(await line(), dialect);
        try {
          await update(client, dialect, `${index + 4}.1.0`);
        } finally {
          client.close();
        }
      });
    });
  });
}

async function update(foreign: ForeignClient, dialect: Dialect, version: string): Promise<void> {
  const client = checked(foreign, dialect);
  const file = mcubootImage({ version, payload: Buffer.alloc(9000, version) });
  const state = async () => slotsOf(await client.request("read", 1, 0));
  const shown = async () => (await state()).map(({ slot, version: text, flags }) => [slot, text, ...flags]);
  const reset = async () => {
    requireKeys(await client.request("write", 0, 5), [], ["rc"]);
    await foreign.untilBack();
  };

  const params = await client.request("read", 0, 6);
  requireKeys(params, ["buf_size", "buf_count"], ["rc"]);
  const [running] = await state();
  assert.deepEqual(running!.flags, ["confirmed", "active"]);
  requireKeys(await client.request("write", 1, 5, {}), [], ["rc"]);
  await upload(client, dialect, file.bytes, params.buf_size as number);
  const old = [0, running!.version, "confirmed", "active"];
  assert.deepEqual(await shown(), [old, [1, version]]);

  const test = dialect.older ? { hash: file.hash } : { hash: file.hash, confirm: false };
  slotsOf(await client.request("write", 1, 0, test));
  assert.deepEqual(
    slotsOf(await client.request("write", 1, 0, test))[1]!.flags,
    ["pending"],
    "the same again",
  );
  await reset();
  assert.deepEqual(await shown(), [
    [0, version, "active"],
    [1, running!.version, "confirmed"],
  ]);
  await reset();
  assert.deepEqual(await shown(), [old, [1, version]], "nobody confirmed it");

  await client.request("write", 1, 0, test);
  await reset();
  const confirmed = slotsOf(await client.request("write", 1, 0, { confirm: true }));
  assert.deepEqual(confirmed[0]!.flags, ["confirmed", "active"]);
  await reset();
  assert.deepEqual((await shown())[0], [0, version, "confirmed", "active"]);
  const back = slotsOf(await client.request("write", 1, 0, { hash: running!.hash, confirm: true }));
  assert.deepEqual(back[1]!.flags, ["pending", "permanent"]);
  await reset();
  assert.deepEqual((await shown())[0], old, "the other image, confirmed by its hash");
}

type Requests = Pick<ForeignClient, "request">;

/** Each good answer is looked at by the dialect's own rules first. */
const checked = (client: ForeignClient, dialect: Dialect): Requests => ({
  request: async (...words): Promise<Answer> => {
    const answer = await client.request(...words);
    if (dialect.older) requireOlder(answer);
    return answer;
  },
});

async function upload(client: Requests, dialect: Dialect, file: Uint8Array, bufSize: number): Promise<void> {
  const digest = createHash("sha256").update(file).digest().subarray(0, dialect.shaBytes);
  const first = {
    len: file.length,
    ...(dialect.shaBytes > 0 && { sha: new Uint8Array(digest) }),
    ...(dialect.image !== undefined && { image: dialect.image }),
  };
  for (let off = 0; off < file.length; ) {
    const data = file.slice(off, off + (off === 0 ? dialect.firstBytes : dialect.older ? 256 : bufSize - 48));
    const answer = await client.request("write", 1, 1, { off, data, ...(off === 0 && first) });
    requireKeys(answer, ["off"], ["match", "rc"]);
    assert.equal(answer.off, off + data.length);
    assert.ok(answer.match !== false);
    off += data.length;
  }
}
