/** How large a packet may be: what the board says, else a safe guess, else what echoes show. */
import type { Payload } from "./cbor.ts";
import type { RequestOptions } from "./client-options.ts";
import { SmpError } from "./errors.ts";
import { Fields } from "./fields.ts";
import type { SmpFraming } from "./frames.ts";
import type { SmpOperation } from "./message.ts";

/** Whoever asks, as an `SmpClient` does. */
interface Asker {
  readonly framing: SmpFraming;
  request(
    operation: SmpOperation,
    group: number,
    command: number,
    payload?: Payload,
    options?: RequestOptions,
  ): Promise<Payload>;
  useParams(params: SmpParams): void;
}

export interface SmpParams {
  /** Bytes of one of the board's buffers: header, payload, and on a console the frame's length and CRC. */
  readonly bufSize: number;
  /** How many requests the board can hold at once. */
  readonly bufCount: number;
  readonly source: "board" | "fallback" | "probed";
}

export const FALLBACK_BUF_SIZE = 384;
/** A board that claims less could not even take a settings write. */
const MIN_BUF_SIZE = 64;
const MAX_BUF_SIZE = 65_535;
const MAX_BUF_COUNT = 64;

/** Asks the board; the fallback where it refuses, stays silent, or says something impossible. */
export async function negotiateParams(
  client: Asker,
  fallbackBufSize = FALLBACK_BUF_SIZE,
): Promise<SmpParams> {
  const fallback: SmpParams = { bufSize: fallbackBufSize, bufCount: 1, source: "fallback" };
  try {
    const answer = Fields.ofAnswer("os parameters", await client.request("read", 0, 6));
    const bufSize = Math.min(answer.uint("buf_size"), MAX_BUF_SIZE);
    const bufCount = Math.min(Math.max(answer.optionalUint("buf_count") ?? 1, 1), MAX_BUF_COUNT);
    return bufSize < MIN_BUF_SIZE ? fallback : { bufSize, bufCount, source: "board" };
  } catch (error) {
    if (error instanceof SmpError && error.code !== "smp/closed" && error.code !== "smp/busy")
      return fallback;
    throw error;
  }
}

export interface ProbeOptions {
  /** Default 4096. */
  readonly maxBytes?: number;
  /** For one echo; default 1000. */
  readonly timeoutMs?: number;
}

/**
 * Finds the buffer's size by echoes of growing length, to within 16 bytes, and makes it the client's: for boards that
 * do not tell and whose default is far off. At most a dozen echoes, half of which may go unanswered.
 */
export async function probeBufferSize(client: Asker, options: ProbeOptions = {}): Promise<SmpParams> {
  const { maxBytes = 4096, timeoutMs = 1000 } = options;
  let good = MIN_BUF_SIZE;
  let bad = maxBytes + 1;
  for (let next = 128; bad - good > 16; next = good * 2 < bad ? good * 2 : (good + bad) >> 1)
    if (await echoes(client, Math.min(next, maxBytes), timeoutMs)) good = Math.min(next, maxBytes);
    else bad = Math.min(next, maxBytes);
  const params: SmpParams = { bufSize: good, bufCount: 1, source: "probed" };
  client.useParams(params);
  return params;
}

/** An echo that fills a buffer of `bufSize` bytes: 8 of header, 6 around the text, 4 of frame. */
async function echoes(client: Asker, bufSize: number, timeoutMs: number): Promise<boolean> {
  const text = "x".repeat(bufSize - (client.framing === "console" ? 18 : 14));
  try {
    const answer = await client.request("write", 0, 0, { d: text }, { timeoutMs, retries: 1 });
    return answer.r === text;
  } catch (error) {
    if (error instanceof SmpError && (error.code === "smp/timeout" || error.code === "smp/refused"))
      return false;
    throw error;
  }
}
