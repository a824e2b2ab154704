/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/words.h"

#include <assert.h>
#include <string.h>

/* ---- the stem ---- */

/* Words whose last letters only look like an ending, or whose stem another word has; sorted. */
static const char whole_words[][12] = {"aes", "alias", "always", "atlas", "axis",
    "basis", "bias", "bios", "bus", "canvas", "chaos", "condition", "cors", "ddos",
    "des", "devops", "direction", "dns", "does", "dos", "dtls", "edition", "embed",
    "exception", "gas", "gps", "has", "his", "https", "hundred", "iaas", "ios", "its",
    "kms", "kubernetes", "macos", "mbps", "mtls", "nas", "nfs", "ops", "paas",
    "perhaps", "pkcs", "plus", "production", "qos", "redis", "rms", "rtos", "saas",
    "sas", "series", "sms", "species", "this", "thus", "tls", "versus", "virus", "was",
    "yes"};
enum { WHOLE_WORDS = sizeof whole_words / sizeof whole_words[0] };

struct stem {
    uint8_t at[WORD_MAX];
    size_t len;
};

static bool is_vowel(const struct stem *s, size_t i)
{
    switch (s->at[i]) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u': return true;
    case 'y': return i > 0 && !is_vowel(s, i - 1);
    }
    return false;
}

/* Porter's m of the first n letters: how many times vowels are followed by consonants. */
static uint32_t measure(const struct stem *s, size_t n)
{
    uint32_t m = 0;
    bool before = false;
    for (size_t i = 0; i < n; i++) {
        bool vowel = is_vowel(s, i);
        m += before && !vowel;
        before = vowel;
    }
    return m;
}

static bool has_vowel(const struct stem *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_vowel(s, i))
            return true;
    return false;
}

static bool ends(const struct stem *s, const char *ending)
{
    size_t n = strlen(ending);
    return s->len >= n && memcmp(s->at + s->len - n, ending, n) == 0;
}

/* Consonant, vowel, consonant other than w, x, y: a short syllable ("tim", "stor"). */
static bool short_syllable(const struct stem *s)
{
    size_t n = s->len;
    return n >= 3 && !is_vowel(s, n - 1) && is_vowel(s, n - 2) && !is_vowel(s, n - 3)
        && s->at[n - 1] != 'w' && s->at[n - 1] != 'x' && s->at[n - 1] != 'y';
}

static bool double_letter(const struct stem *s)
{
    return s->len >= 2 && s->at[s->len - 1] == s->at[s->len - 2]
        && !is_vowel(s, s->len - 1);
}

static void take_plural(struct stem *s) /* 1a */
{
    if (ends(s, "sses") || (ends(s, "ies") && s->len > 4))
        s->len -= 2;
    else if (ends(s, "ss") || ends(s, "ous") || ends(s, "sis") || ends(s, "tus")
        || ends(s, "ius"))
        return;
    else if (ends(s, "s") && s->len > 2)
        s->len--;
}

static void take_past(struct stem *s) /* 1b */
{
    size_t end = ends(s, "ed") ? 2 : ends(s, "ing") ? 3 : 0;
    if (ends(s, "eed") || !end || !has_vowel(s, s->len - end))
        return;
    s->len -= end;
    if (ends(s, "at") || ends(s, "bl") || ends(s, "iz")
        || (s->len == 2 && is_vowel(s, 0))) /* "used" is no form of "us" */
        s->at[s->len++] = 'e';
    else if (double_letter(s)) {
        uint8_t last = s->at[s->len - 1];
        if (last != 'l' && last != 's' && last != 'z')
            s->len--;
    } else if (measure(s, s->len) == 1 && short_syllable(s))
        s->at[s->len++] = 'e';
}

/* The ending of a noun in -ation gives way to what the verb's stem has. The part before must
 * have a vowel: "station" and "nation" are no such nouns. */
