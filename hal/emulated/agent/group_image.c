/* SMP group 1: the state of the two slots, upload, erase. */
#include "board.h"
#include "image.h"
#include "smp.h"
#include "swap.h"
#include "upload.h"

enum { STATE = 0, UPLOAD = 1, ERASE = 5, SLOT_INFO = 6 };
enum {
  NO_IMAGE = 3, HASH_NOT_FOUND = 8, NO_FREE_SLOT = 9, FLASH_OPEN = 10, FLASH_WRITE = 12, FLASH_ERASE = 13,
  OFFSET_MISSING = 20, LENGTH_MISSING = 21, HEADER_SHORT = 22, BAD_MAGIC = 23, BAD_HASH_PARAMETER = 24,
  RUNNING_IS_NEWER = 27, ALREADY_PENDING = 28, TOO_LARGE = 30, DATA_OVERRUN = 31, CONFIRM_DENIED = 32,
  TEST_ON_ACTIVE = 33
};

static const Region *const secondary = &slot_regions[1];

static void write_image(CborWriter *answer, unsigned slot, SwapType next) {
  char version[32];
  ImageInfo info;
  bool running = slot == 0 && running_image.total_bytes > 0;
  if (image_read(&slot_regions[slot], &info) != IMAGE_OK) return;
  image_version_text(&info, version, sizeof version);
  cbor_map(answer);
  cbor_put_uint(answer, "slot", slot);
  cbor_put_text(answer, "version", version);
  cbor_text(answer, "hash");
  cbor_bytes(answer, info.hash, info.hash_bytes);
  cbor_put_bool(answer, "bootable", (info.flags & 0x10) == 0);
  cbor_put_bool(answer, "pending", slot == 1 && (next == SWAP_TEST || next == SWAP_PERMANENT));
  cbor_put_bool(answer, "confirmed", slot == 0 ? running && next != SWAP_REVERT : next == SWAP_REVERT);
  cbor_put_bool(answer, "active", running);
  cbor_put_bool(answer, "permanent", slot == 1 && next == SWAP_PERMANENT);
  cbor_close(answer);
}

static int read_state(CborWriter *answer) {
  SwapType next = swap_decide();
  cbor_text(answer, "images");
  cbor_array(answer);
  write_image(answer, 0, next);
  write_image(answer, 1, next);
  cbor_close(answer);
  cbor_put_uint(answer, "splitStatus", 0);
  return SMP_OK;
}

static int confirm_running(void) {
  if (running_image.total_bytes == 0) return GROUP_ERROR(NO_IMAGE);
  SwapType next = swap_decide();
  if (next == SWAP_TEST || next == SWAP_PERMANENT) return GROUP_ERROR(ALREADY_PENDING);
  Trailer trailer = trailer_read(&slot_regions[0]);
  if (!trailer.magic || trailer.image_ok) return SMP_OK;
  return trailer_confirm() ? SMP_OK : GROUP_ERROR(FLASH_WRITE);
}

static int set_pending(bool permanent) {
  switch (swap_decide()) {
    case SWAP_TEST: return permanent ? GROUP_ERROR(ALREADY_PENDING) : SMP_OK;
    case SWAP_PERMANENT: return permanent ? SMP_OK : GROUP_ERROR(ALREADY_PENDING);
    case SWAP_REVERT: return permanent ? SMP_OK : GROUP_ERROR(ALREADY_PENDING); /* the next start goes back anyway */
    default: break;
  }
  ImageInfo info;
  ImageResult whole = image_check(secondary, &info);
  if (whole != IMAGE_OK) return GROUP_ERROR(whole);
  return trailer_set_pending(permanent) ? SMP_OK : GROUP_ERROR(FLASH_WRITE);
}

/* By the whole hash: the beginning of one names nothing. */
static bool slot_has(unsigned slot, const CborItem *hash) {
  ImageInfo info;
  return image_read(&slot_regions[slot], &info) == IMAGE_OK && info.hash_bytes == hash->length &&
         memcmp(info.hash, hash->bytes, hash->length) == 0;
}

static bool is_hash_length(size_t length) {
  return length == SHA256_BYTES || length == SHA384_BYTES || length == SHA512_BYTES;
}

static int write_state(const SmpRequest *request, CborWriter *answer) {
  CborItem hash, flag;
  bool confirm = false;
  if (cbor_find(request->payload, "confirm", &flag)) {
    if (flag.kind != CBOR_BOOL) return SMP_INVALID;
    confirm = flag.number;
  }
  int result;
  bool given = cbor_find(request->payload, "hash", &hash);
  if (given && hash.kind != CBOR_BYTES) return SMP_INVALID;
  if (given && hash.length == 0) given = false; /* some clients send an empty one with every confirm */
  if (given && !is_hash_length(hash.length)) return GROUP_ERROR(BAD_HASH_PARAMETER);
  if (!given) result = confirm ? confirm_running() : GROUP_ERROR(BAD_HASH_PARAMETER);
  else if (slot_has(0, &hash)) result = confirm ? confirm_running() : GROUP_ERROR(TEST_ON_ACTIVE);
  else if (slot_has(1, &hash)) result = set_pending(confirm);
  else result = GROUP_ERROR(HASH_NOT_FOUND);
  return result == SMP_OK ? read_state(answer) : result;
}

/* May slot 1 be overwritten? Not while the next start needs what is in it. */
static bool secondary_free(void) { return swap_decide() == SWAP_NONE; }

