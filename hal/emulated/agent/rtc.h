/*
 * Time of day. The PL031 follows the host's clock, as a battery-backed chip would run on; what somebody set is
 * kept as a difference to it.
 */
#pragma once
#include "base.h"

void rtc_start(void);
/* Call it once a tick: finds where the chip's second begins, since it counts whole seconds only. */
void rtc_tick(void);
/* False when the time of day was never set. */
bool rtc_read(uint64_t *utc_ms);
void rtc_set(uint64_t utc_ms);
