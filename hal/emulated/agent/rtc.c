#include "rtc.h"
#include "clock.h"
#include "state.h"

#define SECONDS REGISTER(0x10017000)

static uint32_t first_second;
static int64_t chip_minus_uptime_ms;
static bool edge_seen, set_before_edge;

static int64_t chip_ms(void) { return (int64_t)uptime_ms() + chip_minus_uptime_ms; }

/* Until the first edge the middle of the second is the best guess. */
void rtc_start(void) {
  first_second = SECONDS;
  chip_minus_uptime_ms = (int64_t)first_second * 1000 + 500 - (int64_t)uptime_ms();
}

/* A time that was set by the guess keeps its value when the guess is put right. */
void rtc_tick(void) {
  uint32_t second = SECONDS;
  if (edge_seen || second == first_second) return;
  int64_t right = (int64_t)second * 1000 - (int64_t)uptime_ms();
  edge_seen = true;
  if (set_before_edge) {
    board_state.rtc_offset_ms += chip_minus_uptime_ms - right;
    state_save();
  }
  chip_minus_uptime_ms = right;
}

bool rtc_read(uint64_t *utc_ms) {
  *utc_ms = (uint64_t)(chip_ms() + board_state.rtc_offset_ms);
  return board_state.rtc_set;
}

void rtc_set(uint64_t utc_ms) {
  board_state.rtc_offset_ms = (int64_t)utc_ms - chip_ms();
  board_state.rtc_set = 1;
  set_before_edge = !edge_seen;
  state_save();
}
