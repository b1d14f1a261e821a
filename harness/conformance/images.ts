/** Firmware images that are only hashes and versions: a reference set names hashes of images that it does not hold. */
import type { FirmwareImages } from "../../firmware/features/activation/images.ts";

interface Image {
  readonly hash: Uint8Array;
  readonly version: Uint8Array;
}

export class StandInImages implements FirmwareImages {
  #running: Image | undefined;
  #held: Image | undefined;

  get version(): Uint8Array | undefined {
    return this.#running?.version;
  }

  load(held: Image | undefined): void {
    this.#held = held;
  }

  runningHash(): Uint8Array | undefined {
    return this.#running?.hash;
  }

  async heldHash(): Promise<Uint8Array | undefined> {
    return this.#held?.hash;
  }

  async heldIsGood(): Promise<boolean> {
    return this.#held !== undefined;
  }

  /** Takes over at once: nothing starts anew. */
  async activate(): Promise<boolean> {
    if (this.#held === undefined) return false;
    this.#running = this.#held;
    this.#held = undefined;
    return true;
  }
}
