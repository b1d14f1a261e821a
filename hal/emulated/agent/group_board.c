/* SMP group 64: the parts of the board, as hal/serial/board-group.cddl defines them. */
#include "board.h"
#include "clock.h"
#include "entropy.h"
#include "events.h"
#include "mains.h"
#include "nor.h"
#include "parts.h"
#include "rtc.h"
#include "signed.h"
#include "smp.h"
#include "stimulus.h"

enum {
  DESCRIBE = 0, CLOCK = 1, FLASH_READ = 2, FLASH_PROGRAM = 3, FLASH_ERASE = 4, MAINS = 5, SWITCH = 6, TAMPER = 7,
  METROLOGY = 8, DISPLAY = 9, ENTROPY = 10, RADIO_CONFIGURE = 11, RADIO_TRANSMIT = 12, MODEM = 13, EVENTS = 15,
  MESSAGE = 16, STIMULUS = 17, SIGNED = 18
};
enum { PART_ABSENT = 2, MISUSE = 3, FAULT = 4, TOO_LONG = 6, BAD_SIGNATURE = 8, BAD_COUNTER = 9 };
#define ENTROPY_BYTES 256u

static int describe(CborWriter *answer) {
  static const char *const parts[] = {"clock", "flash", "entropy", "mains",
                                      "switch", "tamper", "ui", "stimulus"};
  cbor_put_uint(answer, "proto", 1);
  cbor_put_text(answer, "kind", "vexpress-a9");
  cbor_put_text(answer, "id", board_identity.id);
  cbor_text(answer, "parts");
  cbor_array(answer);
  for (size_t i = 0; i < COUNT(parts); i++) cbor_text(answer, parts[i]);
  if (stimulus_has_device()) cbor_text(answer, "message");
  cbor_close(answer);
  cbor_text(answer, "flash");
  cbor_map(answer);
  cbor_put_uint(answer, "sector", data_region.sector_bytes);
  cbor_put_uint(answer, "count", data_region.sector_count);
  cbor_put_uint(answer, "unit", 1);
  cbor_close(answer);
  cbor_put_uint(answer, "phases", 1);
  cbor_text(answer, "eui");
  cbor_bytes(answer, board_identity.eui64, sizeof board_identity.eui64);
  cbor_put_bool(answer, "signed", signed_wanted());
  cbor_put_uint(answer, "chunk", CHUNK_BYTES);
  return SMP_OK;
}

static int read_clock(CborWriter *answer) {
  uint64_t utc_ms;
  cbor_put_uint(answer, "up", uptime_ms());
  if (rtc_read(&utc_ms)) cbor_put_uint(answer, "rtc", utc_ms);
  return SMP_OK;
}

/* The latest time that a JavaScript Date can hold. */
#define LATEST_UTC_MS 8640000000000000ull

static int write_clock(const SmpRequest *request) {
  uint64_t utc_ms = UINT64_MAX;
  bool good = cbor_optional_uint(request->payload, "rtc", LATEST_UTC_MS, &utc_ms);
  if (!good || utc_ms == UINT64_MAX) return GROUP_ERROR(MISUSE);
  rtc_set(utc_ms);
  return SMP_OK;
}

static int from_nor(NorResult result) {
  if (result == NOR_OK) return SMP_OK;
  return GROUP_ERROR(result == NOR_FAILED ? FAULT : MISUSE);
}

static int flash_read(const SmpRequest *request, CborWriter *answer) {
  CborItem offset, length;
  static uint8_t bytes[CHUNK_BYTES];
  if (!cbor_find_kind(request->payload, "off", CBOR_UINT, &offset)) return GROUP_ERROR(MISUSE);
  if (!cbor_find_kind(request->payload, "len", CBOR_UINT, &length)) return GROUP_ERROR(MISUSE);
  if (!region_holds(&data_region, offset.number, length.number)) return GROUP_ERROR(MISUSE);
  if (length.number > CHUNK_BYTES) return GROUP_ERROR(TOO_LONG);
  region_read(&data_region, (uint32_t)offset.number, bytes, (size_t)length.number);
  cbor_text(answer, "data");
  cbor_bytes(answer, bytes, (size_t)length.number);
  return SMP_OK;
}

