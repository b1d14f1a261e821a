/* The parts that are no chip here but state: load switch, tamper inputs, display, buttons. */
#pragma once
#include "base.h"
#include "cbor.h"

/* The switch stays where it is through a power cut, as a latching contactor does. */
bool switch_is_closed(void);
void switch_move(bool closed);
/* Stimulus: welded contacts. */
void switch_set_stuck(bool stuck);

void tamper_write(CborWriter *writer);
/* False when there is no such input. */
bool tamper_stimulate(const uint8_t *name, size_t length, bool active);

#define DISPLAY_LINES 4u
#define DISPLAY_CHARACTERS 32u
/* Characters, not bytes, count. */
bool display_line_fits(const uint8_t *text, size_t length);
/* Shows lines on the stimulus line, where a bench can read them. */
void display_show(const CborItem *lines);

/* False when there is no such button. */
bool button_press(const uint8_t *name, size_t length);
