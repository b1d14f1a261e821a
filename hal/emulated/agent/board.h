/* The board as a whole: who it is, why it started, and how it stops. */
#pragma once
#include "base.h"

typedef struct {
  uint8_t eui64[8];
  uint8_t seed[32]; /* from the launcher, once, for the entropy part */
  char id[33];
  bool has_control_key;
  uint8_t control_key[32]; /* Ed25519: who may act */
  bool older_answers;      /* as before SMP version 2: rc 0 in every good one */
} Identity;
extern Identity board_identity;

/* Reads the identity the launcher wrote into flash; a board without one is called "board". */
void board_start(void);
/* "power", or "reset" when memory outlived the last run. */
const char *board_boot_reason(void);
/* Both let queued bytes leave first and do not return. */
void board_reset(void);
void board_power_off(void);
/* Bytes of the main stack that have ever been used. */
size_t board_stack_used(void);
size_t board_stack_size(void);
