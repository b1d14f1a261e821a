#include "interrupts.h"

#define DISTRIBUTOR 0x1E001000u
#define CPU_INTERFACE 0x1E000100u
#define FIRST_SHARED 32u
#define SHARED_SOURCES 32u

static void (*handlers[SHARED_SOURCES])(void);

void interrupts_start(void) {
  REGISTER(DISTRIBUTOR) = 1;
  REGISTER(CPU_INTERFACE + 0x04) = 0xFF; /* let every priority through */
  REGISTER(CPU_INTERFACE) = 1;
  __asm__ volatile("cpsie i" ::: "memory");
}

void interrupts_attach(unsigned source, void (*handler)(void)) {
  volatile uint8_t *targets = (volatile uint8_t *)(DISTRIBUTOR + 0x800);
  handlers[source - FIRST_SHARED] = handler;
  targets[source] = 1; /* the only core we run */
  REGISTER(DISTRIBUTOR + 0x100 + 4 * (source / 32)) = 1u << source % 32;
}

__attribute__((interrupt("IRQ"))) void irq_entry(void) {
  uint32_t acknowledged = REGISTER(CPU_INTERFACE + 0x0C);
  unsigned index = (acknowledged & 0x3FF) - FIRST_SHARED;
  if (index < SHARED_SOURCES && handlers[index]) handlers[index]();
  REGISTER(CPU_INTERFACE + 0x10) = acknowledged;
}
