#include "board.h"
#include "clock.h"
#include "entropy.h"
#include "events.h"
#include "image.h"
#include "interrupts.h"
#include "mains.h"
#include "rtc.h"
#include "smp.h"
#include "state.h"
#include "stimulus.h"
#include "swap.h"
#include "uart.h"
#include "upload.h"

/* One line of plain text on both lines, so that each far end knows that we live again. */
static void announce(void) {
  char line[160], version[32];
  Text text = text_in(line, sizeof line);
  image_version_text(&running_image, version, sizeof version);
  const char *words[] = {"BOOT id=", board_identity.id, " image=", version, " reason=", board_boot_reason(), "\n"};
  for (size_t i = 0; i < COUNT(words); i++) text_add(&text, words[i]);
  uart_put_text(&uart_protocol, line);
  uart_put_text(&uart_stimulus, line);
}

static void start_events(void) {
  events_start();
  cbor_put_text(event_open("boot"), "reason", board_boot_reason());
  event_close();
}

static void serve_protocol(void) {
  uint8_t byte, *packet;
  size_t length;
  while (uart_take(&uart_protocol, &byte))
    if (frame_feed(byte, &packet, &length)) smp_handle(packet, length);
}

static void serve_tick(void) {
  if (!clock_take_tick()) return;
  rtc_tick();
  mains_tick();
}

/* Sleeps until an interrupt. Masked, so that none can slip in between the look and the sleep. */
static void idle(void) {
  uint32_t before = irq_mask();
  if (!uart_has_input(&uart_protocol) && !uart_has_input(&uart_stimulus) && !clock_tick_waits()) wait_for_interrupt();
  irq_restore(before);
}

int main(void) {
  board_start();
  interrupts_start();
  clock_start();
  uarts_start();
  state_start();
  rtc_start();
  entropy_start();
  mains_start();
  swap_start();
  upload_start();
  start_events();
  announce();
  for (;;) {
    serve_protocol();
    stimulus_serve();
    serve_tick();
    events_push();
    idle();
  }
}
