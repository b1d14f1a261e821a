/* Mains sense: the voltage that an ADM1272 on the I2C bus reads, debounced, and the hold-up store behind it. */
#pragma once
#include "base.h"
#include "cbor.h"

void mains_start(void);
/* Call it once a tick. */
void mains_tick(void);
/* The fields of `mains-response`. */
void mains_write(CborWriter *writer);
/* Stimulus: the phase is lost for this board, whatever the voltage; and what is in the store. */
void mains_stimulate(bool present);
/* Stimulus: the next look finds no voltage, the one after it finds it again. */
void mains_dip(void);
void mains_set_hold_up(uint32_t millijoules);
