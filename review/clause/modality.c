/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/modality.h"

#include "review/clause/phrase.h"
#include "review/clause/statement.h"

#include <assert.h>
#include <string.h>

/* ---- the tables ---- */

/* Groups of cues; the first ones are told by other signs than words. */
enum cue_group {
    SIGN_CODE,
    SIGN_QUESTION,
    SIGN_BLANK,
    SIGN_UNTICKED,
    SIGN_RESOLVES,
    VOID,    /* hides every cue within it */
    FORBIDS, /* "shall not" hides the denial in it */
    ASKS,
    BLANK,
    SUPPOSE,
    STANDARD,
    DEFINES,
    POINTS,
    GAP,
    BY_INTENT,
    FORMER,
    INSECURE,
    SAFE_TAIL,
    HEARSAY,
    CLAIMED,
    PLAN,
    ATTACKS,
    ATTACKS_HARD,
    HARM,
    MUST,
    DEFENCE,
    ADVICE,
    LEAVES_OPEN,
    PERMITS,
    ORDERS,
    FRAME_NOT,
    WE_WARD,
    DENIES,
    WARDS,
    NOW,
    PRESENT,
    DUTY,
    H_OTHER,
    H_SAMPLE,
    H_ASK,
    H_ADVICE,
    H_PLAN,
    H_GAP,
    H_THREAT,
    L_THREAT, /* of a label only: "Reporting vulnerabilities" is a heading of no threats */
    H_MEASURE,
    H_STANDARD,
    H_DUTY,
    H_STATE,
    H_RIVAL,
    H_LATER,   /* of a column */
    H_OUTCOME, /* of a field: of a threat in a table it is a measure */
    S_DUTY,
    S_PLAN,
    S_GAP,
    S_DONE,
    S_CLEAR,
    SECTION,
    TALKS,
    S_VOID,  /* the state of a whole document: rejected, superseded, proposed */
    S_FINAL, /* "accepted" of a decision; of a risk it is a gap */
    H_VOID,
    BANNER, /* what a document says of all of itself */
    FICTION,
    CUE_GROUPS
};
static_assert(CUE_GROUPS <= 64, "one bit each");
#define B(group) (UINT64_C(1) << (group))
#define LEADING  (B(PLAN) | B(ADVICE) | B(FRAME_NOT))

enum how { ANY, START, MAIN, CAPS, LABEL, END, WHOLE };

static const struct {
    uint8_t group, how;
    const char *phrase;
} cues[] = {
#define CUE(group, how, phrase) {group, how, phrase},
#include "review/clause/modality.def"
};
enum { CUES = sizeof cues / sizeof cues[0] };

enum place { OWN, HEAD, CELL, WHOLE_DOCUMENT };

