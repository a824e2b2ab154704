/* SPDX-License-Identifier: Apache-2.0 */
#include "review/model/ids.h"

#include "core/base/hex.h"

enum { ID_MAX = 64 };

static bool capital(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool word(uint8_t c)
{
    return capital(c) || digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_'
        || c >= 0x80;
}

/* Length of an identifier at the front of t, or 0; *prefix is its part before the number. */
static size_t id_len(struct bytes t, size_t *prefix)
{
    size_t i = 0, number = 0;
    bool digits = false;
    while (i < t.len
        && (capital(t.at[i]) || digit(t.at[i]) || t.at[i] == '-' || t.at[i] == '_')) {
        if (t.at[i] == '-' || t.at[i] == '_') {
            bool joins =
                i > 0 && i + 1 < t.len && (capital(t.at[i + 1]) || digit(t.at[i + 1]));
            if (!joins)
                break;
            number = i + 1;
            digits = true;
        } else if (!digit(t.at[i])) {
            digits = false;
        }
        i++;
    }
    bool ends = i == t.len || !word(t.at[i]) || t.at[i] == '-' || t.at[i] == '_';
    bool apart = i == t.len || (t.at[i] != '-' && t.at[i] != '_');
    if (number == 0 || !digits || !ends || !apart || i > ID_MAX)
        return 0;
    *prefix = number - 1;
    return i;
}

static void take_confirmed(struct id_found *f)
{
    f->confirmed = false;
    if (f->rest.len < 9 || f->rest.at[0] != '@')
        return;
    struct bytes hex = text_upto(text_from(f->rest, 1), 8);
    if (hex_parse(hex, ROOM_OF(f->digest)) == OK) {
        f->confirmed = true;
        f->rest = text_from(f->rest, 9);
        while (f->rest.len
            && word(f->rest.at[0])) /* a longer digest counts by its front */
            f->rest = text_from(f->rest, 1);
    }
}

bool id_next(struct bytes text, struct id_found *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!capital(text.at[i]) || (i > 0 && word(text.at[i - 1])))
            continue;
        size_t prefix = 0, len = id_len(text_from(text, i), &prefix);
        if (len) {
            *out = (struct id_found){.id = {text.at + i, len},
                .prefix = {text.at + i, prefix},
                .rest = text_from(text, i + len)};
            take_confirmed(out);
            return true;
        }
        while (i + 1 < text.len && word(text.at[i + 1]))
            i++;
    }
    return false;
}

static bool wrapping(uint8_t c)
{
    return c == '[' || c == ']' || c == '(' || c == ')' || c == '`' || c == '*'
        || c == ' ' || c == ':' || c == '<' || c == '>' || c == '"';
}

bool id_whole(struct bytes text, struct id_found *out)
{
    while (text.len && wrapping(text.at[0]))
        text = text_from(text, 1);
    while (text.len && wrapping(text.at[text.len - 1]))
        text.len--;
    return id_next(text, out) && out->id.at == text.at && out->rest.len == 0;
}
