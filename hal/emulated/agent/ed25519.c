#include "ed25519.h"
#include "field25519.h"
#include "sha512.h"

static const Field curve_d = {0x78a3, 0x1359, 0x4dca, 0x75eb, 0xd8ab, 0x4141, 0x0a4d, 0x0070,
                      0xe898, 0x7779, 0x4079, 0x8cc7, 0xfe73, 0x2b6f, 0x6cee, 0x5203};
static const Field curve_2d = {0xf159, 0x26b2, 0x9b94, 0xebd6, 0xb156, 0x8283, 0x149a, 0x00e0,
                      0xd130, 0xeef3, 0x80f2, 0x198e, 0xfce7, 0x56df, 0xd9dc, 0x2406};
static const Field base_x = {0xd51a, 0x8f25, 0x2d60, 0xc956, 0xa7b2, 0x9525, 0xc760, 0x692c,
                      0xdc5c, 0xfdd6, 0xe231, 0xc0a4, 0x53fe, 0xcd6e, 0x36d3, 0x2169};
static const Field base_y = {0x6658, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666,
                      0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666};
static const Field root_of_minus_1 = {0xa0b0, 0x4a0e, 0x1b27, 0xc4ee, 0xe478, 0xad2f, 0x1806, 0x2f43,
                      0xd7a7, 0x3dfb, 0x0099, 0x2b4d, 0xdf0b, 0x4fc1, 0x2480, 0x2b83};

/* Little-endian: the order of the group, and the field's prime. */
static const uint8_t group_order[32] = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10};
static const uint8_t prime[32] = {
    0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};