static const struct {
    const char *ending;
    uint8_t taken;
    const char *put;
} nouns[] = {
    /* clang-format off */
    {"ification", 6, ""},    /* verify: "verifi" */
    {"isation",   7, "iz"},
    {"ization",   7, "iz"},
    {"mentation", 5, ""},    /* segment, document, implement */
    {"estation",  5, ""},    /* attest */
    {"itation",   5, ""},    /* limit, exploit */
    {"allation",  5, ""},    /* install */
    {"uration",   7, "ur"},  /* configure */
    {"ation",     5, "at"},  /* authenticate: "authenticat" */
    /* clang-format on */
};

static bool take_ation(struct stem *s)
{
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        size_t n = strlen(nouns[i].ending);
        if (!ends(s, nouns[i].ending))
            continue;
        if (!has_vowel(s, s->len - n))
            return true;
        s->len -= nouns[i].taken;
        memcpy(s->at + s->len, nouns[i].put, strlen(nouns[i].put));
        s->len += strlen(nouns[i].put);
        return true;
    }
    return false;
}

static void take_ion(struct stem *s) /* the -ion of step 4 */
{
    if (!take_ation(s) && (ends(s, "tion") || ends(s, "sion"))
        && measure(s, s->len - 3) > 1)
        s->len -= 3;
}

static void take_end(struct stem *s) /* 1c, 5a, 5b */
{
    if (ends(s, "y") && s->len > 2 && !is_vowel(s, s->len - 2))
        s->at[s->len - 1] = 'i';
    if (ends(s, "e") && s->len > 3) {
        uint32_t m = measure(s, s->len - 1);
        s->len--;
        if (m == 0 || (m == 1 && short_syllable(s)))
            s->len++;
    }
    if (ends(s, "ll") && measure(s, s->len) > 1)
        s->len--;
}

/* The British verb is written as the American one. */
static void take_ise(struct stem *s, struct bytes word)
{
    if (ends(s, "is") && measure(s, s->len) > 1 && !text_ends(word, TEXT("is")))
        s->at[s->len - 1] = 'z';
}

static bool is_whole(struct bytes word)
{
    size_t from = 0, to = WHOLE_WORDS;
    if (word.len >= sizeof whole_words[0])
        return false;
    while (from < to) {
        size_t mid = (from + to) / 2;
        int order = text_order(word, text_of(whole_words[mid]));
        if (order == 0)
            return true;
        from = order > 0 ? mid + 1 : from;
        to = order > 0 ? to : mid;
    }
    return false;
}

static bool only_letters(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] < 'a' || word.at[i] > 'z')
            return false;
    return true;
}

size_t word_stem(struct bytes folded, uint8_t *out)
{
    assert(folded.len <= WORD_MAX);
    static void (*const steps[])(struct stem *) = {
        take_plural, take_past, take_ion, take_end};
    struct stem s = {.len = folded.len};
    memcpy(s.at, folded.at, folded.len);
    if (folded.len > 2 && only_letters(folded)) {
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
            if (!is_whole(
                    (struct bytes){s.at, s.len})) /* also "exceptions", shortened */
                steps[i](&s);
        take_ise(&s, folded);
    }
    memcpy(out, s.at, s.len);
    return s.len;
}

/* ---- the lexicon ---- */

struct entry {
    struct bytes text;
    uint32_t stem; /* TABLE_NONE: so far only the stem of others */
};

struct lexicon {
    struct arena *arena;
    struct table *numbers;
    struct entry *entries;
    uint32_t count, cap;
    struct word *row; /* where words_of gathers before it knows how many */
    uint32_t row_cap;
};

struct lexicon *lexicon_new(struct arena *a)
{
    struct lexicon *l = arena_take(a, sizeof *l);
    l->arena = a;
    l->numbers = table_new(a, 8192);
    return l;
}

