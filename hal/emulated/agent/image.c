#include "image.h"

#define HEADER_MAGIC 0x96f3b83du
#define PROTECTED_MAGIC 0x6908u
#define UNPROTECTED_MAGIC 0x6907u
#define TLV_INFO_BYTES 4u
#define NEVER_BOOTS 0x1Cu /* flags: encrypted (AES-128, AES-256), for which there is no key here; not bootable */

/* The hashes that an image may carry one of, by TLV type. */
static const struct {
  uint16_t type;
  size_t bytes;
} hash_kinds[] = {{0x10, SHA256_BYTES}, {0x11, SHA384_BYTES}, {0x12, SHA512_BYTES}};

ImageInfo running_image;

uint32_t image_max_bytes(const Region *slot) { return region_bytes(slot) - slot->sector_bytes; }

bool image_read_version(const uint8_t h[IMAGE_HEADER_BYTES], ImageVersion *version) {
  *version = (ImageVersion){h[20], h[21], read_u16le(h + 22), read_u32le(h + 24)};
  return read_u32le(h) == HEADER_MAGIC;
}

int image_compare_versions(const ImageVersion *a, const ImageVersion *b) {
  if (a->major != b->major) return a->major - b->major;
  if (a->minor != b->minor) return a->minor - b->minor;
  return a->revision - b->revision;
}

/* Reads header sizes; every sum is checked against the slot before it is used. */
static ImageResult read_header(const Region *slot, ImageInfo *info, uint32_t *protected_bytes) {
  uint8_t h[IMAGE_HEADER_BYTES];
  region_read(slot, 0, h, sizeof h);
  if (!image_read_version(h, &info->version)) return IMAGE_NONE;
  uint64_t header_bytes = read_u16le(h + 8), payload_bytes = read_u32le(h + 12);
  *protected_bytes = read_u16le(h + 10);
  if (header_bytes < IMAGE_HEADER_BYTES) return IMAGE_NONE;
  if (header_bytes + payload_bytes + *protected_bytes + TLV_INFO_BYTES > image_max_bytes(slot)) return IMAGE_TOO_LARGE;
  info->flags = read_u32le(h + 16);
  info->hashed_bytes = (uint32_t)(header_bytes + payload_bytes) + *protected_bytes;
  return IMAGE_OK;
}

/* A TLV area, between its info header and its end. */
typedef struct {
  uint32_t at, end;
} TlvArea;

static ImageResult open_area(const Region *slot, uint32_t at, uint16_t magic, TlvArea *area) {
  uint8_t head[TLV_INFO_BYTES];
  region_read(slot, at, head, sizeof head);
  uint32_t total = read_u16le(head + 2);
  if (read_u16le(head) != magic) return IMAGE_NO_TLVS;
  if (total < TLV_INFO_BYTES || total > image_max_bytes(slot) - at) return IMAGE_TLV_SIZE;
  *area = (TlvArea){at + TLV_INFO_BYTES, at + total};
  return IMAGE_OK;
}

/* How long the hash in a TLV of this type is; 0 when it is none. */
static size_t hash_bytes_of(uint16_t type) {
  for (size_t i = 0; i < COUNT(hash_kinds); i++)
    if (hash_kinds[i].type == type) return hash_kinds[i].bytes;
  return 0;
}

/* Walks an area to its end and counts the hashes; `info` gets the first. */
static ImageResult walk_area(const Region *slot, TlvArea area, unsigned *hashes, ImageInfo *info) {
  uint8_t head[4];
  while (area.at < area.end) {
    if (area.end - area.at < sizeof head) return IMAGE_BAD_TLV;
    region_read(slot, area.at, head, sizeof head);
    uint32_t length = read_u16le(head + 2);
    area.at += sizeof head;
    if (length > area.end - area.at) return IMAGE_BAD_TLV;
    size_t hash_bytes = hash_bytes_of(read_u16le(head));
    if (hash_bytes > 0) {
      if (length != hash_bytes) return IMAGE_BAD_TLV;
      if (++*hashes > 1) return IMAGE_TWO_HASHES;
      region_read(slot, area.at, info->hash, hash_bytes);
      info->hash_bytes = hash_bytes;
    }
    area.at += length;
  }
  return IMAGE_OK;
}

