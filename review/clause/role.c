/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/role.h"

enum { /* what is counted, one bit each, so that a rule can name several */
    STATEMENTS = 1 << 0,
    QUESTIONS = 1 << 1,
    BLANKS = 1 << 2,
    QUOTED = 1 << 3,
    THREATS = 1 << 4,
    GAPS = 1 << 5,
    ADVICE = 1 << 6,
    DENIALS = 1 << 7,
    DUTIES = 1 << 8,
    ASSERTIONS = 1 << 9,
    EVIDENCE = 1 << 10,
    TEACHES = 1 << 11,
    ANSWERS = 1 << 12,
    RESULTS = 1 << 13,
    DISCLOSES = 1 << 14,
    YOU = 1 << 15,
    COUNTS = 16
};
enum { /* of a title, behind the counts: the words share one table */
    T_TEMPLATE = 1 << 16,
    T_QUESTIONS = 1 << 17,
    T_STANDARD = 1 << 18,
    T_AUDIT = 1 << 19,
    T_POLICY = 1 << 20,
    T_TESTS = 1 << 21,
    T_THREATS = 1 << 22,
    T_DUTIES = 1 << 23,
    T_GUIDE = 1 << 24,
    T_README = 1 << 25,
    T_LICENCE = 1 << 27,
    T_SCHEMA = 1 << 26, /* and the format is one that schemas are written in */
    T_TENDER = 1 << 28,
    T_LESSON = 1 << 29,
    T_RIVAL = 1 << 30,
};
/* More than an int has bits. */
#define T_ORDER (UINT64_C(1) << 31)
#define BUYS    (UINT64_C(1) << 32)
#define LEARNS  (UINT64_C(1) << 33)
#define RIVALS  (UINT64_C(1) << 34)
#define PEOPLE  (UINT64_C(1) << 35)
#define TECHNIC (UINT64_C(1) << 36)
#define TONGUE  (UINT64_C(1) << 37)
#define ACTS    (UINT64_C(1) << 38)
#define HIRES   (UINT64_C(1) << 39)
#define T_HIRE  (UINT64_C(1) << 40)
#define SETS    (UINT64_C(1) << 41) /* each statement of a file of settings */
#define OF_WORDS                                                                    \
    (TEACHES | DISCLOSES | YOU | BUYS | LEARNS | RIVALS | PEOPLE | TECHNIC | TONGUE \
        | ACTS | HIRES)
enum {
    SAYING_WORDS = 3, /* a statement of fewer says nothing */
    ANSWER_WORDS = 12,
    SETTING_WORDS = 2, /* "PermitRootLogin no" */
    SETTINGS_LEAST = 4,
    SETTINGS_OF_TEN = 8,
};

static const struct {
    const char *word;
    uint64_t class;
} words_known[] = {
#define WORD(class, word)  {word, class},
#define TITLE(class, word) {word, class},
#include "review/clause/role.def"
};
enum { WORDS_KNOWN = sizeof words_known / sizeof words_known[0] };

static const struct role_rule rules[] = {
#define RULE(                                                                     \
    name, role, title, counted, of, permille, least, other, other_permille, says) \
    {#name, says, ROLE_##role},
#include "review/clause/role.def"
};
static const struct {
    uint64_t title, counted, of, other;
    uint32_t permille, least, other_permille;
} conditions[] = {
#define RULE(                                                                     \
    name, role, title, counted, of, permille, least, other, other_permille, says) \
    {title, counted, of, other, permille, least, other_permille},
#include "review/clause/role.def"
};
enum { RULES = sizeof rules / sizeof rules[0] };

static const struct {
    const char *says;
    uint8_t ceiling;
} roles[] = {
#define ROLE(name, ceiling, says) {says, CEILING_##ceiling},
#include "review/clause/role.def"
};

const char *role_name(enum role r)
{
    return roles[r].says;
}

enum ceiling role_ceiling(enum role r)
{
    return (enum ceiling)roles[r].ceiling;
}

struct telling {
    const struct corpus *corpus;
    struct lexicon *lexicon;
    const struct words *rows;
    const struct meant *meant;
    uint64_t *class; /* of each number of a word below class_count */
    uint32_t class_count;
};