static uint32_t entry_of(struct lexicon *l, struct bytes text)
{
    uint32_t number = table_get(l->numbers, text);
    if (number != TABLE_NONE)
        return number;
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 4096;
        struct entry *wider = arena_take(l->arena, l->cap * sizeof *wider);
        if (l->count)
            memcpy(wider, l->entries, l->count * sizeof *wider);
        l->entries = wider;
    }
    number = l->count++;
    l->entries[number] = (struct entry){arena_copy(l->arena, text), TABLE_NONE};
    table_put(l->numbers, l->entries[number].text, number);
    return number;
}

uint32_t lexicon_number(struct lexicon *l, struct bytes folded)
{
    folded = text_upto(folded, WORD_MAX);
    uint32_t number = entry_of(l, folded);
    if (l->entries[number].stem == TABLE_NONE) {
        uint8_t at[WORD_MAX];
        size_t len = word_stem(folded, at);
        uint32_t stem = entry_of(l, (struct bytes){at, len});
        l->entries[number].stem = stem;
    }
    return number;
}

uint32_t lexicon_stem(const struct lexicon *l, uint32_t number)
{
    assert(number < l->count);
    uint32_t stem = l->entries[number].stem;
    return stem == TABLE_NONE ? number : stem;
}

struct bytes lexicon_text(const struct lexicon *l, uint32_t number)
{
    assert(number < l->count);
    return l->entries[number].text;
}

uint32_t lexicon_count(const struct lexicon *l)
{
    return l->count;
}

/* ---- the row ---- */

static bool digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool ascii_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

/* Code point at i and its length; what is no UTF-8 is one byte and no letter. */
static uint32_t code_point(struct bytes text, size_t i, size_t *len)
{
    uint8_t c = text.at[i];
    *len = c < 0xC2 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 1;
    bool whole = *len > 1 && i + *len <= text.len;
    uint32_t p = c & (0xFFu >> (*len + 1));
    for (size_t k = 1; whole && k < *len; k++) {
        p = p << 6 | (text.at[i + k] & 0x3Fu);
        whole = (text.at[i + k] & 0xC0) == 0x80;
    }
    if (!whole)
        *len = 1;
    return whole ? p : 0;
}

/* Beyond ASCII: letters are what is no punctuation, sign or blank of the common blocks. */
static bool far_letter(uint32_t p)
{
    return p == 0xAA || p == 0xB5 || p == 0xBA
        || (p >= 0xC0 && p != 0xD7 && p != 0xF7 && p < 0x2000)
        || (p >= 0x2C00 && p < 0x2E00) || (p >= 0x3041 && p < 0xE000)
        || (p >= 0xF900 && p < 0xFE00) || (p >= 0x20000 && p < 0x40000);
}

/* Bytes of the letter or digit at i, or 0. */
static size_t letter_at(struct bytes text, size_t i)
{
    uint8_t c = text.at[i];
    if (ascii_letter(c) || digit(c))
        return 1;
    if (c == '.')
        return i > 0 && digit(text.at[i - 1]) && i + 1 < text.len
            && digit(text.at[i + 1]);
    if (c < 0x80)
        return 0;
    size_t len;
    return far_letter(code_point(text, i, &len)) ? len : 0;
}

/* Bytes of the apostrophe at i, straight or curly, or 0. */
static size_t apostrophe_at(struct bytes text, size_t i)
{
    if (i < text.len && text.at[i] == '\'')
        return 1;
    return text_starts(text_from(text, i), TEXT("\xE2\x80\x99")) ? 3 : 0;
}

static bool blank(struct bytes text, size_t i)
{
    return i >= text.len || text.at[i] == ' ' || text.at[i] == '\n'
        || text.at[i] == '\t';
}

static bool only_digits(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!digit(word.at[i]))
            return false;
    return true;
}

