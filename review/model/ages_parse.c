/* SPDX-License-Identifier: Apache-2.0 */
#include "review/model/ages.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    DIGITS_MAX = 15, /* some millions of years */
    LINE_REST = 24,  /* tab, number and line end */
};

struct bytes ages_write(struct arena *a, const struct model *m)
{
    size_t cap = 1, len = 0;
    for (uint32_t i = 0; i < m->item_count; i++)
        cap += m->items[i].dated ? m->items[i].id.len + LINE_REST : 0;
    uint8_t *at = arena_take(a, cap);
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *it = &m->items[i];
        if (it->dated)
            len += (size_t)snprintf((char *)at + len, cap - len, "%.*s\t%" PRId64 "\n",
                (int)it->id.len, (const char *)it->id.at, it->since_s);
    }
    return (struct bytes){at, len};
}

static bool take_seconds(struct bytes digits, int64_t *out)
{
    int64_t value = 0;
    if (digits.len == 0 || digits.len > DIGITS_MAX
        || (digits.at[0] == '0' && digits.len > 1))
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
        value = value * 10 + (digits.at[i] - '0');
    }
    *out = value;
    return true;
}

static bool take_line(struct bytes line, struct age *out)
{
    size_t tab = text_find(line, TEXT("\t"));
    const struct bytes nul = {(const uint8_t *)"", 1};
    out->id = text_upto(line, tab);
    return tab > 0 && tab < line.len && text_find(line, nul) == line.len
        && take_seconds(text_from(line, tab + 1), &out->since_s);
}

enum status ages_parse(struct bytes text, struct list *out)
{
    struct list got = LIST_OF(struct age);
    while (text.len) {
        size_t end = text_find(text, TEXT("\n"));
        struct age a = {0};
        if (end == text.len || !take_line(text_upto(text, end), &a)) {
            list_free(&got);
            return MALFORMED;
        }
        *(struct age *)list_add(&got) = a;
        text = text_from(text, end + 1);
    }
    *out = got;
    return OK;
}

void ages_apply(const struct list *ages, struct model *m)
{
    for (uint32_t i = 0; i < ages->count; i++) {
        const struct age *a = LIST_AT(ages, struct age, i);
        uint32_t at = model_find(m, a->id);
        if (at == ITEM_NONE || m->items[at].kind != ITEM_REQUIREMENT)
            continue;
        m->items[at].dated = true;
        m->items[at].since_s = a->since_s;
    }
}
