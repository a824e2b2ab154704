/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/statement.h"

enum { /* bits: what a word does for the cutting */
    CUTS_JOINED = 1,
    CUTS_CONTRAST = 2,
    SAYS = 4, /* a verb in this form only, or a subject that must have one */
    DENIES = 8,
    DEPENDS = 16, /* "if", "in": what it begins says nothing without what follows */
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
    {"not", DENIES}, {"no", DENIES}, {"never", DENIES}, {"if", DEPENDS}, {"when", DEPENDS},
    {"unless", DEPENDS}, {"where", DEPENDS}, {"in", DEPENDS}, {"for", DEPENDS},
    {"to", DEPENDS}, {"on", DEPENDS}, {"at", DEPENDS}, {"by", DEPENDS}, {"during", DEPENDS},
    {"before", DEPENDS}, {"after", DEPENDS}, {"with", DEPENDS}, {"once", DEPENDS},
    {"as", DEPENDS}, {"because", DEPENDS}, {"since", DEPENDS}, {"unlike", DEPENDS},
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

static bool has(
    const struct splitter *s, const struct words *w, struct span part, uint8_t what)
{
    for (uint32_t i = part.first; i < part.end; i++)
        if (does(s, w, i) & what)
            return true;
    return false;
}

/* The words from i to the next comma or the end of the sentence. */
static struct span part_at(const struct words *w, uint32_t i)
{
    struct span part = {i, i};
    while (part.end < w->count)
        if (w->at[part.end++].marks
            & (MARK_COMMA | MARK_STOP | MARK_SEMICOLON | MARK_CELL | MARK_COLON))
            break;
    return part;
}

/* "ports closed, console not present, account removed": the one that is denied stands alone.
 * Not where the whole depends on an "if", or where it has a verb of its own. */
static bool denied_alone(
    const struct splitter *s, const struct words *w, uint32_t first, uint32_t i)
{
    struct span before = {first, i + 1}, next = part_at(w, i + 1);
    return !has(s, w, before, DENIES) && !(does(s, w, first) & DEPENDS)
        && has(s, w, next, DENIES) && !has(s, w, next, SAYS);
}

/* How the statement behind word i opens, or -1 when word i does not end the one at hand. */
static int opens_behind(const struct splitter *s, const struct words *w,
    const struct statement *now, uint32_t i, bool cells)
{
    unsigned marks = w->at[i].marks;
    if (cells && marks & MARK_CELL)
        return OPENS_CELL;
    if (marks & MARK_STOP)
        return OPENS_SENTENCE;
    if (!(marks & (MARK_SEMICOLON | MARK_DASH | MARK_COMMA))
        || i < now->words.first + SAID_WORDS) /* "For example, while it is" */
        return -1;
    if (now->opens == OPENS_DENIED)
        return OPENS_JOINED;
    uint8_t next = does(s, w, i + 1);
    if (next & CUTS_CONTRAST && says(s, w, i + 1))
        return OPENS_CONTRAST;
    if (marks & MARK_SEMICOLON)
        return OPENS_JOINED;
    if (marks & MARK_COMMA && next & CUTS_JOINED && says(s, w, i + 1))
        return OPENS_JOINED;
    return marks & MARK_COMMA && denied_alone(s, w, now->words.first, i) ? OPENS_DENIED
                                                                         : -1;
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
    struct statement now = {.opens = cells ? OPENS_CELL : OPENS_SENTENCE};
    size_t seen = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        int next = i + 1 < words->count ? opens_behind(s, words, &now, i, cells)
                                        : OPENS_SENTENCE;
        if (next < 0)
            continue;
        size_t at = words->at[now.words.first].at;
        if (cells)
            now.column += cells_between(unit->text, seen, at);
        seen = at;
        now.words.end = i + 1;
        *(struct statement *)list_add(out) = now;
        now.words.first = i + 1;
        now.opens = (uint8_t)next;
    }
}
