/* SPDX-License-Identifier: Apache-2.0 */
#include "review/base/date.h"

#include <stdio.h>

static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2; /* years begin in March, so that the leap day is the last one */
    int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t digits_at(struct bytes t, size_t at, size_t n)
{
    int64_t v = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= t.len || t.at[i] < '0' || t.at[i] > '9')
            return -1;
        v = v * 10 + (t.at[i] - '0');
    }
    return v;
}

int64_t date_s(struct bytes t)
{
    int64_t y = digits_at(t, 0, 4), m = digits_at(t, 5, 2), d = digits_at(t, 8, 2);
    if (y < 1970 || m < 1 || m > 12 || d < 1 || d > 31)
        return 0;
    int64_t s = days_from_civil(y, m, d) * 86400;
    int64_t hh = digits_at(t, 11, 2), mm = digits_at(t, 14, 2),
            ss = digits_at(t, 17, 2);
    if (hh < 0 || mm < 0)
        return s;
    s += hh * 3600 + mm * 60 + (ss > 0 ? ss : 0);
    for (size_t i = 19; i + 5 < t.len; i++)
        if (t.at[i] == '+' || t.at[i] == '-') {
            int64_t oh = digits_at(t, i + 1, 2), om = digits_at(t, i + 4, 2);
            if (oh >= 0 && om >= 0)
                s += (t.at[i] == '+' ? -1 : 1) * (oh * 3600 + om * 60);
            break;
        }
    return s;
}

void date_text(int64_t utc_s, char out[11])
{
    int64_t z = utc_s / 86400 - (utc_s % 86400 < 0) + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t d = doy - (153 * mp + 2) / 5 + 1, m = mp + (mp < 10 ? 3 : -9);
    snprintf(out, 11, "%04u-%02u-%02u", (unsigned)(yoe + era * 400 + (m <= 2)) % 10000u,
        (unsigned)m % 100u, (unsigned)d % 100u);
}
