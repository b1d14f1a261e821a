#include "nor.h"

#define FLASH_BASE 0x40000000u
#define BLOCK_BYTES 0x40000u
#define MAX_POLLS 1000000u

/* Two 16-bit chips side by side: each command and each status goes to both. */
#define BOTH(value) ((uint32_t)(value) << 16 | (uint32_t)(value))
enum { READ_ARRAY = 0xFF, ERASE = 0x20, BUFFERED = 0xE8, CONFIRM = 0xD0, CLEAR_STATUS = 0x50 };
enum { READY = 0x80, ANY_ERROR = 0x3A };

const Region identity_region = {0, 1, 0x1000};
const Region state_region = {1, 2, 0x1000};
const Region journal_region = {3, 1, 0x1000};
const Region scratch_region = {4, 1, 0x4000};
const Region slot_regions[2] = {{8, 32, 0x4000}, {40, 32, 0x4000}};
const Region data_region = {72, 184, 0x2000};

static volatile uint32_t *word_at(uint32_t address) { return (volatile uint32_t *)(address & ~3u); }

static uint32_t address_of(const Region *region, uint32_t offset) {
  uint32_t block = region->first_block + offset / region->sector_bytes;
  return FLASH_BASE + block * BLOCK_BYTES + offset % region->sector_bytes;
}

static bool wait_ready(volatile uint32_t *word) {
  for (uint32_t polls = 0; polls < MAX_POLLS; polls++)
    if ((*word & BOTH(READY)) == BOTH(READY)) return true;
  return false;
}

static NorResult finish(volatile uint32_t *word) {
  bool done = wait_ready(word) && (*word & BOTH(ANY_ERROR)) == 0;
  *word = BOTH(CLEAR_STATUS);
  *word = BOTH(READ_ARRAY);
  return done ? NOR_OK : NOR_FAILED;
}

/* All of it lies within one write buffer. Bytes of the first and last word that are not ours stay as they are. */
static NorResult program_buffer(uint32_t address, const uint8_t *from, size_t length) {
  uint32_t words[NOR_WRITE_BUFFER_BYTES / 4];
  uint32_t lead = address & 3, count = (uint32_t)(lead + length + 3) / 4;
  volatile uint32_t *word = word_at(address);
  for (uint32_t i = 0; i < count; i++) words[i] = word[i];
  memcpy((uint8_t *)words + lead, from, length);
  *word = BOTH(BUFFERED);
  if (!wait_ready(word)) return finish(word);
  *word = BOTH(count - 1);
  for (uint32_t i = 0; i < count; i++) word[i] = words[i];
  *word = BOTH(CONFIRM);
  return finish(word);
}

bool region_holds(const Region *region, uint64_t offset, uint64_t length) {
  return offset <= region_bytes(region) && length <= region_bytes(region) - offset;
}

/* The part of `length` that ends with the sector `offset` is in. */
static size_t within_sector(const Region *region, uint32_t offset, size_t length) {
  return MIN(length, region->sector_bytes - offset % region->sector_bytes);
}

NorResult region_read(const Region *region, uint32_t offset, void *to, size_t length) {
  uint8_t *at = to;
  if (!region_holds(region, offset, length)) return NOR_OUT_OF_RANGE;
  while (length > 0) {
    size_t part = within_sector(region, offset, length);
    memcpy(at, (const void *)address_of(region, offset), part);
    at += part, offset += part, length -= part;
  }
  return NOR_OK;
}

static bool clears_only(const Region *region, uint32_t offset, const uint8_t *from, size_t length) {
  while (length > 0) {
    size_t part = within_sector(region, offset, length);
    const uint8_t *now = (const uint8_t *)address_of(region, offset);
    for (size_t i = 0; i < part; i++)
      if (from[i] & ~now[i]) return false;
    from += part, offset += part, length -= part;
  }
  return true;
}

NorResult region_program(const Region *region, uint32_t offset, const void *from, size_t length) {
  const uint8_t *at = from;
  if (!region_holds(region, offset, length)) return NOR_OUT_OF_RANGE;
  if (!clears_only(region, offset, at, length)) return NOR_BIT_NOT_ERASED;
  while (length > 0) {
    size_t part = MIN(length, NOR_WRITE_BUFFER_BYTES - offset % NOR_WRITE_BUFFER_BYTES);
    NorResult result = program_buffer(address_of(region, offset), at, part);
    if (result != NOR_OK) return result;
    at += part, offset += part, length -= part;
  }
  return NOR_OK;
}

NorResult region_erase(const Region *region, uint32_t sector) {
  if (sector >= region->sector_count) return NOR_OUT_OF_RANGE;
  volatile uint32_t *word = word_at(address_of(region, sector * region->sector_bytes));
  *word = BOTH(ERASE);
  *word = BOTH(CONFIRM);
  return finish(word);
}

bool region_is_blank(const Region *region, uint32_t offset, size_t length) {
  while (length > 0) {
    size_t part = within_sector(region, offset, length);
    const uint8_t *at = (const uint8_t *)address_of(region, offset);
    for (size_t i = 0; i < part; i++)
      if (at[i] != 0xFF) return false;
    offset += part, length -= part;
  }
  return true;
}
