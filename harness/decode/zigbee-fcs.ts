/**
 * The last two bytes of a captured frame: its FCS, right or wrong; what a radio wrote in its place (0xFFFF, zeros, TI's
 * RSSI and LQI); or, in a frame captured without FCS, the end of its payload. Encrypted payload and MIC fit any two of
 * these readings, so what cannot be told apart is shown both ways.
 */
import { crc16Kermit } from "../../hal/base/crc.ts";
import { type DecodedField, type DecodedNode, hexNumber } from "./node.ts";

export const FCS_BYTES = 2;
/** An acknowledgement with its FCS; anything shorter has none. */
const SHORTEST_WITH_FCS = 5;
/** The name of the field that an FCS taken for payload would falsify. */
export const MIC = "MIC";
/** The longest MPDU with its FCS has 127 bytes: a longer MPDU than this has one. */
const MAX_WITHOUT_FCS = 125;

type Read = (mpdu: Uint8Array) => DecodedNode;

/** Reads a frame whose last two bytes may be an FCS. Throws what `read` throws when it reads neither way. */
export function withEnding(bytes: Uint8Array, read: Read): DecodedNode {
  const ending = bytes.length < SHORTEST_WITH_FCS ? undefined : endingOf(bytes);
  if (ending === undefined) return told(read(bytes), bytes);
  const stripped = () => told(read(bytes.subarray(0, -FCS_BYTES)), bytes, ending);
  if (ending.sure || bytes.length > MAX_WITHOUT_FCS) return stripped();
  const [without, within] = [tried(() => told(read(bytes), bytes)), tried(stripped)];
  if (without === undefined) return within ?? read(bytes);
  if (within === undefined || unread(without) < unread(within)) return without;
  if (unread(within) < unread(without)) return within;
  return ending.likely ? both(within, without) : both(without, within);
}

interface Ending {
  readonly field: DecodedField;
  /** An FCS it is. */
  readonly sure: boolean;
  /** More likely what a radio wrote in its place than payload. */
  readonly likely: boolean;
}

function endingOf(bytes: Uint8Array): Ending {
  const expected = crc16Kermit(bytes.subarray(0, -FCS_BYTES));
  const [low = 0, high = 0] = bytes.subarray(-FCS_BYTES);
  const found = low | (high << 8);
  const field = (note: string) => ({ name: "FCS", value: hexNumber(found, 4), note });
  if (found === expected) return { field: field("right"), sure: true, likely: true };
  if (((low << 8) | high) === expected)
    return { field: field("right, its two bytes the other way round"), sure: true, likely: true };
  const right = `the frame's is ${hexNumber(expected, 4)}`;
  if (found === 0xffff || found === 0)
    return { field: field(`replaced: no FCS was kept; ${right}`), sure: false, likely: true };
  const radio = radioStatus(low, high);
  if (radio !== undefined)
    return { field: field(`replaced by ${radio}; ${right}`), sure: false, likely: true };
  return { field: field(`WRONG: ${right}`), sure: false, likely: false };
}

export const hasRightFcs = ({ fields }: DecodedNode): boolean =>
  fields.some(({ name, note }) => name === "FCS" && note?.startsWith("right") === true);

/** TI's CC24xx and CC25xx: RSSI (signed), then a bit for "CRC right" and 7 bits of LQI; undefined when they hardly are. */
function radioStatus(rssi: number, status: number): string | undefined {
  const [dbm, lqi] = [rssi - 256, status & 0x7f];
  if (status < 0x80 || dbm < -110 || lqi < 0x28) return undefined;
  return `TI's RSSI ${dbm} and LQI ${lqi}, CRC right`;
}

function told(node: DecodedNode, bytes: Uint8Array, ending?: Ending): DecodedNode {
  const fields = ending === undefined ? node.fields : [...node.fields, ending.field];
  const partial = unread(node) > 0;
  return { ...node, bytes: bytes.length, fields, ...(partial ? { partial } : {}) };
}

function tried(read: () => DecodedNode): DecodedNode | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Layers that could not be read. */
function unread(node: DecodedNode): number {
  const own = node.partial && node.children.length === 0 ? 1 : 0;
  return node.children.reduce((sum, child) => sum + unread(child), own);
}

/** `node`, and what of it would read otherwise if the last two bytes were the other thing. */
function both(node: DecodedNode, other: DecodedNode): DecodedNode {
  const without = !node.fields.some(({ name }) => name === "FCS");
  const fcsField = (without ? other : node).fields.find(({ name }) => name === "FCS");
  const condition = without
    ? `the last two bytes may be an FCS, ${fcsField?.note}`
    : "the frame may have been captured without FCS";
  const mic = micOf(other);
  return mic === undefined
    ? { ...node, note: condition }
    : noted(node, `${condition}: then the MIC is ${mic}`);
}

function micOf(node: DecodedNode): string | undefined {
  const own = node.fields.find(({ name }) => name === MIC)?.value;
  return own ?? node.children.map(micOf).find((mic) => mic !== undefined);
}

function noted(node: DecodedNode, note: string): DecodedNode {
  const fields = node.fields.map((field) => (field.name === MIC ? { ...field, note } : field));
  return { ...node, fields, children: node.children.map((child) => noted(child, note)) };
}
