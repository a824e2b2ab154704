/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/statement.h"

enum { /* bits: what a word does for the cutting */
    CUTS_JOINED = 1,
    CUTS_CONTRAST = 2,
    SAYS =
        4, /* a verb that is one in this form only, or a subject that must have one */
};

enum {
    SAYS_WITHIN = 12, /* words behind the cut in which it must turn up */
    SAID_WORDS = 2,   /* fewer before the cut say nothing yet */
};

static const struct {
    const char *word;
    uint8_t does;
} table[] = {
    /* clang-format off */
    {"and", CUTS_JOINED}, {"or", CUTS_JOINED}, {"so", CUTS_JOINED}, {"nor", CUTS_JOINED},
    {"but", CUTS_CONTRAST}, {"however", CUTS_CONTRAST}, {"whereas", CUTS_CONTRAST},
    {"although", CUTS_CONTRAST}, {"though", CUTS_CONTRAST}, {"while", CUTS_CONTRAST},
    {"yet", CUTS_CONTRAST}, {"except", CUTS_CONTRAST},
    {"is", SAYS}, {"are", SAYS}, {"was", SAYS}, {"were", SAYS}, {"has", SAYS},
    {"have", SAYS}, {"had", SAYS}, {"does", SAYS}, {"do", SAYS}, {"did", SAYS},
    {"can", SAYS}, {"cannot", SAYS}, {"could", SAYS}, {"may", SAYS}, {"might", SAYS},
    {"must", SAYS}, {"shall", SAYS}, {"should", SAYS}, {"will", SAYS}, {"would", SAYS},
    {"we", SAYS}, {"it", SAYS}, {"they", SAYS}, {"you", SAYS}, {"uses", SAYS},
    {"requires", SAYS}, {"provides", SAYS}, {"supports", SAYS}, {"remains", SAYS},
    {"needs", SAYS}, {"runs", SAYS}, {"lacks", SAYS},
    /* clang-format on */
};

struct splitter {
    uint8_t *does; /* by number of a word */
    uint32_t count;
};

struct splitter *splitter_new(struct arena *a, struct lexicon *lexicon)
{
    struct splitter *s = arena_take(a, sizeof *s);
    size_t n = sizeof table / sizeof table[0];
    uint32_t *number = arena_take(a, n * sizeof *number);
    for (size_t i = 0; i < n; i++)
        number[i] = lexicon_number(lexicon, text_of(table[i].word));
    s->count = lexicon_count(lexicon);
    s->does = arena_take(a, s->count);
    for (size_t i = 0; i < n; i++)
        s->does[number[i]] = table[i].does;
    return s;
}

static uint8_t does(const struct splitter *s, const struct words *w, uint32_t i)
{
    return i < w->count && w->at[i].exact < s->count ? s->does[w->at[i].exact] : 0;
}

/* Something is said between `from` and the next cut; behind "and" before the next comma, or
 * the last two of a list would be one. */
static bool says(const struct splitter *s, const struct words *w, uint32_t from)
{
    bool contrast = does(s, w, from) & CUTS_CONTRAST;
    for (uint32_t i = from; i < w->count && i < from + SAYS_WITHIN; i++) {
        if (does(s, w, i) & SAYS)
            return true;
        unsigned stops = MARK_STOP | MARK_SEMICOLON | MARK_CELL;
        if (i > from && !contrast)
            stops |= MARK_COMMA;
        if (w->at[i].marks & stops)
            return false;
    }
    return false;
}

/* How the statement behind word i opens, or -1 when word i does not end the one that begins at
 * `first`. */
static int opens_behind(const struct splitter *s, const struct words *w, uint32_t first,
    uint32_t i, bool cells)
{
    unsigned marks = w->at[i].marks;
    if (cells && marks & MARK_CELL)
        return OPENS_CELL;
    if (marks & MARK_STOP)
        return OPENS_SENTENCE;
    uint8_t next = does(s, w, i + 1);
    if (!(marks & (MARK_SEMICOLON | MARK_DASH | MARK_COMMA)) || !says(s, w, i + 1)
        || i < first + SAID_WORDS) /* "For example, while it is" */
        return -1;
    if (next & CUTS_CONTRAST)
        return OPENS_CONTRAST;
    bool cut = marks & MARK_SEMICOLON || (marks & MARK_COMMA && next & CUTS_JOINED);
    return cut ? OPENS_JOINED : -1;
}

/* Cells before the byte `to`, from the byte `from` on; empty ones count. */
static uint32_t cells_between(struct bytes text, size_t from, size_t to)
{
    uint32_t n = 0;
    for (size_t i = from; i < to && i < text.len; i++)
        if (text.at[i] == '|' && (i == 0 || text.at[i - 1] == ' ')
            && (i + 1 == text.len || text.at[i + 1] == ' '))
            n++;
    return n;
}

void statements_of(const struct splitter *s, const struct unit *unit,
    const struct words *words, struct list *out)
{
    bool cells = unit->kind == UNIT_ROW || unit->kind == UNIT_ENTRY;
    uint32_t first = 0;
    size_t seen = 0;
    uint32_t column = 0;
    int opens = cells ? OPENS_CELL : OPENS_SENTENCE;
    for (uint32_t i = 0; i < words->count; i++) {
        int next = i + 1 < words->count ? opens_behind(s, words, first, i, cells)
                                        : OPENS_SENTENCE;
        if (next < 0)
            continue;
        if (cells) {
            column += cells_between(unit->text, seen, words->at[first].at);
            seen = words->at[first].at;
        }
        *(struct statement *)list_add(out) =
            (struct statement){{first, i + 1}, (uint8_t)opens, column};
        first = i + 1;
        opens = next;
    }
}
