/* Random bytes: SHA-256 over the launcher's seed, the count of starts, a counter and the timer's jitter. */
#pragma once
#include "base.h"

void entropy_start(void);
void entropy_bytes(uint8_t *to, size_t length);