static uint64_t class_of(const struct telling *t, uint32_t word)
{
    return word < t->class_count ? t->class[word] : 0;
}

static void learn(struct telling *t, struct arena *a)
{
    uint32_t number[WORDS_KNOWN];
    for (size_t i = 0; i < WORDS_KNOWN; i++)
        number[i] = lexicon_number(t->lexicon, text_of(words_known[i].word));
    t->class_count = lexicon_count(t->lexicon);
    t->class = arena_take(a, t->class_count * sizeof *t->class);
    for (size_t i = 0; i < WORDS_KNOWN; i++)
        t->class[number[i]] |= words_known[i].class;
}

static uint32_t of_modality(const struct stance *s)
{
    uint32_t duty = s->own->modality == MODALITY_REQUIREMENT ? DUTIES : 0;
    switch ((enum modality)s->modality) {
    case MODALITY_QUESTION: return QUESTIONS;
    case MODALITY_PLACEHOLDER: return BLANKS;
    case MODALITY_THREAT: return THREATS;
    /* A requirement that is not yet met, its section says, is still one. */
    case MODALITY_GAP: return duty ? duty : GAPS;
    case MODALITY_PLANNED: return duty;
    case MODALITY_RECOMMENDED: return ADVICE;
    case MODALITY_NEGATED: return DENIALS;
    case MODALITY_REQUIREMENT: return DUTIES;
    case MODALITY_ASSERTED: return ASSERTIONS;
    case MODALITY_EVIDENCE: return ASSERTIONS | EVIDENCE;
    case MODALITY_QUOTED:
        /* A pointer or a glossary is no standard. */
        return text_ends(text_of(s->rule->name), TEXT("standard")) ? QUOTED : 0;
    case MODALITY_EXAMPLE:
    case MODALITIES: break;
    }
    return 0;
}

/* What a statement counts as; 0: it says too little to count at all. */
static uint64_t counts_as(const struct telling *t, const struct unit *u,
    const struct words *w, const struct stance *s)
{
    uint32_t length = s->words.end - s->words.first;
    uint64_t found = 0;
    for (uint32_t i = s->words.first; i < s->words.end; i++)
        found |= class_of(t, w->at[i].exact);
    uint64_t first = class_of(t, w->at[s->words.first].exact);
    bool cell = u->kind == UNIT_ROW || u->kind == UNIT_ENTRY || u->kind == UNIT_RESULT;
    uint64_t as = STATEMENTS | of_modality(s) | (found & OF_WORDS);
    if (first & ANSWERS && length <= ANSWER_WORDS)
        as |= ANSWERS;
    if (found & RESULTS && (cell || length <= SAYING_WORDS))
        as |= RESULTS;
    return length < SAYING_WORDS && !(as & (ANSWERS | RESULTS | BLANKS)) ? 0 : as;
}

static bool is_said(const struct unit *u)
{
    return u->kind != UNIT_HEADING && u->kind != UNIT_CODE && u->kind != UNIT_COMPONENT;
}

static uint64_t title_class(
    const struct telling *t, struct arena *a, const struct document *d)
{
    struct bytes name = d->path;
    for (size_t i = 0; i < d->path.len; i++)
        if (d->path.at[i] == '/')
            name = text_from(d->path, i + 1);
    struct words w = words_of(t->lexicon, a, name);
    uint64_t found = 0;
    for (uint32_t i = 0; i < w.count; i++)
        found |= class_of(t, w.at[i].exact);
    for (uint32_t i = 0; i < d->unit_count; i++) {
        const struct words *heading = &t->rows[d->unit + i];
        if (t->corpus->units[d->unit + i].kind != UNIT_HEADING)
            continue;
        for (uint32_t k = 0; k < heading->count; k++)
            found |= class_of(t, heading->at[k].exact);
        break;
    }
    if (d->format != FORMAT_JSON && d->format != FORMAT_YAML)
        found &= ~(uint64_t)T_SCHEMA;
    return found;
}

/* One for each bit of a set that a statement counts as, but no statement twice. */
struct tally {
    uint64_t *as; /* of each statement */
    uint32_t count;
};

static uint32_t tallied(const struct tally *t, uint64_t set)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->count; i++)
        n += (t->as[i] & set) != 0;
    return n;
}

