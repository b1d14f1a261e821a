/* SMP's console framing: base64 lines that begin with 06 09 (first) or 04 14 (more), CRC-16 at the end. */
#pragma once
#include "base.h"

/* The largest SMP packet, header included. `params` tells it. */
#define PACKET_BYTES 2048u

typedef struct {
  uint32_t packets;
  uint32_t bad_base64;
  uint32_t bad_crc;
  uint32_t too_long;
} FrameCounts;
extern FrameCounts frame_counts;

/* Takes one byte from the line; true when a whole packet with a good CRC is there. It stays until the next call. */
bool frame_feed(uint8_t byte, uint8_t **packet, size_t *length);
/* Forgets what came of a packet and a line so far. */
void frame_forget(void);
/* Frames a packet and queues it. */
void frame_send(const uint8_t *packet, size_t length);
