#include "cbor.h"

#define MAX_DEPTH 8
#define BREAK 0xFF
#define OPEN_LENGTH 31

/* The number after an initial byte: in the byte itself or in the 1, 2, 4 or 8 that follow. */
static bool read_number(CborReader *reader, uint8_t info, uint64_t *number) {
  if (info < 24) {
    *number = info;
    return true;
  }
  if (info > 27) return false;
  size_t length = (size_t)1 << (info - 24);
  if ((size_t)(reader->end - reader->at) < length) return false;
  *number = 0;
  while (length--) *number = *number << 8 | *reader->at++;
  return true;
}

static bool read_item(CborReader *reader, CborItem *item, unsigned depth);

static bool read_string(CborReader *reader, CborItem *item) {
  if (item->number > (uint64_t)(reader->end - reader->at)) return false;
  item->bytes = reader->at;
  item->length = (size_t)item->number;
  reader->at += item->length;
  return true;
}

/* Walks what is inside, so that `inside` has a known end, the break byte not included. */
static bool read_inside(CborReader *reader, CborItem *item, bool open, unsigned depth) {
  CborItem skipped;
  unsigned per_entry = item->kind == CBOR_MAP ? 2 : 1;
  item->inside.at = reader->at;
  if (depth == 0) return false;
  for (uint64_t entry = 0; open || entry < item->number; entry++) {
    if (open && cbor_more(reader) && *reader->at == BREAK) break;
    for (unsigned part = 0; part < per_entry; part++)
      if (!read_item(reader, &skipped, depth - 1)) return false;
  }
  item->inside.end = reader->at;
  if (open) reader->at++;
  return true;
}

static bool read_simple(CborItem *item, uint8_t info) {
  item->kind = info == 20 || info == 21 ? CBOR_BOOL : info == 22 || info == 23 ? CBOR_NULL : CBOR_OTHER;
  item->number = info == 21;
  return true;
}

static bool read_item(CborReader *reader, CborItem *item, unsigned depth) {
  static const CborKind kinds[] = {CBOR_UINT, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP};
  if (!cbor_more(reader)) return false;
  uint8_t major = *reader->at >> 5, info = *reader->at & 31;
  reader->at++;
  bool open = info == OPEN_LENGTH && (major == 4 || major == 5);
  if (!open && !read_number(reader, info, &item->number)) return false;
  if (major == 7) return read_simple(item, info);
  if (major == 6) return depth > 0 && read_item(reader, item, depth - 1); /* a tag changes nothing here */
  item->kind = kinds[major];
  if (major == 2 || major == 3) return read_string(reader, item);
  if (major >= 4) return read_inside(reader, item, open, depth);
  return true;
}

bool cbor_read(CborReader *reader, CborItem *item) { return read_item(reader, item, MAX_DEPTH); }

bool cbor_read_map(const uint8_t *bytes, size_t length, CborReader *map) {
  CborReader reader = {bytes, bytes + length};
  CborItem item = {0};
  *map = reader;
  if (length == 0) return true;
  if (!cbor_read(&reader, &item) || item.kind != CBOR_MAP) return false;
  *map = item.inside;
  return true;
}

bool cbor_find(CborReader map, const char *key, CborItem *value) {
  CborItem name;
  while (cbor_more(&map)) {
    if (!cbor_read(&map, &name) || !cbor_read(&map, value)) return false;
    if (name.kind == CBOR_TEXT && same_text(key, name.bytes, name.length)) return value->kind != CBOR_NULL;
  }
  return false;
}

bool cbor_find_kind(CborReader map, const char *key, CborKind kind, CborItem *value) {
  return cbor_find(map, key, value) && value->kind == kind;
}

bool cbor_optional_uint(CborReader map, const char *key, uint64_t max, uint64_t *value) {
  CborItem item;
  if (!cbor_find(map, key, &item)) return true;
  if (item.kind != CBOR_UINT || item.number > max) return false;
  *value = item.number;
  return true;
}

void cbor_raw(CborWriter *writer, const uint8_t *bytes, size_t length) {
  if (writer->full || (size_t)(writer->end - writer->at) < length) {
    writer->full = true;
    return;
  }
  memcpy(writer->at, bytes, length);
  writer->at += length;
}

static void put_byte(CborWriter *writer, uint8_t byte) { cbor_raw(writer, &byte, 1); }

static void put_head(CborWriter *writer, uint8_t major, uint64_t value) {
  uint8_t head[9];
  unsigned extra = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x100000000u ? 4 : 8;
  uint8_t info = extra == 0 ? (uint8_t)value : extra == 1 ? 24 : extra == 2 ? 25 : extra == 4 ? 26 : 27;
  head[0] = (uint8_t)(major << 5 | info);
  for (unsigned i = 0; i < extra; i++) head[1 + i] = (uint8_t)(value >> 8 * (extra - 1 - i));
  cbor_raw(writer, head, 1 + extra);
}

void cbor_map(CborWriter *writer) { put_byte(writer, 0xBF); }
void cbor_array(CborWriter *writer) { put_byte(writer, 0x9F); }
void cbor_close(CborWriter *writer) { put_byte(writer, BREAK); }
void cbor_uint(CborWriter *writer, uint64_t value) { put_head(writer, 0, value); }
void cbor_bool(CborWriter *writer, bool value) { put_byte(writer, value ? 0xF5 : 0xF4); }

void cbor_int(CborWriter *writer, int64_t value) {
  if (value >= 0) put_head(writer, 0, (uint64_t)value);
  else put_head(writer, 1, (uint64_t)(-1 - value));
}

void cbor_bytes(CborWriter *writer, const void *bytes, size_t length) {
  put_head(writer, 2, length);
  cbor_raw(writer, bytes, length);
}

void cbor_text_span(CborWriter *writer, const uint8_t *text, size_t length) {
  put_head(writer, 3, length);
  cbor_raw(writer, text, length);
}

void cbor_text(CborWriter *writer, const char *text) { cbor_text_span(writer, (const uint8_t *)text, strlen(text)); }

void cbor_put_uint(CborWriter *writer, const char *key, uint64_t value) {
  cbor_text(writer, key);
  cbor_uint(writer, value);
}

void cbor_put_bool(CborWriter *writer, const char *key, bool value) {
  cbor_text(writer, key);
  cbor_bool(writer, value);
}

void cbor_put_text(CborWriter *writer, const char *key, const char *value) {
  cbor_text(writer, key);
  cbor_text(writer, value);
}
