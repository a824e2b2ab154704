/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/boot_line.h"

#include "core/base/hex.h"

#include <stdbool.h>
#include <string.h>

enum word {
    WORD_SLOT_A,
    WORD_SLOT_B,
    WORD_SLOT,
    WORD_BOOT,
    WORD_DATA,
    WORD_HASH,
    WORD_SALT,
    WORD_BLOCKS,
    WORD_VERSION,
    WORDS
};

static const char ours[] = "holdfast.";
static const char *const names[WORDS] = {[WORD_SLOT_A] = "slot-a=",
    [WORD_SLOT_B] = "slot-b=",
    [WORD_SLOT] = "slot=",
    [WORD_BOOT] = "boot=",
    [WORD_DATA] = "data=",
    [WORD_HASH] = "roothash=",
    [WORD_SALT] = "salt=",
    [WORD_BLOCKS] = "blocks=",
    [WORD_VERSION] = "security-version="};

/* 2^31 blocks are 8 TiB: no product of it below overflows. */
static const uint64_t number_max = UINT64_C(1) << 31;

static bool starts(struct bytes in, const char *with)
{
    return in.len >= strlen(with) && memcmp(in.at, with, strlen(with)) == 0;
}

static struct bytes after(struct bytes in, size_t n)
{
    return (struct bytes){in.at + n, in.len - n};
}

static bool number(struct bytes in, uint64_t *out)
{
    uint64_t n = 0;

    if (in.len == 0 || in.len > 10 || in.at[0] == '0')
        return false;
    for (size_t i = 0; i < in.len; i++) {
        if (in.at[i] < '0' || in.at[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(in.at[i] - '0');
    }
    *out = n;
    return n <= number_max;
}

static bool device(struct bytes in, char out[BOOT_DEVICE_MAX])
{
    static const char folder[] = "/dev/";

    if (!starts(in, folder) || in.len == strlen(folder) || in.len >= BOOT_DEVICE_MAX)
        return false;
    for (size_t i = strlen(folder); i < in.len; i++) {
        bool good = (in.at[i] >= 'a' && in.at[i] <= 'z')
            || (in.at[i] >= '0' && in.at[i] <= '9');
        if (!good)
            return false;
    }
    memcpy(out, in.at, in.len);
    out[in.len] = '\0';
    return true;
}

static bool slot(struct bytes in, uint8_t *out)
{
    if (in.len != 1 || (in.at[0] != 'a' && in.at[0] != 'b'))
        return false;
    *out = (uint8_t)(in.at[0] - 'a');
    return true;
}

/* An update writes one of them: it must not be another's as well. */
static bool apart(const struct boot_line *l)
{
    const char *const all[] = {l->slots[0], l->slots[1], l->boot, l->data};
    enum { ALL = sizeof all / sizeof all[0] };

    for (size_t i = 0; i < ALL; i++)
        for (size_t j = i + 1; j < ALL; j++)
            if (strcmp(all[i], all[j]) == 0)
                return false;
    return true;
}

static bool hash(struct bytes in, char out[BOOT_HASH_TEXT])
{
    uint8_t bin[BOOT_HASH_TEXT / 2];

    if (hex_parse(in, ROOM_OF(bin)) != OK)
        return false;
    memcpy(out, in.at, in.len);
    out[in.len] = '\0';
    return true;
}

static bool take_value(struct boot_line *l, enum word w, struct bytes value)
{
    switch (w) {
    case WORD_SLOT_A: return device(value, l->slots[0]);
    case WORD_SLOT_B: return device(value, l->slots[1]);
    case WORD_SLOT: return slot(value, &l->slot);
    case WORD_BOOT: return device(value, l->boot);
    case WORD_DATA: return device(value, l->data);
    case WORD_HASH: return hash(value, l->hash);
    case WORD_SALT: return hash(value, l->salt);
    case WORD_BLOCKS: return number(value, &l->block_count);
    case WORD_VERSION: return number(value, &l->security_version);
    case WORDS: break;
    }
    return false;
}

static bool take_word(struct boot_line *l, unsigned *seen, struct bytes said)
{
    for (unsigned w = 0; w < WORDS; w++) {
        if (!starts(said, names[w]))
            continue;
        bool first = (*seen & 1u << w) == 0;
        *seen |= 1u << w;
        return first && take_value(l, (enum word)w, after(said, strlen(names[w])));
    }
    return false;
}

enum status boot_line_parse(struct bytes in, struct boot_line *out)
{
    struct boot_line got = {0};
    unsigned seen = 0;

    while (in.len > 0) {
        size_t n = 0;
        while (n < in.len && in.at[n] != ' ' && in.at[n] != '\n')
            n++;
        struct bytes said = {in.at, n};
        if (starts(said, ours) && !take_word(&got, &seen, after(said, strlen(ours))))
            return MALFORMED;
        in = after(in, n < in.len ? n + 1 : n);
    }
    if (seen != (1u << WORDS) - 1 || !apart(&got))
        return MALFORMED;
    memcpy(got.root, got.slots[got.slot], sizeof got.root);
    *out = got;
    return OK;
}
