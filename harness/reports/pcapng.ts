/**
 * Writes captures in pcapng (draft-ietf-opsawg-pcapng), little-endian: Section Header, Interface
 * Description, Enhanced Packet and Decryption Secrets blocks. Same calls, same bytes: times are virtual,
 * and nothing of the machine goes in. The keys go into the file as the draft says; tshark shows those blocks
 * but takes Zigbee keys from its preferences only, so give it {@link tsharkKeyOption} as well.
 */
import { concat } from "../../hal/base/bytes.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { toLowerHex } from "../../hal/base/hex.ts";

/** Link types of the captures we write. */
export const LinkType = {
  /** IEEE 802.15.4 without FCS: home network frames. */
  ieee802154NoFcs: 230,
  /** USER0: whole messages on the WAN. */
  user0: 147,
} as const;

export interface PacketOptions {
  /** Microseconds since 1970, or since the run's start: the run's choice. Not before the previous one. */
  readonly timeUs: number;
  /** Shown by Wireshark with the packet. */
  readonly comment?: string;
}

const Block = { section: 0x0a0d0d0a, interface: 1, packet: 6, secrets: 0x0a } as const;
/** Secrets types that Wireshark registers: ASCII "ZNWK" and "ZAPS". */
const Secrets = { zigbeeNetworkKey: 0x5a4e574b, zigbeeApsKey: 0x5a415053 } as const;
const Option = { end: 0, comment: 1, interfaceName: 2, userApplication: 4 } as const;

const MAX_PACKET_BYTES = 65_535;
const MAX_COMMENT_BYTES = 4096;

export class PcapngWriter {
  readonly #blocks: Uint8Array[] = [];
  #interfaces = 0;
  #bytes = 0;

  constructor(comment?: string) {
    const body = new DataView(new ArrayBuffer(16));
    body.setUint32(0, 0x1a2b3c4d, true);
    body.setUint16(4, 1, true);
    // Section length "unknown", so that blocks can follow one by one.
    body.setBigUint64(8, 0xffff_ffff_ffff_ffffn, true);
    const options = [text(Option.userApplication, "meterbench")];
    if (comment !== undefined) options.unshift(text(Option.comment, comment));
    this.#add(Block.section, [bytesOf(body), ...ended(options)]);
  }

  /** Adds an interface; give the number it returns to {@link packet}. Times are in microseconds. */
  addInterface(name: string, linkType: number): number {
    const body = new DataView(new ArrayBuffer(8));
    body.setUint16(0, linkType, true);
    body.setUint32(4, MAX_PACKET_BYTES, true);
    this.#add(Block.interface, [bytesOf(body), ...ended([text(Option.interfaceName, name)])]);
    return this.#interfaces++;
  }

  /** Adds one packet: of a longer one its first 65,535 bytes, and its length. Throws `pcapng/interface` or `pcapng/time`. */
  packet(interfaceId: number, data: Uint8Array, { timeUs, comment }: PacketOptions): void {
    if (!Number.isInteger(interfaceId) || interfaceId < 0 || interfaceId >= this.#interfaces)
      throw new CodedError(
        "pcapng/interface",
        `interface ${interfaceId}: only ${this.#interfaces} added; call addInterface first`,
      );
    if (!Number.isSafeInteger(timeUs) || timeUs < 0)
      throw new CodedError("pcapng/time", `time ${timeUs}: expected whole microseconds from 0 up`);
    const head = new DataView(new ArrayBuffer(20));
    head.setUint32(0, interfaceId, true);
    head.setUint32(4, Math.floor(timeUs / 0x1_0000_0000), true);
    head.setUint32(8, timeUs % 0x1_0000_0000, true);
    const captured = data.subarray(0, MAX_PACKET_BYTES);
    head.setUint32(12, captured.length, true);
    head.setUint32(16, data.length, true);
    const options = comment === undefined ? [] : ended([text(Option.comment, comment)]);
    this.#add(Block.packet, [bytesOf(head), padded(captured), ...options]);
  }

  /** Adds a Zigbee network key (16 bytes) of a PAN, for the packets that follow. */
  zigbeeNetworkKey(key: Uint8Array, panId: number): void {
    const data = new Uint8Array(18);
    data.set(sixteen(key), 0);
    new DataView(data.buffer).setUint16(16, panId, true);
    this.#secrets(Secrets.zigbeeNetworkKey, data);
  }

  /** Adds a Zigbee APS link key (16 bytes) between two short addresses of a PAN; the lower one stands first. */
  zigbeeLinkKey(key: Uint8Array, panId: number, address1: number, address2: number): void {
    const data = new Uint8Array(22);
    data.set(sixteen(key), 0);
    const view = new DataView(data.buffer);
    view.setUint16(16, panId, true);
    view.setUint16(18, Math.min(address1, address2), true);
    view.setUint16(20, Math.max(address1, address2), true);
    this.#secrets(Secrets.zigbeeApsKey, data);
  }

  /** The whole file so far. */
  toBytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#blocks, this.#bytes));
  }

  #secrets(type: number, data: Uint8Array): void {
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, type, true);
    head.setUint32(4, data.length, true);
    this.#add(Block.secrets, [bytesOf(head), padded(data)]);
  }

  #add(type: number, parts: readonly Uint8Array[]): void {
    const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, type, true);
    head.setUint32(4, length, true);
    const tail = new DataView(new ArrayBuffer(4));
    tail.setUint32(0, length, true);
    this.#blocks.push(concat(bytesOf(head), ...parts, bytesOf(tail)));
    this.#bytes += length;
  }
}

/** What to give `tshark -o` (once a key) so that it decrypts with this network or link key. */
export function tsharkKeyOption(key: Uint8Array, label: string): string {
  const digits = toLowerHex(sixteen(key)).replace(/..(?=.)/g, "$&:");
  return `uat:zigbee_pc_keys:"${digits}","Normal","${label.replace(/[^\w .-]/g, "_")}"`;
}

function text(code: number, value: string): Uint8Array {
  let utf8 = new TextEncoder().encode(value);
  // Cutting inside a character would leave bad UTF-8, so whole characters are dropped until it fits.
  for (let cut = value; utf8.length > MAX_COMMENT_BYTES; utf8 = new TextEncoder().encode(cut))
    cut = cut.slice(0, Math.min(cut.length - 1, MAX_COMMENT_BYTES));
  const head = new DataView(new ArrayBuffer(4));
  head.setUint16(0, code, true);
  head.setUint16(2, utf8.length, true);
  return concat(bytesOf(head), padded(utf8));
}

const ended = (options: readonly Uint8Array[]): Uint8Array[] => [...options, new Uint8Array(4)];
const bytesOf = (view: DataView): Uint8Array => new Uint8Array(view.buffer as ArrayBuffer);

function padded(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(data.length / 4) * 4);
  out.set(data);
  return out;
}

function sixteen(key: Uint8Array): Uint8Array {
  if (key.length === 16) return key;
  throw new CodedError("pcapng/key", `a Zigbee key of ${key.length} bytes, expected 16`);
}
