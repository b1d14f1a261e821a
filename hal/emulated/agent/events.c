#include "events.h"
#include "clock.h"
#include "smp.h"
#include "state.h"

#define QUEUE_EVENTS 64u
#define EVENT_BYTES 1280u
/* Pushes between two requests: with nobody reading, a terminal's buffer fills and stops us. */
#define PUSHES_PER_REQUEST 8u
/* Who listens asks once a second; who has not for this long may have given the line to somebody else. */
#define LISTENING_MS 1500u
#define NUMBERS_PER_BOOT 65536u

typedef struct {
  uint64_t number;
  size_t length;
  uint8_t bytes[EVENT_BYTES];
} Event;

static Event queue[QUEUE_EVENTS];
static uint64_t next_number, first_kept, next_push;
static uint64_t lost;
static unsigned pushes_left;
static uint64_t heard_ms;
static CborWriter writer;

static Event *event_at(uint64_t number) { return &queue[number % QUEUE_EVENTS]; }

void events_start(void) {
  next_number = (uint64_t)board_state.boots * NUMBERS_PER_BOOT + 1;
  first_kept = next_push = next_number;
}

CborWriter *event_open(const char *kind) {
  if (next_number - first_kept == QUEUE_EVENTS) {
    first_kept++;
    lost++;
  }
  Event *event = event_at(next_number);
  writer = (CborWriter){event->bytes, event->bytes + EVENT_BYTES, false};
  cbor_map(&writer);
  cbor_put_uint(&writer, "n", next_number);
  cbor_put_uint(&writer, "up", uptime_ms());
  cbor_put_text(&writer, "kind", kind);
  return &writer;
}

void event_close(void) {
  Event *event = event_at(next_number);
  cbor_close(&writer);
  if (writer.full) {
    lost++;
    return;
  }
  event->number = next_number++;
  event->length = (size_t)(writer.at - event->bytes);
}

void events_acknowledge(uint64_t number) {
  while (first_kept < next_number && first_kept <= number) first_kept++;
}

/* As many as the answer holds; two bytes stay for the end of the array and of the map, 11 for "lost". */
void events_write(CborWriter *answer) {
  cbor_text(answer, "events");
  cbor_array(answer);
  for (uint64_t n = first_kept; n < next_number; n++) {
    const Event *event = event_at(n);
    if ((size_t)(answer->end - answer->at) < event->length + 16) break;
    cbor_raw(answer, event->bytes, event->length);
    if (next_push <= n) next_push = n + 1;
  }
  cbor_close(answer);
  if (lost > 0) cbor_put_uint(answer, "lost", lost);
  lost = 0;
}

void events_listener_seen(void) {
  pushes_left = PUSHES_PER_REQUEST;
  heard_ms = uptime_ms();
}

void events_listener_gone(void) { pushes_left = 0; }

void events_push(void) {
  static uint8_t payload[EVENT_BYTES + 16];
  if (uptime_ms() - heard_ms > LISTENING_MS) pushes_left = 0;
  if (next_push < first_kept) next_push = first_kept;
  for (; next_push < next_number && pushes_left > 0; next_push++, pushes_left--) {
    const Event *event = event_at(next_push);
    CborWriter out = {payload, payload + sizeof payload, false};
    cbor_map(&out);
    cbor_text(&out, "events");
    cbor_array(&out);
    cbor_raw(&out, event->bytes, event->length);
    cbor_close(&out);
    cbor_close(&out);
    smp_send_unasked(GROUP_BOARD, 15, payload, (size_t)(out.at - payload));
  }
}
