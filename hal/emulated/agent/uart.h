/* A PL011 UART, interrupt driven, with a ring buffer each way. */
#pragma once
#include "base.h"

typedef struct Uart Uart;
extern Uart uart_protocol; /* PL011 0: SMP and console text */
extern Uart uart_stimulus; /* PL011 1: the bench's hands */

void uarts_start(void);
/* False when nothing has come. */
bool uart_take(Uart *uart, uint8_t *byte);
bool uart_has_input(const Uart *uart);
/* Queues bytes; sleeps while the ring is full. */
void uart_put(Uart *uart, const void *bytes, size_t length);
void uart_put_text(Uart *uart, const char *text);
/* Returns once everything queued has left. */
void uart_flush(Uart *uart);
