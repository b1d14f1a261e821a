/* SMP groups 2 and 10: the counters of the protocol server, and which groups there are. */
#include "smp.h"

enum { STAT_GROUP_UNKNOWN = 2, ENUM_BAD_INDEX = 4 };
enum { STAT_SHOW = 0, STAT_LIST = 1 };
enum { ENUM_COUNT = 0, ENUM_LIST = 1, ENUM_SINGLE = 2, ENUM_DETAILS = 3 };

static int stat_show(const SmpRequest *request, CborWriter *answer) {
  CborItem name;
  if (!cbor_find_kind(request->payload, "name", CBOR_TEXT, &name)) return SMP_INVALID;
  if (!same_text("smp", name.bytes, name.length)) return GROUP_ERROR(STAT_GROUP_UNKNOWN);
  cbor_put_text(answer, "name", "smp");
  cbor_text(answer, "fields");
  cbor_map(answer);
  cbor_put_uint(answer, "packets", frame_counts.packets);
  cbor_put_uint(answer, "requests", smp_requests);
  cbor_put_uint(answer, "errors", smp_errors);
  cbor_put_uint(answer, "bad_base64", frame_counts.bad_base64);
  cbor_put_uint(answer, "bad_crc", frame_counts.bad_crc);
  cbor_put_uint(answer, "too_long", frame_counts.too_long);
  cbor_close(answer);
  return SMP_OK;
}

static int stat_list(CborWriter *answer) {
  cbor_text(answer, "stat_list");
  cbor_array(answer);
  cbor_text(answer, "smp");
  cbor_close(answer);
  return SMP_OK;
}

int group_stat(const SmpRequest *request, CborWriter *answer) {
  if (request->op != OP_READ) return SMP_NOT_SUPPORTED;
  if (request->command == STAT_SHOW) return stat_show(request, answer);
  return request->command == STAT_LIST ? stat_list(answer) : SMP_NOT_SUPPORTED;
}

static int enum_list(CborWriter *answer) {
  cbor_text(answer, "groups");
  cbor_array(answer);
  for (size_t i = 0; i < smp_group_count; i++) cbor_uint(answer, smp_groups[i].id);
  cbor_close(answer);
  return SMP_OK;
}

static int enum_single(const SmpRequest *request, CborWriter *answer) {
  uint64_t index = 0;
  if (!cbor_optional_uint(request->payload, "index", UINT32_MAX, &index)) return SMP_INVALID;
  if (index >= smp_group_count) return GROUP_ERROR(ENUM_BAD_INDEX);
  cbor_put_uint(answer, "group", smp_groups[index].id);
  if (index == smp_group_count - 1) cbor_put_bool(answer, "end", true);
  return SMP_OK;
}

/* Without a list of groups every one is wanted. */
static bool wanted(CborReader payload, uint16_t id) {
  CborItem list, item;
  if (!cbor_find_kind(payload, "groups", CBOR_ARRAY, &list)) return true;
  while (cbor_more(&list.inside) && cbor_read(&list.inside, &item))
    if (item.kind == CBOR_UINT && item.number == id) return true;
  return false;
}

static int enum_details(const SmpRequest *request, CborWriter *answer) {
  cbor_text(answer, "groups");
  cbor_array(answer);
  for (size_t i = 0; i < smp_group_count; i++) {
    if (!wanted(request->payload, smp_groups[i].id)) continue;
    cbor_map(answer);
    cbor_put_uint(answer, "group", smp_groups[i].id);
    cbor_put_text(answer, "name", smp_groups[i].name);
    cbor_put_uint(answer, "handlers", smp_groups[i].commands);
    cbor_close(answer);
  }
  cbor_close(answer);
  return SMP_OK;
}

int group_enum(const SmpRequest *request, CborWriter *answer) {
  if (request->op != OP_READ) return SMP_NOT_SUPPORTED;
  switch (request->command) {
    case ENUM_COUNT: cbor_put_uint(answer, "count", smp_group_count); return SMP_OK;
    case ENUM_LIST: return enum_list(answer);
    case ENUM_SINGLE: return enum_single(request, answer);
    case ENUM_DETAILS: return enum_details(request, answer);
    default: return SMP_NOT_SUPPORTED;
  }
}
