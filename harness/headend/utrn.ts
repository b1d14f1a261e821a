/**
 * What a supplier vends: top-up tokens (UTRN; GBCS 14, facts §5.4). Nothing here is shared with the meter that takes
 * them: the check digit is computed in the dihedral group of the pentagon, not from its tables.
 */
import type { Eui64 } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import type { Crypto } from "../../hal/board.ts";

export interface TokenRequest {
  readonly supplier: Eui64;
  readonly device: Eui64;
  /** What the supplier's prepayment key and the device's agree on, 32 bytes. */
  readonly secret: Uint8Array;
  /** Of this token: 32 bits, greater than that of the one before. */
  readonly counter: number;
  /** Pence up to 8,191, or whole pounds up to £8,191. */
  readonly pence: number;
}

/** The originator counter of the command that carries a token of this counter. */
export const topUpCounter = (counter: number): bigint => BigInt(counter) << 32n;

const mostValue = 8191;
const base = 7_394_156_990_786_306_048n;

/** The 20 digits. Throws `headend/token` for an amount that no token can have. */
export function makeUtrn(crypto: Crypto, request: TokenRequest): string {
  const { counter } = request;
  const head = Buffer.alloc(4);
  head.writeUInt32BE((counter % 1024) * 2 ** 15 + classAndValue(request.pence));
  const token = Buffer.concat([head, macOf(crypto, request, head)]).readBigUInt64BE();
  const digits = String(base + token);
  return digits + checkDigit(digits);
}

function classAndValue(pence: number): number {
  if (Number.isInteger(pence) && pence >= 0 && pence <= mostValue) return pence;
  const pounds = pence / 100;
  if (Number.isInteger(pounds) && pounds >= 0 && pounds <= mostValue) return 2 ** 13 + pounds;
  const most = `at most ${mostValue} pence, or ${mostValue} whole pounds`;
  throw new CodedError("headend/token", `a token of ${pence} pence: expected ${most}`, { pence });
}

function macOf(crypto: Crypto, { supplier, device, secret, counter }: TokenRequest, head: Uint8Array) {
  const [from, to] = [euiBytes(supplier), euiBytes(device)];
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(topUpCounter(counter));
  const context = [Buffer.from("6085740608030009", "hex").subarray(0, 7), from, [9, 1], count, to];
  const input = Buffer.concat([[0, 0, 0, 1], secret, ...context].map((part) => Uint8Array.from(part)));
  const key = crypto.sha256(input).subarray(0, 16);
  const covered = Buffer.concat([
    Buffer.from("110000000000", "hex"),
    from,
    to,
    Uint8Array.of(1),
    count,
    head,
  ]);
  const nonce = Buffer.concat([from, Buffer.alloc(4)]);
  return crypto.aesGcmSeal(key, nonce, covered, new Uint8Array(), 16).slice(12);
}

/** 0 to 4 turn the pentagon, 5 to 9 turn it over first. */
function after(a: number, b: number): number {
  const turned = a < 5 ? (a + b) % 5 : (a - b + 10) % 5;
  return a < 5 === b < 5 ? turned : 5 + turned;
}

const step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
const last = [1, 2, 6, 7, 5, 8, 3, 0, 9, 4];

function checkDigit(digits: string): number {
  let sum = 0;
  [...digits].forEach((digit, at) => {
    let moved = Number(digit);
    for (let times = 0; times < at + 4; times++) moved = step[moved] as number;
    sum = after(sum, moved);
  });
  return last[sum] as number;
}
