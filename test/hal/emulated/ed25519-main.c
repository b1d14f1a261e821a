/* Runs the agent's Ed25519 on the host: lines of "key message signature" in hex ("-" is empty), each answered 1 or 0. */
#include <stdio.h>

#include "ed25519.h"

static char texts[3][8192];
static uint8_t bytes[3][4096];

static size_t decode(const char *text, uint8_t *out) {
  size_t length = 0;
  for (unsigned byte; sscanf(text + 2 * length, "%2x", &byte) == 1; length++) out[length] = (uint8_t)byte;
  return length;
}

int main(void) {
  size_t lengths[3];
  while (scanf("%8000s %8000s %8000s", texts[0], texts[1], texts[2]) == 3) {
    for (int i = 0; i < 3; i++) lengths[i] = decode(texts[i], bytes[i]);
    bool whole = lengths[0] == ED25519_KEY_BYTES && lengths[2] == ED25519_SIGNATURE_BYTES;
    printf("%d\n", whole && ed25519_verify(bytes[0], bytes[1], lengths[1], bytes[2]));
  }
}
