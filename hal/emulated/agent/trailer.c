#include "trailer.h"

#define ALIGNMENT 8u
#define MAGIC_BYTES 16u
#define SET 0x01

static const uint8_t good_magic[MAGIC_BYTES] = {0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2, 0xef, 0x7f,
                                                0x35, 0x52, 0x50, 0x0f, 0x2c, 0xb6, 0x79, 0x80};

static uint32_t magic_offset(const Region *slot) { return region_bytes(slot) - MAGIC_BYTES; }
static uint32_t image_ok_offset(const Region *slot) { return magic_offset(slot) - ALIGNMENT; }
static uint32_t copy_done_offset(const Region *slot) { return magic_offset(slot) - 2 * ALIGNMENT; }
static uint32_t swap_info_offset(const Region *slot) { return magic_offset(slot) - 3 * ALIGNMENT; }

uint32_t trailer_sector_offset(const Region *slot) { return region_bytes(slot) - slot->sector_bytes; }

static bool is_set(const Region *slot, uint32_t offset) {
  uint8_t flag;
  return region_read(slot, offset, &flag, 1) == NOR_OK && flag == SET;
}

Trailer trailer_read(const Region *slot) {
  uint8_t magic[MAGIC_BYTES];
  region_read(slot, magic_offset(slot), magic, sizeof magic);
  return (Trailer){.magic = memcmp(magic, good_magic, sizeof magic) == 0,
                   .image_ok = is_set(slot, image_ok_offset(slot)),
                   .copy_done = is_set(slot, copy_done_offset(slot))};
}

static bool write_flag(const Region *slot, uint32_t offset, uint8_t value) {
  return region_program(slot, offset, &value, 1) == NOR_OK;
}

static bool write_magic(const Region *slot) {
  return region_program(slot, magic_offset(slot), good_magic, MAGIC_BYTES) == NOR_OK;
}

/* The magic goes last: it is what makes the rest count. Flags without it are the rest of a broken attempt. */
bool trailer_set_pending(bool permanent) {
  const Region *slot = &slot_regions[1];
  bool blank = region_is_blank(slot, swap_info_offset(slot), region_bytes(slot) - swap_info_offset(slot));
  if (!blank && !trailer_erase(slot)) return false;
  uint8_t type = permanent ? SWAP_PERMANENT : SWAP_TEST;
  return write_flag(slot, swap_info_offset(slot), type) &&
         (!permanent || write_flag(slot, image_ok_offset(slot), SET)) && write_magic(slot);
}

bool trailer_confirm(void) {
  const Region *slot = &slot_regions[0];
  return write_flag(slot, image_ok_offset(slot), SET);
}

bool trailer_erase(const Region *slot) { return region_erase(slot, slot->sector_count - 1) == NOR_OK; }

bool trailer_write_swapped(SwapType type) {
  const Region *slot = &slot_regions[0];
  bool confirmed = type != SWAP_TEST;
  return trailer_erase(slot) && write_flag(slot, swap_info_offset(slot), (uint8_t)type) &&
         write_flag(slot, copy_done_offset(slot), SET) &&
         (!confirmed || write_flag(slot, image_ok_offset(slot), SET)) && write_magic(slot);
}
