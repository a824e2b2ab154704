/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/statement.h"

enum { /* bits: what a word does for the cutting */
    CUTS_JOINED = 1,
    CUTS_CONTRAST = 2,
    VERB = 4,    /* a verb in this form only */
    SUBJECT = 8, /* it has a verb behind it */
    DENIES = 16,
    DEPENDS = 32, /* "if", "in": what it begins says nothing without what follows */
    SAYS = VERB | SUBJECT,
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
    {"is", VERB}, {"are", VERB}, {"was", VERB}, {"were", VERB}, {"has", VERB},
    {"have", VERB}, {"had", VERB}, {"does", VERB}, {"do", VERB}, {"did", VERB},
    {"can", VERB}, {"cannot", VERB}, {"could", VERB}, {"may", VERB}, {"might", VERB},
    {"must", VERB}, {"shall", VERB}, {"should", VERB}, {"will", VERB}, {"would", VERB},
    {"we", SUBJECT}, {"it", SUBJECT}, {"they", SUBJECT}, {"you", SUBJECT}, {"uses", VERB},
    {"requires", VERB}, {"provides", VERB}, {"supports", VERB}, {"remains", VERB},
    {"not", DENIES}, {"no", DENIES}, {"never", DENIES}, {"if", DEPENDS}, {"when", DEPENDS},
    {"unless", DEPENDS}, {"where", DEPENDS}, {"in", DEPENDS}, {"for", DEPENDS},
    {"to", DEPENDS}, {"on", DEPENDS}, {"at", DEPENDS}, {"by", DEPENDS}, {"during", DEPENDS},
    {"before", DEPENDS}, {"after", DEPENDS}, {"with", DEPENDS}, {"once", DEPENDS},
    {"as", DEPENDS}, {"because", DEPENDS}, {"since", DEPENDS}, {"unlike", DEPENDS},
    {"needs", VERB}, {"runs", VERB}, {"lacks", VERB},
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

/* Behind the comma of word i: "not an appendix", "console not present", without a verb. */
static bool denied_part(const struct splitter *s, const struct words *w, uint32_t i)
{
    struct span next = part_at(w, i + 1);
    return has(s, w, next, DENIES) && !has(s, w, next, VERB);
}

/* "ports closed, console not present, account removed": the one that is denied stands alone.
 * Not where the whole depends on an "if", but for "…, and not in the clear". */
static bool denied_alone(
    const struct splitter *s, const struct words *w, uint32_t first, uint32_t i)
{
    uint32_t front = i + 1 + ((does(s, w, i + 1) & CUTS_JOINED) != 0);
    if (has(s, w, (struct span){first, i + 1}, DENIES) || !denied_part(s, w, i))
        return false;
    return !(does(s, w, first) & DEPENDS) || does(s, w, front) & DENIES;
}

/* "it is set to drop and we do not forward": what is denied has a subject of its own. */
static bool denies_besides(
    const struct splitter *s, const struct words *w, uint32_t first, uint32_t i)
{
    if (i + 3 >= w->count || !(does(s, w, i + 1) & CUTS_JOINED)
        || !(does(s, w, i + 2) & SUBJECT) || does(s, w, first) & DEPENDS)
        return false;
    return has(s, w, (struct span){i + 3, i + 5 < w->count ? i + 5 : w->count}, DENIES)
        && !has(s, w, (struct span){first, i + 1}, DENIES);
}

/* How the statement behind word i opens, or -1 when word i does not end the one at hand. */
static int opens_behind(const struct splitter *s, const struct words *w,
    const struct statement *now, uint32_t i, bool cells)
{
    unsigned marks = w->at[i].marks;
    unsigned cuts = MARK_SEMICOLON | MARK_DASH | MARK_COMMA;
    if (cells && marks & MARK_CELL)
        return OPENS_CELL;
    if (marks & MARK_STOP)
        return OPENS_SENTENCE;
    if (now->opens == OPENS_DENIED && marks & (cuts | MARK_COLON))
        return denied_part(s, w, i) ? OPENS_DENIED : OPENS_JOINED;
    if (marks & MARK_COMMA && denied_alone(s, w, now->words.first, i))
        return OPENS_DENIED;
    if (!cells && denies_besides(s, w, now->words.first, i))
        return OPENS_JOINED;
    if (!(marks & cuts)
        || i < now->words.first + SAID_WORDS) /* "For example, while it is" */
        return -1;
    uint8_t next = does(s, w, i + 1);
    if (next & CUTS_CONTRAST && says(s, w, i + 1))
        return OPENS_CONTRAST;
    if (marks & MARK_SEMICOLON)
        return OPENS_JOINED;
    bool joined = marks & MARK_COMMA && next & CUTS_JOINED && says(s, w, i + 1);
    return joined ? OPENS_JOINED : -1;
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
    /* A table that the reader took for text is one, too. */
    for (uint32_t i = 0; i < words->count; i++)
        cells |= unit->kind != UNIT_CODE && words->at[i].marks & MARK_CELL;
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