static int flash_program(const SmpRequest *request) {
  CborItem offset, data;
  if (!cbor_find_kind(request->payload, "off", CBOR_UINT, &offset)) return GROUP_ERROR(MISUSE);
  if (!cbor_find_kind(request->payload, "data", CBOR_BYTES, &data) || data.length == 0) return GROUP_ERROR(MISUSE);
  if (!region_holds(&data_region, offset.number, data.length)) return GROUP_ERROR(MISUSE);
  if (data.length > CHUNK_BYTES) return GROUP_ERROR(TOO_LONG);
  return from_nor(region_program(&data_region, (uint32_t)offset.number, data.bytes, data.length));
}

static int flash_erase(const SmpRequest *request) {
  CborItem sector;
  if (!cbor_find_kind(request->payload, "sector", CBOR_UINT, &sector)) return GROUP_ERROR(MISUSE);
  if (sector.number >= data_region.sector_count) return GROUP_ERROR(MISUSE);
  return from_nor(region_erase(&data_region, (uint32_t)sector.number));
}

static int load_switch(const SmpRequest *request, CborWriter *answer) {
  CborItem closed;
  if (request->op == OP_WRITE) {
    if (!cbor_find_kind(request->payload, "closed", CBOR_BOOL, &closed)) return GROUP_ERROR(MISUSE);
    switch_move(closed.number);
  }
  cbor_put_bool(answer, "closed", switch_is_closed());
  return SMP_OK;
}

static int display(const SmpRequest *request) {
  CborItem lines, line;
  unsigned count = 0;
  if (!cbor_find_kind(request->payload, "lines", CBOR_ARRAY, &lines)) return GROUP_ERROR(MISUSE);
  CborReader reader = lines.inside;
  while (cbor_more(&reader) && cbor_read(&reader, &line)) {
    if (line.kind != CBOR_TEXT) return GROUP_ERROR(MISUSE);
    if (++count > DISPLAY_LINES || !display_line_fits(line.bytes, line.length)) return GROUP_ERROR(MISUSE);
  }
  display_show(&lines);
  return SMP_OK;
}

static int entropy(const SmpRequest *request, CborWriter *answer) {
  CborItem length;
  uint8_t bytes[ENTROPY_BYTES];
  if (!cbor_find_kind(request->payload, "len", CBOR_UINT, &length)) return GROUP_ERROR(MISUSE);
  if (length.number > ENTROPY_BYTES) return GROUP_ERROR(TOO_LONG);
  entropy_bytes(bytes, (size_t)length.number);
  cbor_text(answer, "data");
  cbor_bytes(answer, bytes, (size_t)length.number);
  return SMP_OK;
}

static int events(const SmpRequest *request, CborWriter *answer) {
  uint64_t acknowledged = 0;
  if (!cbor_optional_uint(request->payload, "ack", UINT64_MAX, &acknowledged)) return GROUP_ERROR(MISUSE);
  events_acknowledge(acknowledged);
  events_write(answer);
  return SMP_OK;
}

static int message(const SmpRequest *request) {
  CborItem offset, length = {0}, data;
  if (!stimulus_has_device()) return GROUP_ERROR(PART_ABSENT);
  if (!cbor_find_kind(request->payload, "off", CBOR_UINT, &offset)) return GROUP_ERROR(MISUSE);
  if (!cbor_find_kind(request->payload, "data", CBOR_BYTES, &data)) return GROUP_ERROR(MISUSE);
  if (data.length > CHUNK_BYTES) return GROUP_ERROR(TOO_LONG);
  bool has_length = cbor_find_kind(request->payload, "len", CBOR_UINT, &length);
  stimulus_send_message(offset.number, has_length, length.number, data.bytes, data.length);
  return SMP_OK;
}

/* Looks at all of a request before it does any of it. */
static bool stimulus_is_good(CborReader payload) {
  CborItem item, phase;
  uint64_t millijoules = 0;
  if (cbor_find(payload, "mains", &item)) {
    if (item.kind != CBOR_ARRAY || !cbor_read(&item.inside, &phase) || phase.kind != CBOR_BOOL) return false;
    if (cbor_more(&item.inside)) return false; /* there is one phase */
  }
  if (!cbor_optional_uint(payload, "mJ", UINT32_MAX, &millijoules)) return false;
  if (cbor_find(payload, "tamper", &item) && item.kind != CBOR_MAP) return false;
  if (cbor_find(payload, "button", &item) && item.kind != CBOR_TEXT) return false;
  return !cbor_find(payload, "stuck", &item) || item.kind == CBOR_BOOL;
}

