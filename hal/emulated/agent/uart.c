#include "uart.h"
#include "interrupts.h"

/* Holds every buffer that `params` promises, framed, and a bit: 4 packets of 2 KiB are 11.5 KiB in base64. */
#define RX_BYTES 16384u
#define TX_BYTES 8192u

enum { DATA = 0x00, FLAGS = 0x18, LINE = 0x2C, CONTROL = 0x30, MASK = 0x38, CLEAR = 0x44 };
enum { RX_EMPTY = 1 << 4, TX_FULL = 1 << 5, BUSY = 1 << 3 };
enum { RX_INTERRUPT = 1 << 4, TX_INTERRUPT = 1 << 5, RX_TIMEOUT = 1 << 6 };
#define RX_MASK (RX_INTERRUPT | RX_TIMEOUT)

/* Heads count what went in, tails what came out; both wrap at 2^32, a multiple of the sizes. */
struct Uart {
  uint32_t base;
  uint32_t mask; /* the interrupts let through; kept here because each look at a register costs */
  volatile uint32_t rx_head, rx_tail, tx_head, tx_tail;
  uint8_t rx[RX_BYTES];
  uint8_t tx[TX_BYTES];
};

Uart uart_protocol;
Uart uart_stimulus;

static void set_mask(Uart *uart, uint32_t clear, uint32_t set) {
  uint32_t mask = (uart->mask & ~clear) | set;
  if (mask == uart->mask) return;
  uart->mask = mask;
  REGISTER(uart->base + MASK) = mask;
}

/* With a full ring reception is masked: the bytes wait in the FIFO and stop the sender. */
static void receive(Uart *uart) {
  while (!(REGISTER(uart->base + FLAGS) & RX_EMPTY)) {
    if (uart->rx_head - uart->rx_tail == RX_BYTES) {
      set_mask(uart, RX_MASK, 0);
      return;
    }
    uart->rx[uart->rx_head % RX_BYTES] = (uint8_t)REGISTER(uart->base + DATA);
    uart->rx_head++;
  }
}

/* Moves what fits into the FIFO; asks to be called again only when something is left. Interrupts masked. */
static void transmit(Uart *uart) {
  while (uart->tx_tail != uart->tx_head && !(REGISTER(uart->base + FLAGS) & TX_FULL)) {
    REGISTER(uart->base + DATA) = uart->tx[uart->tx_tail % TX_BYTES];
    uart->tx_tail++;
  }
  if (uart->tx_tail == uart->tx_head) set_mask(uart, TX_INTERRUPT, 0);
  else set_mask(uart, 0, TX_INTERRUPT);
}

/* Reading the data clears a reception; what asks for transmission is cleared by hand. */
static void serve(Uart *uart) {
  receive(uart);
  if (!(uart->mask & TX_INTERRUPT)) return;
  REGISTER(uart->base + CLEAR) = TX_INTERRUPT;
  transmit(uart);
}
static void serve_protocol(void) { serve(&uart_protocol); }
static void serve_stimulus(void) { serve(&uart_stimulus); }

static void start(Uart *uart, uint32_t base, unsigned source, void (*handler)(void)) {
  uart->base = base;
  REGISTER(uart->base + CONTROL) = 0;
  REGISTER(uart->base + LINE) = 0x70;     /* 8N1, FIFO on */
  REGISTER(uart->base + CONTROL) = 0x301; /* enable, transmit, receive */
  set_mask(uart, 0, RX_MASK);
  interrupts_attach(source, handler);
}

void uarts_start(void) {
  start(&uart_protocol, 0x10009000, 37, serve_protocol);
  start(&uart_stimulus, 0x1000A000, 38, serve_stimulus);
}

bool uart_has_input(const Uart *uart) { return uart->rx_head != uart->rx_tail; }

bool uart_take(Uart *uart, uint8_t *byte) {
  if (!uart_has_input(uart)) return false;
  bool was_full = uart->rx_head - uart->rx_tail == RX_BYTES;
  *byte = uart->rx[uart->rx_tail % RX_BYTES];
  uart->rx_tail++;
  if (was_full) {
    uint32_t before = irq_mask();
    set_mask(uart, 0, RX_MASK);
    irq_restore(before);
  }
  return true;
}

void uart_put(Uart *uart, const void *bytes, size_t length) {
  const uint8_t *from = bytes;
  while (length > 0) {
    uint32_t before = irq_mask();
    while (length > 0 && uart->tx_head - uart->tx_tail < TX_BYTES) {
      uart->tx[uart->tx_head % TX_BYTES] = *from++;
      uart->tx_head++;
      length--;
    }
    transmit(uart);
    if (length > 0) wait_for_interrupt();
    irq_restore(before);
  }
}

void uart_put_text(Uart *uart, const char *text) { uart_put(uart, text, strlen(text)); }

void uart_flush(Uart *uart) {
  while (uart->tx_tail != uart->tx_head) wait_for_interrupt();
  while (REGISTER(uart->base + FLAGS) & BUSY) {
  }
}
