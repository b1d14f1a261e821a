#include "i2c.h"

#define BUS 0x10016000u
enum { READ = 0x00, SET = 0x00, CLEAR = 0x04 };
enum { SCL = 1, SDA = 2 };

static void drive(uint32_t line, bool high) { REGISTER(BUS + (high ? SET : CLEAR)) = line; }

static void start(void) {
  drive(SDA, true);
  drive(SCL, true);
  drive(SDA, false);
  drive(SCL, false);
}

static void stop(void) {
  drive(SDA, false);
  drive(SCL, true);
  drive(SDA, true);
}

static void put_bit(bool bit) {
  drive(SDA, bit);
  drive(SCL, true);
  drive(SCL, false);
}

static bool take_bit(void) {
  drive(SDA, true);
  drive(SCL, true);
  bool bit = REGISTER(BUS + READ) & SDA;
  drive(SCL, false);
  return bit;
}

/* True when the chip acknowledged. */
static bool put_byte(uint8_t byte) {
  for (int bit = 7; bit >= 0; bit--) put_bit(byte >> bit & 1);
  return !take_bit();
}

static uint8_t take_byte(bool last) {
  uint8_t byte = 0;
  for (int bit = 0; bit < 8; bit++) byte = (uint8_t)(byte << 1 | take_bit());
  put_bit(last);
  return byte;
}

bool i2c_read_word(uint8_t address, uint8_t command, uint16_t *value) {
  start();
  bool answered = put_byte((uint8_t)(address << 1)) && put_byte(command);
  if (answered) start();
  answered = answered && put_byte((uint8_t)(address << 1 | 1));
  if (answered) {
    uint8_t low = take_byte(false);
    *value = (uint16_t)(take_byte(true) << 8 | low);
  }
  stop();
  return answered;
}
