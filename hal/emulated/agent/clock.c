#include "clock.h"
#include "interrupts.h"

#define COUNTER REGISTER(0x1000005C)
#define COUNTS_PER_MS 24000u
#define TIMER 0x10011000u

static uint32_t last_counter;
static uint64_t counts;
static volatile bool tick;

uint32_t clock_counter(void) { return COUNTER; }

/* The counter wraps after 178 s; the tick calls this often enough that no wrap is missed. */
uint64_t uptime_ms(void) {
  uint32_t before = irq_mask();
  uint32_t now = COUNTER;
  counts += now - last_counter;
  last_counter = now;
  uint64_t ms = counts / COUNTS_PER_MS;
  irq_restore(before);
  return ms;
}

static void on_tick(void) {
  REGISTER(TIMER + 0x0C) = 1;
  uptime_ms();
  tick = true;
}

void clock_start(void) {
  last_counter = COUNTER;
  interrupts_attach(34, on_tick);
  REGISTER(TIMER) = TICK_MS * 1000; /* the timer counts microseconds */
  REGISTER(TIMER + 0x08) = 0xE2;    /* enabled, periodic, interrupt, 32 bits */
}

bool clock_tick_waits(void) { return tick; }

bool clock_take_tick(void) {
  bool due = tick;
  tick = false;
  return due;
}
