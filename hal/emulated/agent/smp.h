/* SMP: one request in, one response out; the groups do the work. */
#pragma once
#include "base.h"
#include "cbor.h"
#include "frame.h"

#define SMP_HEADER_BYTES 8u
#define BUFFER_COUNT 4u

enum { OP_READ = 0, OP_WRITE = 2 };
enum { GROUP_OS = 0, GROUP_IMAGE = 1, GROUP_STAT = 2, GROUP_ENUM = 10, GROUP_BOARD = 64 };

/* What a handler returns: SMP's global codes, or a code of its own group made with GROUP_ERROR. */
enum {
  SMP_OK = 0, SMP_UNKNOWN = 1, SMP_NO_MEMORY = 2, SMP_INVALID = 3, SMP_NO_ENTRY = 5, SMP_TOO_LONG = 7,
  SMP_NOT_SUPPORTED = 8, SMP_CORRUPT = 9, SMP_BUSY = 10, SMP_TOO_NEW = 13
};
#define GROUP_ERROR(code) (0x1000 | (code))
/* The same with the group named: of a command inside another one. */
#define ERROR_OF_GROUP(group, code) (GROUP_ERROR(code) | ((group) + 1) << 16)

typedef struct {
  uint8_t version; /* 0 = SMP v1, 1 = SMP v2 */
  uint8_t op;
  uint16_t group;
  uint8_t sequence;
  uint8_t command;
  CborReader payload; /* what is inside the map */
  bool is_signed;     /* it came inside a signed command */
} SmpRequest;

/* Writes the inside of the answer's map. */
typedef int (*SmpHandler)(const SmpRequest *request, CborWriter *answer);

typedef struct {
  uint16_t id;
  const char *name;
  SmpHandler handle;
  uint8_t commands; /* how many command numbers it knows: what group enum tells */
} SmpGroup;
extern const SmpGroup smp_groups[];
extern const size_t smp_group_count;

/* Handles a packet: one request. A second one behind it is refused (rc 9), as by Zephyr. */
void smp_handle(const uint8_t *packet, size_t length);
/* Lets a group handle a request; a group's error is named in what this returns. */
int smp_dispatch(const SmpRequest *request, CborWriter *answer);
/* Sends a request of our own that awaits no answer. `payload` is a whole CBOR map. */
void smp_send_unasked(uint16_t group, uint8_t command, const uint8_t *payload, size_t length);
/* An action for after the answer has left (a reset). */
void smp_after_answer(void (*action)(void));
/* Requests and refusals since the start, for group stat. */
extern uint32_t smp_requests, smp_errors;

int group_os(const SmpRequest *request, CborWriter *answer);
int group_image(const SmpRequest *request, CborWriter *answer);
int group_stat(const SmpRequest *request, CborWriter *answer);
int group_enum(const SmpRequest *request, CborWriter *answer);
int group_board(const SmpRequest *request, CborWriter *answer);
