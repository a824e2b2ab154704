/* SPDX-License-Identifier: Apache-2.0 */
#include "device/sensor/csv.h"

#include <string.h>

static bool cut(struct bytes *left, uint8_t at, struct bytes *piece)
{
    if (left->at == NULL)
        return false;
    const uint8_t *end = left->len > 0 ? memchr(left->at, at, left->len) : NULL;
    if (end == NULL) {
        *piece = *left;
        *left = (struct bytes){NULL, 0};
        return true;
    }
    size_t len = (size_t)(end - left->at);
    *piece = (struct bytes){left->at, len};
    *left = (struct bytes){end + 1, left->len - len - 1};
    return true;
}

static bool is_text(struct bytes b, const char *text)
{
    return b.len == strlen(text) && memcmp(b.at, text, b.len) == 0;
}

static bool digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Digits with at most `places` after a point, as an integer of 10^-places. */
static bool decimal(struct bytes text, int places, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    size_t i = 0;

    if (text.len == 0 || text.len > 32 || !digit(text.at[0]))
        return false;
    for (; i < text.len && digit(text.at[i]); i++) {
        value = value * 10 + (uint64_t)(text.at[i] - '0');
        if (value > max)
            return false;
    }
    if (i < text.len) {
        if (places == 0 || text.at[i] != '.' || i + 1 == text.len)
            return false;
        i++;
    }
    for (int p = 0; p < places; p++) {
        uint8_t c = i < text.len ? text.at[i++] : (uint8_t)'0';
        if (!digit(c))
            return false;
        value = value * 10 + (uint64_t)(c - '0');
    }
    uint64_t unit = 1;
    for (int p = 0; p < places; p++)
        unit *= 10;
    for (; i < text.len; i++) /* finer than we keep: looked at, not kept */
        if (!digit(text.at[i]))
            return false;
    if (value > max * unit)
        return false;
    *out = value;
    return true;
}

static bool any_number(struct bytes text)
{
    uint64_t unused;

    if (text.len > 0 && text.at[0] == '-')
        text = (struct bytes){text.at + 1, text.len - 1};
    return text.len == 0 || decimal(text, 6, CSV_VALUE_MAX, &unused);
}

static bool name_text(struct bytes text, char out[CSV_NAME])
{
    if (text.len >= CSV_NAME)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~')
            return false;
    memcpy(out, text.at, text.len);
    out[text.len] = '\0';
    return true;
}

static bool head_pair(struct bytes key, struct bytes value, struct csv_head *h)
{
    uint64_t n;

    if (is_text(key, "fs")) {
        if (h->fs_mhz != 0 || !decimal(value, 3, CSV_FS_MAX_MHZ / 1000, &n))
            return false;
        h->fs_mhz = (uint32_t)n;
        return n >= CSV_FS_MIN_MHZ;
    }
    if (is_text(key, "bits")) {
        if (h->bits != 0 || !decimal(value, 0, 31, &n))
            return false;
        h->bits = (uint8_t)n;
        return n >= 8;
    }
    if (is_text(key, "rec"))
        return name_text(value, h->rec);
    return true; /* other keys are remarks */
}

enum status csv_head_parse(
    struct bytes line, struct csv_head *out, const char **expected)
{
    struct csv_head h = {0};
    struct bytes word;

    *expected = "'# key=value ...' with fs=10..2000 and perhaps bits=8..31, rec=NAME";
    if (line.len < 2 || line.at[0] != '#' || line.at[1] != ' ')
        return MALFORMED;
    struct bytes left = {line.at + 2, line.len - 2};
    while (cut(&left, ' ', &word)) {
        struct bytes key, value = word;
        if (word.len == 0)
            continue;
        if (!cut(&value, '=', &key) || value.at == NULL || !head_pair(key, value, &h))
            return MALFORMED;
    }
    if (h.fs_mhz == 0)
        return MALFORMED;
    *out = h;
    return OK;
}

static const struct {
    const char *name;
    enum csv_kind kind;
} single[] = {
    {"pleth", CSV_PLETH},
    {"green", CSV_GREEN},
    {"ppg", CSV_GREEN},
    {"G", CSV_GREEN},
};

enum status csv_columns_parse(
    struct bytes line, struct csv_columns *out, const char **expected)
{
    struct csv_columns c = {.time_at = -1, .first = -1, .second = -1};
    int8_t red = -1, ir = -1, one = -1;
    struct bytes left = line, name;

    *expected = "column names, each once: red and ir, or one of pleth, green, ppg, G";
    while (cut(&left, ',', &name)) {
        int8_t *place = NULL;
        int8_t here = (int8_t)c.count;
        if (name.len == 0 || name.len >= CSV_NAME || c.count == CSV_COLUMNS)
            return MALFORMED;
        if (is_text(name, "t_ms"))
            place = &c.time_at;
        else if (is_text(name, "red"))
            place = &red;
        else if (is_text(name, "ir"))
            place = &ir;
        for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
            if (is_text(name, single[i].name) && one < 0) {
                one = here;
                c.kind = single[i].kind;
            }
        if (place != NULL) {
            if (*place >= 0)
                return MALFORMED;
            *place = here;
        }
        c.count++;
    }
    if (red >= 0 && ir >= 0) {
        c.kind = CSV_RED_IR;
        c.first = red;
        c.second = ir;
    } else {
        c.first = one;
    }
    if (c.first < 0)
        return MALFORMED;
    *out = c;
    return OK;
}

static bool channel(struct bytes text, uint64_t *out, bool *present)
{
    if (text.len == 0) {
        *present = false;
        return true;
    }
    return decimal(text, 6, CSV_VALUE_MAX, out);
}

enum status csv_row_parse(const struct csv_columns *columns, struct bytes line,
    struct csv_row *out, const char **expected)
{
    struct csv_row r = {.present = true, .has_time = columns->time_at >= 0};
    struct bytes left = line, field;
    int8_t at = 0;

    *expected = "as many numbers as columns, channels 0..2147483648 or empty";
    for (; cut(&left, ',', &field); at++) {
        bool good;
        if (at >= (int8_t)columns->count)
            return MALFORMED;
        if (at == columns->time_at)
            good = decimal(field, 3, CSV_TIME_MAX, &r.time_us);
        else if (at == columns->first)
            good = channel(field, &r.first, &r.present);
        else if (at == columns->second)
            good = channel(field, &r.second, &r.present);
        else
            good = any_number(field);
        if (!good)
            return MALFORMED;
    }
    if (at != (int8_t)columns->count)
        return MALFORMED;
    if (!r.present)
        r.first = r.second = 0;
    else if (columns->second < 0)
        r.second = r.first;
    *out = r;
    return OK;
}
