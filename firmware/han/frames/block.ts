/**
 * Blocks of a message that is too long for one tunnel transfer (general block transfer, facts §1.8):
 * E0 ‖ block control ‖ block number 2 ‖ acknowledged block 2 ‖ length ‖ data, high byte first.
 * On the COSE wire blocks stand bare in the tunnel, whose link key vouches for who sent them.
 */

/** First octet of a block. No message begins with it: it is CBOR's simple value 0, and no ciphering tag of GBCS. */
const TAG = 0xe0;
const HEADER_BYTES = 6;
const LAST = 0x80;
const STREAMING = 0x40;
const WINDOW = 0x3f;
export const MAX_BLOCK_DATA_BYTES = 1149;
export const MAX_BLOCKS = 63;

/** A block of data has a number from 1 on; a mere acknowledgement has number 0 and no data. */
export interface Block {
  readonly last: boolean;
  /** More blocks follow before the other end is to acknowledge. */
  readonly streaming: boolean;
  /** Blocks the sender could take before it must acknowledge. */
  readonly window: number;
  readonly number: number;
  /** Highest number received in order; 0 = none. */
  readonly acknowledged: number;
  readonly data: Uint8Array;
}

export function encodeBlock({ last, streaming, window, number, acknowledged, data }: Block): Uint8Array {
  const length = lengthOctets(data.length);
  const bytes = new Uint8Array(HEADER_BYTES + length.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = TAG;
  bytes[1] = (last ? LAST : 0) | (streaming ? STREAMING : 0) | window;
  view.setUint16(2, number);
  view.setUint16(4, acknowledged);
  bytes.set(length, HEADER_BYTES);
  bytes.set(data, HEADER_BYTES + length.length);
  return bytes;
}

/** Undefined when `bytes` are no block, or one that breaks the bounds. */
export function decodeBlock(bytes: Uint8Array): Block | undefined {
  if (bytes[0] !== TAG || bytes.length <= HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const control = view.getUint8(1);
  const block = {
    last: (control & LAST) !== 0,
    streaming: (control & STREAMING) !== 0,
    window: control & WINDOW,
    number: view.getUint16(2),
    acknowledged: view.getUint16(4),
  };
  const data = readData(bytes.subarray(HEADER_BYTES));
  if (data === undefined || (data.length === 0) !== (block.number === 0)) return undefined;
  return block.number > MAX_BLOCKS || block.acknowledged > MAX_BLOCKS ? undefined : { ...block, data };
}

/** The one shortest form of a length. */
function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff];
}

/** Length and data must fill `bytes` exactly, the length in its shortest form. */
function readData(bytes: Uint8Array): Uint8Array | undefined {
  const octets = bytes[0]! < 0x80 ? 1 : bytes[0] === 0x81 ? 2 : 3;
  const length = bytes.length - octets;
  if (length < 0 || length > MAX_BLOCK_DATA_BYTES) return undefined;
  const right = lengthOctets(length);
  return right.length === octets && right.every((octet, i) => octet === bytes[i])
    ? bytes.slice(octets)
    : undefined;
}
