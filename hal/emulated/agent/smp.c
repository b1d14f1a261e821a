#include "smp.h"
#include "board.h"
#include "events.h"
#include "signed.h"

uint32_t smp_requests, smp_errors;

const SmpGroup smp_groups[] = {
    {GROUP_OS, "os", group_os, 9},      {GROUP_IMAGE, "image", group_image, 7}, {GROUP_STAT, "stat", group_stat, 2},
    {GROUP_ENUM, "enum", group_enum, 4}, {GROUP_BOARD, "board", group_board, 19},
};
const size_t smp_group_count = COUNT(smp_groups);

static uint8_t answer_packet[PACKET_BYTES];
static size_t last_length; /* of what was sent last */
static void (*after_answer)(void);

void smp_after_answer(void (*action)(void)) { after_answer = action; }

/* SMP v1 knows only the global codes. */
static int version_1_code(uint16_t group, int code) {
  switch (group == GROUP_IMAGE ? code : -1) {
    case 3: case 4: return 5;
    case 9: case 27: case 28: return 6;
    case 15: return 2;
    case 14: case 19: case 20: case 21: case 22: case 24: case 25: return 3;
    default: break;
  }
  if (group == GROUP_OS && (code == 3 || code == 4)) return SMP_NO_ENTRY;
  bool misuse = (group == GROUP_BOARD && code == 3) || (group == GROUP_OS && code == 2);
  return misuse ? SMP_INVALID : SMP_UNKNOWN;
}

static void write_error(uint8_t version, int result, CborWriter *answer) {
  int code = result & 0xFFF;
  uint16_t group = (uint16_t)((result >> 16) - 1);
  smp_errors++;
  if (result == code || version == 0) {
    cbor_put_uint(answer, "rc", (uint64_t)(result == code ? code : version_1_code(group, code)));
    return;
  }
  cbor_text(answer, "err");
  cbor_map(answer);
  cbor_put_uint(answer, "group", group);
  cbor_put_uint(answer, "rc", (uint64_t)code);
  cbor_close(answer);
}

/* Must it come signed, on a board that wants that? As board-group.cddl lists them. */
static bool is_acting(const SmpRequest *request) {
  if (request->op != OP_WRITE) return false;
  switch (request->group << 8 | request->command) {
    case GROUP_OS << 8 | 5: case GROUP_IMAGE << 8 | 0: case GROUP_IMAGE << 8 | 1: case GROUP_IMAGE << 8 | 5:
    case GROUP_BOARD << 8 | 1: case GROUP_BOARD << 8 | 3: case GROUP_BOARD << 8 | 4: case GROUP_BOARD << 8 | 6:
      return true;
    default:
      return false;
  }
}

/* A command without arguments is answered whatever stands where they would, as by Zephyr. */
static bool ignores_payload(const SmpRequest *request) {
  if (request->op != OP_READ) return false;
  switch (request->group << 8 | request->command) {
    case GROUP_OS << 8 | 2: case GROUP_OS << 8 | 4: case GROUP_OS << 8 | 6: case GROUP_IMAGE << 8 | 0:
    case GROUP_IMAGE << 8 | 6: case GROUP_STAT << 8 | 1: case GROUP_ENUM << 8 | 0: case GROUP_ENUM << 8 | 1:
      return true;
    default:
      return false;
  }
}

static const SmpGroup *group_of(uint16_t id) {
  for (size_t i = 0; i < COUNT(smp_groups); i++)
    if (smp_groups[i].id == id) return &smp_groups[i];
  return NULL;
}

int smp_dispatch(const SmpRequest *request, CborWriter *answer) {
  if (request->version > 1) return SMP_TOO_NEW;
  const SmpGroup *group = group_of(request->group);
  if (group == NULL) return SMP_NOT_SUPPORTED;
  if (request->payload.at == NULL && !ignores_payload(request)) return SMP_INVALID;
  if (signed_wanted() && !request->is_signed && is_acting(request)) return ERROR_OF_GROUP(GROUP_BOARD, 7);
  int result = group->handle(request, answer);
  return result > 0xFFFF || result < 0x1000 ? result : ERROR_OF_GROUP(request->group, result & 0xFFF);
}

static void send(uint8_t first, const SmpRequest *head, const uint8_t *end) {
  answer_packet[0] = first;
  answer_packet[1] = 0;
  write_u16be(answer_packet + 2, (uint16_t)(end - answer_packet - SMP_HEADER_BYTES));
  write_u16be(answer_packet + 4, head->group);
  answer_packet[6] = head->sequence;
  answer_packet[7] = head->command;
  last_length = (size_t)(end - answer_packet);
  frame_send(answer_packet, last_length);
}