/* Everything that only the first piece can tell: header, sizes, digest, and whether a newer image runs. */
static int check_first(const SmpRequest *request, const CborItem *data, Upload *wanted) {
  CborItem item;
  ImageVersion version;
  uint64_t length;
  if (!cbor_find_kind(request->payload, "len", CBOR_UINT, &item)) return GROUP_ERROR(LENGTH_MISSING);
  length = item.number;
  if (data->length < IMAGE_HEADER_BYTES) return GROUP_ERROR(HEADER_SHORT);
  if (!image_read_version(data->bytes, &version)) return GROUP_ERROR(BAD_MAGIC);
  if (length > image_max_bytes(secondary)) return GROUP_ERROR(TOO_LARGE);
  if (data->length > length) return GROUP_ERROR(DATA_OVERRUN);
  wanted->total_bytes = (uint32_t)length;
  if (cbor_find(request->payload, "sha", &item)) {
    if (item.kind != CBOR_BYTES || item.length > SHA256_BYTES) return GROUP_ERROR(BAD_HASH_PARAMETER);
    wanted->has_digest = item.length == SHA256_BYTES; /* some send only its first bytes: no use here */
    if (wanted->has_digest) memcpy(wanted->digest, item.bytes, SHA256_BYTES);
  }
  bool only_newer = cbor_find(request->payload, "upgrade", &item) && item.kind == CBOR_BOOL && item.number;
  if (only_newer && running_image.total_bytes > 0 && image_compare_versions(&version, &running_image.version) <= 0)
    return GROUP_ERROR(RUNNING_IS_NEWER);
  return SMP_OK;
}

static int answer_upload(CborWriter *answer) {
  cbor_put_uint(answer, "off", current_upload.next_offset);
  bool ended = current_upload.total_bytes > 0 && current_upload.next_offset == current_upload.total_bytes;
  if (ended && current_upload.has_digest && !board_identity.older_answers) cbor_put_bool(answer, "match", upload_is_whole());
  return SMP_OK;
}

static int first_piece(const SmpRequest *request, const CborItem *data, CborWriter *answer) {
  Upload wanted = {0};
  uint64_t image; /* there is one, whatever its number: some clients say the slot's */
  if (!cbor_optional_uint(request->payload, "image", UINT32_MAX, &image)) return SMP_INVALID;
  int result = check_first(request, data, &wanted);
  if (result != SMP_OK) return result;
  if (!secondary_free()) return GROUP_ERROR(NO_FREE_SLOT);
  bool resumed = upload_matches(&wanted) && current_upload.next_offset >= data->length;
  if (resumed) return answer_upload(answer);
  if (!upload_begin(&wanted)) return GROUP_ERROR(FLASH_ERASE);
  if (!upload_append(data->bytes, data->length)) return GROUP_ERROR(FLASH_WRITE);
  return answer_upload(answer);
}

/* A piece that is not the next one is answered with where to go on: the client rewinds. */
static int upload(const SmpRequest *request, CborWriter *answer) {
  CborItem offset, data;
  if (!cbor_find_kind(request->payload, "off", CBOR_UINT, &offset)) return GROUP_ERROR(OFFSET_MISSING);
  if (!cbor_find_kind(request->payload, "data", CBOR_BYTES, &data)) return SMP_INVALID;
  if (offset.number == 0) return first_piece(request, &data, answer);
  if (offset.number != current_upload.next_offset) return answer_upload(answer);
  if (data.length > current_upload.total_bytes - current_upload.next_offset) return GROUP_ERROR(DATA_OVERRUN);
  if (!secondary_free()) return GROUP_ERROR(NO_FREE_SLOT);
  if (!upload_append(data.bytes, data.length)) {
    upload_forget();
    return GROUP_ERROR(FLASH_WRITE);
  }
  return answer_upload(answer);
}

static int erase(const SmpRequest *request) {
  uint64_t slot = 1;
  if (!cbor_optional_uint(request->payload, "slot", UINT32_MAX, &slot)) return SMP_INVALID;
  if (slot > 1) return GROUP_ERROR(FLASH_OPEN);
  if (slot == 0 || !secondary_free()) return GROUP_ERROR(NO_FREE_SLOT);
  Upload nothing = {0};
  return upload_begin(&nothing) ? SMP_OK : GROUP_ERROR(FLASH_ERASE);
}

static int slot_info(CborWriter *answer) {
  cbor_text(answer, "images");
  cbor_array(answer);
  cbor_map(answer);
  cbor_put_uint(answer, "image", 0);
  cbor_text(answer, "slots");
  cbor_array(answer);
  for (unsigned slot = 0; slot < 2; slot++) {
    cbor_map(answer);
    cbor_put_uint(answer, "slot", slot);
    cbor_put_uint(answer, "size", region_bytes(&slot_regions[slot]));
    if (slot == 1) cbor_put_uint(answer, "upload_image_id", 0);
    cbor_close(answer);
  }
  cbor_close(answer);
  cbor_put_uint(answer, "max_image_size", image_max_bytes(secondary));
  cbor_close(answer);
  cbor_close(answer);
  return SMP_OK;
}

int group_image(const SmpRequest *request, CborWriter *answer) {
  bool reading = request->op == OP_READ;
  switch (request->command) {
    case STATE: return reading ? read_state(answer) : write_state(request, answer);
    case UPLOAD: return reading ? SMP_NOT_SUPPORTED : upload(request, answer);
    case ERASE: return reading ? SMP_NOT_SUPPORTED : erase(request);
    case SLOT_INFO: return reading ? slot_info(answer) : SMP_NOT_SUPPORTED;
    default: return SMP_NOT_SUPPORTED;
  }
}