/* Names of the rules are numbers, so that rules[] and conditions[] are one table in two. */
static const struct modality_rule rules[] = {
#define RULE(name, modality, place, all, any, none, says) \
    {#name, says, MODALITY_##modality},
#include "review/clause/modality.def"
};
static const struct {
    uint64_t all, any, none;
    uint8_t place;
} conditions[] = {
#define RULE(name, modality, place, all, any, none, says) {all, any, none, place},
#include "review/clause/modality.def"
};
enum { RULES = sizeof rules / sizeof rules[0] };

static const char *const names[] = {
#define MODALITY(name, weight, says) says,
#include "review/clause/modality.def"
};
static const uint8_t weights[] = {
#define MODALITY(name, weight, says) weight,
#include "review/clause/modality.def"
};

const char *modality_name(enum modality m)
{
    return names[m];
}

uint8_t modality_weight(enum modality m)
{
    return weights[m];
}

static const struct modality_rule *first_rule(enum place place, uint64_t found)
{
    for (size_t i = 0; i < RULES; i++)
        if (conditions[i].place == place
            && (found & conditions[i].all) == conditions[i].all
            && (!conditions[i].any || found & conditions[i].any)
            && !(found & conditions[i].none))
            return &rules[i];
    return NULL;
}

/* ---- single words that matter for where a cue stands ---- */

enum {
    SKIPPED = 1,
    SUBORDINATE = 2,
    CIRCUMSTANCE = 4,
    SKIPPED_ALONE = 8 /* before a comma */
};
static const struct {
    const char *word;
    uint8_t does;
} small_words[] = {
    /* clang-format off */
    {"please", SKIPPED}, {"also", SKIPPED}, {"then", SKIPPED}, {"additionally", SKIPPED_ALONE},
    {"furthermore", SKIPPED_ALONE}, {"moreover", SKIPPED_ALONE}, {"finally", SKIPPED_ALONE}, {"first", SKIPPED_ALONE},
    {"second", SKIPPED_ALONE}, {"next", SKIPPED_ALONE}, {"and", SKIPPED}, {"but", SKIPPED},
    {"so", SKIPPED}, {"or", SKIPPED}, {"therefore", SKIPPED_ALONE}, {"however", SKIPPED_ALONE},
    {"currently", SKIPPED_ALONE}, {"note", SKIPPED}, {"yet", SKIPPED},
    {"if", SUBORDINATE | CIRCUMSTANCE}, {"when", SUBORDINATE | CIRCUMSTANCE},
    {"whenever", SUBORDINATE | CIRCUMSTANCE}, {"unless", SUBORDINATE | CIRCUMSTANCE},
    {"while", CIRCUMSTANCE}, {"that", SUBORDINATE}, {"which", SUBORDINATE},
    {"who", SUBORDINATE}, {"whose", SUBORDINATE}, {"where", SUBORDINATE | CIRCUMSTANCE},
    {"because", SUBORDINATE | CIRCUMSTANCE}, {"since", SUBORDINATE | CIRCUMSTANCE},
    {"until", SUBORDINATE}, {"ensure", SUBORDINATE}, {"ensures", SUBORDINATE},
    {"ensuring", SUBORDINATE}, {"guarantee", SUBORDINATE}, {"guarantees", SUBORDINATE}, {"whether", SUBORDINATE}, {"in", CIRCUMSTANCE},
    {"for", CIRCUMSTANCE}, {"to", CIRCUMSTANCE}, {"on", CIRCUMSTANCE}, {"at", CIRCUMSTANCE},
    {"by", CIRCUMSTANCE}, {"during", CIRCUMSTANCE}, {"before", CIRCUMSTANCE},
    {"after", CIRCUMSTANCE}, {"with", CIRCUMSTANCE}, {"once", CIRCUMSTANCE},
    {"wherever", CIRCUMSTANCE}, {"as", SUBORDINATE | CIRCUMSTANCE},
    /* clang-format on */
};

/* What the headings, lists and labels above give to what stands below them. */
struct above {
    const struct modality_rule *rule; /* NULL: nothing */
    uint32_t by;
    struct span cue; /* of that unit */
};

enum { BLANK_MAX = 80 /* bytes of a place to be filled in */ };
enum { LEVELS = 9, LABEL_WORDS = 5, HEAD_WORDS = 6, LEAD_WORDS = 8 };

/* A sentence before a list or a table. */
struct lead {
    struct above above;
    bool open; /* its sentence does not end: the items go on with it */
};

struct meant {
    struct arena *a;
    const struct corpus *corpus;
    struct lexicon *lexicon;
    const struct words *rows;
    const struct model *model;
    struct splitter *splitter;
    struct phrases *phrases;
    uint8_t *small; /* of each number below small_count: SKIPPED, … */
    uint32_t small_count;
    struct table *columns;   /* head of a column -> index */
    struct list column_bits; /* uint64_t */
    struct above *heading;   /* of each unit that is a heading */
    struct above *section;   /* what a section says of itself, by its heading */
    uint32_t *first;         /* of each unit, in stances; one more at the end */
    struct stance *stances;
    /* for the unit at hand */
    struct list hits, parts;
    uint64_t *found; /* of each statement */
    uint32_t found_cap;
    uint64_t leads; /* what its first words say of all of it: "Planned for 2.0: …" */
    /* for the document at hand */
    struct lead lead[LEVELS]; /* 0: a paragraph's; else of the item of that level */
    struct above label;       /* of a paragraph that is a label only */
    bool titled;              /* its first heading was seen */
    struct above document;    /* as `section`, where no heading stands above */
    struct above voided;      /* the whole of it is not in force, as it says itself */
    struct list notes;        /* struct footnote */
};

/* "[^1]: Not in this release." */
struct footnote {
    struct bytes mark; /* "[^1]" */
    struct above says;
};

static uint8_t small(const struct meant *m, const struct word *w)
{
    return w->exact < m->small_count ? m->small[w->exact] : 0;
}

/* ---- where a cue stands ---- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* A number or letter of a list, "also", and their like. */
static bool is_skipped(const struct meant *m, struct bytes text, const struct word *w)
{
    uint8_t does = small(m, w);
    size_t behind = w->at + w->len;
    if (w->len == 1 && behind < text.len)
        return is_digit(text.at[w->at]) || text.at[behind] == '.'
            || text.at[behind] == ')';
    return is_digit(text.at[w->at]) || does & SKIPPED
        || (does & SKIPPED_ALONE && w->marks & MARK_COMMA);
}

/* How many words the label before the statement's text has: "Mitigation: …"; or 0. */
static uint32_t label_of(const struct words *w, struct span s)
{
    for (uint32_t i = s.first; i + 1 < s.end && i < s.first + LABEL_WORDS; i++)
        if (w->at[i].marks & (MARK_COLON | MARK_DASH))
            return i + 1 - s.first;
    return 0;
}

/* The first word of what is said, behind numbers and little words. */
static uint32_t begin_of(const struct meant *m, struct bytes text,
    const struct words *w, uint32_t i, uint32_t end)
{
    while (i + 1 < end && is_skipped(m, text, &w->at[i]))
        i++;
    return i;
}

/* Behind "In production," or "If you use it,": where the main part begins; or `end`. */
static uint32_t main_part(const struct meant *m, struct bytes text,
    const struct words *w, uint32_t begin, uint32_t end)
{
    if (!(small(m, &w->at[begin]) & CIRCUMSTANCE))
        return end;
    for (uint32_t i = begin; i + 1 < end; i++)
        if (w->at[i].marks & MARK_COMMA)
            return begin_of(m, text, w, i + 1, end);
    return end;
}

static bool at_start(const struct meant *m, struct bytes text, const struct words *w,
    struct span s, uint32_t at)
{
    if (at == s.first)
        return true;
    uint32_t behind_label = s.first + label_of(w, s);
    uint32_t begin = begin_of(m, text, w, behind_label, s.end);
    return at == behind_label || at == begin
        || at == main_part(m, text, w, begin, s.end)
        || at == begin_of(m, text, w, s.first, s.end);
}

/* No "if", "that", "which" before it in the same part, and not between brackets. */
static bool in_main_part(
    const struct meant *m, const struct words *w, struct span s, uint32_t at)
{
    unsigned cut = MARK_COMMA | MARK_COLON | MARK_SEMICOLON | MARK_DASH;
    bool part = true;
    uint32_t closed = 0;
    for (uint32_t i = at; i > s.first; i--) {
        unsigned marks = w->at[i - 1].marks;
        closed += (marks & MARK_CLOSE) != 0;
        if (marks & MARK_OPEN && !closed)
            return false;
        closed -= marks & MARK_OPEN ? 1u : 0u;
        part = part && !(marks & cut);
        if (part && small(m, &w->at[i - 1]) & SUBORDINATE)
            return false;
    }
    return true;
}

static bool is_blank_at(struct bytes text, size_t i)
{
    return i >= text.len || text.at[i] == ' ' || text.at[i] == '\n'
        || text.at[i] == '\t';
}

/* Part of a name for a machine, "test_is_not_believed", "update-policy.md": no cue. */
static bool in_identifier(struct bytes text, const struct word *w)
{
    size_t from = w->at, to = w->at + w->len;
    while (from > 0 && !is_blank_at(text, from - 1))
        from--;
    while (!is_blank_at(text, to))
        to++;
    for (size_t i = from + 1; i + 1 < to; i++) {
        uint8_t c = text.at[i], next = text.at[i + 1] | 0x20;
        bool between = text.at[i - 1] > ' ' && next >= 'a' && next <= 'z';
        if (between && (c == '_' || (c == '.' && i - from > 1)))
            return true;
    }
    return false;
}

/* Within quotation marks that open in this statement: said of a word, not with it. */
static bool in_quotes(const struct words *w, struct span s, uint32_t at)
{
    bool open =
        s.first == 0 ? w->marks & MARK_QUOTE : w->at[s.first - 1].marks & MARK_QUOTE;
    for (uint32_t i = s.first; i < at; i++)
        open ^= (w->at[i].marks & MARK_QUOTE) != 0;
    return open;
}

static bool in_capitals(struct bytes text, const struct word *w)
{
    for (uint32_t i = 0; i < w->len; i++)
        if (text.at[w->at + i] >= 'a' && text.at[w->at + i] <= 'z')
            return false;
    return true;
}

static bool stands_so(const struct meant *m, struct bytes text, const struct words *w,
    struct span s, const struct phrase_hit *h)
{
    switch ((enum how)cues[h->phrase].how) {
    case ANY: return true;
    case START: return at_start(m, text, w, s, h->first);
    case MAIN: return in_main_part(m, w, s, h->first);
    case CAPS: return in_capitals(text, &w->at[h->first]);
    case LABEL:
        return w->at[h->last].marks & (MARK_COLON | MARK_DASH | MARK_CLOSE)
            && at_start(m, text, w, s, h->first);
    case END: return h->last + 1 == s.end;
    case WHOLE: return h->first == s.first && h->last + 1 == s.end;
    }
    return false;
}

/* "NOT SYNCHRONISED" is the name of a state. */
static bool is_name(
    struct bytes text, const struct words *w, struct span s, uint32_t at)
{
    return at + 1 < s.end && w->at[at].len > 1 && in_capitals(text, &w->at[at])
        && w->at[at + 1].len > 1 && in_capitals(text, &w->at[at + 1])
        && (at == s.first || !in_capitals(text, &w->at[at - 1]));
}

/* A cue's words belong to one part: "No signing: messages can be changed." */
static bool crosses(const struct words *w, const struct phrase_hit *h)
{
    for (uint32_t i = h->first; i < h->last; i++)
        if (w->at[i].marks & (MARK_COLON | MARK_SEMICOLON | MARK_STOP))
            return true;
    return false;
}

static bool denies_nothing(
    struct bytes text, const struct words *w, struct span s, const struct phrase_hit *h)
{
    return cues[h->phrase].group == DENIES
        && (in_quotes(w, s, h->last) || is_name(text, w, s, h->last));
}

static bool is_void(const struct meant *m, struct bytes text, const struct words *w,
    struct span s, const struct phrase_hit *h)
{
    for (size_t i = 0; i < m->hits.count; i++) {
        const struct phrase_hit *v = LIST_AT(&m->hits, const struct phrase_hit, i);
        bool hides = cues[v->phrase].group == VOID
            || (cues[v->phrase].group == FORBIDS && cues[h->phrase].group == DENIES);
        if (hides && v->first <= h->first && h->last <= v->last
            && stands_so(m, text, w, s, v))
            return true;
    }
    return false;
}

/* ---- signs that are no words ---- */

static bool begins_blank(struct bytes inside)
{
    static const char *const fronts[] = {"enter", "insert", "your", "add", "name of",
        "describe", "fill", "product", "company", "device name", "date", "version",
        "author", "manufacturer", "placeholder", "tbd", "todo", "specify", "provide",
        "organization", "project name", "list of", "reference to", "doc id", "xx",
        "..."};
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++)
        if (text_same_word(text_upto(inside, strlen(fronts[i])), text_of(fronts[i])))
            return true;
    return false;
}