/* What is no read is answered as a write, whatever it is: so does Zephyr. */
static void send_answer(const SmpRequest *request, const uint8_t *end) {
  uint8_t op = request->op == OP_READ ? OP_READ | 1 : OP_WRITE | 1;
  send((uint8_t)(MIN(request->version, 1) << 3 | op), request, end);
}

static void answer_error(const SmpRequest *request, int result) {
  uint8_t *body = answer_packet + SMP_HEADER_BYTES;
  CborWriter writer = {body, answer_packet + PACKET_BYTES, false};
  cbor_map(&writer);
  write_error(request->version, result, &writer);
  cbor_close(&writer);
  send_answer(request, writer.at);
}

/* The answer's map stays open while the handler fills it; some bytes are kept for its end. */
static void answer(const SmpRequest *request) {
  uint8_t *body = answer_packet + SMP_HEADER_BYTES;
  size_t kept = board_identity.older_answers ? 5 : 1;
  CborWriter writer = {body, answer_packet + PACKET_BYTES - kept, false};
  smp_requests++;
  cbor_map(&writer);
  int result = smp_dispatch(request, &writer);
  if (result == SMP_OK && writer.full) result = SMP_TOO_LONG;
  if (result != SMP_OK) {
    answer_error(request, result);
    return;
  }
  writer.end += kept;
  /* Last: cmcumgr-client stops reading at it. */
  if (board_identity.older_answers) cbor_put_uint(&writer, "rc", 0);
  cbor_close(&writer);
  send_answer(request, writer.at);
}

static SmpRequest read_header(const uint8_t *packet) {
  return (SmpRequest){.version = packet[0] >> 3 & 3, .op = packet[0] & 7, .group = read_u16be(packet + 4),
                      .sequence = packet[6], .command = packet[7]};
}

/* True when the request was one, and whole: then what stands behind it is looked at. */
static bool handle_first(const uint8_t *packet, size_t length) {
  SmpRequest request = read_header(packet);
  size_t payload_length = read_u16be(packet + 2);
  const uint8_t *payload = packet + SMP_HEADER_BYTES;
  if (request.op != OP_READ && request.op != OP_WRITE) answer_error(&request, SMP_NOT_SUPPORTED);
  else if (payload_length > length - SMP_HEADER_BYTES) answer_error(&request, SMP_CORRUPT);
  else {
    /* Who asks for other things would take an event for the answer to its own request. */
    if (request.group == GROUP_BOARD) events_listener_seen();
    else events_listener_gone();
    if (!cbor_read_map(payload, payload_length, &request.payload)) request.payload.at = NULL;
    answer(&request);
    return true;
  }
  return false;
}

/* Where a further request begins: right behind the first when it fills the rest, else at a multiple of 4. */
static size_t next_request(const uint8_t *packet, size_t length, size_t end) {
  bool fits = end + SMP_HEADER_BYTES <= length && end + SMP_HEADER_BYTES + read_u16be(packet + end + 2) == length;
  return fits ? end : (end + 3) & ~(size_t)3;
}

/* The far end echoes: our own answer came back. To answer it would never end. */
static bool is_echo(const uint8_t *packet, size_t length) {
  return length == last_length && memcmp(packet, answer_packet, length) == 0;
}

void smp_handle(const uint8_t *packet, size_t length) {
  if (length < SMP_HEADER_BYTES || is_echo(packet, length)) return;
  if (handle_first(packet, length)) {
    size_t next = next_request(packet, length, SMP_HEADER_BYTES + read_u16be(packet + 2));
    SmpRequest second = read_header(packet + MIN(next, length - SMP_HEADER_BYTES));
    if (next + SMP_HEADER_BYTES <= length) answer_error(&second, SMP_CORRUPT);
  }
  void (*action)(void) = after_answer;
  after_answer = NULL;
  if (action) action();
}

void smp_send_unasked(uint16_t group, uint8_t command, const uint8_t *payload, size_t length) {
  static uint8_t sequence;
  SmpRequest head = {.group = group, .command = command, .sequence = sequence++};
  if (length > PACKET_BYTES - SMP_HEADER_BYTES) return;
  memcpy(answer_packet + SMP_HEADER_BYTES, payload, length);
  send(1 << 3 | OP_WRITE, &head, answer_packet + SMP_HEADER_BYTES + length);
}
