/* Arithmetic modulo 2^255 - 19. A number is 16 digits of 16 bits, which may overflow until they are carried. */
#pragma once
#include "base.h"

typedef int64_t Field[16];

void field_add(Field sum, const Field a, const Field b);
void field_subtract(Field difference, const Field a, const Field b);
void field_multiply(Field product, const Field a, const Field b);
void field_invert(Field inverse, const Field a);
/* a to the power of 2^252 - 3: what square roots are made of. */
void field_power_2_252_3(Field result, const Field a);
void field_pack(uint8_t bytes[32], const Field a);
void field_unpack(Field a, const uint8_t bytes[32]);
bool field_equal(const Field a, const Field b);
uint8_t field_is_odd(const Field a);
