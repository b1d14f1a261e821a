/* Time of day as text, as SMP writes it, and back. */
#pragma once
#include "base.h"

/* "yyyy-MM-ddTHH:mm:ss.SSSSSS+00:00"; give it 40 bytes. */
void calendar_format(uint64_t utc_ms, char *text, size_t size);
/* Reads with or without a fraction, and with "Z", an offset or no zone (UTC). False when it is no time since 1970. */
bool calendar_parse(const uint8_t *text, size_t length, uint64_t *utc_ms);
