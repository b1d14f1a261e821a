/* Time since this start, from the 24 MHz counter, and a tick from the SP804 timer. */
#pragma once
#include "base.h"

#define TICK_MS 20u

void clock_start(void);
uint64_t uptime_ms(void);
/* The raw counter: its low bits are jitter. */
uint32_t clock_counter(void);
/* True once a tick: the main loop's cue to look at what has no interrupt. */
bool clock_take_tick(void);
bool clock_tick_waits(void);