/* Behind these a full stop ends no sentence; behind the second row only before a number. */
static bool abbreviated(struct bytes word, uint8_t next)
{
    static const char *const always[] = {
        "vs", "cf", "dr", "mr", "ms", "incl", "approx", "resp", "al"};
    static const char *const numbered[] = {
        "fig", "sec", "no", "nr", "ref", "ver", "vol"};
    if (word.len == 1 && !digit(word.at[0])) /* "e.g.", "i.e.", but "layer 2." */
        return true;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (text_same_word(word, text_of(always[i])))
            return true;
    for (size_t i = 0; digit(next) && i < sizeof numbered / sizeof numbered[0]; i++)
        if (text_same_word(word, text_of(numbered[i])))
            return true;
    /* "TLS, SSH, etc. are closed" goes on. */
    return next >= 'a' && next <= 'z' && text_same_word(word, TEXT("etc"));
}

static bool closing(uint8_t c)
{
    return c == ')' || c == ']' || c == '"' || c == '\'' || c == '*' || c == '_'
        || c == '`' || c == 0xE2; /* a curly quotation mark */
}

static bool ends_sentence(struct bytes text, size_t i, const struct word *last)
{
    size_t next = i + 1, run = i;
    while (run > 0 && text.at[run - 1] == text.at[i])
        run--;
    if (run == 0 || blank(text, run - 1)) /* "!!! Note" opens a box in some dialects */
        return false;
    while (next < text.len && closing(text.at[next]))
        next += text.at[next] == 0xE2 ? 3 : 1;
    if (!blank(text, next))
        return false;
    while (next < text.len && blank(text, next))
        next++;
    if (text.at[i] != '.' || !last || next >= text.len)
        return true;
    if (last->at == 0 && only_digits((struct bytes){text.at, last->len}))
        return false; /* "4. Boundaries" */
    return !abbreviated((struct bytes){text.at + last->at, last->len}, text.at[next]);
}

static uint32_t mark_beyond_ascii(uint32_t p)
{
    if (p >= 0x2012 && p <= 0x2015)
        return MARK_DASH;
    if (p == 0xAB || p == 0xBB || (p >= 0x201C && p <= 0x201F))
        return MARK_QUOTE;
    return p == 0x3002 ? MARK_STOP : 0;
}

static uint32_t mark_at(
    struct bytes text, size_t i, const struct word *last, size_t *len)
{
    *len = 1;
    bool alone = i > 0 && blank(text, i - 1) && blank(text, i + 1);
    switch (text.at[i]) {
    case ',': return MARK_COMMA;
    case ';': return MARK_SEMICOLON;
    case ':': return MARK_COLON;
    case '.':
    case '!': return ends_sentence(text, i, last) ? MARK_STOP : 0;
    case '?': return ends_sentence(text, i, last) ? MARK_STOP | MARK_QUESTION : 0;
    case '|': return alone || i == 0 || i + 1 == text.len ? MARK_CELL : 0;
    case '\n': return MARK_LINE;
    case '(':
    case '[': return MARK_OPEN;
    case ')':
    case ']': return MARK_CLOSE;
    case '"':
    case '`': return MARK_QUOTE;
    case '-': return alone ? MARK_DASH : MARK_HYPHEN;
    case '/': return MARK_SLASH;
    }
    return text.at[i] < 0x80 ? 0 : mark_beyond_ascii(code_point(text, i, len));
}

static struct word *add(struct lexicon *l, uint32_t *count)
{
    if (*count == l->row_cap) {
        l->row_cap = l->row_cap ? l->row_cap * 2 : 1024;
        struct word *wider = arena_take(l->arena, l->row_cap * sizeof *wider);
        if (*count)
            memcpy(wider, l->row, *count * sizeof *wider);
        l->row = wider;
    }
    return &l->row[(*count)++];
}

static void add_word(
    struct lexicon *l, uint32_t *count, struct bytes word, size_t at, size_t len)
{
    uint8_t folded[WORD_MAX];
    size_t n = word.len < WORD_MAX ? word.len : WORD_MAX;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = word.at[i];
        folded[i] = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }
    uint32_t exact = lexicon_number(l, (struct bytes){folded, n});
    *add(l, count) = (struct word){.stem = l->entries[exact].stem,
        .exact = exact,
        .at = (uint32_t)at,
        .len = (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX)};
}