static bool stimulate_tamper(CborReader inputs) {
  CborItem name, active;
  while (cbor_more(&inputs)) {
    if (!cbor_read(&inputs, &name) || !cbor_read(&inputs, &active)) return false;
    if (name.kind != CBOR_TEXT || active.kind != CBOR_BOOL) return false;
    if (!tamper_stimulate(name.bytes, name.length, active.number)) return false;
  }
  return true;
}

static int stimulus(const SmpRequest *request) {
  CborItem item, phase;
  CborReader payload = request->payload;
  if (!stimulus_is_good(payload)) return GROUP_ERROR(MISUSE);
  if (cbor_find(payload, "mains", &item) && cbor_read(&item.inside, &phase)) mains_stimulate(phase.number);
  if (cbor_find(payload, "mJ", &item)) mains_set_hold_up((uint32_t)item.number);
  if (cbor_find(payload, "stuck", &item)) switch_set_stuck(item.number);
  if (cbor_find(payload, "tamper", &item) && !stimulate_tamper(item.inside)) return GROUP_ERROR(MISUSE);
  if (cbor_find(payload, "button", &item) && !button_press(item.bytes, item.length)) return GROUP_ERROR(MISUSE);
  return SMP_OK;
}

/* Done and answered as the command inside would be. */
static int signed_command(const SmpRequest *request, CborWriter *answer) {
  CborItem cose;
  SignedCommand inner;
  if (!signed_wanted()) return GROUP_ERROR(PART_ABSENT);
  if (!cbor_find_kind(request->payload, "cose", CBOR_BYTES, &cose)) return GROUP_ERROR(MISUSE);
  SignedResult result = signed_accept(cose.bytes, cose.length, &inner);
  if (result != SIGNED_OK) return GROUP_ERROR(result == SIGNED_BAD ? BAD_SIGNATURE : BAD_COUNTER);
  if (inner.group > UINT16_MAX || inner.command > UINT8_MAX) return SMP_NOT_SUPPORTED;
  if (inner.group == GROUP_BOARD && inner.command == SIGNED) return GROUP_ERROR(MISUSE);
  SmpRequest command = {.version = request->version, .op = OP_WRITE, .group = (uint16_t)inner.group,
                        .command = (uint8_t)inner.command, .is_signed = true};
  if (!cbor_read_map(inner.payload, inner.payload_length, &command.payload)) return GROUP_ERROR(MISUSE);
  return smp_dispatch(&command, answer);
}

static int handle_read(const SmpRequest *request, CborWriter *answer) {
  switch (request->command) {
    case DESCRIBE: return describe(answer);
    case CLOCK: return read_clock(answer);
    case FLASH_READ: return flash_read(request, answer);
    case MAINS: mains_write(answer); return SMP_OK;
    case SWITCH: return load_switch(request, answer);
    case TAMPER: tamper_write(answer); return SMP_OK;
    case ENTROPY: return entropy(request, answer);
    case EVENTS: return events(request, answer);
    default: return SMP_NOT_SUPPORTED;
  }
}

static int handle_write(const SmpRequest *request, CborWriter *answer) {
  switch (request->command) {
    case CLOCK: return write_clock(request);
    case FLASH_PROGRAM: return flash_program(request);
    case FLASH_ERASE: return flash_erase(request);
    case SWITCH: return load_switch(request, answer);
    case DISPLAY: return display(request);
    case MESSAGE: return message(request);
    case STIMULUS: return stimulus(request);
    case SIGNED: return signed_command(request, answer);
    default: return SMP_NOT_SUPPORTED;
  }
}

int group_board(const SmpRequest *request, CborWriter *answer) {
  switch (request->command) {
    case METROLOGY: case RADIO_CONFIGURE: case RADIO_TRANSMIT: case MODEM: return GROUP_ERROR(PART_ABSENT);
    default: return request->op == OP_READ ? handle_read(request, answer) : handle_write(request, answer);
  }
}
