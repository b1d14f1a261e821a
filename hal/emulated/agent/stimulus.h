/*
 * The second UART, one command a line, each answered "ok" or "error":
 *   mains 0|1      dip      mj N      tamper INPUT 0|1      button a|b      stuck 0|1      message OFFSET LENGTH|- HEX
 *   device 0|1: somebody at this end takes and gives messages, as a firmware under test would; without that the
 *               board has no part "message"      host: another host is at the far end of the protocol line
 * The board tells there that it started ("BOOT id=.. image=.. reason=.."), and what only a person or a load would
 * see: "switch open|closed", "display|LINE|LINE", and "message OFFSET LENGTH|- HEX" for a piece that came over SMP.
 */
#pragma once
#include "base.h"

/* Most data bytes in one message piece. */
#define CHUNK_BYTES 1024u

void stimulus_serve(void);
/* Is there a device behind this line? Not after a start. */
bool stimulus_has_device(void);
/* Passes a piece from SMP on; `has_length` with the first one. */
void stimulus_send_message(uint64_t offset, bool has_length, uint64_t length, const uint8_t *data, size_t data_length);