/* "<Name of the product>": several words of letters and nothing else. */
static bool only_words(struct bytes inside)
{
    size_t blanks = 0;
    for (size_t i = 0; i < inside.len; i++) {
        uint8_t c = inside.at[i] | 0x20;
        blanks += inside.at[i] == ' ';
        if (inside.at[i] != ' ' && inside.at[i] != '\'' && (c < 'a' || c > 'z'))
            return false;
    }
    return blanks > 0 && inside.at[0] != ' ' && inside.at[inside.len - 1] != ' ';
}

/* "{{< ref x >}}", "{{ $names.os }}", "{{ site.url }}", "{% include %}": what the generator of a site
 * puts in when it is published. */
static bool is_site_variable(struct bytes inside)
{
    static const char *const spaces[] = {"site.", "page.", "book.", "config.", "ref ",
        "relref ", "include ", "link ", "url "};
    inside = text_trim(inside);
    if (inside.len && strchr("$<%.#/", inside.at[0]))
        return true;
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (text_starts(inside, text_of(spaces[i])))
            return true;
    return false;
}

/* How a place that is still to be filled in begins at i: "{{name}}", "<enter the name>",
 * "[your product]", "____", "(...)". */
static bool is_blank(struct bytes rest)
{
    struct bytes inside = text_from(rest, 1);
    switch (rest.at[0]) {
    case '{':
        return text_starts(rest, TEXT("{{")) && text_find(rest, TEXT("}}")) < rest.len
            && !is_site_variable(text_from(rest, 2));
    case '_': return text_starts(rest, TEXT("____"));
    case '(':
        return text_starts(rest, TEXT("(...)"))
            || text_starts(rest, TEXT("(\xE2\x80\xA6)"));
    case '<':
        inside = text_upto(inside, text_find(inside, TEXT(">")));
        return inside.len < BLANK_MAX && inside.len + 1 < rest.len
            && (begins_blank(inside) || only_words(inside));
    case '[':
        inside = text_upto(inside, text_find(inside, TEXT("]")));
        return inside.len < BLANK_MAX && inside.len + 1 < rest.len
            && begins_blank(inside);
    }
    return false;
}

/* The first such place, or text.len. */
static size_t blank_at(struct bytes text)
{
    size_t i = 0;
    while (i < text.len && !is_blank(text_from(text, i)))
        i++;
    return i;
}

static bool of_token(uint8_t c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'
        || c == '_' || c == '.' || c == '/';
}

static bool defined_elsewhere(const struct meant *m, uint32_t unit, struct bytes id)
{
    uint32_t item = model_find(m->model, id);
    return item != ITEM_NONE && m->model->items[item].unit != unit;
}

/* A word with a number behind a hyphen, "SEC-001", "SEC-001a", which the model knows from
 * another place: what is only defined here proves nothing of itself. */
static bool resolves(
    const struct meant *m, uint32_t unit, const struct words *w, uint32_t i)
{
    struct bytes text = m->corpus->units[unit].text;
    if (!m->model || !is_digit(text.at[w->at[i].at]))
        return false;
    size_t from = w->at[i].at, to = from + w->at[i].len;
    while (from > 0 && of_token(text.at[from - 1]))
        from--;
    while (to < text.len && of_token(text.at[to]))
        to++;
    while (to > from && !is_digit(text.at[to - 1]) && text.at[to - 1] < 'a')
        to--;
    if (to - from <= w->at[i].len)
        return false;
    struct bytes id = {text.at + from, to - from};
    if (defined_elsewhere(m, unit, id))
        return true;
    while (id.len && !is_digit(id.at[id.len - 1]))
        id.len--;
    return id.len < to - from && defined_elsewhere(m, unit, id);
}

/* Crosses and an empty box, in UTF-8. */
static bool begins_with_cross(struct bytes text)
{
    static const char *const crosses[] = {"\xE2\x9C\x97", "\xE2\x9C\x98",
        "\xE2\x9D\x8C", "\xE2\x9C\x96", "\xE2\x9C\x95", "\xE2\x98\x90",
        "\xF0\x9F\x9A\xAB"};
    for (size_t i = 0; i < sizeof crosses / sizeof crosses[0]; i++)
        if (text_starts(text, text_of(crosses[i])))
            return true;
    return false;
}

/* "[ ] Enable TLS": a task that nobody has ticked off. */
static bool is_unticked(const struct unit *u)
{
    return u->kind == UNIT_ITEM
        && (text_starts(u->text, TEXT("[ ]")) || begins_with_cross(u->text));
}

static bool is_quotation_mark(struct bytes text)
{
    return text_starts(text, TEXT("\"")) || text_starts(text, TEXT("\xE2\x80\x9C"))
        || text_starts(text, TEXT("\xE2\x80\x9E"));
}

/* All of it stands between quotation marks: somebody has said it. */
static bool is_quotation(const struct unit *u)
{
    struct bytes t = u->text;
    return (u->kind == UNIT_PARAGRAPH || u->kind == UNIT_QUOTE) && t.len > 6
        && is_quotation_mark(t)
        && (text_ends(t, TEXT("\"")) || text_ends(t, TEXT("\xE2\x80\x9D"))
            || text_ends(t, TEXT("\xE2\x80\x9C")));
}

static void find_signs(struct meant *m, uint32_t unit)
{
    const struct unit *u = &m->corpus->units[unit];
    const struct words *w = &m->rows[unit];
    size_t blank = blank_at(u->text);
    uint64_t resolved = 0;
    for (size_t k = 0; k < m->parts.count; k++) {
        struct span s = LIST_AT(&m->parts, const struct statement, k)->words;
        size_t from = k ? w->at[s.first].at : 0;
        size_t to = s.end < w->count ? w->at[s.end].at : u->text.len;
        if (blank < u->text.len && from <= blank && blank <= to)
            m->found[k] |= B(SIGN_BLANK);
        if (w->at[s.end - 1].marks & MARK_QUESTION)
            m->found[k] |= B(SIGN_QUESTION);
        if (is_unticked(u))
            m->found[k] |= B(SIGN_UNTICKED);
        if (is_quotation(u))
            m->found[k] |= B(HEARSAY);
        for (uint32_t i = s.first; i < s.end; i++)
            if (resolves(m, unit, w, i))
                m->found[k] |= B(SIGN_RESOLVES);
        resolved |= m->found[k] & B(SIGN_RESOLVES);
    }
    for (size_t k = 0; u->kind == UNIT_ROW && k < m->parts.count; k++)
        m->found[k] |= resolved; /* the id in one cell is that of the row */
}

