/* What happened, for the far end to fetch: a bounded queue. A full queue loses its oldest event and counts it. */
#pragma once
#include "base.h"
#include "cbor.h"

/* Numbers go on over starts: an acknowledgement from before a reset never hits a new event. */
void events_start(void);
/* Writes the head of an event; add its fields, then event_close. One too large is dropped. */
CborWriter *event_open(const char *kind);
void event_close(void);
/* Answers command 15. */
void events_acknowledge(uint64_t number);
void events_write(CborWriter *answer);
/* Sends what was not sent yet without being asked, as long as somebody seems to listen. */
void events_push(void);
/* Somebody spoke to us of group 64: for a moment a few events may be pushed. */
void events_listener_seen(void);
/* Whoever is there listens to no events, as far as we know. */
void events_listener_gone(void);
