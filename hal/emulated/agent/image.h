/* MCUboot images in the slots: header, TLVs, and the hash that makes one whole. Signatures are not checked. */
#pragma once
#include "base.h"
#include "nor.h"
#include "sha256.h"
#include "sha512.h"

#define IMAGE_HEADER_BYTES 32u

typedef struct {
  uint8_t major, minor;
  uint16_t revision;
  uint32_t build;
} ImageVersion;

typedef struct {
  ImageVersion version;
  uint32_t flags;
  uint32_t hashed_bytes; /* header, payload and protected TLVs */
  uint32_t total_bytes;  /* all of it */
  size_t hash_bytes; /* 32, 48 or 64: SHA-256, SHA-384, SHA-512 */
  uint8_t hash[SHA512_BYTES];
} ImageInfo;

/* SMP group 1's codes, as far as images can be wrong. */
typedef enum {
  IMAGE_OK = 0, IMAGE_NONE = 3, IMAGE_NO_TLVS = 4, IMAGE_BAD_TLV = 5, IMAGE_TWO_HASHES = 6, IMAGE_TLV_SIZE = 7,
  IMAGE_NO_HASH = 8, IMAGE_BAD_HASH = 24, IMAGE_TOO_LARGE = 30
} ImageResult;

/* What fits in front of the trailer. */
uint32_t image_max_bytes(const Region *slot);
bool image_read_version(const uint8_t header[IMAGE_HEADER_BYTES], ImageVersion *version); /* false: wrong magic */
int image_compare_versions(const ImageVersion *a, const ImageVersion *b); /* the build number does not count */
/* Reads header and TLVs. */
ImageResult image_read(const Region *slot, ImageInfo *info);
/* Reads, and compares the hash with the bytes. What could not run whatever its bytes are counts as a bad hash. */
ImageResult image_check(const Region *slot, ImageInfo *info);
/* SHA-256 of the first `length` bytes of a slot. */
void image_digest(const Region *slot, uint32_t length, uint8_t digest[SHA256_BYTES]);
/* "1.2.3.4" into at least 32 bytes; "none" without an image. */
void image_version_text(const ImageInfo *info, char *text, size_t size);

/* The image in slot 0 that this start found whole: "running". Its total_bytes are 0 when there is none. */
extern ImageInfo running_image;
