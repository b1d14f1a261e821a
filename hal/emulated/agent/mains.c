#include "mains.h"
#include "board.h"
#include "clock.h"
#include "events.h"
#include "i2c.h"

/* 5 V at the sense input stand for the full 230 V, and that is what the chip reads when nobody sets it. */
#define SENSE_ADDRESS 0x10u
#define READ_VIN 0x88u
#define PRESENT_RAW 169u /* 2.5 V in the chip's units of 1 / 67.7 V */

/* A meter's store, as on the simulated board: 5 J, drained by 0.5 W, filled by 1 W. */
#define CAPACITY_MJ 5000u
#define IDLE_MILLIWATTS 500u
#define RECHARGE_MILLIWATTS 1000u
#define MAX_STORE_MJ 1000000000u

static bool stimulated_loss, dip, sensed, present = true;
static uint64_t store_uj = CAPACITY_MJ * 1000ull;
static uint64_t last_ms;

void mains_start(void) {
  last_ms = uptime_ms();
  present = sensed = true;
}

/* A chip that does not answer counts as no voltage. */
static bool sense(void) {
  uint16_t raw;
  bool lost = stimulated_loss || dip;
  dip = false;
  return !lost && i2c_read_word(SENSE_ADDRESS, READ_VIN, &raw) && raw >= PRESENT_RAW;
}

/* Power in milliwatts times milliseconds is microjoules. At none left the board stops, as it would. */
static void move_energy(void) {
  uint64_t now = uptime_ms(), elapsed = now - last_ms;
  last_ms = now;
  if (present) {
    uint64_t full = CAPACITY_MJ * 1000ull, more = store_uj + elapsed * RECHARGE_MILLIWATTS;
    if (store_uj < full) store_uj = MIN(more, full);
    return;
  }
  uint64_t spent = elapsed * IDLE_MILLIWATTS;
  store_uj = store_uj > spent ? store_uj - spent : 0;
  if (store_uj == 0) board_power_off();
}

/* A change counts when two looks one tick apart agree: it has lasted 20 ms. */
void mains_tick(void) {
  bool now = sense();
  move_energy();
  if (now == sensed && now != present) {
    present = now;
    mains_write(event_open("mains"));
    event_close();
  }
  sensed = now;
}

void mains_write(CborWriter *writer) {
  cbor_text(writer, "present");
  cbor_array(writer);
  cbor_bool(writer, present);
  cbor_close(writer);
  cbor_put_bool(writer, "holdup", !present);
  cbor_put_uint(writer, "mJ", store_uj / 1000);
}

void mains_stimulate(bool is_present) { stimulated_loss = !is_present; }

void mains_dip(void) { dip = true; }

void mains_set_hold_up(uint32_t millijoules) { store_uj = MIN(millijoules, MAX_STORE_MJ) * 1000ull; }
