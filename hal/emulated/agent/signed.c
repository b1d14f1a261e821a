#include "signed.h"
#include "board.h"
#include "cbor.h"
#include "ed25519.h"
#include "frame.h"
#include "state.h"

enum { UINT = 0, BYTES = 2, ARRAY = 4 };
#define MAX_SAFE_INTEGER ((1ull << 53) - 1) /* the far end may be JavaScript */

static const uint8_t protected_headers[] = {0x43, 0xa1, 0x01, 0x27}; /* bstr of {1: -8}, EdDSA */
/* ["Signature1", h'a10127', and then the board's id and the payload */
static const uint8_t signature_context[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't',
                                            'u',  'r',  'e', '1', 0x43, 0xa1, 0x01, 0x27};
enum { ID_HEAD_BYTES = 2 };

bool signed_wanted(void) { return board_identity.has_control_key; }

static bool expect(CborReader *reader, const uint8_t *bytes, size_t length) {
  if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, bytes, length) != 0) return false;
  reader->at += length;
  return true;
}

static bool expect_byte(CborReader *reader, uint8_t byte) { return expect(reader, &byte, 1); }

/* The argument of a head of this major type, which must be the shortest that can hold it. */
static bool argument(CborReader *reader, uint8_t major, uint64_t *value) {
  if (!cbor_more(reader) || *reader->at >> 5 != major) return false;
  uint8_t info = *reader->at++ & 31;
  size_t size = info < 24 ? 0 : (size_t)1 << (info - 24 & 3);
  if (info > 27 || (size_t)(reader->end - reader->at) < size) return false;
  *value = info < 24 ? info : 0;
  for (size_t i = 0; i < size; i++) *value = *value << 8 | *reader->at++;
  uint64_t least = size == 0 ? 0 : size == 1 ? 24 : 1ull << 4 * size;
  return *value >= least && *value <= MAX_SAFE_INTEGER;
}

static bool byte_string(CborReader *reader, CborReader *inside) {
  uint64_t length;
  if (!argument(reader, BYTES, &length) || length > (uint64_t)(reader->end - reader->at)) return false;
  *inside = (CborReader){reader->at, reader->at + length};
  reader->at = inside->end;
  return true;
}

/* The external data is the board's id: what is signed for another board of the rig is none of ours. */
static bool verify(const uint8_t *content, size_t length, const uint8_t *signature) {
  static uint8_t message[sizeof signature_context + ID_HEAD_BYTES + sizeof board_identity.id + PACKET_BYTES];
  size_t id_length = strlen(board_identity.id), at = sizeof signature_context;
  memcpy(message, signature_context, at);
  if (id_length >= 24) message[at++] = BYTES << 5 | 24;
  message[at++] = id_length >= 24 ? (uint8_t)id_length : (uint8_t)(BYTES << 5 | id_length);
  memcpy(message + at, board_identity.id, id_length);
  at += id_length;
  memcpy(message + at, content, length);
  return ed25519_verify(board_identity.control_key, message, at + length, signature);
}

/* COSE_Sign1, tagged or not: protected headers, no others, payload, signature. The payload's head is signed too. */
static bool open_envelope(CborReader reader, CborReader *content) {
  CborReader signature;
  expect_byte(&reader, 0xd2);
  if (!expect_byte(&reader, 0x84) || !expect(&reader, protected_headers, sizeof protected_headers)) return false;
  if (!expect_byte(&reader, 0xa0)) return false;
  const uint8_t *start = reader.at;
  if (!byte_string(&reader, content) || !byte_string(&reader, &signature) || cbor_more(&reader)) return false;
  if (signature.end - signature.at != ED25519_SIGNATURE_BYTES) return false;
  return verify(start, (size_t)(content->end - start), signature.at);
}

static bool read_command(CborReader reader, SignedCommand *command) {
  uint64_t parts;
  CborReader payload;
  bool good = argument(&reader, ARRAY, &parts) && parts == 4 && argument(&reader, UINT, &command->counter) &&
              argument(&reader, UINT, &command->group) && argument(&reader, UINT, &command->command) &&
              byte_string(&reader, &payload);
  if (!good || cbor_more(&reader)) return false;
  command->payload = payload.at;
  command->payload_length = (size_t)(payload.end - payload.at);
  return true;
}

SignedResult signed_accept(const uint8_t *cose, size_t length, SignedCommand *command) {
  CborReader content;
  if (length > PACKET_BYTES || !open_envelope((CborReader){cose, cose + length}, &content)) return SIGNED_BAD;
  if (!read_command(content, command)) return SIGNED_BAD;
  if (command->counter <= board_state.command_counter) return SIGNED_OLD_COUNTER;
  board_state.command_counter = command->counter;
  state_save();
  return SIGNED_OK;
}
