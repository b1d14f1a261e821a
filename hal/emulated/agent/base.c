#include "base.h"

void *memcpy(void *to, const void *from, size_t length) {
  uint8_t *d = to;
  const uint8_t *s = from;
  while (length--) *d++ = *s++;
  return to;
}

void *memmove(void *to, const void *from, size_t length) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if (d <= s) return memcpy(to, from, length);
  while (length--) d[length] = s[length];
  return to;
}

void *memset(void *to, int value, size_t length) {
  uint8_t *d = to;
  while (length--) *d++ = (uint8_t)value;
  return to;
}

int memcmp(const void *a, const void *b, size_t length) {
  const uint8_t *x = a, *y = b;
  for (; length--; x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}

const void *memchr(const void *bytes, int value, size_t length) {
  for (const uint8_t *at = bytes; length--; at++)
    if (*at == (uint8_t)value) return at;
  return NULL;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

bool same_text(const char *a, const uint8_t *b, size_t b_length) {
  return strlen(a) == b_length && memcmp(a, b, b_length) == 0;
}

uint32_t read_u32le(const uint8_t *b) { return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24; }
uint16_t read_u16le(const uint8_t *b) { return (uint16_t)(b[0] | b[1] << 8); }
uint16_t read_u16be(const uint8_t *b) { return (uint16_t)(b[0] << 8 | b[1]); }
void write_u16be(uint8_t *b, uint16_t value) {
  b[0] = (uint8_t)(value >> 8);
  b[1] = (uint8_t)value;
}

Text text_in(char *buffer, size_t size) {
  buffer[0] = 0;
  return (Text){buffer, buffer + size - 1};
}

void text_add(Text *text, const char *more) {
  while (*more && text->at < text->end) *text->at++ = *more++;
  *text->at = 0;
}

void text_add_uint(Text *text, uint64_t value, unsigned min_digits) {
  char digits[21];
  unsigned at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while ((value || sizeof digits - 1 - at < min_digits) && at > 0);
  text_add(text, digits + at);
}
