/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/said.h"

#include <string.h>

enum { SENTENCE_WORDS = 5, LEAD_WORDS = 4 };

/* ---- how concrete ---- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool of_token(uint8_t c)
{
    return is_digit(c) || is_upper(c) || is_lower(c) || c == '_' || c == '-' || c == '.'
        || c == '/' || c == '(';
}

/* What stands around a word without a blank: "lib/server/env.js", "SEC-001", "AES-256". */
static struct bytes token_around(struct bytes text, const struct word *w)
{
    size_t from = w->at, to = w->at + w->len;
    while (from > 0 && of_token(text.at[from - 1]))
        from--;
    while (to < text.len && of_token(text.at[to]))
        to++;
    while (to > from && (text.at[to - 1] == '.' || text.at[to - 1] == '-'))
        to--;
    while (from < w->at && text.at[from] == '(')
        from++;
    return (struct bytes){text.at + from, to - from};
}

/* Capitals, hyphens, and a number at the end: how teams write ids. */
static bool is_id(struct bytes t)
{
    size_t dash = t.len;
    if (!t.len || !is_upper(t.at[0]))
        return false;
    for (size_t i = 0; i < t.len; i++) {
        if (!is_upper(t.at[i]) && !is_digit(t.at[i]) && t.at[i] != '-'
            && !(i + 1 == t.len && is_lower(t.at[i])))
            return false;
        if (t.at[i] == '-')
            dash = i;
    }
    return dash + 1 < t.len && is_digit(t.at[dash + 1]);
}

static bool is_date(struct bytes t)
{
    return t.len == 10 && t.at[4] == '-' && t.at[7] == '-' && is_digit(t.at[0])
        && is_digit(t.at[3]) && is_digit(t.at[5]) && is_digit(t.at[8]);
}

/* Written for a machine: snake_case, camelCase, call(), a path with an ending. */
static bool is_code(struct bytes t)
{
    bool slash = false;
    for (size_t i = 1; i + 1 < t.len; i++) {
        uint8_t before = t.at[i - 1], c = t.at[i], behind = t.at[i + 1];
        slash |= c == '/';
        if (c == '_' && before != '_' && behind != '_')
            return true;
        if (is_lower(before) && is_upper(c) && (is_lower(behind) || is_upper(behind)))
            return true;
        if (c == '.' && slash && is_lower(behind))
            return true;
    }
    return text_ends(t, TEXT("()"));
}

static const char *const before_numbers[] = {"section", "chapter", "figure", "fig",
    "table", "step", "layer", "level", "part", "practice", "phase", "page", "appendix",
    "annex", "version", "revision", "note", NULL};
static const char *const references[] = {
    "rfc", "iso", "iec", "nist", "fips", "cis", "owasp", "ansi", "etsi", "ieee", NULL};

static bool among(struct bytes word, const char *const *list)
{
    for (; *list; list++)
        if (text_same(word, text_of(*list)))
            return true;
    return false;
}

static bool has_digit(struct bytes t)
{
    for (size_t i = 0; i < t.len; i++)
        if (is_digit(t.at[i]))
            return true;
    return false;
}

bool said_number_or_id(const struct said *s, uint32_t unit, const struct word *w)
{
    struct bytes token = token_around(s->corpus->units[unit].text, w);
    if (is_id(token))
        return !s->model || model_find(s->model, token) == ITEM_NONE;
    return has_digit(lexicon_text(s->lexicon, w->exact));
}

/* What is true of a word wherever it stands: looked at once for each of the lexicon. */
enum word_is {
    WORD_DIGIT = 1,
    WORD_REFERENCE = 2,
    WORD_BEFORE_NUMBER = 4,
    WORD_VERB = 8, /* one that we know, or the stem of one */
    WORD_PAST = 16,
};

static uint8_t own_of(const struct said *s, const uint8_t *is, struct bytes text,
    const struct words *w, struct span span)
{
    bool number = false, code = false, reference = false, evidence = false;
    for (uint32_t i = span.first; i < span.end; i++) {
        struct bytes token = token_around(text, &w->at[i]);
        uint8_t word = is[w->at[i].exact];
        if (is_id(token)) {
            evidence |= s->model && model_find(s->model, token) != ITEM_NONE;
            continue;
        }
        code |= is_code(token);
        reference |= word & WORD_REFERENCE;
        number |= i > span.first && word & WORD_DIGIT && !is_date(token)
            && !(is[w->at[i - 1].exact] & WORD_BEFORE_NUMBER);
    }
    return (uint8_t)(number + code + reference + evidence);
}

/* ---- is something said at all ---- */

