/* SMP group 0: echo, task statistics, time of day, reset, parameters, and who we are. */
#include "board.h"
#include "calendar.h"
#include "clock.h"
#include "image.h"
#include "rtc.h"
#include "smp.h"

enum { ECHO = 0, TASK_STATISTICS = 2, DATE_TIME = 4, RESET = 5, PARAMETERS = 6, APP_INFO = 7, BOOTLOADER_INFO = 8 };
enum { INVALID_FORMAT = 2, QUERY_HAS_NO_ANSWER = 3, RTC_NOT_SET = 4 };

static int echo(const SmpRequest *request, CborWriter *answer) {
  CborItem text;
  if (!cbor_find(request->payload, "d", &text)) text = (CborItem){.kind = CBOR_TEXT};
  if (text.kind != CBOR_TEXT) return SMP_INVALID;
  cbor_text(answer, "r");
  cbor_text_span(answer, text.bytes, text.length);
  return SMP_OK;
}

/* One task, the main loop; stack sizes are in words of 4 bytes. */
static int task_statistics(CborWriter *answer) {
  cbor_text(answer, "tasks");
  cbor_map(answer);
  cbor_text(answer, "main");
  cbor_map(answer);
  cbor_put_uint(answer, "prio", 0);
  cbor_put_uint(answer, "tid", 1);
  cbor_put_uint(answer, "state", 1);
  cbor_put_uint(answer, "stkuse", board_stack_used() / 4);
  cbor_put_uint(answer, "stksiz", board_stack_size() / 4);
  cbor_put_uint(answer, "cswcnt", 0);
  cbor_put_uint(answer, "runtime", uptime_ms());
  cbor_put_uint(answer, "last_checkin", 0);
  cbor_put_uint(answer, "next_checkin", 0);
  cbor_close(answer);
  cbor_close(answer);
  return SMP_OK;
}

static int date_time(const SmpRequest *request, CborWriter *answer) {
  char text[40];
  uint64_t utc_ms;
  CborItem item;
  if (request->op == OP_READ) {
    if (!rtc_read(&utc_ms)) return GROUP_ERROR(RTC_NOT_SET);
    calendar_format(utc_ms, text, sizeof text);
    cbor_put_text(answer, "datetime", text);
    return SMP_OK;
  }
  if (!cbor_find_kind(request->payload, "datetime", CBOR_TEXT, &item)) return SMP_INVALID;
  if (!calendar_parse(item.bytes, item.length, &utc_ms)) return SMP_INVALID;
  rtc_set(utc_ms);
  return SMP_OK;
}

static int parameters(CborWriter *answer) {
  cbor_put_uint(answer, "buf_size", PACKET_BYTES);
  cbor_put_uint(answer, "buf_count", BUFFER_COUNT);
  return SMP_OK;
}

/* The fields of `uname`, in their natural order. */
static const char *app_field(char letter, char *version, size_t size) {
  switch (letter) {
    case 's': return "Meterbench agent";
    case 'n': return board_identity.id;
    case 'r': image_version_text(&running_image, version, size); return version;
    case 'v': return "1";
    case 'b': return "freestanding C";
    case 'm': return "arm";
    case 'p': return "cortex-a9";
    case 'i': return "vexpress-a9";
    default: return "bare metal";
  }
}

static int app_info(const SmpRequest *request, CborWriter *answer) {
  static const char letters[] = "snrvbmpio";
  char version[32], output[200];
  CborItem format = {.bytes = (const uint8_t *)"s", .length = 1};
  Text text = text_in(output, sizeof output);
  if (cbor_find(request->payload, "format", &format) && format.kind != CBOR_TEXT) return SMP_INVALID;
  for (size_t i = 0; i < format.length; i++)
    if (!memchr("snrvbmpioa ", format.bytes[i], 11)) return GROUP_ERROR(INVALID_FORMAT);
  for (const char *letter = letters; *letter; letter++) {
    if (!memchr(format.bytes, *letter, format.length) && !memchr(format.bytes, 'a', format.length)) continue;
    if (text.at != output) text_add(&text, " ");
    text_add(&text, app_field(*letter, version, sizeof version));
  }
  cbor_put_text(answer, "output", output);
  return SMP_OK;
}

/* Clients take "MCUboot" as the word for its image and swap rules; those hold here. Mode 1: swap with scratch. */
static int bootloader_info(const SmpRequest *request, CborWriter *answer) {
  CborItem query;
  if (!cbor_find(request->payload, "query", &query)) cbor_put_text(answer, "bootloader", "MCUboot");
  else if (query.kind == CBOR_TEXT && same_text("mode", query.bytes, query.length)) cbor_put_uint(answer, "mode", 1);
  else return GROUP_ERROR(QUERY_HAS_NO_ANSWER);
  return SMP_OK;
}

static int reset(void) {
  smp_after_answer(board_reset);
  return SMP_OK;
}

int group_os(const SmpRequest *request, CborWriter *answer) {
  bool reading = request->op == OP_READ;
  switch (request->command) {
    case ECHO: return echo(request, answer);
    case DATE_TIME: return date_time(request, answer);
    case TASK_STATISTICS: return reading ? task_statistics(answer) : SMP_NOT_SUPPORTED;
    case PARAMETERS: return reading ? parameters(answer) : SMP_NOT_SUPPORTED;
    case APP_INFO: return reading ? app_info(request, answer) : SMP_NOT_SUPPORTED;
    case BOOTLOADER_INFO: return reading ? bootloader_info(request, answer) : SMP_NOT_SUPPORTED;
    case RESET: return reading ? SMP_NOT_SUPPORTED : reset();
    default: return SMP_NOT_SUPPORTED;
  }
}
