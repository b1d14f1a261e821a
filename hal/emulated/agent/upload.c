#include "upload.h"
#include "image.h"
#include "nor.h"
#include "trailer.h"

/*
 * The record of a transfer, in the free part of slot 1's trailer sector, so that an erase of the slot takes it
 * away as well:  0: magic, written last    4: file length    8: digest    64...: one byte for every 4 KiB received
 */
#define RECORD_MAGIC 0x4C505055u /* "UPPL" */
#define MARKS_OFFSET 64u
#define MARK_EVERY 4096u

Upload current_upload;
static const Region *const slot = &slot_regions[1];

static uint32_t record_offset(uint32_t offset) { return trailer_sector_offset(slot) + offset; }

/*
 * What is in flash for certain: all that is marked, and behind it what is no longer blank. The last write may
 * be torn, so the write buffer it was in is asked for again; the same bytes over themselves are no harm.
 */
static uint32_t received_bytes(uint32_t total) {
  uint8_t mark, chunk[256];
  uint32_t marked = 0, end = 0;
  for (; marked + MARK_EVERY <= total; marked += MARK_EVERY) {
    region_read(slot, record_offset(MARKS_OFFSET + marked / MARK_EVERY), &mark, 1);
    if (mark == 0xFF) break;
  }
  for (uint32_t at = marked; at < total; at += sizeof chunk)
    if (!region_is_blank(slot, at, MIN(sizeof chunk, total - at))) end = at;
  return end > marked ? end : marked;
}

void upload_start(void) {
  uint32_t head[2];
  current_upload = (Upload){0};
  region_read(slot, record_offset(0), head, sizeof head);
  if (head[0] != RECORD_MAGIC || head[1] > image_max_bytes(slot)) return;
  current_upload.total_bytes = head[1];
  current_upload.has_digest = true;
  region_read(slot, record_offset(8), current_upload.digest, SHA256_BYTES);
  current_upload.next_offset = received_bytes(head[1]);
  uint8_t digest[SHA256_BYTES];
  image_digest(slot, head[1], digest);
  if (memcmp(digest, current_upload.digest, sizeof digest) == 0) current_upload.next_offset = head[1];
}

bool upload_matches(const Upload *wanted) {
  return wanted->has_digest && current_upload.has_digest && wanted->total_bytes == current_upload.total_bytes &&
         memcmp(wanted->digest, current_upload.digest, SHA256_BYTES) == 0;
}

/* Without a digest nobody could tell later whether it is the same file: such a transfer is not recorded. */
static bool write_record(void) {
  uint32_t magic = RECORD_MAGIC;
  if (!current_upload.has_digest) return true;
  return region_program(slot, record_offset(4), &current_upload.total_bytes, 4) == NOR_OK &&
         region_program(slot, record_offset(8), current_upload.digest, SHA256_BYTES) == NOR_OK &&
         region_program(slot, record_offset(0), &magic, 4) == NOR_OK;
}

/* From the end on, so that the trailer and the record go before the bytes they speak of. */
bool upload_begin(const Upload *wanted) {
  upload_forget();
  for (uint32_t sector = slot->sector_count; sector-- > 0;)
    if (region_erase(slot, sector) != NOR_OK) return false;
  current_upload = *wanted;
  current_upload.next_offset = 0;
  return write_record();
}

bool upload_append(const uint8_t *data, size_t length) {
  uint8_t received = 0;
  uint32_t from = current_upload.next_offset;
  if (region_program(slot, from, data, length) != NOR_OK) return false;
  current_upload.next_offset += length;
  for (uint32_t mark = from / MARK_EVERY; mark < current_upload.next_offset / MARK_EVERY; mark++)
    if (current_upload.has_digest) region_program(slot, record_offset(MARKS_OFFSET + mark), &received, 1);
  return true;
}

bool upload_is_whole(void) {
  uint8_t digest[SHA256_BYTES];
  if (current_upload.next_offset != current_upload.total_bytes) return false;
  if (!current_upload.has_digest) return true;
  image_digest(slot, current_upload.total_bytes, digest);
  return memcmp(digest, current_upload.digest, sizeof digest) == 0;
}

void upload_forget(void) { current_upload = (Upload){0}; }