/* What the letters behind an apostrophe stand for; NULL: they belong to the word. */
static const struct {
    const char *letters, *word;
} contracted[] = {
    {"s", ""}, {"d", ""}, {"ll", "will"}, {"re", "are"}, {"ve", "have"}, {"m", "am"}};

static const struct {
    const char *written, *verb;
} negated[] = {{"won", "will"}, {"can", "can"}, {"shan", "shall"}};

static size_t word_end(struct bytes text, size_t i)
{
    size_t n;
    for (;;) {
        while (i < text.len && (ascii_letter(text.at[i]) || digit(text.at[i])))
            i++;
        if (i >= text.len || (n = letter_at(text, i)) == 0)
            return i;
        i += n;
    }
}

/* The word is n't: "doesn" without its n, "won" and its like by the table. */
static void add_negated(struct lexicon *l, uint32_t *count, struct bytes text,
    size_t from, size_t end, size_t all)
{
    struct bytes word = {text.at + from, end - from};
    struct bytes verb = text_upto(word, word.len - 1);
    for (size_t i = 0; i < sizeof negated / sizeof negated[0]; i++)
        if (text_same_word(word, text_of(negated[i].written)))
            verb = text_of(negated[i].verb);
    add_word(l, count, verb, from, end - from);
    add_word(l, count, TEXT("not"), end - 1, all - (end - 1));
}

/* The word that begins at `from`, with what an apostrophe adds; where it ends. */
static size_t take_word(
    struct lexicon *l, uint32_t *count, struct bytes text, size_t from)
{
    size_t end = word_end(text, from), sign = apostrophe_at(text, end);
    struct bytes word = {text.at + from, end - from};
    if (!sign || end + sign >= text.len || !ascii_letter(text.at[end + sign])) {
        add_word(l, count, word, from, word.len);
        return end;
    }
    size_t last = word_end(text, end + sign);
    struct bytes behind = {text.at + end + sign, last - end - sign};
    if (text_same_word(behind, TEXT("t")) && word.len > 1
        && (word.at[word.len - 1] | 0x20) == 'n') {
        add_negated(l, count, text, from, end, last);
        return last;
    }
    add_word(l, count, word, from, word.len);
    for (size_t i = 0; i < sizeof contracted / sizeof contracted[0]; i++)
        if (text_same_word(behind, text_of(contracted[i].letters))) {
            if (contracted[i].word[0])
                add_word(l, count, text_of(contracted[i].word), end + sign, behind.len);
            return last;
        }
    return end + sign;
}

struct words words_peek(struct lexicon *l, struct bytes text)
{
    assert(text.len <= UINT32_MAX);
    struct words out = {0};
    for (size_t i = 0; i < text.len;) {
        if (letter_at(text, i)) {
            i = take_word(l, &out.count, text, i);
            continue;
        }
        size_t len;
        struct word *last = out.count ? &l->row[out.count - 1] : NULL;
        uint32_t mark = mark_at(text, i, last, &len);
        if (last)
            last->marks |= (uint16_t)mark;
        else
            out.marks |= (uint16_t)mark;
        i += len;
    }
    out.at = l->row;
    return out;
}

struct words words_of(struct lexicon *l, struct arena *a, struct bytes text)
{
    struct words out = words_peek(l, text);
    struct word *row = arena_take(a, out.count * sizeof *row);
    if (out.count)
        memcpy(row, out.at, out.count * sizeof *row);
    out.at = row;
    return out;
}

struct span words_sentence(const struct words *w, uint32_t i)
{
    assert(i < w->count);
    struct span s = {i, i + 1};
    while (s.first > 0 && !(w->at[s.first - 1].marks & MARK_STOP))
        s.first--;
    while (s.end < w->count && !(w->at[s.end - 1].marks & MARK_STOP))
        s.end++;
    return s;
}