static const char *const verbs[] = {"is", "are", "was", "were", "be", "been", "being",
    "has", "have", "had", "does", "do", "did", "can", "cannot", "may", "must", "shall",
    "will", "should", "would", "could", "might", "not", NULL};
static const char *const acts[] = {"accept", "access", "act", "add", "allow", "answer",
    "appli", "apply", "assign", "authenticate", "authorize", "block", "bind", "call",
    "carry", "check", "close", "communicate", "compare", "configure", "connect",
    "consist", "contain", "control", "create", "decide", "define", "delete", "deny",
    "depend", "derive", "detect", "disable", "discard", "drop", "enable", "encrypt",
    "end", "enforce", "ensure", "erase", "exist", "expire", "expose", "fail", "filter",
    "generate", "get", "give", "grant", "handle", "help", "hide", "hold", "implement",
    "include", "initiate", "isolate", "issue", "keep", "leave", "let", "limit",
    "listen", "load", "lock", "log", "make", "manage", "mask", "mitigate", "need",
    "offer", "open", "own", "parse", "pass", "perform", "prevent", "process", "protect",
    "provide", "read", "receive", "reduce", "refuse", "reject", "rely", "remain",
    "remove", "renew", "represent", "require", "restrict", "return", "revoke", "rotate",
    "run", "see", "send", "separate", "serve", "set", "show", "sign", "stay", "start",
    "stop", "store", "strip", "support", "take", "terminate", "track", "transmit",
    "travel", "trigger", "trust", "use", "validate", "verify", "write", NULL};

/* A finite verb, its participle, or one of the verbs that such documents live on. */
static bool has_verb(const uint8_t *is, const struct words *w, struct span span)
{
    for (uint32_t i = span.first; i < span.end; i++)
        if (is[w->at[i].exact] & (WORD_VERB | WORD_PAST)
            || is[w->at[i].stem] & WORD_VERB)
            return true;
    return false;
}

/* A sentence of a paragraph with its full stop has a verb, whether we know it or not. */
static bool is_written_out(
    const struct unit *u, const struct words *w, struct span span)
{
    return u->kind == UNIT_PARAGRAPH && span.end - span.first >= SENTENCE_WORDS
        && w->at[span.end - 1].marks & MARK_STOP;
}

static struct table *known_verbs(struct arena *a)
{
    struct table *t = table_new(a, 512);
    for (size_t i = 0; verbs[i]; i++)
        table_put(t, text_of(verbs[i]), 1);
    for (size_t i = 0; acts[i]; i++) {
        uint8_t stem[WORD_MAX];
        size_t len = word_stem(text_of(acts[i]), stem);
        table_put(t, arena_copy(a, (struct bytes){stem, len}), 1);
    }
    return t;
}

static uint8_t *look_at_words(struct arena *a, const struct lexicon *l)
{
    const struct table *known = known_verbs(a);
    uint32_t count = lexicon_count(l);
    uint8_t *is = arena_take(a, count);
    for (uint32_t i = 0; i < count; i++) {
        struct bytes word = lexicon_text(l, i);
        bool past = word.len > 4 && text_ends(word, TEXT("ed"));
        is[i] = (uint8_t)((has_digit(word) ? WORD_DIGIT : 0)
            | (among(word, references) ? WORD_REFERENCE : 0)
            | (among(word, before_numbers) ? WORD_BEFORE_NUMBER : 0)
            | (table_get(known, word) != TABLE_NONE ? WORD_VERB : 0)
            | (past ? WORD_PAST : 0));
    }
    return is;
}

/* ---- where a unit stands ---- */

/* A heading without its number: "3.2 Glossary", "A. Links". */
static struct bytes unnumbered(struct bytes heading)
{
    size_t i = 0;
    if (heading.len > 2 && (heading.at[1] == '.' || heading.at[1] == ')'))
        i = 2;
    while (i < heading.len
        && (heading.at[i] == ' ' || heading.at[i] == '.'
            || (heading.at[i] >= '0' && heading.at[i] <= '9')))
        i++;
    return text_trim(text_from(heading, i));
}

/* Headings below which words are explained, or other documents are named: they begin so, or are no more than that. */
static bool names_matter(struct bytes heading)
{
    static const char *const begins[] = {"terminology", "glossary", "definitions",
        "abbreviations", "acronyms", "references", "related links", "related documents",
        "related documentation", "related resources", "related reading",
        "related pages", "related topics", "related work", "further reading",
        "see also", "table of contents", "license", "licence", "contributing",
        "contributors", "acknowledg", "changelog", "revision history",
        "document history", "getting started", "installation"};
    static const char *const whole[] = {"terms", "key terms", "metadata", "links",
        "useful links", "related", "related projects", "terms and definitions"};
    struct bytes name = unnumbered(heading);
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
        if (name.len && name.len < 60 && text_find_word(name, text_of(begins[i])) == 0)
            return true;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (text_same_word(name, text_of(whole[i])))
            return true;
    return false;
}