/* What of the sentence's frame holds for the statements that go on in it. */
static uint64_t inherited(uint64_t before, uint8_t opens)
{
    uint64_t frame = B(BLANK) | B(SUPPOSE) | B(STANDARD) | B(HEARSAY) | B(FRAME_NOT)
        | B(LEAVES_OPEN);
    if (opens == OPENS_JOINED || opens == OPENS_DENIED)
        return before
            & (frame | B(PLAN) | B(FORMER) | B(ATTACKS) | B(HARM) | B(ADVICE));
    return opens == OPENS_CONTRAST ? before & (B(BLANK) | B(SUPPOSE)) : 0;
}

/* In the label of a paragraph ("Planned: …"; a gap that a label names is one thing, not the paragraph), or a plan in what its first sentence begins with ("In a future version, …"). */
static bool leads(const struct meant *m, struct bytes text, const struct words *w,
    struct span s, const struct phrase_hit *h)
{
    uint8_t group = cues[h->phrase].group;
    uint32_t label = s.first + label_of(w, s);
    if (cues[h->phrase].how == LABEL
        || (h->last < label && w->at[label - 1].marks & MARK_COLON))
        return true;
    uint32_t begin = begin_of(m, text, w, s.first, s.end),
             behind = main_part(m, text, w, begin, s.end);
    return group == PLAN && behind < s.end && h->last < behind;
}

/* A tail without a verb ("…, planned for the next version") holds for the whole sentence, as a
 * question mark does. */
static bool in_tail(const struct words *w, struct span s, const struct phrase_hit *h)
{
    unsigned cut = MARK_COMMA | MARK_OPEN | MARK_DASH | MARK_SEMICOLON;
    uint32_t tail = s.end;
    for (uint32_t i = s.end - 1; i > s.first && tail == s.end; i--)
        if (w->at[i - 1].marks & cut)
            tail = i;
    return h->first >= tail;
}

/* "…, planned for the next version", "…, which is wrong" */
static bool takes_back(const struct words *w, struct span s, const struct phrase_hit *h)
{
    if (cues[h->phrase].group == FRAME_NOT && cues[h->phrase].how == ANY)
        return h->first <= s.first + 1 || in_tail(w, s, h); /* "but nobody …" */
    return cues[h->phrase].group == PLAN && in_tail(w, s, h);
}

static void spread(struct meant *m)
{
    struct statement *part = LIST_AT(&m->parts, struct statement, 0);
    for (size_t k = 1; k < m->parts.count; k++)
        m->found[k] |= inherited(m->found[k - 1], part[k].opens);
    for (size_t k = m->parts.count; k-- > 1;)
        if (part[k].opens != OPENS_SENTENCE && part[k].opens != OPENS_CELL)
            m->found[k - 1] |= m->found[k] & B(SIGN_QUESTION);
    for (size_t k = 1; k < m->parts.count; k++) /* "TODO: describe it. Say how." */
        if (m->found[k - 1] & B(BLANK) && part[k].opens != OPENS_CELL)
            m->found[k] |= B(BLANK);
    for (size_t k = 1; k < m->parts.count && !(m->found[k] & (B(PRESENT) | B(NOW)));
         k++)
        m->found[k] |= m->leads;
}

/* Bits of each statement of a unit, in m->found; the statements are m->parts. */
static void find_cues(struct meant *m, uint32_t unit)
{
    const struct unit *u = &m->corpus->units[unit];
    const struct words *w = &m->rows[unit];
    m->parts.count = m->hits.count = 0;
    statements_of(m->splitter, u, w, &m->parts);
    phrases_find(m->phrases, w, &m->hits);
    if (m->parts.count > m->found_cap) {
        m->found_cap = (uint32_t)m->parts.count * 2;
        m->found = arena_take(m->a, m->found_cap * sizeof *m->found);
    }
    memset(m->found, 0, m->parts.count * sizeof *m->found);
    m->leads = 0;
    size_t k = 0;
    const struct statement *part = LIST_AT(&m->parts, const struct statement, 0);
    for (size_t i = 0; i < m->hits.count; i++) {
        const struct phrase_hit *h = LIST_AT(&m->hits, const struct phrase_hit, i);
        while (h->first >= part[k].words.end)
            k++;
        struct span s = part[k].words;
        uint8_t group = cues[h->phrase].group;
        bool order = group == ORDERS && part[k].opens == OPENS_DENIED;
        if (h->last >= s.end || crosses(w, h) || order /* ", never in clear" is none */
            || !stands_so(m, u->text, w, s, h)
            || in_identifier(u->text, &w->at[h->first])
            || denies_nothing(u->text, w, s, h)
            || (group != VOID && group != FORBIDS && is_void(m, u->text, w, s, h)))
            continue;
        m->found[k] |= B(group);
        if (k == 0 && B(group) & LEADING && part[0].opens != OPENS_CELL
            && leads(m, u->text, w, s, h))
            m->leads |= B(group);
        for (size_t j = k; takes_back(w, s, h) && j > 0
             && part[j].opens != OPENS_SENTENCE && part[j].opens != OPENS_CELL;
             j--)
            m->found[j - 1] |= B(group);
    }
    find_signs(m, unit);
    spread(m);
}

/* ---- what stands above ---- */

static const struct above none = {NULL, UNIT_NONE, {0, 0}};

static uint64_t all_found(const struct meant *m)
{
    uint64_t all = 0;
    for (size_t k = 0; k < m->parts.count; k++)
        all |= m->found[k];
    return all;
}

/* The words of the unit at hand by which the rule holds; none for signs that are no words. */
static struct span cue_of(const struct meant *m, uint32_t unit, struct span s,
    const struct modality_rule *rule)
{
    const struct unit *u = &m->corpus->units[unit];
    uint64_t groups = conditions[rule - rules].all | conditions[rule - rules].any;
    for (size_t i = 0; groups && i < m->hits.count; i++) {
        const struct phrase_hit *h = LIST_AT(&m->hits, const struct phrase_hit, i);
        if (groups & B(cues[h->phrase].group) && h->first >= s.first && h->last < s.end
            && stands_so(m, u->text, &m->rows[unit], s, h)
            && !is_void(m, u->text, &m->rows[unit], s, h))
            return (struct span){h->first, h->last + 1};
    }
    return (struct span){0, 0};
}

static struct above above_by(const struct meant *m, const struct modality_rule *rule,
    uint32_t unit, struct span s)
{
    return rule ? (struct above){rule, unit, cue_of(m, unit, s, rule)} : none;
}

static struct above head_above(
    const struct meant *m, uint64_t found, uint32_t unit, struct span s)
{
    return above_by(m, first_rule(HEAD, found), unit, s);
}

/* Of the head of a column, whose words are none of a unit. */
static struct above column_above(uint64_t found, uint32_t unit)
{
    return (struct above){first_rule(HEAD, found), unit, {0, 0}};
}

