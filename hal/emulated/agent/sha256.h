/* SHA-256 (FIPS 180-4). */
#pragma once
#include "base.h"

#define SHA256_BYTES 32u

typedef struct {
  uint32_t state[8];
  uint8_t block[64];
  uint64_t length;
} Sha256;

void sha256_start(Sha256 *hash);
void sha256_add(Sha256 *hash, const void *bytes, size_t length);
void sha256_end(Sha256 *hash, uint8_t digest[SHA256_BYTES]);
