#include "entropy.h"
#include "board.h"
#include "clock.h"
#include "sha256.h"
#include "state.h"

static uint8_t pool[SHA256_BYTES];

/* Next pool and next output come from the pool under different labels: no output tells the pool. */
static void turn(uint8_t label, const void *extra, size_t length, uint8_t out[SHA256_BYTES]) {
  uint32_t jitter = clock_counter();
  Sha256 hash;
  sha256_start(&hash);
  sha256_add(&hash, &label, 1);
  sha256_add(&hash, pool, sizeof pool);
  sha256_add(&hash, extra, length);
  sha256_add(&hash, &jitter, sizeof jitter);
  sha256_end(&hash, out);
}

void entropy_start(void) {
  turn(0, board_identity.seed, sizeof board_identity.seed, pool);
  turn(0, &board_state.boots, sizeof board_state.boots, pool);
}

void entropy_bytes(uint8_t *to, size_t length) {
  uint8_t block[SHA256_BYTES];
  while (length > 0) {
    size_t part = MIN(length, sizeof block);
    turn(1, NULL, 0, block);
    turn(2, NULL, 0, pool);
    memcpy(to, block, part);
    to += part, length -= part;
  }
}
