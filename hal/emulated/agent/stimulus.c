#include "stimulus.h"
#include "events.h"
#include "frame.h"
#include "mains.h"
#include "parts.h"
#include "uart.h"

#define LINE_BYTES (64u + 2 * CHUNK_BYTES)

typedef struct {
  const uint8_t *at;
  const uint8_t *end;
} Words;

typedef struct {
  const uint8_t *text;
  size_t length;
} Word;

static uint8_t line[LINE_BYTES];
static size_t line_length;
static bool line_too_long;
static bool has_device;

bool stimulus_has_device(void) { return has_device; }

static Word next_word(Words *words) {
  while (words->at < words->end && *words->at == ' ') words->at++;
  Word word = {words->at, 0};
  while (words->at < words->end && *words->at != ' ') words->at++;
  word.length = (size_t)(words->at - word.text);
  return word;
}

static bool is(Word word, const char *text) { return same_text(text, word.text, word.length); }

static bool number_of(Word word, uint32_t *number) {
  *number = 0;
  if (word.length == 0 || word.length > 9) return false;
  for (size_t i = 0; i < word.length; i++) {
    if (word.text[i] < '0' || word.text[i] > '9') return false;
    *number = *number * 10 + (word.text[i] - '0');
  }
  return true;
}

static bool flag_of(Word word, bool *flag) {
  *flag = is(word, "1");
  return *flag || is(word, "0");
}

static int digit_of(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place: the bytes are never longer than their digits. */
static bool bytes_of(Word word, uint8_t **bytes, size_t *length) {
  uint8_t *out = *bytes = line + (word.text - line);
  if (word.length % 2 != 0) return false;
  for (size_t i = 0; i < word.length; i += 2) {
    int high = digit_of(word.text[i]), low = digit_of(word.text[i + 1]);
    if (high < 0 || low < 0) return false;
    *out++ = (uint8_t)(high << 4 | low);
  }
  *length = word.length / 2;
  return true;
}

/* A message that the board under test sends out: an event for whoever talks SMP. */
static bool take_message(Words *words) {
  uint32_t offset, length = 0;
  uint8_t *data;
  size_t data_length;
  bool offset_good = number_of(next_word(words), &offset);
  Word total = next_word(words);
  bool has_length = number_of(total, &length);
  if (!offset_good || (!has_length && !is(total, "-"))) return false;
  if (!bytes_of(next_word(words), &data, &data_length) || data_length > CHUNK_BYTES) return false;
  CborWriter *event = event_open("message-piece");
  cbor_put_uint(event, "off", offset);
  if (has_length) cbor_put_uint(event, "len", length);
  cbor_text(event, "data");
  cbor_bytes(event, data, data_length);
  event_close();
  return true;
}

static bool take_tamper(Words *words) {
  bool active;
  Word input = next_word(words);
  return flag_of(next_word(words), &active) && tamper_stimulate(input.text, input.length, active);
}

static bool take_button(Words *words) {
  Word button = next_word(words);
  return button_press(button.text, button.length);
}

static bool take_line(Words words) {
  bool flag;
  uint32_t number;
  Word command = next_word(&words);
  if (is(command, "message")) return has_device && take_message(&words);
  if (is(command, "tamper")) return take_tamper(&words);
  if (is(command, "button")) return take_button(&words);
  if (is(command, "mj")) return number_of(next_word(&words), &number) && (mains_set_hold_up(number), true);
  if (is(command, "host")) return frame_forget(), events_listener_gone(), true;
  if (is(command, "dip")) return mains_dip(), true;
  bool known = is(command, "mains") || is(command, "stuck") || is(command, "device");
  if (!known || !flag_of(next_word(&words), &flag)) return false;
  if (is(command, "mains")) mains_stimulate(flag);
  else if (is(command, "device")) has_device = flag;
  else switch_set_stuck(flag);
  return true;
}


void stimulus_serve(void) {
  uint8_t byte;
  while (uart_take(&uart_stimulus, &byte)) {
    if (byte != '\n') {
      if (line_length < LINE_BYTES) line[line_length++] = byte;
      else line_too_long = true;
      continue;
    }
    bool done = !line_too_long && take_line((Words){line, line + line_length});
    uart_put_text(&uart_stimulus, done ? "ok\n" : "error\n");
    line_length = 0;
    line_too_long = false;
  }
}

void stimulus_send_message(uint64_t offset, bool has_length, uint64_t length, const uint8_t *data, size_t data_length) {
  static const char digits[] = "0123456789abcdef";
  char head[64];
  Text text = text_in(head, sizeof head);
  text_add(&text, "message ");
  text_add_uint(&text, offset, 1);
  text_add(&text, " ");
  if (has_length) text_add_uint(&text, length, 1);
  else text_add(&text, "-");
  text_add(&text, " ");
  uart_put_text(&uart_stimulus, head);
  for (size_t i = 0; i < data_length; i++) {
    uint8_t pair[2] = {(uint8_t)digits[data[i] >> 4], (uint8_t)digits[data[i] & 15]};
    uart_put(&uart_stimulus, pair, 2);
  }
  uart_put_text(&uart_stimulus, "\n");
}
