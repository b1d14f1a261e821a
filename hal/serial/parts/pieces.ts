/** Long messages in pieces: `off` 0 comes first and brings `len`; pieces are in order, and a repeated one is harmless. */
import { maxMessageBytes, type Piece } from "./board-group.ts";

/** The pieces of `message`, each with at most `chunk` bytes. */
export function* pieces(message: Uint8Array, chunk: number): Generator<Piece> {
  for (let off = 0; off < message.length; off += chunk) {
    const data = message.slice(off, off + chunk);
    yield off === 0 ? { off, len: message.length, data } : { off, data };
  }
}

/** Puts one message at a time together. Holds at most one message of {@link maxMessageBytes}. */
export class Assembler {
  #message: Uint8Array | undefined;
  #filled = 0;

  /**
   * The message when `piece` completes it; `"more"` when it fits but others must follow; `"wrong"` when it
   * fits nothing (what was put together so far is then dropped, but for a late repetition).
   */
  add({ off, len, data }: Piece): Uint8Array | "more" | "wrong" {
    if (off === 0) {
      if (len === undefined || len < 1 || len > maxMessageBytes) return this.#drop();
      this.#message = new Uint8Array(len);
      this.#filled = 0;
    }
    const message = this.#message;
    if (message === undefined || data.length === 0 || off + data.length > message.length) return this.#drop();
    if (off + data.length <= this.#filled) return "more";
    if (off !== this.#filled) return this.#drop();
    message.set(data, off);
    this.#filled += data.length;
    if (this.#filled < message.length) return "more";
    this.#message = undefined;
    return message;
  }

  clear(): void {
    this.#message = undefined;
  }

  #drop(): "wrong" {
    this.#message = undefined;
    return "wrong";
  }
}
