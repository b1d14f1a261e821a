/* What every file needs: fixed-width types, the four memory functions, and access to device registers. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define REGISTER(address) (*(volatile uint32_t *)(address))

void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *a, const void *b, size_t length);
const void *memchr(const void *bytes, int value, size_t length);
size_t strlen(const char *text);
bool same_text(const char *a, const uint8_t *b, size_t b_length);

uint32_t read_u32le(const uint8_t *bytes);
uint16_t read_u16le(const uint8_t *bytes);
uint16_t read_u16be(const uint8_t *bytes);
void write_u16be(uint8_t *bytes, uint16_t value);

/* A text under construction; it is cut where its buffer ends, and always ends in NUL. */
typedef struct {
  char *at;
  char *end;
} Text;
Text text_in(char *buffer, size_t size);
void text_add(Text *text, const char *more);
void text_add_uint(Text *text, uint64_t value, unsigned min_digits);

/* Masks interrupts and gives what to hand back to irq_restore: pairs nest. */
static inline uint32_t irq_mask(void) {
  uint32_t before;
  __asm__ volatile("mrs %0, cpsr\n cpsid i" : "=r"(before)::"memory");
  return before;
}
static inline void irq_restore(uint32_t before) { __asm__ volatile("msr cpsr_c, %0" ::"r"(before) : "memory"); }
/* Sleeps until an interrupt is pending, masked or not. */
static inline void wait_for_interrupt(void) { __asm__ volatile("dsb\n wfi" ::: "memory"); }
