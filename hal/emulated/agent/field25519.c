#include "field25519.h"

void field_add(Field sum, const Field a, const Field b) {
  for (unsigned i = 0; i < 16; i++) sum[i] = a[i] + b[i];
}

void field_subtract(Field difference, const Field a, const Field b) {
  for (unsigned i = 0; i < 16; i++) difference[i] = a[i] - b[i];
}

/* Brings digits back to 16 bits; what leaves the top comes in at the bottom times 38 (2^256 = 38). */
static void carry(Field a) {
  for (unsigned i = 0; i < 16; i++) {
    int64_t over = a[i] >> 16;
    a[i] -= over * 65536;
    if (i < 15) a[i + 1] += over;
    else a[0] += 38 * over;
  }
}

void field_multiply(Field product, const Field a, const Field b) {
  int64_t wide[31] = {0};
  for (unsigned i = 0; i < 16; i++)
    for (unsigned j = 0; j < 16; j++) wide[i + j] += a[i] * b[j];
  for (unsigned i = 0; i < 15; i++) wide[i] += 38 * wide[i + 16];
  memcpy(product, wide, sizeof(Field));
  carry(product);
  carry(product);
}

/* a^(2^255 - 21): the exponent has zeros at bits 2 and 4 only. */
void field_invert(Field inverse, const Field a) {
  Field power;
  memcpy(power, a, sizeof power);
  for (int bit = 253; bit >= 0; bit--) {
    field_multiply(power, power, power);
    if (bit != 2 && bit != 4) field_multiply(power, power, a);
  }
  memcpy(inverse, power, sizeof power);
}

/* The exponent has a zero at bit 1 only. */
void field_power_2_252_3(Field result, const Field a) {
  Field power;
  memcpy(power, a, sizeof power);
  for (int bit = 250; bit >= 0; bit--) {
    field_multiply(power, power, power);
    if (bit != 1) field_multiply(power, power, a);
  }
  memcpy(result, power, sizeof power);
}

/* Subtracts the prime if that leaves no negative number. */
static void subtract_prime(Field a) {
  Field less;
  for (unsigned i = 0; i < 16; i++) less[i] = a[i] - (i == 0 ? 0xffed : i == 15 ? 0x7fff : 0xffff);
  for (unsigned i = 0; i < 15; i++) {
    int64_t over = less[i] >> 16;
    less[i] -= over * 65536;
    less[i + 1] += over;
  }
  if (less[15] >= 0) memcpy(a, less, sizeof less);
}

void field_pack(uint8_t bytes[32], const Field a) {
  Field whole;
  memcpy(whole, a, sizeof whole);
  for (unsigned i = 0; i < 3; i++) carry(whole);
  for (unsigned i = 0; i < 2; i++) subtract_prime(whole);
  for (unsigned i = 0; i < 16; i++) {
    bytes[2 * i] = (uint8_t)whole[i];
    bytes[2 * i + 1] = (uint8_t)(whole[i] >> 8);
  }
}

void field_unpack(Field a, const uint8_t bytes[32]) {
  for (unsigned i = 0; i < 16; i++) a[i] = read_u16le(bytes + 2 * i);
  a[15] &= 0x7fff;
}

bool field_equal(const Field a, const Field b) {
  uint8_t x[32], y[32];
  field_pack(x, a);
  field_pack(y, b);
  return memcmp(x, y, sizeof x) == 0;
}

uint8_t field_is_odd(const Field a) {
  uint8_t bytes[32];
  field_pack(bytes, a);
  return bytes[0] & 1;
}
