/**
 * What a file or slot holds behind an image: padding of one erased value, and at its end a trailer, which begins with
 * the swap status and ends with a magic that tells the write alignment (see `trailer.ts`). Anything else is astray.
 */
import { sameBytes } from "../../hal/base/bytes.ts";
import { type McubootImage, parseHeader } from "./image.ts";
import { refuse } from "./refusals.ts";
import { trailerMagic } from "./trailer.ts";
import { versionText } from "./version.ts";

const MAGIC_BYTES = 16;
/** Write alignments that MCUboot's trailers have a magic for. */
const ALIGNMENTS = [8, 16, 32, 64, 128, 256, 512];
/** Fields below the magic, one alignment each, and how many bytes of each may be anything. */
const FIELDS = { imageOk: 1, copyDone: 2, swapInfo: 3, swapSize: 4 } as const;
const FREE_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 1, 4: 4 };
/** Highest value of a swap status entry. */
const LAST_STATUS = 4;
const IMAGE_MAGIC = [0x3d, 0xb8, 0xf3, 0x96];

export interface Behind {
  /** The erased value that fills the rest: 0xFF, or 0x00 on flash that erases to zeros. */
  readonly erased: 0 | 0xff;
  /** Undefined when the bytes do not end with a trailer's magic. */
  readonly trailer?: TrailerInFile;
  /** The first byte that is neither padding nor trailer, from the image's end. */
  readonly strayAt?: number;
  /** True when there begins another image. */
  readonly isImage: boolean;
}

export interface TrailerInFile {
  readonly align: number;
  /** Where its fields begin (swap_size), from the image's end. */
  readonly fieldsAt: number;
  /** The first byte of each field. */
  readonly imageOk: number;
  readonly copyDone: number;
  readonly swapInfo: number;
}

/** Looks through `rest`, all that follows an image. At most `trailerBytes` at its end may be a trailer. */
export function behindImage(rest: Uint8Array, trailerBytes = rest.length): Behind {
  const erased = rest[0] === 0 ? 0 : 0xff;
  const trailer = findTrailer(rest, trailerBytes);
  const statusAt = trailer === undefined ? rest.length : Math.max(0, rest.length - trailerBytes);
  for (let at = 0; at < rest.length; at++) {
    const byte = rest[at] as number;
    if (byte === erased || (trailer && at >= statusAt && belongs(rest, at, trailer))) continue;
    const isImage = IMAGE_MAGIC.every((value, i) => rest[at + i] === value);
    return { erased, ...(trailer && { trailer }), strayAt: at, isImage };
  }
  return { erased, ...(trailer && { trailer }), isImage: false };
}

function findTrailer(rest: Uint8Array, trailerBytes: number): TrailerInFile | undefined {
  if (Math.min(rest.length, trailerBytes) < MAGIC_BYTES) return undefined;
  const end = rest.subarray(-MAGIC_BYTES);
  const align = ALIGNMENTS.find((each) => sameBytes(end, trailerMagic(each)));
  if (align === undefined) return undefined;
  const field = (n: number) => rest.length - Math.max(MAGIC_BYTES, align) - n * align;
  const byteOf = (n: number) => rest[field(n)] ?? 0xff;
  return {
    align,
    fieldsAt: field(FIELDS.swapSize),
    imageOk: byteOf(FIELDS.imageOk),
    copyDone: byteOf(FIELDS.copyDone),
    swapInfo: byteOf(FIELDS.swapInfo),
  };
}

/** May the byte at `at` of a trailer have a value of its own? Those of a field that it does not use are erased. */
function belongs(rest: Uint8Array, at: number, { align, fieldsAt }: TrailerInFile): boolean {
  if (at >= rest.length - MAGIC_BYTES) return true;
  if (at < fieldsAt) return (rest[at] as number) <= LAST_STATUS;
  const number = 4 - Math.floor((at - fieldsAt) / align);
  return (at - fieldsAt) % align < (FREE_BYTES[number] ?? 0);
}

/** After an image only padding and, with it, a trailer of at most `trailerBytes` may follow. */
export function requirePadding(image: McubootImage, file: Uint8Array, trailerBytes = 0): void {
  const imageBytes = image.bytes.length;
  const { strayAt, isImage } = behindImage(file.subarray(imageBytes), trailerBytes);
  if (strayAt === undefined) return;
  const at = imageBytes + strayAt;
  const data = { imageBytes, fileBytes: file.length, at };
  if (isImage) refuse("trailing-image", `another image${versionAt(file, at)} begins at byte ${at}`, data);
  const byte = `0x${(file[at] as number).toString(16).padStart(2, "0")}`;
  refuse(
    "trailing-bytes",
    `byte ${at}, ${byte}, is neither padding nor a trailer of the image, which ends at ${imageBytes}`,
    data,
  );
}

function versionAt(file: Uint8Array, at: number): string {
  try {
    return `, version ${versionText(parseHeader(file.subarray(at)).version)},`;
  } catch {
    return "";
  }
}