/* The protected area must end where the hashed bytes do; a hash inside would be about itself, and does not count. */
static ImageResult check_protected(const Region *slot, uint32_t hashed_bytes, uint32_t protected_bytes) {
  ImageInfo ignored_info;
  unsigned ignored = 0;
  TlvArea area;
  ImageResult result = open_area(slot, hashed_bytes - protected_bytes, PROTECTED_MAGIC, &area);
  if (result != IMAGE_OK) return result;
  if (area.end != hashed_bytes) return IMAGE_TLV_SIZE;
  return walk_area(slot, area, &ignored, &ignored_info);
}

ImageResult image_read(const Region *slot, ImageInfo *info) {
  uint32_t protected_bytes;
  unsigned hashes = 0;
  TlvArea area;
  ImageResult result = read_header(slot, info, &protected_bytes);
  if (result == IMAGE_OK && protected_bytes > 0) result = check_protected(slot, info->hashed_bytes, protected_bytes);
  if (result == IMAGE_OK) result = open_area(slot, info->hashed_bytes, UNPROTECTED_MAGIC, &area);
  if (result == IMAGE_OK) result = walk_area(slot, area, &hashes, info);
  if (result != IMAGE_OK) return result;
  info->total_bytes = area.end;
  return hashes == 1 ? IMAGE_OK : IMAGE_NO_HASH;
}

void image_digest(const Region *slot, uint32_t length, uint8_t digest[SHA256_BYTES]) {
  uint8_t chunk[512];
  Sha256 hash;
  sha256_start(&hash);
  for (uint32_t at = 0; at < length; at += sizeof chunk) {
    size_t part = MIN(sizeof chunk, length - at);
    region_read(slot, at, chunk, part);
    sha256_add(&hash, chunk, part);
  }
  sha256_end(&hash, digest);
}

/* The longer hashes: SHA-512, or SHA-384. */
static void long_digest(const Region *slot, const ImageInfo *info, uint8_t digest[SHA512_BYTES]) {
  uint8_t chunk[512];
  Sha512 hash;
  if (info->hash_bytes == SHA384_BYTES) sha384_start(&hash);
  else sha512_start(&hash);
  for (uint32_t at = 0; at < info->hashed_bytes; at += sizeof chunk) {
    size_t part = MIN(sizeof chunk, info->hashed_bytes - at);
    region_read(slot, at, chunk, part);
    sha512_add(&hash, chunk, part);
  }
  sha512_end(&hash, digest);
}

ImageResult image_check(const Region *slot, ImageInfo *info) {
  uint8_t digest[SHA512_BYTES];
  ImageResult result = image_read(slot, info);
  if (result != IMAGE_OK) return result;
  if (info->flags & NEVER_BOOTS) return IMAGE_BAD_HASH;
  if (info->hash_bytes == SHA256_BYTES) image_digest(slot, info->hashed_bytes, digest);
  else long_digest(slot, info, digest);
  return memcmp(digest, info->hash, info->hash_bytes) == 0 ? IMAGE_OK : IMAGE_BAD_HASH;
}

void image_version_text(const ImageInfo *info, char *buffer, size_t size) {
  const ImageVersion *v = &info->version;
  Text text = text_in(buffer, size);
  if (info->total_bytes == 0) {
    text_add(&text, "none");
    return;
  }
  text_add_uint(&text, v->major, 1);
  text_add(&text, ".");
  text_add_uint(&text, v->minor, 1);
  text_add(&text, ".");
  text_add_uint(&text, v->revision, 1);
  if (v->build == 0) return;
  text_add(&text, ".");
  text_add_uint(&text, v->build, 1);
}
