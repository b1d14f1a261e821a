/** Firmware images as activation sees them; `devices/board-images.ts` has those of a board. */

export interface FirmwareImages {
  /** Of the image that runs, 4 octets; undefined: no image says so, and it is the factory's. */
  readonly version: Uint8Array | undefined;
  /** Why this start did not run the image that was to; undefined: it did. */
  readonly faultAtStart?: string | undefined;
  /** SHA-256 of the image that runs; undefined: none is known. */
  runningHash(): Uint8Array | undefined;
  /** SHA-256 of the image that waits, as it is stored now; undefined: none waits. */
  heldHash(): Promise<Uint8Array | undefined>;
  /** Is the image that waits one that would start? */
  heldIsGood(): Promise<boolean>;
  /** The image that waits runs from the next start on. False when it cannot. */
  activate(): Promise<boolean>;
  /** For a bench that stands in: this image waits, or none, and is one of this version. */
  load?(held: { readonly hash: Uint8Array; readonly version: Uint8Array } | undefined): void;
  /** Starts the device anew, in a moment; this run of the firmware does no more. Absent: an activated image takes over at the next start, whenever that is. */
  restart?(): void;
}

/** For a board without room for images: none ever waits. */
export const noImages: FirmwareImages = {
  version: undefined,
  runningHash: () => undefined,
  heldHash: async () => undefined,
  heldIsGood: async () => false,
  activate: async () => false,
};
