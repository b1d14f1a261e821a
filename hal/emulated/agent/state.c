#include "state.h"
#include "nor.h"

#define RECORD_BYTES sizeof(BoardState)
#define RECORDS_PER_SECTOR (state_region.sector_bytes / RECORD_BYTES)

BoardState board_state;
static uint32_t next_record; /* index over both sectors */

static uint32_t crc32(const void *bytes, size_t length) {
  const uint8_t *at = bytes;
  uint32_t crc = ~0u;
  while (length--) {
    crc ^= *at++;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
  }
  return ~crc;
}

static uint32_t crc_of(const BoardState *state) { return crc32(state, offsetof(BoardState, crc)); }

static bool load(uint32_t index, BoardState *state) {
  region_read(&state_region, index * RECORD_BYTES, state, RECORD_BYTES);
  return state->crc == crc_of(state);
}

void state_start(void) {
  BoardState found;
  board_state = (BoardState){.switch_closed = 1};
  next_record = 0;
  for (uint32_t i = 0; i < 2 * RECORDS_PER_SECTOR; i++) {
    if (!load(i, &found) || found.sequence < board_state.sequence) continue;
    board_state = found;
    next_record = i + 1;
  }
  board_state.boots++;
  state_save();
}

/* A sector is erased only when the newest record is safe in the other one. */
void state_save(void) {
  board_state.sequence++;
  board_state.crc = crc_of(&board_state);
  for (unsigned tries = 0; tries < 2 * RECORDS_PER_SECTOR; tries++) {
    next_record %= 2 * RECORDS_PER_SECTOR;
    if (next_record % RECORDS_PER_SECTOR == 0) region_erase(&state_region, next_record / RECORDS_PER_SECTOR);
    uint32_t offset = next_record++ * RECORD_BYTES;
    /* Refused where a torn record lies: the next place is tried. */
    if (region_program(&state_region, offset, &board_state, RECORD_BYTES) == NOR_OK) return;
  }
}
