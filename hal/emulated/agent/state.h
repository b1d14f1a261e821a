/* What the board itself keeps through a power cut: a few values, saved as whole records in turn. */
#pragma once
#include "base.h"

typedef struct {
  uint32_t sequence;
  uint32_t boots; /* starts so far, this one included */
  int64_t rtc_offset_ms; /* time of day minus the clock chip's time */
  uint64_t command_counter; /* of the last signed command */
  uint8_t rtc_set;
  uint8_t switch_closed;
  uint8_t spare[2];
  uint32_t crc; /* CRC-32 of all before it */
} BoardState;
extern BoardState board_state;

/* Loads the newest whole record, or the factory's: never set, switch closed. Counts this start. */
void state_start(void);
void state_save(void);
