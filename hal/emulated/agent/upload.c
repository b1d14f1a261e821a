#include "upload.h"
#include "image.h"
#include "nor.h"
#include "trailer.h"

/*
 * The record of a transfer, in the free part of slot 1's trailer sector, so that an erase of the slot takes it
 * away as well:  0: magic, written last    4: file length    8: digest    64...: a mark for each piece received
 *
 * A mark is the offset that the piece ended at, and its complement: a torn one does not count. It is written before
 * the answer leaves, so that what was acknowledged is never asked for again.
 */
#define RECORD_MAGIC 0x4C505055u /* "UPPL" */
#define MARKS_OFFSET 64u
#define MARK_BYTES 8u

Upload current_upload;
static uint32_t next_mark; /* where the next mark goes, from the record's beginning */
static const Region *const slot = &slot_regions[1];

static uint32_t record_offset(uint32_t offset) { return trailer_sector_offset(slot) + offset; }
/* What a swap writes stays free. */
static uint32_t marks_end(void) { return slot->sector_bytes - TRAILER_BYTES; }

/* The furthest end that a whole mark tells; leaves next_mark behind the last one, torn ones too. */
static uint32_t marked_bytes(uint32_t total) {
  uint32_t mark[2], furthest = 0;
  for (next_mark = MARKS_OFFSET; next_mark + MARK_BYTES <= marks_end(); next_mark += MARK_BYTES) {
    region_read(slot, record_offset(next_mark), mark, sizeof mark);
    if (mark[0] == UINT32_MAX && mark[1] == UINT32_MAX) break;
    if (mark[0] == ~mark[1] && mark[0] <= total && mark[0] > furthest) furthest = mark[0];
  }
  return furthest;
}

/*
 * What is in flash for certain: all that is marked. Behind a full record also what is no longer blank, but for the
 * last write buffer, which may be torn. The same bytes over themselves are no harm.
 */
static uint32_t received_bytes(uint32_t total) {
  uint32_t marked = marked_bytes(total), end = marked;
  if (next_mark + MARK_BYTES <= marks_end()) return marked;
  for (uint32_t at = marked - marked % NOR_WRITE_BUFFER_BYTES; at < total; at += NOR_WRITE_BUFFER_BYTES)
    if (!region_is_blank(slot, at, MIN(NOR_WRITE_BUFFER_BYTES, total - at))) end = at;
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
  next_mark = MARKS_OFFSET;
  if (!current_upload.has_digest) return true;
  return region_program(slot, record_offset(4), &current_upload.total_bytes, 4) == NOR_OK &&
         region_program(slot, record_offset(8), current_upload.digest, SHA256_BYTES) == NOR_OK &&
         region_program(slot, record_offset(0), &magic, 4) == NOR_OK;
}

/* A full record takes no more. */
static bool write_mark(void) {
  uint32_t mark[2] = {current_upload.next_offset, ~current_upload.next_offset};
  if (!current_upload.has_digest || next_mark + MARK_BYTES > marks_end()) return true;
  bool written = region_program(slot, record_offset(next_mark), mark, sizeof mark) == NOR_OK;
  next_mark += MARK_BYTES;
  return written;
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
  if (region_program(slot, current_upload.next_offset, data, length) != NOR_OK) return false;
  current_upload.next_offset += length;
  return length == 0 || write_mark();
}

bool upload_is_whole(void) {
  uint8_t digest[SHA256_BYTES];
  if (current_upload.next_offset != current_upload.total_bytes) return false;
  if (!current_upload.has_digest) return true;
  image_digest(slot, current_upload.total_bytes, digest);
  return memcmp(digest, current_upload.digest, sizeof digest) == 0;
}

void upload_forget(void) { current_upload = (Upload){0}; }
