/*
 * The end of a slot, as MCUboot lays it out (write alignment 8): magic in the last 16 bytes, below it image_ok,
 * copy_done and swap_info, 8 bytes each. It has the slot's last sector to itself.
 */
#pragma once
#include "base.h"
#include "nor.h"

/* Of it, what we use. */
#define TRAILER_BYTES 40u

typedef enum { SWAP_NONE = 1, SWAP_TEST = 2, SWAP_PERMANENT = 3, SWAP_REVERT = 4 } SwapType;

typedef struct {
  bool magic;     /* good; unset and torn ones are both "not" */
  bool image_ok;  /* confirmed */
  bool copy_done; /* this image came here in a swap */
} Trailer;

Trailer trailer_read(const Region *slot);
/* Marks slot 1's image for a swap at the next start. */
bool trailer_set_pending(bool permanent);
/* Sets image_ok in slot 0. */
bool trailer_confirm(void);
/* Writes slot 0's trailer anew, after a swap. */
bool trailer_write_swapped(SwapType type);
bool trailer_erase(const Region *slot);
/* Where the trailer's sector begins; its lower part is free (upload.c keeps its record there). */
uint32_t trailer_sector_offset(const Region *slot);
