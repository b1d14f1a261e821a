#include "calendar.h"

#define DAY_MS 86400000ull

/* Days from 1970-01-01, in the proleptic Gregorian calendar; the year begins in March. */
static int64_t days_from_date(int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  int64_t era = year / 400;
  unsigned year_of_era = (unsigned)(year - era * 400);
  unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_from_days(uint64_t days, unsigned *year, unsigned *month, unsigned *day) {
  uint64_t z = days + 719468;
  unsigned day_of_era = (unsigned)(z % 146097);
  unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned shifted = (5 * day_of_year + 2) / 153;
  *day = day_of_year - (153 * shifted + 2) / 5 + 1;
  *month = shifted < 10 ? shifted + 3 : shifted - 9;
  *year = (unsigned)(z / 146097) * 400 + year_of_era + (*month <= 2);
}

void calendar_format(uint64_t utc_ms, char *buffer, size_t size) {
  static const char *const separators[] = {"", "-", "-", "T", ":", ":", "."};
  unsigned year, month, day, ms = (unsigned)(utc_ms % DAY_MS);
  date_from_days(utc_ms / DAY_MS, &year, &month, &day);
  unsigned fields[] = {year, month, day, ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000 * 1000};
  Text text = text_in(buffer, size);
  for (unsigned i = 0; i < COUNT(fields); i++) {
    text_add(&text, separators[i]);
    text_add_uint(&text, fields[i], i == 0 ? 4 : i == 6 ? 6 : 2);
  }
  text_add(&text, "+00:00");
}

typedef struct {
  const uint8_t *at;
  const uint8_t *end;
} Scan;

static bool take(Scan *scan, char wanted) {
  if (scan->at == scan->end || *scan->at != wanted) return false;
  scan->at++;
  return true;
}

static bool digits(Scan *scan, unsigned count, unsigned low, unsigned high, unsigned *value) {
  *value = 0;
  while (count--) {
    if (scan->at == scan->end || *scan->at < '0' || *scan->at > '9') return false;
    *value = *value * 10 + (*scan->at++ - '0');
  }
  return *value >= low && *value <= high;
}

/* Digits after a point, as milliseconds; what is finer is cut. */
static bool fraction(Scan *scan, unsigned *ms) {
  unsigned weight = 100;
  *ms = 0;
  if (!take(scan, '.')) return true;
  const uint8_t *first = scan->at;
  for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++, weight /= 10)
    *ms += (*scan->at - '0') * weight;
  return scan->at > first;
}

static bool zone(Scan *scan, int64_t *minutes) {
  unsigned hour, minute;
  *minutes = 0;
  if (scan->at == scan->end || take(scan, 'Z')) return scan->at == scan->end;
  int sign = take(scan, '-') ? -1 : take(scan, '+') ? 1 : 0;
  if (sign == 0 || !digits(scan, 2, 0, 14, &hour)) return false;
  take(scan, ':');
  if (!digits(scan, 2, 0, 59, &minute)) return false;
  *minutes = sign * (int64_t)(hour * 60 + minute);
  return scan->at == scan->end;
}

bool calendar_parse(const uint8_t *text, size_t length, uint64_t *utc_ms) {
  static const uint8_t month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  Scan scan = {text, text + length};
  unsigned year, month, day, hour, minute, second, ms;
  int64_t offset_minutes;
  bool date = digits(&scan, 4, 1970, 9999, &year) && take(&scan, '-') && digits(&scan, 2, 1, 12, &month) &&
              take(&scan, '-') && digits(&scan, 2, 1, month_days[month - 1], &day) && take(&scan, 'T');
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (date && month == 2 && day == 29 && !leap) return false;
  bool time = date && digits(&scan, 2, 0, 23, &hour) && take(&scan, ':') && digits(&scan, 2, 0, 59, &minute) &&
              take(&scan, ':') && digits(&scan, 2, 0, 59, &second) && fraction(&scan, &ms) &&
              zone(&scan, &offset_minutes);
  if (!time) return false;
  int64_t total_minutes = days_from_date(year, month, day) * 1440 + hour * 60 + minute - offset_minutes;
  if (total_minutes < 0) return false;
  *utc_ms = (uint64_t)total_minutes * 60000 + second * 1000 + ms;
  return true;
}
