/* SHA-512 and SHA-384 (FIPS 180-4). */
#pragma once
#include "base.h"

#define SHA512_BYTES 64u

#define SHA384_BYTES 48u

typedef struct {
  uint64_t state[8];
  uint8_t block[128];
  uint64_t length;
} Sha512;

void sha512_start(Sha512 *hash);
void sha384_start(Sha512 *hash); /* differs in its start only, and gives the first 48 bytes */
void sha512_add(Sha512 *hash, const void *bytes, size_t length);
void sha512_end(Sha512 *hash, uint8_t digest[SHA512_BYTES]);

/* Of a message that is in memory as a few pieces. */
typedef struct {
  const void *bytes;
  size_t length;
} Sha512Piece;

void sha512(const Sha512Piece *pieces, size_t count, uint8_t digest[SHA512_BYTES]);