/* Of a file's owner and licence: "rights" and "limited" say nothing of a product there. */
static bool is_notice(struct bytes text)
{
    return text_starts(text, TEXT("Copyright ")) || text_starts(text, TEXT("\xC2\xA9"))
        || text_starts(text, TEXT("SPDX-"))
        || text_find(text, TEXT("All rights reserved")) < text.len;
}

static void mark_matter(struct said *s)
{
    const struct corpus *c = s->corpus;
    uint32_t last =
        UNIT_NONE; /* most units stand below the heading of the one before */
    bool below = false;
    s->matter = arena_take(s->a, c->unit_count + 1);
    for (uint32_t i = 0; i < c->unit_count; i++) {
        uint32_t heading = c->units[i].heading; /* stands before it */
        if (heading != last)
            below = heading != UNIT_NONE
                && (s->matter[heading] || names_matter(c->units[heading].text));
        last = heading;
        s->matter[i] = below || is_notice(c->units[i].text);
    }
}

/* Most units of long documents are in lists: their first sentence is carried along. */
static void mark_leads(struct said *s)
{
    const struct corpus *c = s->corpus;
    uint32_t lead = UNIT_NONE;
    s->leads = arena_take(s->a, (c->unit_count + 1) * sizeof *s->leads);
    for (uint32_t i = 0; i < c->unit_count; i++) {
        const struct words *w = &s->words[i];
        const struct unit *u = &c->units[i];
        if (i == c->docs[u->doc].unit)
            lead = UNIT_NONE;
        s->leads[i] = u->kind == UNIT_ITEM ? lead : UNIT_NONE;
        if (u->kind != UNIT_ITEM)
            lead = u->kind == UNIT_PARAGRAPH && w->count >= LEAD_WORDS
                    && w->at[w->count - 1].marks & MARK_COLON
                ? i
                : UNIT_NONE;
    }
}

/* ---- the corpus ---- */

static struct span sentence_at(const struct unit *u, const struct words *w, uint32_t i)
{
    if (u->kind == UNIT_ROW || u->kind == UNIT_ENTRY)
        return (struct span){0, w->count};
    return words_sentence(w, i);
}

static void add_sentences(
    struct said *s, const uint8_t *is, uint32_t unit, struct list *out)
{
    const struct unit *u = &s->corpus->units[unit];
    const struct words *w = &s->words[unit];
    if (u->kind == UNIT_CODE || u->kind == UNIT_RESULT || u->kind == UNIT_COMPONENT)
        return;
    for (uint32_t i = 0; i < w->count;) {
        struct span span = sentence_at(u, w, i);
        *(struct sentence *)list_add(out) = (struct sentence){.unit = unit,
            .words = span,
            .own = own_of(s, is, u->text, w, span),
            .verb = is_written_out(u, w, span) || has_verb(is, w, span)};
        i = span.end;
    }
}

void said_of(struct arena *a, const struct corpus *corpus, const struct model *model,
    struct said *out)
{
    struct said s = {.a = a,
        .corpus = corpus,
        .model = model,
        .lexicon = lexicon_new(a),
        .words = arena_take(a, corpus->unit_count * sizeof *s.words),
        .first = arena_take(a, (corpus->unit_count + 1) * sizeof *s.first)};
    struct list sentences = LIST_OF(struct sentence);
    for (uint32_t i = 0; i < corpus->unit_count; i++)
        s.words[i] = words_of(s.lexicon, a, corpus->units[i].text);
    s.meant = meant_of(a, corpus, s.lexicon, s.words, model);
    const uint8_t *is = look_at_words(a, s.lexicon);
    for (uint32_t i = 0; i < corpus->unit_count; i++) {
        s.first[i] = (uint32_t)sentences.count;
        add_sentences(&s, is, i, &sentences);
    }
    s.first[corpus->unit_count] = (uint32_t)sentences.count;
    s.sentences = arena_take(a, sentences.count * sizeof *s.sentences);
    if (sentences.count)
        memcpy(s.sentences, sentences.at, sentences.count * sizeof *s.sentences);
    list_free(&sentences);
    mark_matter(&s);
    mark_leads(&s);
    s.roles = roles_of(a, corpus, s.lexicon, s.words, s.meant);
    *out = s;
}
