#include "frame.h"
#include "uart.h"

#define LINE_BYTES 256u /* lines of 127 are usual; longer ones are accepted to a point */
#define RAW_PER_LINE 93u

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

FrameCounts frame_counts;
static uint8_t line[LINE_BYTES];
static size_t line_length;
static bool line_too_long;
static uint8_t packet[2 + PACKET_BYTES + 2]; /* length, packet, CRC */
static size_t packet_length;
static bool in_packet;

/* CRC-16/XMODEM: polynomial 1021, initial 0. Over a packet and its own CRC it gives 0. */
static uint16_t crc16(uint16_t crc, const uint8_t *bytes, size_t length) {
  while (length--) {
    crc ^= (uint16_t)(*bytes++ << 8);
    for (int bit = 0; bit < 8; bit++) crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
  }
  return crc;
}

static int base64_value(uint8_t c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes four characters into the packet; false for a character that does not belong or a full packet. */
static bool decode_quad(const uint8_t *quad) {
  unsigned padding = quad[3] == '=' ? (quad[2] == '=' ? 2 : 1) : 0;
  uint32_t bits = 0;
  for (unsigned i = 0; i < 4; i++) {
    int value = i >= 4 - padding ? 0 : base64_value(quad[i]);
    if (value < 0) {
      frame_counts.bad_base64++;
      return false;
    }
    bits = bits << 6 | (unsigned)value;
  }
  for (unsigned i = 0; i < 3 - padding; i++) {
    if (packet_length == sizeof packet) {
      frame_counts.too_long++;
      return false;
    }
    packet[packet_length++] = (uint8_t)(bits >> (16 - 8 * i));
  }
  return true;
}

/* Is the packet whole? A wrong length or CRC drops it: the client's time-out repeats it. */
static bool complete(void) {
  if (packet_length < 2) return false;
  size_t announced = read_u16be(packet);
  if (announced < 2 || announced > sizeof packet - 2) {
    frame_counts.too_long++;
    in_packet = false;
    return false;
  }
  if (packet_length - 2 < announced) return false;
  in_packet = false;
  if (packet_length - 2 != announced || crc16(0, packet + 2, announced) != 0) {
    frame_counts.bad_crc++;
    return false;
  }
  frame_counts.packets++;
  return true;
}

/* Where in the line a marker begins (text of a console may stand before it); the line's length when none does. */
static size_t find_marker(bool *first) {
  for (size_t i = line_length; i-- > 1;) {
    *first = line[i - 1] == 6 && line[i] == 9;
    if (*first || (line[i - 1] == 4 && line[i] == 20)) return i - 1;
  }
  return line_length;
}

static bool take_line(void) {
  bool first = false;
  size_t marker = find_marker(&first);
  if (marker == line_length) return false;
  if (first) {
    in_packet = true;
    packet_length = 0;
  }
  if (!in_packet) return false;
  const uint8_t *body = line + marker + 2;
  size_t length = line_length - marker - 2;
  if (length % 4 != 0) {
    frame_counts.bad_base64++;
    in_packet = false;
  }
  for (size_t i = 0; i < length && in_packet; i += 4) in_packet = decode_quad(body + i);
  return in_packet && complete();
}

bool frame_feed(uint8_t byte, uint8_t **found, size_t *length) {
  if (byte != '\n') {
    if (byte == '\r') return false;
    if (line_length < LINE_BYTES) line[line_length++] = byte;
    else line_too_long = true;
    return false;
  }
  bool whole = !line_too_long && take_line();
  if (line_too_long) in_packet = false;
  line_too_long = false;
  line_length = 0;
  *found = packet + 2;
  *length = packet_length - 4;
  return whole;
}

void frame_forget(void) {
  in_packet = line_too_long = false;
  line_length = 0;
}

static void send_line(bool first, const uint8_t *raw, size_t length) {
  uint8_t text[2 + RAW_PER_LINE / 3 * 4 + 1] = {first ? 6 : 4, first ? 9 : 20};
  size_t at = 2;
  for (size_t i = 0; i < length; i += 3) {
    uint32_t bits = (uint32_t)raw[i] << 16 | (i + 1 < length ? raw[i + 1] << 8 : 0) | (i + 2 < length ? raw[i + 2] : 0);
    for (unsigned k = 0; k < 4; k++) text[at++] = i + k > length ? '=' : (uint8_t)alphabet[bits >> (18 - 6 * k) & 63];
  }
  text[at++] = '\n';
  uart_put(&uart_protocol, text, at);
}

void frame_send(const uint8_t *body, size_t length) {
  static uint8_t framed[2 + PACKET_BYTES + 2];
  write_u16be(framed, (uint16_t)(length + 2));
  memcpy(framed + 2, body, length);
  write_u16be(framed + 2 + length, crc16(0, body, length));
  for (size_t at = 0; at < length + 4; at += RAW_PER_LINE)
    send_line(at == 0, framed + at, MIN(RAW_PER_LINE, length + 4 - at));
}