/* Cues of a few words that are no unit: the head of a column, a label. */
static uint64_t bits_of(struct meant *m, struct bytes text)
{
    struct words w = words_of(m->lexicon, m->a, text);
    struct list hits = m->hits;
    uint64_t found = 0;
    m->hits = (struct list){.each = hits.each};
    phrases_find(m->phrases, &w, &m->hits);
    for (size_t i = 0; i < m->hits.count; i++) {
        const struct phrase_hit *h = LIST_AT(&m->hits, const struct phrase_hit, i);
        if (stands_so(m, text, &w, (struct span){0, w.count}, h))
            found |= B(cues[h->phrase].group);
    }
    list_free(&m->hits);
    m->hits = hits;
    return found;
}

static uint64_t column_bits(struct meant *m, struct bytes head)
{
    uint32_t *at = table_at(m->columns, head);
    if (*at == TABLE_NONE) {
        *at = (uint32_t)m->column_bits.count;
        uint32_t index = *at;
        uint64_t bits = bits_of(m, head);
        *(uint64_t *)list_add(&m->column_bits) = bits;
        return *LIST_AT(&m->column_bits, uint64_t, index);
    }
    return *LIST_AT(&m->column_bits, uint64_t, *at);
}

static const struct field *field_at(
    const struct meant *m, const struct unit *u, uint32_t i)
{
    return i < u->field_count ? &m->corpus->fields[u->field + i] : NULL;
}

/* The nearest heading that gives something. A heading of measures ends the search. */
static struct above from_headings(const struct meant *m, uint32_t heading)
{
    while (heading != UNIT_NONE) {
        if (m->section[heading].rule)
            return m->section[heading];
        if (m->heading[heading].rule)
            return m->heading[heading];
        heading = m->corpus->units[heading].heading;
    }
    return m->document;
}

/* ---- what comes of both ---- */

static bool among(const struct modality_rule *rule, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(rule->name, *list) == 0)
            return true;
    return false;
}

#define M(name) (1u << MODALITY_##name)
enum { UNREAL = M(QUESTION) | M(PLACEHOLDER) | M(EXAMPLE) | M(QUOTED) };
enum { PLAIN = M(ASSERTED) | M(EVIDENCE) | M(REQUIREMENT) };

/* What stands above takes the place of a statement's own modality where a row says so. */
static const struct {
    unsigned above, own;
    bool
        firm_too; /* also of one that tells what stands against a threat, or is in place */
} takes[] = {
    /* clang-format off */
    {UNREAL,         PLAIN | M(NEGATED) | M(GAP) | M(PLANNED) | M(RECOMMENDED) | M(THREAT), true},
    {M(THREAT),      PLAIN | M(NEGATED) | M(GAP),    false},
    {M(GAP),         PLAIN | M(NEGATED),             false},
    {M(PLANNED),     PLAIN | M(NEGATED) | M(RECOMMENDED), true},
    {M(RECOMMENDED), PLAIN | M(NEGATED),             true},
    {M(NEGATED),     PLAIN,                          true},
    {M(REQUIREMENT), M(ASSERTED),                    false},
    /* clang-format on */
};

static bool is_firm(const struct modality_rule *own)
{
    static const char *const firm[] = {
        "measure", "required-measure", "implemented", NULL};
    return among(own, firm);
}

/* A heading says what mostly stands below it; a sentence or a row says it of each. */
static bool is_loose(const struct modality_rule *rule)
{
    return conditions[rule - rules].place == HEAD;
}

static bool is_taken(const struct above *above, const struct modality_rule *own)
{
    if (!above->rule)
        return false;
    for (size_t i = 0; i < sizeof takes / sizeof takes[0]; i++)
        if (takes[i].above & 1u << above->rule->modality
            && takes[i].own & 1u << own->modality
            && (takes[i].firm_too || !is_firm(own) || !is_loose(above->rule)))
            return true;
    return false;
}

static const struct modality_rule *own_rule(uint64_t found)
{
    const struct modality_rule *own = first_rule(OWN, found);
    assert(own); /* the last rule asks for nothing */
    return own;
}