static bool holds(
    size_t rule, uint64_t title, const struct tally *t, struct role_told *told)
{
    if (conditions[rule].title && !(conditions[rule].title & title))
        return false;
    uint64_t counted = tallied(t, conditions[rule].counted);
    uint64_t of = tallied(t, conditions[rule].of),
             other = tallied(t, conditions[rule].other);
    told->counted = (uint32_t)counted;
    told->of = (uint32_t)of;
    return counted >= conditions[rule].least
        && counted * 1000 >= of * conditions[rule].permille
        && other * 1000 <= of * conditions[rule].other_permille;
}

static bool is_comment(struct bytes line)
{
    return text_starts(line, TEXT("#")) || text_starts(line, TEXT(";"))
        || text_starts(line, TEXT("//"));
}

/* "name=value", "name = value", "name value" or a name alone; a comment may stand behind it. */
static bool is_setting(struct bytes line)
{
    uint32_t words = 0;
    bool sets = false;
    while (line.len && !is_comment(line)) {
        size_t n = text_find(line, TEXT(" "));
        struct bytes word = text_upto(line, n);
        size_t equals = text_find(word, TEXT("="));
        sets = sets || (words == 0 && equals > 0 && equals < word.len)
            || (words == 1 && text_same(word, TEXT("=")));
        words++;
        line = text_trim(text_from(line, n));
    }
    return sets || words <= SETTING_WORDS;
}

/* Plain text of which nearly each line sets something. */
static bool is_settings(const struct corpus *c, const struct document *d)
{
    uint32_t lines = 0, settings = 0;
    for (uint32_t i = 0; d->format == FORMAT_TEXT && i < d->unit_count; i++) {
        const struct unit *u = &c->units[d->unit + i];
        for (uint32_t w = 0; w <= u->wrap_count; w++) {
            size_t from = w ? c->wraps[u->wrap + w - 1].at : 0;
            size_t to = w < u->wrap_count ? c->wraps[u->wrap + w].at : u->text.len;
            struct bytes line = text_trim((struct bytes){u->text.at + from, to - from});
            if (!line.len || is_comment(line))
                continue;
            lines++;
            settings += is_setting(line);
        }
    }
    return lines >= SETTINGS_LEAST && settings * 10 >= lines * SETTINGS_OF_TEN;
}

static struct role_told tell(
    struct telling *t, struct arena *a, const struct document *d)
{
    struct list as = LIST_OF(uint64_t);
    uint64_t sets = is_settings(t->corpus, d) ? SETS : 0;
    for (uint32_t i = 0; i < d->unit_count; i++) {
        const struct unit *u = &t->corpus->units[d->unit + i];
        uint32_t count;
        const struct stance *s = meant_unit(t->meant, d->unit + i, &count);
        for (uint32_t k = 0; is_said(u) && k < count; k++) {
            uint64_t one = counts_as(t, u, &t->rows[d->unit + i], &s[k]);
            if (one)
                *(uint64_t *)list_add(&as) = one | sets;
        }
    }
    struct tally tally = {as.at, (uint32_t)as.count};
    uint64_t title = title_class(t, a, d);
    struct role_told told = {0};
    size_t rule = 0;
    while (rule + 1 < RULES && !holds(rule, title, &tally, &told))
        rule++; /* the last asks for nothing */
    told.rule = &rules[rule];
    told.role = rules[rule].role;
    list_free(&as);
    return told;
}

struct role_told *roles_of(struct arena *a, const struct corpus *corpus,
    struct lexicon *lexicon, const struct words *rows, const struct meant *meant)
{
    struct telling t = {
        .corpus = corpus, .lexicon = lexicon, .rows = rows, .meant = meant};
    struct role_told *told = arena_take(a, corpus->doc_count * sizeof *told);
    learn(&t, a);
    for (uint32_t d = 0; d < corpus->doc_count; d++)
        told[d] = tell(&t, a, &corpus->docs[d]);
    return told;
}

struct bytes role_why(struct arena *a, const struct role_told *told)
{
    return arena_print(a, "%s: %s (%u of %u; %s)", role_name((enum role)told->role),
        told->rule->says, told->counted, told->of, told->rule->name);
}
