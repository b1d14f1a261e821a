/* CBOR (RFC 8949), as much as SMP needs. Reading is bounded by the buffer and by a depth; no copies are made. */
#pragma once
#include "base.h"

/* A run of items: the whole input, or what is inside a map or an array. */
typedef struct {
  const uint8_t *at;
  const uint8_t *end;
} CborReader;

typedef enum {
  CBOR_UINT, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_BOOL, CBOR_NULL, CBOR_OTHER
} CborKind;

typedef struct {
  CborKind kind;
  uint64_t number;      /* UINT: the value; NEGATIVE: -1 - value; BOOL: 0 or 1 */
  const uint8_t *bytes; /* BYTES, TEXT */
  size_t length;
  CborReader inside; /* ARRAY, MAP */
} CborItem;

static inline bool cbor_more(const CborReader *reader) { return reader->at < reader->end; }
/* Reads one item with all that is inside it; false when it is malformed, too deep, or a string in pieces. */
bool cbor_read(CborReader *reader, CborItem *item);
/* Is `bytes` nothing at all, or one well-formed map with text keys? Then `map` reads what is inside. */
bool cbor_read_map(const uint8_t *bytes, size_t length, CborReader *map);
/* The first value under `key`. Null and undefined count as absent: that is how some clients leave a key out. */
bool cbor_find(CborReader map, const char *key, CborItem *value);
bool cbor_find_kind(CborReader map, const char *key, CborKind kind, CborItem *value);
/* False when there is a value that is no uint up to `max`; absent leaves `value` as it was. */
bool cbor_optional_uint(CborReader map, const char *key, uint64_t max, uint64_t *value);

/* Writes until the buffer is full, then drops the rest and remembers it. */
typedef struct {
  uint8_t *at;
  uint8_t *end;
  bool full;
} CborWriter;

void cbor_map(CborWriter *writer);   /* of open length: finish with cbor_close */
void cbor_array(CborWriter *writer); /* likewise */
void cbor_close(CborWriter *writer);
void cbor_uint(CborWriter *writer, uint64_t value);
void cbor_int(CborWriter *writer, int64_t value);
void cbor_bool(CborWriter *writer, bool value);
void cbor_bytes(CborWriter *writer, const void *bytes, size_t length);
void cbor_text(CborWriter *writer, const char *text);
void cbor_text_span(CborWriter *writer, const uint8_t *text, size_t length);
/* Bytes that are CBOR already. */
void cbor_raw(CborWriter *writer, const uint8_t *bytes, size_t length);

/* A pair of a map. */
void cbor_put_uint(CborWriter *writer, const char *key, uint64_t value);
void cbor_put_bool(CborWriter *writer, const char *key, bool value);
void cbor_put_text(CborWriter *writer, const char *key, const char *value);
