#include "swap.h"
#include "image.h"

/*
 * The journal of a swap, in a sector of its own. MCUboot keeps this in slot 0's trailer, where flash of small
 * words lets it; there a revert would have to erase the very flags that ask for it before its own are safe.
 *   0: magic, written last when a swap begins, cleared to 0 when all is done
 *   4: swap type    8: sectors to swap    16...: three bytes a sector, cleared one after another
 */
#define JOURNAL_MAGIC 0x50415753u /* "SWAP" */
#define STEPS_OFFSET 16u
#define STEPS 3u

typedef struct {
  uint32_t magic, type, sectors;
} Journal;

static bool step_done(uint32_t sector, unsigned step) {
  uint8_t mark;
  region_read(&journal_region, STEPS_OFFSET + sector * STEPS + step, &mark, 1);
  return mark != 0xFF;
}

static void mark_step(uint32_t sector, unsigned step) {
  uint8_t done = 0;
  region_program(&journal_region, STEPS_OFFSET + sector * STEPS + step, &done, 1);
}

/* Erases a sector and fills it from another one of the same size. */
static void copy_sector(const Region *to, uint32_t to_sector, const Region *from, uint32_t from_sector) {
  uint8_t chunk[1024];
  region_erase(to, to_sector);
  for (uint32_t at = 0; at < from->sector_bytes; at += sizeof chunk) {
    region_read(from, from_sector * from->sector_bytes + at, chunk, sizeof chunk);
    region_program(to, to_sector * to->sector_bytes + at, chunk, sizeof chunk);
  }
}

/* A step that was cut is done again from the start: its source is whole until the step's mark is written. */
static void swap_sector(uint32_t sector) {
  const Region *primary = &slot_regions[0], *secondary = &slot_regions[1];
  if (!step_done(sector, 0)) copy_sector(&scratch_region, 0, secondary, sector), mark_step(sector, 0);
  if (!step_done(sector, 1)) copy_sector(secondary, sector, primary, sector), mark_step(sector, 1);
  if (!step_done(sector, 2)) copy_sector(primary, sector, &scratch_region, 0), mark_step(sector, 2);
}

static bool open_journal(Journal *journal) {
  region_read(&journal_region, 0, journal, sizeof *journal);
  return journal->magic == JOURNAL_MAGIC && journal->sectors < slot_regions[0].sector_count;
}

static void begin(SwapType type, uint32_t sectors) {
  Journal journal = {JOURNAL_MAGIC, type, sectors};
  region_erase(&journal_region, 0);
  region_program(&journal_region, 4, &journal.type, 8);
  region_program(&journal_region, 0, &journal.magic, 4);
}

/* Safe to break off anywhere and to repeat: the trailers change only when every sector is in its place. */
static void run(const Journal *journal) {
  uint32_t closed = 0;
  for (uint32_t sector = journal->sectors; sector-- > 0;) swap_sector(sector);
  trailer_write_swapped((SwapType)journal->type);
  trailer_erase(&slot_regions[1]);
  region_program(&journal_region, 0, &closed, 4);
}

SwapType swap_decide(void) {
  Trailer primary = trailer_read(&slot_regions[0]), secondary = trailer_read(&slot_regions[1]);
  if (secondary.magic) return secondary.image_ok ? SWAP_PERMANENT : SWAP_TEST;
  if (primary.magic && primary.copy_done && !primary.image_ok) return SWAP_REVERT;
  return SWAP_NONE;
}

/* An image that is not whole is never swapped in: it is forgotten, and the one that runs stays for good. */
static void refuse_secondary(void) {
  Trailer primary = trailer_read(&slot_regions[0]);
  region_erase(&slot_regions[1], 0);
  trailer_erase(&slot_regions[1]);
  if (primary.magic && !primary.image_ok) trailer_confirm();
}

/* As many sectors as the larger of the two images takes. */
static uint32_t sectors_to_swap(const ImageInfo *incoming) {
  ImageInfo outgoing;
  const Region *slot = &slot_regions[0];
  if (image_read(slot, &outgoing) != IMAGE_OK) outgoing.total_bytes = incoming->total_bytes;
  uint32_t bytes = incoming->total_bytes > outgoing.total_bytes ? incoming->total_bytes : outgoing.total_bytes;
  return (bytes + slot->sector_bytes - 1) / slot->sector_bytes;
}

static void swap_if_decided(void) {
  Journal journal;
  ImageInfo incoming;
  SwapType type = swap_decide();
  if (type == SWAP_NONE) return;
  if (image_check(&slot_regions[1], &incoming) != IMAGE_OK) {
    refuse_secondary();
    return;
  }
  begin(type, sectors_to_swap(&incoming));
  if (open_journal(&journal)) run(&journal);
}

void swap_start(void) {
  Journal journal;
  if (open_journal(&journal)) run(&journal);
  else swap_if_decided();
  if (image_check(&slot_regions[0], &running_image) != IMAGE_OK) running_image.total_bytes = 0;
}
