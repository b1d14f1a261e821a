#include "board.h"
#include "nor.h"
#include "uart.h"

#define SYSTEM 0x10000000u
#define CONFIG_DATA (SYSTEM + 0xA0)
#define CONFIG_CONTROL (SYSTEM + 0xA4)
#define FUNCTION_SHUTDOWN 0xC0800000u
#define FUNCTION_REBOOT 0xC0900000u
#define IDENTITY_MAGIC 0x4449424Du /* "MBID" */
#define RUNNING_MARK 0x52554E21u
#define PAINT 0xA5A5A5A5u

extern uint32_t stack_low[], stack_top[];

Identity board_identity = {.id = "board"};
static uint32_t running_mark __attribute__((section(".noinit")));
static bool was_running;

/* In flash: magic 4, EUI-64 8, seed 32, length of the id 1, id 32, has a control key 1, control key 32, older answers 1. */
void board_start(void) {
  uint8_t stored[4 + 8 + 32 + 1 + 32 + 1 + 32 + 1];
  was_running = running_mark == RUNNING_MARK;
  running_mark = RUNNING_MARK;
  region_read(&identity_region, 0, stored, sizeof stored);
  if (read_u32le(stored) != IDENTITY_MAGIC || stored[44] > 32) return;
  memcpy(board_identity.eui64, stored + 4, 8);
  memcpy(board_identity.seed, stored + 12, 32);
  memcpy(board_identity.id, stored + 45, stored[44]);
  board_identity.id[stored[44]] = 0;
  board_identity.has_control_key = stored[77] == 1;
  memcpy(board_identity.control_key, stored + 78, 32);
  board_identity.older_answers = stored[110] == 1;
}

const char *board_boot_reason(void) { return was_running ? "reset" : "power"; }

static void __attribute__((noreturn)) configure(uint32_t function) {
  uart_flush(&uart_protocol);
  uart_flush(&uart_stimulus);
  REGISTER(CONFIG_DATA) = 0;
  REGISTER(CONFIG_CONTROL) = function;
  for (;;) wait_for_interrupt();
}

void board_reset(void) { configure(FUNCTION_REBOOT); }
void board_power_off(void) { configure(FUNCTION_SHUTDOWN); }

/* An unexpected exception: no code of ours can be trusted, so nothing is flushed. */
void board_fault(void) {
  REGISTER(CONFIG_DATA) = 0;
  REGISTER(CONFIG_CONTROL) = FUNCTION_REBOOT;
  for (;;) wait_for_interrupt();
}

size_t board_stack_size(void) { return (size_t)((uint8_t *)stack_top - (uint8_t *)stack_low); }

size_t board_stack_used(void) {
  const uint32_t *at = stack_low;
  while (at < stack_top && *at == PAINT) at++;
  return (size_t)((const uint8_t *)stack_top - (const uint8_t *)at);
}
