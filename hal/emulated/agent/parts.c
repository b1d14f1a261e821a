#include "parts.h"
#include "events.h"
#include "state.h"
#include "uart.h"

static bool switch_stuck;

bool switch_is_closed(void) { return board_state.switch_closed; }

void switch_move(bool closed) {
  if (switch_stuck || board_state.switch_closed == closed) return;
  board_state.switch_closed = closed;
  state_save();
  uart_put_text(&uart_stimulus, closed ? "switch closed\n" : "switch open\n");
}

void switch_set_stuck(bool stuck) { switch_stuck = stuck; }

static const char *const inputs[] = {"meter-cover", "terminal-cover", "battery-cover", "magnet"};
static bool active_inputs[COUNT(inputs)];

void tamper_write(CborWriter *writer) {
  for (size_t i = 0; i < COUNT(inputs); i++) cbor_put_bool(writer, inputs[i], active_inputs[i]);
}

bool tamper_stimulate(const uint8_t *name, size_t length, bool active) {
  for (size_t i = 0; i < COUNT(inputs); i++) {
    if (!same_text(inputs[i], name, length)) continue;
    if (active_inputs[i] == active) return true;
    active_inputs[i] = active;
    CborWriter *event = event_open("tamper");
    cbor_put_text(event, "input", inputs[i]);
    cbor_put_bool(event, "active", active);
    event_close();
    return true;
  }
  return false;
}

bool display_line_fits(const uint8_t *text, size_t length) {
  size_t characters = 0;
  for (size_t i = 0; i < length; i++) characters += (text[i] & 0xC0) != 0x80;
  return characters <= DISPLAY_CHARACTERS;
}

/* A line break inside a text would end our own line early: it is shown as a blank. */
static void show_text(const uint8_t *text, size_t length) {
  for (size_t i = 0; i < length; i++) uart_put(&uart_stimulus, text[i] < ' ' ? (const uint8_t *)" " : text + i, 1);
}

void display_show(const CborItem *lines) {
  CborReader reader = lines->inside;
  CborItem line;
  uart_put_text(&uart_stimulus, "display");
  while (cbor_more(&reader) && cbor_read(&reader, &line)) {
    uart_put_text(&uart_stimulus, "|");
    show_text(line.bytes, line.length);
  }
  uart_put_text(&uart_stimulus, "\n");
}

bool button_press(const uint8_t *name, size_t length) {
  if (length != 1 || (name[0] != 'a' && name[0] != 'b')) return false;
  CborWriter *event = event_open("button");
  cbor_text(event, "button");
  cbor_text_span(event, name, 1);
  event_close();
  return true;
}
