/* Receiving an image into slot 1: piece after piece, and on from where it stopped after a reset or a power cut. */
#pragma once
#include "base.h"
#include "sha256.h"

typedef struct {
  uint32_t total_bytes;
  uint32_t next_offset;
  bool has_digest;
  uint8_t digest[SHA256_BYTES]; /* SHA-256 of the whole file, as the client told it */
} Upload;

/* Picks up what an earlier run had begun. */
void upload_start(void);
/* Is a transfer of this very file in slot 1 already, whole or in part? */
bool upload_matches(const Upload *wanted);
/* Erases slot 1 and begins; false when the flash failed. */
bool upload_begin(const Upload *wanted);
/* Programs bytes at next_offset. */
bool upload_append(const uint8_t *data, size_t length);
/* Is the whole file there, with the digest the client told? */
bool upload_is_whole(void);
/* Slot 1 changed under it: nothing is to be resumed. */
void upload_forget(void);
extern Upload current_upload;
