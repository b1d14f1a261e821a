/* SHA-512 (FIPS 180-4), of messages that are in memory as a few pieces. */
#pragma once
#include "base.h"

#define SHA512_BYTES 64u

typedef struct {
  const void *bytes;
  size_t length;
} Sha512Piece;

void sha512(const Sha512Piece *pieces, size_t count, uint8_t digest[SHA512_BYTES]);