static const struct modality_rule *rule_named(const char *name)
{
    for (size_t i = 0; i < RULES; i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

/* ---- a unit ---- */

/* What stands above the statements of one unit, in the order in which it is asked. */
struct setting {
    struct above label;   /* within the unit */
    struct above column;  /* of this cell */
    struct above row;     /* what the row says of its state */
    struct above duty;    /* a cell of the row says that it is mandatory */
    struct above threats; /* a column of threats, for the columns that say nothing */
    const struct lead *lead;
    struct above far; /* a label in a paragraph of its own, or the headings */
    struct above voided;
    struct above note; /* at the foot, to which a mark in this statement leads */
    bool is_done;
};

static bool ends_search(const struct above *above)
{
    return above->rule && above->rule->modality == MODALITY_ASSERTED;
}

/* The one that decides, or `none`. */
static struct above pick(const struct setting *s)
{
    if (s->voided.rule)
        return s->voided;
    if (s->note.rule)
        return s->note;
    const struct above *order[] = {
        &s->label, &s->column, &s->threats, s->lead ? &s->lead->above : &none, &s->far};
    if (s->row.rule && (!s->column.rule || ends_search(&s->column)))
        return s->row;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (ends_search(order[i]))
            return none;
        if (order[i]->rule)
            return *order[i];
    }
    return none;
}

static const struct lead *lead_of(const struct meant *m, const struct unit *u)
{
    uint32_t level = u->kind == UNIT_ITEM && u->level < LEVELS ? u->level : LEVELS;
    if (u->kind != UNIT_ITEM && u->kind != UNIT_ROW && u->kind != UNIT_QUOTE)
        return NULL;
    while (level-- > 0)
        if (m->lead[level].open || m->lead[level].above.rule)
            return &m->lead[level];
    return NULL;
}

/* An instruction below "The loader does this:" tells what the loader does; one whose row says
 * "mandatory", or that stands among requirements, is one. */
static const struct modality_rule *in_the_sentence_above(
    const struct modality_rule *own, const struct setting *s)
{
    if (strcmp(own->name, "instruction") != 0)
        return own;
    if (s->duty.rule)
        return s->duty.rule;
    if (!s->lead || !s->lead->open)
        return own;
    const struct modality_rule *lead = s->lead->above.rule;
    if (lead && lead->modality == MODALITY_REQUIREMENT)
        return lead;
    return lead && lead->modality != MODALITY_ASSERTED ? own : rule_named("asserted");
}

static struct stance stance_of(const struct meant *m, uint64_t found, uint32_t unit,
    struct span words, const struct setting *s)
{
    const struct modality_rule *own = in_the_sentence_above(own_rule(found), s);
    struct above above = pick(s);
    struct stance out = {.words = words, .rule = own, .own = own, .by = unit};
    bool spared = s->is_done && !s->voided.rule && above.rule
        && 1u << above.rule->modality & (M(GAP) | M(PLANNED));
    if (!spared && is_taken(&above, own)) {
        out.rule = above.rule;
        out.by = above.by;
        out.cue = above.cue;
    } else {
        out.cue = cue_of(m, unit, words, own);
    }
    out.modality = out.rule->modality;
    out.denied = (found & (B(DENIES) | B(FRAME_NOT))) != 0;
    return out;
}

static uint64_t label_bits(const struct meant *m, const struct unit *u,
    const struct words *w, struct span label)
{
    uint64_t found = 0;
    for (size_t i = 0; i < m->hits.count; i++) {
        const struct phrase_hit *h = LIST_AT(&m->hits, const struct phrase_hit, i);
        if (h->first >= label.first && h->last < label.end
            && stands_so(m, u->text, w, label, h))
            found |= B(cues[h->phrase].group);
    }
    return found;
}

static bool begins_sentence(const struct statement *part)
{
    return part->opens == OPENS_SENTENCE || part->opens == OPENS_CELL;
}

/* A cross below "Implemented", or any words below "Target release". */
static struct above marked_row(struct meant *m, uint32_t unit)
{
    const struct unit *u = &m->corpus->units[unit];
    bool row = u->kind == UNIT_ROW || u->kind == UNIT_ENTRY;
    for (uint32_t i = 0; row && i < u->field_count; i++) {
        const struct field *f = field_at(m, u, i);
        uint64_t head = column_bits(m, f->name);
        if (head & B(H_STATE) && begins_with_cross(text_trim(f->value)))
            return (struct above){first_rule(CELL, B(S_GAP)), unit, {0, 0}};
        if (head & B(H_LATER) && text_trim(f->value).len > 1)
            return (struct above){first_rule(CELL, B(H_LATER)), unit, {0, 0}};
    }
    return none;
}

/* What the row says of its state: a cell below "Status", or one that can be nothing else. */
static struct above row_state(struct meant *m, uint32_t unit)
{
    const struct unit *u = &m->corpus->units[unit];
    if (u->kind == UNIT_ENTRY) {
        for (uint32_t i = 0; i < u->field_count; i++) {
            const struct field *f = field_at(m, u, i);
            if (column_bits(m, f->name) & (B(H_STATE) | B(H_OUTCOME))
                && f->value.len < 80)
                return (struct above){
                    first_rule(CELL, bits_of(m, f->value)), unit, {0, 0}};
        }
        return marked_row(m, unit);
    }
    for (size_t k = 0; u->kind == UNIT_ROW && k < m->parts.count; k++) {
        const struct statement *part = LIST_AT(&m->parts, const struct statement, k);
        const struct field *f = field_at(m, u, part->column);
        bool state = f && column_bits(m, f->name) & B(H_STATE);
        if (part->opens == OPENS_CELL && (state || m->found[k] & B(S_CLEAR))) {
            struct above row =
                above_by(m, first_rule(CELL, m->found[k]), unit, part->words);
            if (row.rule)
                return row;
        }
    }
    return marked_row(m, unit);
}

/* "PHYS-001 | Disable JTAG in production | Must" */
static struct above row_duty(const struct meant *m, uint32_t unit)
{
    const struct unit *u = &m->corpus->units[unit];
    for (size_t k = 1; u->kind == UNIT_ROW && k < m->parts.count; k++) {
        const struct statement *part = LIST_AT(&m->parts, const struct statement, k);
        if (part->opens == OPENS_CELL && m->found[k] & B(S_DUTY))
            return above_by(
                m, first_rule(CELL, m->found[k] & B(S_DUTY)), unit, part->words);
    }
    return none;
}

/* A column of threats, at the front of its table, whose cell in this row is a sentence. */
static struct above threats_of(struct meant *m, const struct unit *u)
{
    for (uint32_t i = 0; u->kind == UNIT_ROW && i < 2; i++) {
        const struct field *f = field_at(m, u, i);
        if (!f || f->value.len < 12)
            continue;
        struct above column =
            column_above(column_bits(m, f->name), (uint32_t)(u - m->corpus->units));
        if (column.rule && column.rule->modality == MODALITY_THREAT)
            return column;
    }
    return none;
}

/* The mark at the front of a note, "[^1]" or "[2]", or nothing. */
static struct bytes note_mark(const struct unit *u)
{
    enum { MARK_MAX = 8 };
    size_t end = text_find(text_upto(u->text, MARK_MAX), TEXT("]"));
    bool is = u->kind == UNIT_PARAGRAPH && text_starts(u->text, TEXT("["))
        && end < MARK_MAX && end < u->text.len && end > 1 && u->text.at[1] != ' ';
    return is ? text_upto(u->text, end + 1) : (struct bytes){0};
}

/* A note that takes back what it is put to: planned, a gap, denied. */
static void keep_note(struct meant *m, uint32_t unit)
{
    struct bytes mark = note_mark(&m->corpus->units[unit]);
    if (!mark.len || !m->rows[unit].count)
        return;
    find_cues(m, unit);
    const struct modality_rule *own = own_rule(all_found(m));
    if (own->modality == MODALITY_NEGATED)
        own = rule_named("known-gap"); /* of what it is put to */
    if (1u << own->modality & (M(GAP) | M(PLANNED) | M(RECOMMENDED)))
        *(struct footnote *)list_add(&m->notes) =
            (struct footnote){mark, {own, unit, {0, 0}}};
}

/* The note to which a mark behind this statement, and before the next one, leads. */
static struct above note_of(const struct meant *m, uint32_t unit, size_t part)
{
    struct bytes text = m->corpus->units[unit].text;
    const struct statement *p = LIST_AT(&m->parts, const struct statement, part);
    const struct word *w = m->rows[unit].at;
    for (size_t i = 0; i < m->notes.count; i++) {
        const struct footnote *n = LIST_AT(&m->notes, const struct footnote, i);
        size_t from = w[p->words.first].at,
               at = n->says.by == unit ? text.len
                                       : text_find(text_from(text, from), n->mark);
        if (at >= text.len - from)
            continue;
        size_t of = from; /* the last word before the mark */
        for (uint32_t k = p->words.first; k < p->words.end && w[k].at < from + at; k++)
            of = w[k].at + w[k].len;
        bool next = false; /* a word of the next statement stands between */
        for (size_t k = of; k < from + at && k < text.len; k++)
            next = next || text.at[k] > 'A';
        if (!next)
            return n->says;
    }
    return none;
}

static void add_stances(struct meant *m, uint32_t unit, struct list *out)
{
    const struct unit *u = &m->corpus->units[unit];
    const struct words *w = &m->rows[unit];
    struct above row = row_state(m, unit), threats = threats_of(m, u);
    struct setting s = {.label = none,
        .column = none,
        .row = none,
        .duty = row_duty(m, unit),
        .threats = none,
        .lead = lead_of(m, u),
        .far = m->label.rule ? m->label : from_headings(m, u->heading),
        .voided = m->voided,
        .note = none};
    s.is_done = row.rule && row.rule->modality == MODALITY_ASSERTED;
    if (!s.is_done)
        s.row = row;
    if (u->kind == UNIT_HEADING)
        s.label = m->heading[unit];
    bool of_sentence = false;
    for (size_t k = 0; k < m->parts.count; k++) {
        const struct statement *part = LIST_AT(&m->parts, const struct statement, k);
        const struct field *f =
            u->kind == UNIT_ROW ? field_at(m, u, part->column) : NULL;
        uint32_t label = begins_sentence(part) ? label_of(w, part->words) : 0;
        if (part->opens == OPENS_CELL || (begins_sentence(part) && of_sentence))
            s.label = none;
        if (label && u->kind != UNIT_HEADING) {
            struct span span = {part->words.first, part->words.first + label};
            uint64_t found = label_bits(m, u, w, span);
            s.label = head_above(m, found, unit, span);
            /* "Not built: an image." is one sentence, "Limits: …" all that follow. */
            of_sentence = found & B(GAP);
        }
        s.column = f ? column_above(column_bits(m, f->name), unit) : none;
        s.threats = f && !s.column.rule ? threats : none;
        s.note = note_of(m, unit, k);
        *(struct stance *)list_add(out) =
            stance_of(m, m->found[k], unit, part->words, &s);
    }
}

/* ---- what a unit is to those below it ---- */

static bool ends_with_colon(const struct words *w)
{
    return w->count && w->at[w->count - 1].marks & MARK_COLON;
}

static bool is_listed(const struct meant *m, uint32_t unit, const struct document *d)
{
    if (unit >= d->unit + d->unit_count)
        return false;
    uint8_t kind = m->corpus->units[unit].kind;
    return kind == UNIT_ITEM || kind == UNIT_ROW || kind == UNIT_QUOTE
        || kind == UNIT_CODE;
}

static bool announces(const struct meant *m, const struct words *w, struct span s)
{
    for (uint32_t i = s.first; i < s.end; i++) {
        struct bytes word = lexicon_text(m->lexicon, w->at[i].exact);
        if (text_same(word, TEXT("following")) || text_same(word, TEXT("below")))
            return true;
    }
    return false;
}

static bool is_label(const struct unit *u, const struct words *w)
{
    return u->kind == UNIT_PARAGRAPH && w->count && w->count <= HEAD_WORDS
        && !(w->at[w->count - 1].marks & MARK_STOP)
        && (u->heading == UNIT_NONE || ends_with_colon(w));
}

/* The last statement of a unit as the beginning of the list behind it. */
static struct lead lead_from(const struct meant *m, uint32_t unit,
    const struct stance *last, const struct document *d)
{
    const struct unit *u = &m->corpus->units[unit];
    const struct words *w = &m->rows[unit];
    struct lead lead = {none, false};
    if (!is_listed(m, unit + 1, d))
        return lead;
    bool unended = u->kind == UNIT_PARAGRAPH && !is_label(u, w)
        && !(w->at[w->count - 1].marks & MARK_STOP);
    lead.open = ends_with_colon(w) || unended;
    if (!ends_with_colon(w) && !announces(m, w, last->words))
        return lead;
    size_t at = m->parts.count - 1;
    if (at > 0 && last->words.end - last->words.first <= 2)
        at--; /* "We restrict ourselves. For example:" the list is of what was said before */
    uint64_t found = m->found[at];
    const struct modality_rule *own = own_rule(found);
    lead.above = above_by(m, own, unit, last->words);
    if (!(1u << own->modality & PLAIN))
        return lead;
    if (last->words.end - last->words.first <= LEAD_WORDS) {
        struct above head = head_above(m, found, unit, last->words);
        if (head.rule)
            lead.above = head;
    }
    if (lead.above.rule == own && own->modality != MODALITY_REQUIREMENT
        && !is_firm(own))
        lead.above = none;
    return lead;
}

static bool is_state(struct meant *m, struct bytes name)
{
    return column_bits(m, name) & B(H_STATE);
}

/* The title, or a chapter "Status" behind it, above this unit: it speaks of the whole. */
static bool of_title(struct meant *m, uint32_t unit)
{
    const struct unit *u = m->corpus->units;
    uint32_t heading = u[unit].heading;
    if (heading != UNIT_NONE && is_state(m, u[heading].text))
        heading = u[heading].heading;
    return heading == UNIT_NONE || u[heading].heading == UNIT_NONE;
}

/* A decision that is accepted is in force; a risk that is accepted is open. */
static bool is_final(struct meant *m, uint32_t unit, size_t part)
{
    return m->found[part] & B(S_FINAL) && of_title(m, unit);
}

/* "This section is awaiting implementation." "Status: proposed." */
static void note_section(struct meant *m, uint32_t unit, const struct stance *stances)
{
    const struct unit *u = &m->corpus->units[unit];
    if (u->kind != UNIT_PARAGRAPH && u->kind != UNIT_QUOTE)
        return;
    for (size_t k = 0; k < m->parts.count; k++) {
        const struct modality_rule *own = own_rule(m->found[k]);
        bool open = 1u << own->modality & (M(GAP) | M(PLANNED));
        if (!(m->found[k] & B(SECTION)) || m->found[k] & B(TALKS))
            open = false;
        struct span s = stances[k].words;
        uint32_t label = label_of(&m->rows[unit], s);
        if (label
            && label_bits(m, u, &m->rows[unit], (struct span){s.first, s.first + label})
                & B(H_STATE)) {
            own = first_rule(CELL, m->found[k]);
            open = own && own->modality != MODALITY_ASSERTED && !is_final(m, unit, k);
        }
        struct above *to =
            u->heading == UNIT_NONE ? &m->document : &m->section[u->heading];
        if (open && !to->rule)
            *to = above_by(m, own, unit, s);
    }
}

static void clear_leads(struct meant *m, uint32_t from)
{
    for (uint32_t i = from; i < LEVELS; i++)
        m->lead[i] = (struct lead){none, false};
}

static void before_unit(struct meant *m, uint32_t unit)
{
    const struct unit *u = &m->corpus->units[unit];
    struct span whole = {0, m->rows[unit].count};
    if (u->kind == UNIT_HEADING) {
        /* A title says what the whole is about, its chapters what they are. */
        uint64_t threats = B(L_THREAT) | (m->titled ? 0 : B(H_THREAT));
        m->heading[unit] = head_above(m, all_found(m) & ~threats, unit, whole);
        m->label = none;
        m->titled = true;
    }
    if (u->kind == UNIT_HEADING || u->kind == UNIT_PARAGRAPH || u->kind == UNIT_ENTRY)
        clear_leads(m, 0);
    if (u->kind == UNIT_ITEM)
        clear_leads(m, u->level < LEVELS ? u->level : LEVELS);
    if (is_label(u, &m->rows[unit]))
        m->label = none;
}

static void after_unit(struct meant *m, uint32_t unit, const struct stance *stances)
{
    const struct unit *u = &m->corpus->units[unit];
    const struct document *d = &m->corpus->docs[u->doc];
    if (!m->parts.count)
        return;
    const struct stance *last = &stances[m->parts.count - 1];
    if (is_label(u, &m->rows[unit]) && !m->lead[0].open && !is_listed(m, unit + 1, d))
        m->label =
            head_above(m, all_found(m), unit, (struct span){0, m->rows[unit].count});
    if (u->kind == UNIT_PARAGRAPH)
        m->lead[0] = lead_from(m, unit, last, d);
    if (u->kind == UNIT_ITEM && u->level < LEVELS)
        m->lead[u->level] = lead_from(m, unit, last, d);
    note_section(m, unit, stances);
}

static void add_unit(struct meant *m, uint32_t unit, struct list *out)
{
    m->first[unit] = (uint32_t)out->count;
    if (!m->rows[unit].count)
        return;
    find_cues(m, unit);
    for (size_t k = 0; m->corpus->units[unit].kind == UNIT_CODE && k < m->parts.count;
         k++)
        m->found[k] |= B(SIGN_CODE);
    before_unit(m, unit);
    add_stances(m, unit, out);
    after_unit(m, unit, LIST_AT(out, const struct stance, m->first[unit]));
}

/* ---- a document that says of itself that it is not in force ---- */

enum { FRONT_UNITS = 40 };

static const struct modality_rule *void_rule(uint64_t found)
{
    return first_rule(WHOLE_DOCUMENT, found);
}

/* "Status | Rejected" */
static const struct modality_rule *void_row(struct meant *m, uint32_t unit)
{
    for (size_t k = 0; k + 1 < m->parts.count; k++) {
        const struct statement *part = LIST_AT(&m->parts, const struct statement, k);
        struct bytes text = m->corpus->units[unit].text;
        const struct word *first = &m->rows[unit].at[part->words.first],
                          *last = &m->rows[unit].at[part->words.end - 1];
        struct bytes name = {text.at + first->at, last->at + last->len - first->at};
        if (is_state(m, name) && m->found[k + 1] & B(S_VOID))
            return void_rule(B(S_VOID));
    }
    return NULL;
}

/* "status: deprecated" in what stands before the text */
static const struct modality_rule *void_entry(struct meant *m, const struct unit *u)
{
    for (uint32_t i = 0; i < u->field_count; i++) {
        const struct field *f = field_at(m, u, i);
        if (is_state(m, f->name) && bits_of(m, f->value) & B(S_VOID))
            return void_rule(B(S_VOID));
    }
    return NULL;
}

/* "Status: rejected", or the same below a heading "Status" */
static bool tells_state(struct meant *m, uint32_t unit, struct span s)
{
    const struct unit *u = &m->corpus->units[unit];
    uint32_t label = label_of(&m->rows[unit], s);
    return (u->heading != UNIT_NONE && is_state(m, m->corpus->units[u->heading].text))
        || (label
            && label_bits(m, u, &m->rows[unit], (struct span){s.first, s.first + label})
                & B(H_STATE));
}

static const struct modality_rule *void_words(struct meant *m, uint32_t unit)
{
    bool heading = m->corpus->units[unit].kind == UNIT_HEADING;
    const struct modality_rule *rule = NULL;
    bool state = false; /* "Status: draft, not approved" is two statements */
    for (size_t k = 0; k < m->parts.count && !rule; k++) {
        const struct statement *part = LIST_AT(&m->parts, const struct statement, k);
        uint64_t of_all = B(BANNER) | B(FICTION) | (heading ? B(H_VOID) : 0);
        state = tells_state(m, unit, part->words) || (state && !begins_sentence(part));
        rule = void_rule(m->found[k] & (of_all | (state ? B(S_VOID) : 0)));
    }
    return rule;
}

static const struct modality_rule *void_text(struct meant *m, uint32_t unit)
{
    if (!m->rows[unit].count)
        return NULL;
    find_cues(m, unit);
    return m->corpus->units[unit].kind == UNIT_ROW ? void_row(m, unit)
                                                   : void_words(m, unit);
}

/* It stands before the first chapter, or speaks of what stands "above". */
static bool speaks_of_all(struct meant *m, uint32_t unit, bool front)
{
    const struct unit *u = &m->corpus->units[unit];
    bool prose = u->kind == UNIT_PARAGRAPH || u->kind == UNIT_QUOTE;
    return front || (prose && text_find_word(u->text, TEXT("above")) < u->text.len);
}

/* A chapter that is none: the title, and "Status" behind it. */
static bool opens_chapter(struct meant *m, uint32_t unit, bool titled)
{
    const struct unit *u = &m->corpus->units[unit];
    return u->kind == UNIT_HEADING && titled && !is_state(m, u->text);
}

/* Several decisions in one document have a state each. */
static bool is_one(const struct meant *m, const struct document *d)
{
    uint32_t titles = 0, last = d->unit + d->unit_count;
    for (uint32_t i = d->unit; i < last; i++)
        titles += m->corpus->units[i].kind == UNIT_HEADING
            && m->corpus->units[i].heading == UNIT_NONE;
    return titles <= 1;
}

static struct above voided_by(struct meant *m, const struct document *d)
{
    bool front = true, titled = false, one = is_one(m, d);
    for (uint32_t i = d->unit; i < d->unit + d->unit_count; i++) {
        const struct unit *u = &m->corpus->units[i];
        front = front && i < d->unit + FRONT_UNITS && !opens_chapter(m, i, titled);
        titled = titled || u->kind == UNIT_HEADING;
        if (u->kind == UNIT_CODE || !speaks_of_all(m, i, front))
            continue;
        const struct modality_rule *rule =
            u->kind == UNIT_ENTRY ? void_entry(m, u) : void_text(m, i);
        if (rule && (one || !(conditions[rule - rules].any & B(S_VOID))))
            return (struct above){rule, i, {0, 0}};
    }
    return none;
}

/* ---- all of it ---- */

static void learn_small_words(struct meant *m)
{
    size_t n = sizeof small_words / sizeof small_words[0];
    uint32_t number[sizeof small_words / sizeof small_words[0]];
    for (size_t i = 0; i < n; i++)
        number[i] = lexicon_number(m->lexicon, text_of(small_words[i].word));
    m->small_count = lexicon_count(m->lexicon);
    m->small = arena_take(m->a, m->small_count);
    for (size_t i = 0; i < n; i++)
        m->small[number[i]] = small_words[i].does;
}

struct meant *meant_of(struct arena *a, const struct corpus *corpus,
    struct lexicon *lexicon, const struct words *rows, const struct model *model)
{
    struct meant *m = arena_take(a, sizeof *m);
    *m = (struct meant){.a = a,
        .corpus = corpus,
        .lexicon = lexicon,
        .rows = rows,
        .model = model,
        .splitter = splitter_new(a, lexicon),
        .columns = table_new(a, 64),
        .column_bits = LIST_OF(uint64_t),
        .notes = LIST_OF(struct footnote),
        .heading = arena_take(a, corpus->unit_count * sizeof *m->heading),
        .section = arena_take(a, corpus->unit_count * sizeof *m->section),
        .first = arena_take(a, (corpus->unit_count + 1) * sizeof *m->first),
        .hits = LIST_OF(struct phrase_hit),
        .parts = LIST_OF(struct statement)};
    struct bytes texts[CUES];
    for (size_t i = 0; i < CUES; i++)
        texts[i] = text_of(cues[i].phrase);
    m->phrases = phrases_new(a, lexicon, texts, CUES);
    learn_small_words(m);
    struct list out = LIST_OF(struct stance);
    for (uint32_t d = 0; d < corpus->doc_count; d++) {
        m->label = m->document = none;
        m->titled = false;
        m->voided = voided_by(m, &corpus->docs[d]);
        m->notes.count = 0;
        for (uint32_t i = 0; i < corpus->docs[d].unit_count; i++)
            keep_note(m, corpus->docs[d].unit + i);
        clear_leads(m, 0);
        for (uint32_t i = 0; i < corpus->docs[d].unit_count; i++)
            add_unit(m, corpus->docs[d].unit + i, &out);
    }
    m->first[corpus->unit_count] = (uint32_t)out.count;
    m->stances = arena_take(a, out.count * sizeof *m->stances);
    if (out.count)
        memcpy(m->stances, out.at, out.count * sizeof *m->stances);
    list_free(&out);
    list_free(&m->hits);
    list_free(&m->parts);
    list_free(&m->column_bits);
    list_free(&m->notes);
    phrases_free(m->phrases);
    return m;
}

const struct stance *meant_unit(const struct meant *m, uint32_t unit, uint32_t *count)
{
    *count = m->first[unit + 1] - m->first[unit];
    return &m->stances[m->first[unit]];
}

const struct stance *meant_at(const struct meant *m, uint32_t unit, uint32_t word)
{
    uint32_t count;
    const struct stance *s = meant_unit(m, unit, &count);
    for (uint32_t i = 0; i < count; i++)
        if (s[i].words.first <= word && word < s[i].words.end)
            return &s[i];
    assert(false && "a word of the unit");
    return NULL;
}
