/* Commands whose sender is known: COSE_Sign1 by the board's control key, in the one form of board-group.cddl. */
#pragma once
#include "base.h"

typedef struct {
  uint64_t counter;
  uint64_t group;
  uint64_t command;
  const uint8_t *payload;
  size_t payload_length;
} SignedCommand;

typedef enum { SIGNED_OK, SIGNED_BAD, SIGNED_OLD_COUNTER } SignedResult;

/* Has the board a control key? Then acting commands must come signed. */
bool signed_wanted(void);
/* Checks form, signature and counter; the counter is saved before this returns, so nothing is accepted twice. */
SignedResult signed_accept(const uint8_t *cose, size_t length, SignedCommand *command);