/* The y of the points of small order. */
static const uint8_t small_order_y[5][32] = {
    {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
     0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
    {0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
     0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
     0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
     0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05}};

/* Extended coordinates: x = X/Z, y = Y/Z, T = XY/Z. */
typedef struct {
  Field x, y, z, t;
} Point;

/* a += b, also when they are equal. */
static void point_add(Point *a, const Point *b) {
  Field lhs, rhs, m, n, c, d, e, f, g, h;
  field_subtract(lhs, a->y, a->x);
  field_subtract(rhs, b->y, b->x);
  field_multiply(m, lhs, rhs);
  field_add(lhs, a->x, a->y);
  field_add(rhs, b->x, b->y);
  field_multiply(n, lhs, rhs);
  field_multiply(c, a->t, b->t);
  field_multiply(c, c, curve_2d);
  field_multiply(d, a->z, b->z);
  field_add(d, d, d);
  field_subtract(e, n, m);
  field_subtract(f, d, c);
  field_add(g, d, c);
  field_add(h, n, m);
  field_multiply(a->x, e, f);
  field_multiply(a->y, h, g);
  field_multiply(a->z, g, f);
  field_multiply(a->t, e, h);
}

/* result = [scalar]base. */
static void point_multiply(Point *result, const Point *base, const uint8_t scalar[32]) {
  *result = (Point){.y = {1}, .z = {1}};
  for (int bit = 255; bit >= 0; bit--) {
    Point same = *result;
    point_add(result, &same);
    if (scalar[bit / 8] >> (bit % 8) & 1) point_add(result, base);
  }
}

static void point_pack(uint8_t bytes[32], const Point *point) {
  Field inverse, x, y;
  field_invert(inverse, point->z);
  field_multiply(x, point->x, inverse);
  field_multiply(y, point->y, inverse);
  field_pack(bytes, y);
  bytes[31] ^= (uint8_t)(field_is_odd(x) << 7);
}

/* The square root of numerator / denominator, if there is one. */
static bool square_root(Field root, const Field numerator, const Field denominator) {
  Field d2, d4, power, check;
  field_multiply(d2, denominator, denominator);
  field_multiply(d4, d2, d2);
  field_multiply(power, d4, d2);
  field_multiply(power, power, numerator);
  field_multiply(power, power, denominator);
  field_power_2_252_3(power, power);
  field_multiply(power, power, numerator);
  field_multiply(power, power, denominator);
  field_multiply(power, power, denominator);
  field_multiply(root, power, denominator);
  for (unsigned tries = 0; tries < 2; tries++) {
    field_multiply(check, root, root);
    field_multiply(check, check, denominator);
    if (field_equal(check, numerator)) return true;
    field_multiply(root, root, root_of_minus_1);
  }
  return false;
}

/* The negative of an encoded point; false when there is no such point. */
static bool point_unpack_negative(Point *point, const uint8_t bytes[32]) {
  static const Field zero = {0}, one = {1};
  Field square, numerator, denominator;
  field_unpack(point->y, bytes);
  field_multiply(square, point->y, point->y);
  field_subtract(numerator, square, one);
  field_multiply(denominator, square, curve_d);
  field_add(denominator, denominator, one);
  if (!square_root(point->x, numerator, denominator)) return false;
  if (field_is_odd(point->x) == (bytes[31] >> 7)) field_subtract(point->x, zero, point->x);
  memcpy(point->z, one, sizeof one);
  field_multiply(point->t, point->x, point->y);
  return true;
}

/* Little-endian numbers; the top bits of `value` outside `top_mask` do not count. */
static bool below(const uint8_t value[32], const uint8_t limit[32], uint8_t top_mask) {
  for (int i = 31; i >= 0; i--) {
    uint8_t byte = i == 31 ? value[i] & top_mask : value[i];
    if (byte != limit[i]) return byte < limit[i];
  }
  return false;
}

static bool point_acceptable(const uint8_t bytes[32]) {
  if (!below(bytes, prime, 0x7f)) return false;
  for (size_t i = 0; i < COUNT(small_order_y); i++)
    if (memcmp(bytes, small_order_y[i], 31) == 0 && (bytes[31] & 0x7f) == small_order_y[i][31]) return false;
  return true;
}

/* A number of 64 digits of 8 bits, modulo the group order; the digits are signed on the way. */
static void reduce(uint8_t result[32], const uint8_t wide[64]) {
  int64_t x[64], carry;
  for (unsigned i = 0; i < 64; i++) x[i] = wide[i];
  for (int i = 63; i >= 32; i--) {
    int j;
    carry = 0;
    for (j = i - 32; j < i - 12; j++) {
      x[j] += carry - 16 * x[i] * group_order[j - (i - 32)];
      carry = (x[j] + 128) >> 8;
      x[j] -= carry * 256;
    }
    x[j] += carry;
    x[i] = 0;
  }
  carry = 0;
  int64_t top = x[31] >> 4;
  for (unsigned j = 0; j < 32; j++) {
    x[j] += carry - top * group_order[j];
    carry = x[j] >> 8;
    x[j] &= 255;
  }
  for (unsigned j = 0; j < 32; j++) x[j] -= carry * group_order[j];
  for (unsigned i = 0; i < 32; i++) {
    if (i < 31) x[i + 1] += x[i] >> 8;
    result[i] = (uint8_t)(x[i] & 255);
  }
}

/* R must be [S]B - [k]A, with k the hash of R, A and the message. */
bool ed25519_verify(const uint8_t key[32], const void *message, size_t length, const uint8_t signature[64]) {
  const Sha512Piece pieces[] = {{signature, 32}, {key, 32}, {message, length}};
  uint8_t digest[SHA512_BYTES], k[32], computed[32];
  Point minus_a, left, right, base = {.z = {1}};
  if (!point_acceptable(key) || !point_acceptable(signature) || !below(signature + 32, group_order, 0xff)) return false;
  if (!point_unpack_negative(&minus_a, key)) return false;
  sha512(pieces, COUNT(pieces), digest);
  reduce(k, digest);
  memcpy(base.x, base_x, sizeof base_x);
  memcpy(base.y, base_y, sizeof base_y);
  field_multiply(base.t, base.x, base.y);
  point_multiply(&left, &base, signature + 32);
  point_multiply(&right, &minus_a, k);
  point_add(&left, &right);
  point_pack(computed, &left);
  return memcmp(computed, signature, sizeof computed) == 0;
}
