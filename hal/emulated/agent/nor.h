/* The CFI NOR flash, and the regions we divide it into. Erase sets to FF, programming only clears bits. */
#pragma once
#include "base.h"

/*
 * The chips erase in blocks of 256 KiB. Each of our sectors is the head of a block of its own, so that an
 * erase stays one hardware erase while slots and tests stay small.
 */
typedef struct {
  uint32_t first_block;
  uint32_t sector_count;
  uint32_t sector_bytes;
} Region;

extern const Region identity_region; /* written by the launcher */
extern const Region state_region;    /* state.c: two sectors that take turns */
extern const Region journal_region;  /* swap.c: how far a swap is */
extern const Region scratch_region;  /* swap.c: one sector on its way */
extern const Region slot_regions[2]; /* images; the last sector of each is its trailer */
extern const Region data_region;     /* for the firmware on the far end of group 64 */

/* What one write programs at once (the chips' CFI table, 2Ah, says 2^11): what a power cut can tear. */
#define NOR_WRITE_BUFFER_BYTES 2048u

typedef enum { NOR_OK, NOR_OUT_OF_RANGE, NOR_BIT_NOT_ERASED, NOR_FAILED } NorResult;

static inline uint32_t region_bytes(const Region *region) { return region->sector_count * region->sector_bytes; }
bool region_holds(const Region *region, uint64_t offset, uint64_t length);
NorResult region_read(const Region *region, uint32_t offset, void *to, size_t length);
/* Refuses, before it changes anything, a bit that would have to go from 0 to 1: the chip model would not. */
NorResult region_program(const Region *region, uint32_t offset, const void *from, size_t length);
NorResult region_erase(const Region *region, uint32_t sector);
bool region_is_blank(const Region *region, uint32_t offset, size_t length);
