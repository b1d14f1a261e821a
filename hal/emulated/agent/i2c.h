/* The I2C bus, driven bit by bit: as much as reading a PMBus chip takes. */
#pragma once
#include "base.h"

/* Reads a 16-bit register, low byte first; false when the chip does not answer. */
bool i2c_read_word(uint8_t address, uint8_t command, uint16_t *value);
