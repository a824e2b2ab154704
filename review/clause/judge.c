/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/judge.h"

#include "review/clause/named.h"
#include "review/clause/phrase.h"

#include <stdlib.h>
#include <string.h>

struct weights weights_fitted(void)
{
    struct weights w = {
        .own = {10, 12, 15}, .again = 3, .headed = 7, .bare = 7, .band = 2};
    for (enum modality m = 0; m < MODALITIES; m++)
        w.modality[m] = modality_weight(m);
    return w;
}

enum {
    NEAR_UNITS = 2,
    NAMED =
        4, /* times its points stand near what is below the clause's own name for it */
    NEAR_POINTS = 30, /* so many of the neighbours' make a passage twice as good */
    SEEN_UNITS = 4,
    SEEN_PLACE = 4, /* tenths */
    SEEN_FACET = 5,
    MORE_FACETS = 4, /* tenths more for each facet that a unit has besides */
    COMMON = 2, /* tenths: each further passage with the same words makes all rarer */
    SUPPORTING = 8, /* tenths of what a facet that only supports is worth to a reader */
    PASTED_WORDS = 4,
    HEADED_NEAR = 10,
    ROW_WORDS = 6,
    TITLE_WORDS = 3,
    NAME_SIGNS = 2,
    LIST_PARTS = 9,
    LIST_WORDS = 4,
    LABEL = 5,    /* words of a label, at most */
    LABELLED = 3, /* words behind it, at least */
    SUM_MAX =
        32, /* passages of a facet that are summed: what is behind them is too little */
    SETTLED_MAX = 128, /* of which the first are chosen by more than their points */
};

enum slot { SLOT_ANY, SLOT_WITH, SLOT_NONE, SLOTS };

struct use {        /* of a phrase: in which facet, as what */
    uint16_t facet; /* of all facets of the rubric */
    uint8_t slot;
};

struct part {
    uint32_t first, count;
};

/* What a facet has in the unit at hand. */
struct here {
    uint32_t stamp; /* unit + 1 for which the rest holds */
    uint32_t count[SLOTS];
    struct list hits[SLOTS]; /* struct phrase_hit */
};

struct called {
    uint32_t constraint; /* of the rubric */
    struct words name;
};

struct bench { /* one run of judge() */
    struct arena *a;
    const struct said *said;
    const struct rubric *rubric;
    const struct weights *weights;
    struct phrases *phrases;
    struct part *use_of; /* of each phrase */
    struct use *uses;
    uint8_t *specific, *foreign; /* of each phrase */
    uint8_t *denial;             /* of each phrase: it says "not" itself */
    struct list pasted; /* struct words: what the catalogue says of the clause */
    struct list
        called; /* struct called: names of constraints, and of what they are about */
    struct named *named; /* or NULL: a passage counts wherever it stands */
    uint32_t facet_count;
    struct facet_at { /* which facet of which constraint */
        uint16_t constraint;
        uint8_t facet;
    } * facets;
    struct here *here; /* of each facet */
    struct part *hits; /* of each unit */
    struct list hit;   /* struct phrase_hit, of all units */
    uint16_t *word_is; /* of each number of the lexicon: enum word_is */
    uint32_t *title;  /* of each number of the lexicon: the last document with it in its
                          title, + 1 */
    uint32_t naming;  /* the document + 1 whose title says nothing now, or 0 */
    uint8_t *parrot;  /* of each sentence: the clause's own words */
    uint8_t *repeats; /* of each document: it does little else */
    uint32_t word_count;
    struct list *found; /* of each facet: struct passage, of the document at hand */
    uint32_t *kinds;    /* of each facet: different words that were counted in it */
    uint64_t *sums;     /* of each facet: points of its passages, times WHOLE */
    uint64_t length;    /* of the document at hand, in words */
};

static const struct facet *facet_of(const struct bench *b, uint32_t f)
{
    return &b->rubric->constraints[b->facets[f].constraint].facets[b->facets[f].facet];
}

static const struct phrase_set *slot_of(const struct facet *f, enum slot slot)
{
    return slot == SLOT_ANY ? &f->any : slot == SLOT_WITH ? &f->with : &f->none;
}

/* Every use of every phrase: counted, then filled. */
static void index_uses(struct bench *b)
{
    const struct rubric *r = b->rubric;
    b->use_of = arena_take(b->a, (r->phrase_count + 1) * sizeof *b->use_of);
    uint32_t total = 0;
    for (int filling = 0; filling < 2; filling++) {
        for (uint32_t f = 0; f < b->facet_count; f++)
            for (enum slot slot = 0; slot < SLOTS; slot++) {
                const struct phrase_set *set = slot_of(facet_of(b, f), slot);
                for (uint32_t i = 0; i < set->count; i++) {
                    struct part *p = &b->use_of[set->at[i]];
                    if (filling)
                        b->uses[p->first + p->count] =
                            (struct use){(uint16_t)f, (uint8_t)slot};
                    p->count++;
                }
            }
        for (uint32_t i = 0; !filling && i < r->phrase_count; i++) {
            b->use_of[i].first = total;
            total += b->use_of[i].count;
            b->use_of[i].count = 0;
        }
        if (!filling)
            b->uses = arena_take(b->a, (total + 1) * sizeof *b->uses);
    }
}

static uint8_t *flags_of(struct bench *b, const struct phrase_set *set)
{
    uint8_t *flags = arena_take(b->a, b->rubric->phrase_count + 1);
    for (uint32_t i = 0; i < set->count; i++)
        flags[set->at[i]] = 1;
    return flags;
}

static void lay_facets(struct bench *b)
{
    const struct rubric *r = b->rubric;
    for (uint32_t c = 0; c < r->constraint_count; c++)
        b->facet_count += r->constraints[c].facet_count;
    b->facets = arena_take(b->a, b->facet_count * sizeof *b->facets);
    b->here = arena_take(b->a, b->facet_count * sizeof *b->here);
    b->found = arena_take(b->a, b->facet_count * sizeof *b->found);
    b->kinds = arena_take(b->a, b->facet_count * sizeof *b->kinds);
    b->sums = arena_take(b->a, b->facet_count * sizeof *b->sums);
    uint32_t f = 0;
    for (uint32_t c = 0; c < r->constraint_count; c++)
        for (uint8_t k = 0; k < r->constraints[c].facet_count; k++, f++) {
            b->facets[f] = (struct facet_at){(uint16_t)c, k};
            b->found[f] = LIST_OF(struct passage);
            for (enum slot slot = 0; slot < SLOTS; slot++)
                b->here[f].hits[slot] = LIST_OF(struct phrase_hit);
        }
}

/* "https" in an address says nothing about a product. */
static bool in_address(struct bytes text, size_t at)
{
    size_t from = at, to = at;
    while (from > 0 && text.at[from - 1] > ' ')
        from--;
    while (to < text.len && text.at[to] > ' ')
        to++;
    struct bytes token = {text.at + from, to - from};
    return text_find(token, TEXT("://")) < token.len;
}

/* A word of a name that is written for a machine: CONFIG_MBEDTLS_EXTERNAL_MEM_ALLOC. */
static bool in_name(struct bytes text, const struct word *w)
{
    size_t from = w->at, to = w->at + w->len;
    uint32_t signs = 0;
    while (from > 0 && text.at[from - 1] > ' ')
        from--;
    while (to < text.len && text.at[to] > ' ')
        to++;
    for (size_t i = from; i < to; i++)
        signs += text.at[i] == '_';
    return signs >= NAME_SIGNS;
}

static void drop_addresses(struct bench *b, uint32_t unit, size_t from)
{
    struct bytes text = b->said->corpus->units[unit].text;
    if (text_find(text, TEXT("://")) == text.len
        && text_find(text, TEXT("_")) == text.len)
        return;
    const struct words *w = &b->said->words[unit];
    struct phrase_hit *h = LIST_AT(&b->hit, struct phrase_hit, 0);
    size_t kept = from;
    for (size_t i = from; i < b->hit.count; i++)
        if (!in_address(text, w->at[h[i].first].at)
            && !in_name(text, &w->at[h[i].first]) && !in_name(text, &w->at[h[i].last]))
            h[kept++] = h[i];
    b->hit.count = kept;
}

static void find_all(struct bench *b)
{
    const struct corpus *c = b->said->corpus;
    b->hits = arena_take(b->a, (c->unit_count + 1) * sizeof *b->hits);
    b->hit = LIST_OF(struct phrase_hit);
    for (uint32_t i = 0; i < c->unit_count; i++) {
        b->hits[i].first = (uint32_t)b->hit.count;
        if (c->units[i].kind != UNIT_CODE)
            phrases_find(b->phrases, &b->said->words[i], &b->hit);
        drop_addresses(b, i, b->hits[i].first);
        b->hits[i].count = (uint32_t)b->hit.count - b->hits[i].first;
    }
}

static const struct phrase_hit *hit_at(const struct bench *b, uint32_t i)
{
    return LIST_AT(&b->hit, const struct phrase_hit, i);
}

/* ---- one sentence ---- */

static const struct sentence *sentence_of(
    const struct said *s, uint32_t unit, uint32_t word)
{
    for (uint32_t i = s->first[unit]; i < s->first[unit + 1]; i++)
        if (word < s->sentences[i].words.end)
            return &s->sentences[i];
    return NULL;
}

static bool in_span(const struct phrase_hit *h, struct span s)
{
    return h->first >= s.first && h->first < s.end;
}

/* Names of parts, protocols and products beside what the facet itself looked for. */
static uint8_t own_of(const struct bench *b, const struct sentence *s)
{
    uint32_t names = 0;
    struct part hits = b->hits[s->unit];
    for (uint32_t i = 0; i < hits.count && names < 2; i++) {
        const struct phrase_hit *h = hit_at(b, hits.first + i);
        names += b->specific[h->phrase] && in_span(h, s->words);
    }
    uint32_t own = s->own + names;
    return (uint8_t)(own < 2 ? own : 2);
}

static bool is_foreign(const struct bench *b, const struct sentence *s)
{
    struct part hits = b->hits[s->unit];
    for (uint32_t i = 0; i < hits.count; i++) {
        const struct phrase_hit *h = hit_at(b, hits.first + i);
        if (b->foreign[h->phrase] && in_span(h, s->words))
            return true;
    }
    return false;
}

/*
 * Words that add nothing to the words of a clause: grammar, and what any text of this kind has.
 * With the clause's own words they are what a parrot knows.
 */
static const char *const empty_words[] = {"a", "an", "the", "and", "or", "of", "in",
    "on", "to", "for", "with", "by", "from", "at", "as", "is", "are", "be", "been",
    "was", "were", "it", "its", "this", "that", "these", "those", "which", "where",
    "when", "all", "any", "each", "every", "has", "have", "only", "not", "no", "if",
    "than", "their", "there", "do", "does", "can", "will", "may", "must", "shall",
    "should", "such", "per", "via", "into", "within", "between", "through", "other",
    "also", "using", "both", "either", "we", "our", "they", "them", "very", "well",
    "so", "up", "out", "more", "most", "version", "release", "checked", "date", "see",
    "ref", "section", "document", "according", "accordance", "state", "art", NULL};
static const char *const standard_words[] = {"activity", "address", "apply",
    "applicable", "appropriate", "architecture", "attack", "back", "backdoor", "best",
    "boundary", "component", "communication", "consider", "control", "credential",
    "debug", "decision", "defence", "defense", "define", "depth", "describe",
    "description", "design", "develop", "development", "device", "door", "economy",
    "eight", "encrypt", "enforce", "ensure", "error", "establish", "explicit", "factor",
    "far", "firewall", "follow", "grant", "handle", "harden", "host", "identify",
    "identity", "implement", "important", "include", "information", "input", "intend",
    "item", "jtag", "justify", "layer", "least", "lock", "maintain", "maintenance",
    "manage", "management", "manufacturer", "mechanism", "minimal", "minimize", "multi",
    "multiple", "necessary", "network", "operate", "operation", "part", "patch",
    "pattern", "perform", "physical", "policy", "port", "possible", "practice",
    "principle", "privilege", "process", "product", "protect", "prove", "provide",
    "reduce", "remain", "remove", "removal", "require", "requirement", "role", "base",
    "rotation", "secure", "security", "segmentation", "serial", "service", "session",
    "simple", "software", "standard", "surface", "system", "tailor", "trust",
    "unauthorised", "unauthorized", "unnecessary", "usb", "use", "user", "validate",
    "work", "access", "application", "authenticate", "authentication", "document",
    "documentation", "protection", "os", "operating", "iam", "need", "task", "rule",
    "set", "keep", "show", "frame", "way", "place", "level", "function",
    "functionality", "feature", "resource", "data", "technical", "approach", "method",
    "concept", "strategy", "risk", "measure", "answer", "group", "hold", "limit",
    "person", "people", "party", "entity", "different", "degree", "element", "choose",
    "name", "known", "home", "made", "prefer", "small", "plain", "understand", "test",
    "switch", "list", "absent", "reach", "allow", "authorisation", "authorization",
    "actor", "object", "interface", "asset", "environment", "context", "purpose",
    "goal", "good", "strong", "safe", "sufficient", "adequate", "suitable", "relevant",
    "existing", "whole", "full", "complete", "consistent", "continuous", "regular",
    "ensure", "guarantee", "achieve", "enable", "support", "adopt", "integrate",
    "embed", "follow", "respect", "align", "comply", "compliance", "conform",
    "effective", "step", "necessary", "task", "means", "aspect", "area", "topic",
    "theme", "kind", "type", "organization", "organisation", "team", "company",
    "industry", "customer", "disable", "unneeded", "unused", "protocol", NULL};

static const char *const negator_words[] = {
    "not", "no", "never", "cannot", "without", "nor", "none", "neither", NULL};
static const char *const back_words[] = {"not", "never", "cannot", "neither", NULL};
static const char *const only_words[] = {"only", "just", "merely", "solely", NULL};
static const char *const contrast_words[] = {"but", "while", "whereas", "although",
    "though", "however", "yet", "instead", "today", "currently", NULL};
static const char *const opening_words[] = {"if", "unless", "once", "whether", NULL};
static const char *const incident_words[] = {"compromised", "leaked", "leaks", "lost",
    "stolen", "fails", "attacked", "breached", "found", "detected", "reported", NULL};

enum word_is {         /* bits */
    WORD_STANDARD = 1, /* its stem is one of the clause */
    WORD_EMPTY = 2,
    WORD_NEGATOR = 4,
    WORD_BACK = 8, /* before a word, it takes it back; not before the next kind */
    WORD_ONLY = 16,
    WORD_CONTRAST = 32,
    WORD_OPENS = 64, /* a condition */
    WORD_INCIDENT = 128,
    WORD_PASTED = 256, /* its stem is in what the catalogue says of the clause */
};

static void mark_words(struct bench *b, const char *const *words, enum word_is as)
{
    for (size_t i = 0; words[i]; i++) {
        uint32_t n = lexicon_number(b->said->lexicon, text_of(words[i]));
        if (as == WORD_STANDARD)
            n = lexicon_stem(b->said->lexicon, n);
        if (n < b->word_count)
            b->word_is[n] |= (uint16_t)as;
    }
}

/* Words of the clause's own texts, which a document must add to. */
static void learn(struct bench *b, struct bytes text, struct list *stems)
{
    struct words w = words_of(b->said->lexicon, b->a, text);
    for (uint32_t k = 0; k < w.count; k++)
        *(uint32_t *)list_add(stems) = w.at[k].stem;
}

/* Tests, gaps and questions are sentences about any product: in a document they are pasted. */
static void keep_text(struct bench *b, struct bytes text)
{
    struct words w = words_of(b->said->lexicon, b->a, text);
    if (w.count >= PASTED_WORDS)
        *(struct words *)list_add(&b->pasted) = w;
}

static void keep_texts(struct bench *b, const struct clause *c)
{
    b->pasted = LIST_OF(struct words);
    for (uint32_t i = 0; c && i < c->constraint_count; i++) {
        keep_text(b, c->constraints[i].text);
        keep_text(b, c->constraints[i].test);
    }
    for (uint32_t i = 0; c && i < c->gap_count; i++) {
        keep_text(b, c->gaps[i].title);
        keep_text(b, c->gaps[i].why);
    }
    for (uint32_t i = 0; c && i < c->question_count; i++)
        keep_text(b, c->questions[i].text);
}

static bool stands_in(const struct words *text, const struct word *from, uint32_t count)
{
    for (uint32_t at = 0; at + count <= text->count; at++) {
        uint32_t n = 0;
        while (n < count && text->at[at + n].stem == from[n].stem)
            n++;
        if (n == count)
            return true;
    }
    return false;
}

/* The sentence, word for word, is one of the catalogue's own or a part of it. */
static bool is_pasted(const struct bench *b, const struct sentence *s)
{
    const struct word *from = &b->said->words[s->unit].at[s->words.first];
    uint32_t count = s->words.end - s->words.first;
    for (uint32_t i = 0; i < count; i++)
        if (!(b->word_is[from[i].stem] & WORD_PASTED))
            return false;
    for (size_t i = 0; i < b->pasted.count && count >= PASTED_WORDS; i++)
        if (stands_in(LIST_AT(&b->pasted, const struct words, i), from, count))
            return true;
    return false;
}

/* After the texts are kept: most words of documents are in none of them. */
static void mark_pasted(struct bench *b)
{
    for (size_t i = 0; i < b->pasted.count; i++) {
        const struct words *w = LIST_AT(&b->pasted, const struct words, i);
        for (uint32_t k = 0; k < w->count; k++)
            if (w->at[k].stem < b->word_count)
                b->word_is[w->at[k].stem] |= WORD_PASTED;
    }
}

static void learn_words(struct bench *b, const struct clause *c)
{
    struct list stems = LIST_OF(uint32_t);
    if (c)
        learn(b, c->summary, &stems);
    for (uint32_t i = 0; c && i < c->practice_count; i++) {
        learn(b, c->practices[i].name, &stems);
        learn(b, c->practices[i].text, &stems);
    }
    for (uint32_t i = 0; c && i < c->constraint_count; i++)
        learn(b, c->constraints[i].text, &stems);
    b->word_count = lexicon_count(b->said->lexicon);
    b->word_is = arena_take(b->a, (b->word_count + 1) * sizeof *b->word_is);
    for (size_t i = 0; i < stems.count; i++)
        b->word_is[*LIST_AT(&stems, uint32_t, i)] = WORD_STANDARD;
    list_free(&stems);
    mark_words(b, standard_words, WORD_STANDARD);
    mark_words(b, empty_words, WORD_EMPTY);
    mark_words(b, negator_words, WORD_NEGATOR);
    mark_words(b, back_words, WORD_BACK);
    mark_words(b, only_words, WORD_ONLY);
    mark_words(b, contrast_words, WORD_CONTRAST);
    mark_words(b, opening_words, WORD_OPENS);
    mark_words(b, incident_words, WORD_INCIDENT);
}

/* It says nothing by itself. */
static bool is_empty(const struct bench *b, uint32_t unit, const struct word *w)
{
    uint16_t is = b->word_is[w->exact] | (b->word_is[w->stem] & WORD_STANDARD);
    bool named = b->naming && b->title[w->stem] == b->naming && !(is & WORD_STANDARD);
    return named || is & WORD_EMPTY || said_number_or_id(b->said, unit, w);
}

/* Nearly all that it says is in the words of the clause; numbers and ids add nothing. */
static bool only_standard(const struct bench *b, const struct sentence *s)
{
    const struct words *w = &b->said->words[s->unit];
    uint32_t said = 0, theirs = 0;
    for (uint32_t i = s->words.first; i < s->words.end; i++) {
        if (is_empty(b, s->unit, &w->at[i]))
            continue;
        said++;
        theirs += (b->word_is[w->at[i].stem] & WORD_STANDARD) != 0;
    }
    return theirs && theirs * 20 >= said * 17;
}

/* What a document is called says nothing in its sentences: "the Lumo rights of Lumo". */
static void learn_title(struct bench *b, uint32_t doc)
{
    const struct corpus *c = b->said->corpus;
    const struct document *d = &c->docs[doc];
    uint32_t u = d->unit, end = d->unit + d->unit_count;
    while (u < end && c->units[u].kind != UNIT_HEADING)
        u++;
    for (uint32_t i = 0; u < end && i < b->said->words[u].count; i++)
        b->title[b->said->words[u].at[i].stem] = doc + 1;
}

/* Marks the sentences with a phrase that are in the clause's words; are they most? */
static bool mark_parrots(struct bench *b, uint32_t doc)
{
    const struct said *s = b->said;
    const struct document *d = &s->corpus->docs[doc];
    uint32_t all = 0, parrots = 0;
    for (uint32_t u = d->unit; u < d->unit + d->unit_count; u++)
        for (uint32_t i = s->first[u]; i < s->first[u + 1] && b->hits[u].count; i++) {
            if (s->corpus->units[u].kind == UNIT_HEADING)
                continue;
            /* Without the title's words there are no fewer, so the first look comes with them. */
            if (b->naming || b->parrot[i])
                b->parrot[i] = only_standard(b, &s->sentences[i]);
            all++;
            parrots += b->parrot[i];
        }
    return parrots * 2 > all;
}

/* Of the sentences in which a phrase was found: most are the clause's words, and then the
 * document repeats it, or a few, and then they are only vague. Words of its title make no
 * sentence the document's own where most would be the clause's without them. */
static void find_parrots(struct bench *b)
{
    const struct corpus *c = b->said->corpus;
    b->parrot = arena_take(b->a, b->said->first[c->unit_count] + 1);
    b->repeats = arena_take(b->a, c->doc_count + 1);
    b->title = arena_take(b->a, (b->word_count + 1) * sizeof *b->title);
    for (uint32_t d = 0; d < c->doc_count; d++) {
        learn_title(b, d);
        b->naming = d + 1;
        b->repeats[d] = mark_parrots(b, d);
        b->naming = 0;
        if (!b->repeats[d])
            b->repeats[d] = mark_parrots(b, d);
    }
}

/* A row of words between commas, of which nothing is said. */
static bool is_enumeration(const struct bench *b, const struct sentence *s)
{
    const struct words *w = &b->said->words[s->unit];
    uint32_t parts = 1, words = s->words.end - s->words.first;
    for (uint32_t i = s->words.first; i < s->words.end; i++)
        parts += (w->at[i].marks & (MARK_COMMA | MARK_SEMICOLON)) != 0;
    return parts >= LIST_PARTS && words < parts * LIST_WORDS;
}

/* "Secure updates: a process that is verified by signatures": the label is what is said of. */
static bool is_labelled(const struct bench *b, const struct sentence *s)
{
    const struct words *w = &b->said->words[s->unit];
    if (b->said->corpus->units[s->unit].kind != UNIT_ITEM)
        return false;
    for (uint32_t i = s->words.first;
         i + LABELLED < s->words.end && i < s->words.first + LABEL; i++)
        if (w->at[i].marks & MARK_COLON)
            return true;
    return false;
}

/* The phrase is all that stands there, and says nothing: a name on a list. */
static bool is_only(
    const struct bench *b, const struct sentence *s, const struct phrase_hit *h)
{
    uint8_t kind = b->said->corpus->units[s->unit].kind;
    return !(s->verb && kind == UNIT_PARAGRAPH) && kind != UNIT_ROW
        && b->said->leads[s->unit] == UNIT_NONE
        && s->words.end - s->words.first <= h->last - h->first + 2;
}

/* ---- one facet in one unit ---- */

static bool same_hit(const struct phrase_hit *x, const struct phrase_hit *y)
{
    return x->first <= y->last && y->first <= x->last
        && (x->last - x->first == y->last - y->first);
}

static uint32_t apart(const struct phrase_hit *x, const struct phrase_hit *y)
{
    if (x->last < y->first)
        return y->first - x->last - 1;
    return y->last < x->first ? x->first - y->last - 1 : 0;
}

static bool excluded(const struct here *here, struct span sentence)
{
    const struct list *none = &here->hits[SLOT_NONE];
    for (size_t i = 0; i < none->count; i++)
        if (in_span(LIST_AT(none, const struct phrase_hit, i), sentence))
            return true;
    return false;
}

static bool hits_slot(
    const struct bench *b, uint32_t unit, uint32_t facet, enum slot slot)
{
    struct part hits = b->hits[unit];
    for (uint32_t i = 0; i < hits.count; i++) {
        struct part uses = b->use_of[hit_at(b, hits.first + i)->phrase];
        for (uint32_t k = 0; k < uses.count; k++)
            if (b->uses[uses.first + k].facet == facet
                && b->uses[uses.first + k].slot == slot)
                return true;
    }
    return false;
}

/* Its first heading. What a document is called is no company for its words: nothing in a text
 * about a "Bedside monitor" is monitored for that. */
static bool is_title(const struct corpus *c, uint32_t heading)
{
    if (c->units[heading].heading != UNIT_NONE)
        return false;
    uint32_t u = c->docs[c->units[heading].doc].unit;
    while (u < heading && c->units[u].kind != UNIT_HEADING)
        u++;
    return u == heading;
}

/* Is there a phrase of this slot in the headings, or in the sentence that a list ends? */
static bool in_context(
    const struct bench *b, uint32_t facet, enum slot slot, uint32_t unit)
{
    const struct corpus *c = b->said->corpus;
    uint32_t lead = slot == SLOT_WITH ? b->said->leads[unit] : UNIT_NONE;
    if (lead != UNIT_NONE && hits_slot(b, lead, facet, slot))
        return true;
    for (uint32_t h = c->units[unit].heading; h != UNIT_NONE; h = c->units[h].heading) {
        if (slot == SLOT_WITH && is_title(c, h))
            break;
        if (hits_slot(b, h, facet, slot))
            return true;
        if (slot == SLOT_ANY)
            break; /* the nearest heading only: the title of a document is no assertion */
    }
    return false;
}

static bool carries(uint8_t modality)
{
    return modality == MODALITY_REQUIREMENT || modality == MODALITY_ASSERTED
        || modality == MODALITY_EVIDENCE;
}

static bool is_negator(struct bytes word)
{
    for (size_t k = 0; negator_words[k]; k++)
        if (text_same(word, text_of(negator_words[k])))
            return true;
    return false;
}

/* Phrases that have a negator of their own, not only in what a gap lets through. */
static void mark_denials(struct bench *b)
{
    b->denial = arena_take(b->a, b->rubric->phrase_count + 1);
    for (uint32_t i = 0; i < b->rubric->phrase_count; i++) {
        struct bytes rest = b->rubric->phrases[i];
        while (rest.len) {
            size_t n = 0;
            while (n < rest.len && !strchr(" {}|*=~", rest.at[n]))
                n++;
            b->denial[i] |= is_negator(text_upto(rest, n));
            rest = text_from(rest, n + 1);
        }
    }
}

static bool holds_negator(
    const struct bench *b, uint32_t unit, const struct phrase_hit *h)
{
    const struct words *w = &b->said->words[unit];
    for (uint32_t i = h->first; i <= h->last; i++)
        if (b->word_is[w->at[i].exact] & WORD_NEGATOR)
            return true;
    return false;
}

/* Words with which a phrase of a rubric says itself that something is not so. */
static bool denies(const struct bench *b, uint32_t unit, const struct phrase_hit *h)
{
    return b->denial[h->phrase] && holds_negator(b, unit, h);
}

/* The second group of words: near the first, or anywhere in the unit; or NULL. One that says
 * itself that something is not so goes before a nearer one: "UART pins are not wired". */
static const struct phrase_hit *company_of(const struct bench *b, const struct facet *f,
    uint32_t unit, const struct here *here, const struct phrase_hit *any)
{
    const struct phrase_hit *best = NULL;
    bool best_denies = false;
    const struct list *with = &here->hits[SLOT_WITH];
    for (size_t i = 0; i < with->count; i++) {
        const struct phrase_hit *h = LIST_AT(with, const struct phrase_hit, i);
        if (same_hit(h, any) || (f->near && apart(h, any) > f->near))
            continue;
        bool says_not = denies(b, unit, h);
        if (!best || says_not > best_denies
            || (says_not == best_denies && apart(h, any) < apart(best, any))) {
            best = h;
            best_denies = says_not;
        }
    }
    return best;
}

/* What was found of a facet in a sentence. */
struct find {
    const struct sentence *s;
    const struct stance *stance;
    const struct phrase_hit *any; /* NULL: it stands in the heading */
    const struct phrase_hit *with;
    bool company; /* `with` was found, or is not asked for */
};

static bool is_word(const struct bench *b, const struct word *w, enum word_is what)
{
    return b->word_is[w->exact] & what;
}

static bool is_denial(const struct stance *s)
{
    return s->modality == MODALITY_NEGATED
        && strcmp(s->rule->name, "denied-by-us") == 0;
}

/*
 * "In a future release, A; B": what opens a sentence holds for what is joined to it, unless a
 * word sets the two against each other. NULL: nothing does.
 */
static const struct stance *frame_of(const struct bench *b, const struct find *find)
{
    const struct words *w = &b->said->words[find->s->unit];
    const struct stance *first =
        meant_at(b->said->meant, find->s->unit, find->s->words.first);
    if (first->words.first == find->stance->words.first)
        return is_denial(first) ? first : NULL;
    if (b->said->corpus->units[find->s->unit].kind == UNIT_ROW
        || is_word(b, &w->at[find->stance->words.first], WORD_CONTRAST))
        return NULL;
    bool frames = first->modality == MODALITY_PLANNED
        || first->modality == MODALITY_RECOMMENDED
        || first->modality == MODALITY_PLACEHOLDER
        || first->modality == MODALITY_QUESTION || is_denial(first);
    return frames ? first : NULL;
}

static bool asks(const struct bench *b, const struct sentence *s)
{
    return b->said->words[s->unit].at[s->words.end - 1].marks & MARK_QUESTION
        && b->said->corpus->units[s->unit].kind != UNIT_ROW;
}

/* "was never disabled": a word before the hit takes it back, and is not part of it. */
static bool taken_back(const struct bench *b, uint32_t unit, const struct phrase_hit *h,
    struct span within)
{
    const struct words *w = &b->said->words[unit];
    if (!b->denial[h->phrase]) /* "was ~2 reviewed" in "was never reviewed" */
        for (uint32_t i = h->first + 1; i < h->last; i++)
            if (is_word(b, &w->at[i], WORD_BACK)
                && !is_word(b, &w->at[i + 1], WORD_ONLY))
                return true;
    for (uint32_t i = 1; i <= 2 && h->first >= within.first + i; i++)
        if (is_word(b, &w->at[h->first - i], WORD_BACK))
            return !is_word(b, &w->at[h->first - i + 1], WORD_ONLY);
    return false;
}

/* "Not built: closed debug connectors", or a cell that says "not built" and nothing besides: of
 * what is missing, and not of what was taken away. */
static bool is_label(const struct words *w, struct span cue)
{
    if (cue.end == 0 || cue.end > w->count)
        return false;
    bool opens = cue.first == 0
        || (w->at[cue.first - 1].marks & (MARK_CELL | MARK_COLON | MARK_STOP)) != 0;
    uint16_t behind = w->at[cue.end - 1].marks;
    return (behind & MARK_COLON) != 0
        || (opens && (cue.end == w->count || (behind & MARK_CELL) != 0));
}

/* A gap that is told by the very words that the rubric asks for: "the console is not built in". */
static bool is_wanted(
    const struct bench *b, const struct find *find, const struct phrase_hit *h)
{
    const struct stance *s = find->stance;
    return h && s->by == find->s->unit && s->cue.first <= h->last
        && h->first < s->cue.end && denies(b, find->s->unit, h)
        && !is_label(&b->said->words[find->s->unit], s->cue);
}

static uint8_t meant_as(
    const struct bench *b, const struct facet *f, const struct find *find)
{
    uint32_t unit = find->s->unit;
    const struct stance *frame = frame_of(b, find);
    if (asks(b, find->s))
        return MODALITY_QUESTION;
    if (frame)
        return frame->modality;
    struct span within = find->s->words;
    bool denied = find->stance->modality == MODALITY_NEGATED
        || (carries(find->stance->modality)
            && ((find->any && taken_back(b, unit, find->any, within))
                || (find->with && taken_back(b, unit, find->with, within))))
        || (find->stance->denied && carries(find->stance->modality));
    if (find->stance->modality == MODALITY_GAP
        && (is_wanted(b, find, find->any) || is_wanted(b, find, find->with)))
        return MODALITY_ASSERTED;
    if (!denied)
        return find->stance->modality;
    bool meant = f->polarity != POLARITY_ASSERTED
        || (find->any && denies(b, unit, find->any))
        || (find->with && denies(b, unit, find->with));
    if (!meant)
        return MODALITY_NEGATED;
    return find->stance->modality == MODALITY_NEGATED ? MODALITY_ASSERTED
                                                      : find->stance->modality;
}

/* Where a clause asks for gaps, plans or threats, a statement of one is what it asks for. */
static uint8_t modality_for(
    const struct bench *b, const struct facet *f, const struct find *find)
{
    uint8_t m = meant_as(b, f, find);
    bool asked_for = (m == MODALITY_GAP && f->also & ALSO_GAP)
        || (m == MODALITY_PLANNED && f->also & ALSO_PLANNED)
        || (m == MODALITY_THREAT && f->also & ALSO_THREAT);
    return asked_for ? MODALITY_ASSERTED : m;
}

/* The "if" of "if the channel is closed"; not that of an "IF-2". */
static bool opens_condition(const struct bench *b, const struct words *w, uint32_t i)
{
    if (!is_word(b, &w->at[i], WORD_OPENS))
        return false;
    struct bytes next = lexicon_text(b->said->lexicon, w->at[i + 1].exact);
    return !(next.len && next.at[0] >= '0' && next.at[0] <= '9');
}

/*
 * "If the channel is closed, …": what is only supposed is no state of the product. An
 * incident that is supposed ("if the key leaks") is what a procedure is for.
 */
static bool is_supposed(
    const struct bench *b, const struct sentence *s, const struct phrase_hit *h)
{
    const struct words *w = &b->said->words[s->unit];
    unsigned cut = MARK_COMMA | MARK_COLON | MARK_SEMICOLON | MARK_DASH | MARK_CELL;
    for (uint32_t i = h->first; i < h->last; i++)
        if (w->at[i].marks & cut)
            return false; /* it goes on into what then holds */
    for (uint32_t i = h->first; i < s->words.end; i++) {
        if (is_word(b, &w->at[i], WORD_INCIDENT))
            return false;
        if (w->at[i].marks & cut)
            break;
    }
    for (uint32_t i = h->first; i > s->words.first && !(w->at[i - 1].marks & cut); i--)
        if (opens_condition(b, w, i - 1))
            return true;
    return false;
}

/* What a sentence is worth for a facet; 0 with a refusal. */
static uint8_t weigh(const struct bench *b, const struct facet *f,
    const struct here *here, const struct find *find, struct passage *p)
{
    const struct sentence *s = find->s;
    const struct phrase_hit *any = find->any;
    uint8_t modality = modality_for(b, f, find);
    p->modality = modality;
    p->rule = find->stance->rule->name;
    p->own = own_of(b, s);
    if (!find->company)
        return REFUSED_COMPANY;
    if (b->said->matter[s->unit])
        return REFUSED_MATTER;
    if (excluded(here, s->words))
        return REFUSED_EXCLUDED;
    if (modality == MODALITY_NEGATED)
        return REFUSED_NEGATED;
    if (is_enumeration(b, s) || (any && is_only(b, s, any)))
        return REFUSED_BARE;
    if (!b->weights->modality[modality])
        return REFUSED_MODALITY;
    if (is_foreign(b, s))
        return REFUSED_FOREIGN;
    if (is_pasted(b, s))
        return REFUSED_PARROT;
    bool vague = b->parrot[s - b->said->sentences];
    if (vague && b->repeats[b->said->corpus->units[s->unit].doc])
        return REFUSED_PARROT;
    if (vague && carries(modality)) {
        p->modality = modality =
            MODALITY_RECOMMENDED; /* a thing said so generally is a wish */
        p->rule = "vague";
    }
    if (carries(modality) && any && is_supposed(b, s, any)) {
        p->modality = modality = MODALITY_RECOMMENDED; /* it may never be so */
        p->rule = "supposed";
    }
    if (carries(modality) && b->named && !named_unit(b->named, s->unit)) {
        p->modality = modality = MODALITY_RECOMMENDED; /* a person has to look */
        p->rule = "elsewhere";
    }
    uint32_t points = (uint32_t)f->weight * SCORE_ONE * b->weights->modality[modality]
        * b->weights->own[p->own] / (SCORE_ONE * SCORE_ONE);
    const struct unit *u = &b->said->corpus->units[s->unit];
    if (!s->verb && u->kind != UNIT_ROW && b->said->leads[s->unit] == UNIT_NONE
        && !is_labelled(b, s))
        points = points * b->weights->bare / SCORE_ONE;
    if (!any)
        points = points * b->weights->headed / SCORE_ONE;
    p->points = (uint16_t)points;
    return points ? REFUSED_NOT : REFUSED_MODALITY;
}

/* A passage is its unit; of a longer one than a passage may be, the sentence, and of that the lines at the hit. */
static void place(
    const struct bench *b, const struct sentence *s, uint32_t word, struct passage *p)
{
    const struct corpus *c = b->said->corpus;
    const struct unit *u = &c->units[s->unit];
    const struct words *w = &b->said->words[s->unit];
    const struct word *first = &w->at[s->words.first], *last = &w->at[s->words.end - 1];
    p->doc = u->doc;
    p->unit = s->unit;
    p->words = s->words;
    p->page = u->page;
    p->text = (struct bytes){u->text.at + first->at, last->at + last->len - first->at};
    struct line_span unit = {unit_line_at(c, u, 0), unit_line_at(c, u, u->text.len)};
    p->sentence =
        (struct line_span){unit_line_at(c, u, first->at), unit_line_at(c, u, last->at)};
    if (p->sentence.last - p->sentence.first >= PASSAGE_LINES) {
        uint32_t at = unit_line_at(c, u, w->at[word].at);
        if (at > p->sentence.first + 2)
            p->sentence.first = at - 2;
        if (p->sentence.last - p->sentence.first >= PASSAGE_LINES)
            p->sentence.last = p->sentence.first + PASSAGE_LINES - 1;
    }
    p->lines = unit.last - unit.first < PASSAGE_LINES ? unit : p->sentence;
}

/* A number for the stems of a hit: two forms of one word are one kind. */
static uint32_t kind_of(
    const struct bench *b, uint32_t unit, const struct phrase_hit *hit)
{
    const struct words *w = &b->said->words[unit];
    uint32_t kind = 2166136261u;
    for (uint32_t i = hit->first; i <= hit->last; i++)
        kind = (kind ^ w->at[i].stem) * 16777619u;
    return kind;
}

static void add_passage(struct bench *b, uint32_t facet, const struct find *find)
{
    const struct facet *f = facet_of(b, facet);
    const struct sentence *s = find->s;
    const struct phrase_hit *any = find->any;
    struct passage p = {.facet = b->facets[facet].facet,
        .phrase = any ? any->phrase : b->rubric->phrase_count};
    if (any)
        p.hit = (struct span){any->first, any->last + 1};
    p.kind = any ? kind_of(b, s->unit, any) : 0;
    p.refusal = weigh(b, f, &b->here[facet], find, &p);
    place(b, s, any ? any->first : s->words.first, &p);
    *(struct passage *)list_add(&b->found[facet]) = p;
}

static void judge_facet(struct bench *b, uint32_t unit, uint32_t facet)
{
    const struct facet *f = facet_of(b, facet);
    const struct here *here = &b->here[facet];
    const struct list *any = &here->hits[SLOT_ANY];
    bool headed = f->with.count && !f->here && in_context(b, facet, SLOT_WITH, unit);
    for (size_t i = 0; i < any->count; i++) {
        const struct phrase_hit *h = LIST_AT(any, const struct phrase_hit, i);
        struct find find = {.s = sentence_of(b->said, unit, h->first),
            .any = h,
            .stance = meant_at(b->said->meant, unit, h->first),
            .with = company_of(b, f, unit, here, h)};
        find.company = !f->with.count || find.with || headed;
        if (find.s)
            add_passage(b, facet, &find);
    }
    if (any->count || f->here || !here->hits[SLOT_WITH].count
        || (f->near && f->near < HEADED_NEAR) || !in_context(b, facet, SLOT_ANY, unit))
        return;
    const struct phrase_hit *with =
        LIST_AT(&here->hits[SLOT_WITH], const struct phrase_hit, 0);
    struct find find = {.s = sentence_of(b->said, unit, with->first),
        .stance = meant_at(b->said->meant, unit, with->first),
        .with = with,
        .company = true};
    if (find.s)
        add_passage(b, facet, &find);
}

static struct here *here_of(struct bench *b, uint32_t facet, uint32_t unit)
{
    struct here *h = &b->here[facet];
    if (h->stamp != unit + 1) {
        h->stamp = unit + 1;
        for (enum slot slot = 0; slot < SLOTS; slot++)
            h->hits[slot].count = 0;
    }
    return h;
}

/* A heading that is little else than the name of a subject: "3. Least privilege". */
static bool is_name(const struct bench *b, uint32_t heading)
{
    return heading != UNIT_NONE && b->said->words[heading].count <= TITLE_WORDS;
}

/* A row of a table, or a text, whose heading names the subject: "Trust boundaries". */
static void judge_headed(struct bench *b, uint32_t unit, uint32_t facet)
{
    const struct said *s = b->said;
    if (s->first[unit] == s->first[unit + 1] || s->words[unit].count < ROW_WORDS)
        return;
    struct find find = {.s = &s->sentences[s->first[unit]],
        .stance = meant_at(s->meant, unit, 0),
        .company = true};
    (void)here_of(b, facet, unit);
    add_passage(b, facet, &find);
}

static void judge_unit(struct bench *b, uint32_t unit)
{
    struct part hits = b->hits[unit];
    if (b->said->corpus->units[unit].kind == UNIT_HEADING)
        return; /* a heading names; what stands below it says */
    for (uint32_t i = 0; i < hits.count; i++) {
        const struct phrase_hit *h = hit_at(b, hits.first + i);
        struct part uses = b->use_of[h->phrase];
        for (uint32_t k = 0; k < uses.count; k++) {
            const struct use *use = &b->uses[uses.first + k];
            struct here *here = here_of(b, use->facet, unit);
            *(struct phrase_hit *)list_add(&here->hits[use->slot]) = *h;
        }
    }
    const struct unit *u = &b->said->corpus->units[unit];
    bool headed = u->kind == UNIT_ROW
        || (b->rubric->sum.fade && (u->kind == UNIT_PARAGRAPH || u->kind == UNIT_ITEM)
            && is_name(b, u->heading));
    for (uint32_t f = 0; f < b->facet_count; f++)
        if (b->here[f].stamp == unit + 1)
            judge_facet(b, unit, f);
        else if (headed && !facet_of(b, f)->with.count
            && in_context(b, f, SLOT_ANY, unit))
            judge_headed(b, unit, f);
}

/* ---- one constraint in one document ---- */

static int by_points(const void *x, const void *y)
{
    const struct passage *a = x, *b = y;
    if (a->points != b->points)
        return a->points < b->points ? 1 : -1;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    if (a->words.first != b->words.first)
        return a->words.first < b->words.first ? -1 : 1;
    return a->phrase < b->phrase ? -1 : a->phrase > b->phrase;
}

enum { WHOLE = 1u << 16 }; /* of a passage's points: the best counts so */

static bool same_place(const struct passage *x, const struct passage *y)
{
    return x->unit == y->unit && x->words.first == y->words.first;
}

/* Another thing than is counted already; of the same sentence it is worth half. */
static uint32_t worth_of(
    const struct passage *const *counted, size_t count, const struct passage *p)
{
    uint32_t points = p->points;
    for (size_t i = 0; i < count; i++) {
        if (!same_place(counted[i], p))
            continue;
        if (counted[i]->kind == p->kind
            || (counted[i]->hit.first < p->hit.end
                && p->hit.first < counted[i]->hit.end))
            return 0;
        points = p->points / 2;
    }
    return points;
}

/* What a facet's passages come to: in order of points, each for a part of the one before. */
static uint64_t sum_of(struct list *found, uint8_t hundredths)
{
    const struct passage *counted[SUM_MAX];
    uint64_t points = 0, part = WHOLE;
    size_t count = 0;
    if (found->count)
        qsort(found->at, found->count, sizeof(struct passage), by_points);
    for (size_t i = 0; i < found->count && count < SUM_MAX; i++) {
        const struct passage *p = LIST_AT(found, const struct passage, i);
        uint32_t worth =
            p->refusal || !carries(p->modality) ? 0 : worth_of(counted, count, p);
        if (!worth)
            continue;
        counted[count++] = p;
        points += worth * part;
        part = part * hundredths / 100;
    }
    return points;
}

/* The same over passages of which each is a sentence of its own, whether they carry or touch. */
static uint64_t faded(const struct list *all, uint8_t hundredths)
{
    uint64_t points = 0, part = WHOLE;
    for (size_t i = 0; i < all->count; i++) {
        const struct passage *p = LIST_AT(all, const struct passage, i);
        if (p->refusal)
            break;
        points += p->points * part;
        part = part * hundredths / 100;
    }
    return points;
}

static int by_kind(const void *x, const void *y)
{
    const struct passage *a = x, *b = y;
    bool left = a->refusal || !carries(a->modality),
         right = b->refusal || !carries(b->modality);
    if (left != right)
        return left ? 1 : -1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

/* How many different things were counted with full weight. */
static uint32_t kinds_in(struct list *found, bool own_units)
{
    struct passage *p = found->at;
    uint32_t kinds = 0;
    if (found->count)
        qsort(p, found->count, sizeof *p, by_kind);
    for (size_t i = 0; i < found->count && !p[i].refusal && carries(p[i].modality); i++)
        kinds += i == 0
            || (p[i].kind != p[i - 1].kind
                && (!own_units || p[i].unit != p[i - 1].unit));
    return kinds;
}

/* The best passage of each sentence, by points; refused ones behind. */
static void settle(struct list *found)
{
    if (!found->count)
        return;
    struct passage *p = found->at;
    qsort(p, found->count, sizeof *p, by_points);
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        size_t k = 0;
        while (k < kept
            && (p[k].unit != p[i].unit || p[k].words.first != p[i].words.first))
            k++;
        if (k == kept && kept < SETTLED_MAX)
            p[kept++] = p[i];
    }
    found->count = kept;
}

static const struct passage *passage_at(const struct list *found, size_t i)
{
    return LIST_AT(found, const struct passage, i);
}

/* The words of the two hits have none in common: "secure boot" and "verified boot" are one thing. */
static bool other_words(
    const struct bench *b, const struct passage *x, const struct passage *y)
{
    const struct words *w = &b->said->words[x->unit], *v = &b->said->words[y->unit];
    for (uint32_t i = x->hit.first; i < x->hit.end; i++)
        for (uint32_t k = y->hit.first; k < y->hit.end; k++)
            if (w->at[i].stem == v->at[k].stem)
                return false;
    return true;
}

/* The best counted passage with other words than `other` has, or NULL. */
static const struct passage *best_of(
    const struct bench *b, const struct list *found, const struct passage *other)
{
    for (size_t i = 0; i < found->count && !passage_at(found, i)->refusal; i++)
        if (!other || other_words(b, passage_at(found, i), other))
            return passage_at(found, i);
    return NULL;
}

/* Another counted passage below another heading, or in a unit that is not next to it. */
static bool again_in(const struct list *found, const struct passage *best)
{
    for (size_t i = 0; i < found->count && !passage_at(found, i)->refusal; i++) {
        uint32_t unit = passage_at(found, i)->unit;
        if (unit > best->unit + 1 || unit + 1 < best->unit)
            return true;
    }
    return false;
}

static void sum_facets(struct bench *b, uint32_t first_facet,
    const struct rubric_constraint *c, struct verdict_of *v)
{
    const struct passage *before = NULL;
    for (uint8_t k = 0; k < c->facet_count; k++) {
        const struct list *found = &b->found[first_facet + k];
        const struct facet *f = &c->facets[k];
        const struct passage *best = best_of(b, found, f->distinct ? before : NULL);
        if ((f->distinct && !before) || b->kinds[first_facet + k] < f->kinds)
            best = f->kinds > 1 || f->distinct ? NULL : best;
        before = best;
        if (!best)
            continue;
        uint16_t points =
            (uint16_t)(best->points + (again_in(found, best) ? b->weights->again : 0));
        v->touch += points;
        if (!f->support)
            v->touched |= (uint8_t)(1u << k);
        if (carries(best->modality)) {
            v->score += points;
            v->carried |= (uint8_t)(1u << k);
        }
    }
}

static uint32_t bits(uint8_t x)
{
    return (uint32_t)__builtin_popcount(x);
}

enum {
    ROOT_ONE = 1u << 8, /* of root_of() */
    SHORT = 4,          /* documents shorter or longer than this part or this many */
    LONG = 2,           /* of the length that is meant are taken for as long */
};

/* Words of a document that are no code. */
static uint64_t length_of(const struct said *s, uint32_t doc)
{
    const struct document *d = &s->corpus->docs[doc];
    uint64_t words = 0;
    for (uint32_t u = d->unit; u < d->unit + d->unit_count; u++)
        words += s->corpus->units[u].kind == UNIT_CODE ? 0 : s->words[u].count;
    return words;
}

/*
 * The third root of how much shorter than meant the document is: a
 * document of an eighth of the length says half as much of a subject as well as the long one.
 */
static uint64_t root_of(uint64_t meant, uint64_t words)
{
    words = words < meant / SHORT ? meant / SHORT : words;
    words = words > meant * LONG ? meant * LONG : words;
    uint64_t root = 1;
    while ((root + 1) * (root + 1) * (root + 1) * words
        <= (uint64_t)ROOT_ONE * ROOT_ONE * ROOT_ONE * meant)
        root++;
    return root;
}

/*
 * A document that treats a subject says several things of it, in several ways; one that names it
 * in passing says one. `all`: the passages of all facets, each sentence once.
 */
static void sum_passages(const struct bench *b, uint32_t first_facet, uint8_t count,
    const struct list *all, struct verdict_of *v)
{
    const struct summing *sum = &b->rubric->sum;
    uint64_t score = 0, further = bits(v->carried) > 1 ? bits(v->carried) - 1 : 0;
    for (uint8_t k = 0; k < count; k++)
        score += b->sums[first_facet + k];
    score = score * (SCORE_ONE + sum->breadth * further) / SCORE_ONE;
    uint64_t root = root_of(sum->length, b->length), touch = faded(all, sum->trail);
    score = score * root / ROOT_ONE / WHOLE;
    v->score = (uint16_t)(score < UINT16_MAX ? score : UINT16_MAX);
    v->touch = (uint16_t)(touch * root / ROOT_ONE / WHOLE);
}

static uint8_t verdict_by(const struct bench *b, const struct rubric_constraint *c,
    const struct verdict_of *v)
{
    uint32_t band = b->weights->band;
    if (bits(v->carried) >= c->met.facets) {
        if (v->score >= c->met.score)
            return VERDICT_MET;
        if (v->score + band >= c->met.score)
            return VERDICT_CANNOT_TELL;
    }
    return bits(v->touched) >= c->partial.facets && v->touch >= c->partial.score
        ? VERDICT_PARTIAL
        : VERDICT_ABSENT;
}

static uint32_t units_apart(const struct passage *p, const struct passage *q)
{
    return p->unit > q->unit ? p->unit - q->unit : q->unit - p->unit;
}

/* A unit may answer several facets of the constraint, each by a sentence of its own. */
static void mark_facets(struct list *all)
{
    for (size_t i = 0; i < all->count; i++) {
        struct passage *p = LIST_AT(all, struct passage, i);
        for (size_t k = 0; k < all->count; k++) {
            const struct passage *q = passage_at(all, k);
            if (q->unit == p->unit && !q->refusal)
                p->facets |= (uint8_t)(1u << q->facet);
        }
    }
}

static void call(struct bench *b, uint32_t constraint, struct bytes name)
{
    if (name.len)
        *(struct called *)list_add(&b->called) =
            (struct called){constraint, words_of(b->said->lexicon, b->a, name)};
}

/* Each constraint by its own name, its practice's and its group's. */
static void learn_names(struct bench *b, const struct clause *c)
{
    b->called = LIST_OF(struct called);
    for (uint32_t r = 0; c && r < b->rubric->constraint_count; r++) {
        uint8_t i = constraint_find(c, b->rubric->constraints[r].id);
        if (i == CATALOGUE_NONE)
            continue;
        const struct constraint *k = &c->constraints[i];
        call(b, r, k->name);
        for (uint32_t p = 0; p < c->practice_count; p++)
            if (k->practices == 1u << p)
                call(b, r, c->practices[p].name);
        if (k->group != CATALOGUE_NONE)
            call(b, r, c->groups[k->group].id);
    }
}

/* Most words of the name stand in the heading. */
static bool is_called(const struct bench *b, const struct words *name, uint32_t heading)
{
    const struct words *w = &b->said->words[heading];
    uint32_t said = 0, found = 0;
    for (uint32_t i = 0; i < name->count; i++) {
        if (is_word(b, &name->at[i], WORD_EMPTY))
            continue;
        said++;
        uint32_t k = 0;
        while (k < w->count && w->at[k].stem != name->at[i].stem)
            k++;
        found += k < w->count;
    }
    return found * 2 > said;
}

/* A heading above it, but for the title, has the name that the clause gives to the subject. */
static bool below_name(const struct bench *b, uint32_t constraint, uint32_t unit)
{
    const struct corpus *c = b->said->corpus;
    for (uint32_t h = c->units[unit].heading; h != UNIT_NONE && !is_title(c, h);
         h = c->units[h].heading)
        for (size_t i = 0; i < b->called.count; i++) {
            const struct called *called = LIST_AT(&b->called, const struct called, i);
            if (called->constraint == constraint && is_called(b, &called->name, h))
                return true;
        }
    return false;
}

/* How much stands near it: other passages that count, and a heading that names the subject. */
static uint32_t nearness(const struct bench *b, uint32_t facet, const struct list *all,
    size_t counted, size_t i)
{
    const struct passage *p = passage_at(all, i);
    uint32_t near = 0;
    for (size_t k = 0; k < counted; k++) {
        const struct passage *q = passage_at(all, k);
        uint32_t apart = units_apart(p, q);
        if (k != i && apart < NEAR_UNITS)
            near += q->points * (NEAR_UNITS - apart) / NEAR_UNITS;
    }
    if (in_context(b, facet, SLOT_ANY, p->unit))
        near += p->points;
    if (below_name(b, b->facets[facet].constraint, p->unit))
        near += p->points * NAMED;
    return near;
}

/* Other passages with the same words. What a document says in every section is no place where
 * it treats the subject. */
static uint32_t echoes(const struct list *all, size_t counted, const struct passage *p)
{
    uint32_t same = 0;
    for (size_t k = 0; k < counted; k++)
        same += passage_at(all, k)->kind == p->kind;
    return same - 1;
}

/* Where a subject is treated there stand several sentences on it, below a heading that names it,
 * above all by the clause's own name, where an auditor looks first:
 * a passage among others that count goes before one that stands alone, one of more facets
 * before one of fewer, and one of rare words before one of words that come again and again. */
static void rank(
    const struct bench *b, uint32_t first_facet, struct list *all, size_t counted)
{
    for (size_t i = 0; i < counted; i++) {
        struct passage *p = LIST_AT(all, struct passage, i);
        uint32_t facet = first_facet + p->facet;
        uint32_t near = nearness(b, facet, all, counted, i);
        uint32_t more =
            SCORE_ONE + MORE_FACETS * (bits((uint8_t)(p->facets & ~(1u << p->facet))));
        uint32_t rank =
            p->points * (NEAR_POINTS + near) * more / (NEAR_POINTS * SCORE_ONE);
        rank = rank * SCORE_ONE / (SCORE_ONE + COMMON * echoes(all, counted, p));
        if (facet_of(b, facet)->support)
            rank = rank * SUPPORTING / SCORE_ONE;
        p->rank = (uint16_t)(rank < UINT16_MAX ? rank : UINT16_MAX);
    }
}

static bool same_section(
    const struct bench *b, const struct passage *p, const struct passage *q)
{
    const struct unit *units = b->said->corpus->units;
    return units_apart(p, q) < SEEN_UNITS
        || units[p->unit].heading == units[q->unit].heading;
}

/* What a reader has seen already is worth less to him: the same section, or the same facet. The
 * unit that he has read is worth nothing: a passage is its unit. */
static uint32_t rank_behind(const struct bench *b, const struct passage *chosen,
    size_t count, const struct passage *p)
{
    uint32_t rank = p->rank * 16u;
    for (size_t i = 0; i < count; i++) {
        if (chosen[i].unit == p->unit)
            return 0;
        if (same_section(b, &chosen[i], p))
            rank = rank * SEEN_PLACE / 10;
        if (chosen[i].facet == p->facet)
            rank = rank * SEEN_FACET / 10;
    }
    return rank;
}

/* The best first, and then each time the one that shows most besides those before it. */
static void order_by_rank(const struct bench *b, struct list *all, size_t counted)
{
    struct passage *p = LIST_AT(all, struct passage, 0);
    for (size_t to = 0; to < counted && to < PASSAGES_MAX; to++) {
        size_t best = to;
        for (size_t i = to + 1; i < counted; i++) {
            uint32_t x = rank_behind(b, p, to, &p[i]),
                     y = rank_behind(b, p, to, &p[best]);
            if (x > y || (x == y && by_points(&p[i], &p[best]) < 0))
                best = i;
        }
        struct passage first = p[best];
        p[best] = p[to];
        p[to] = first;
    }
}

static int by_unit(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* Before any is left out: what a constraint rests on does not depend on which are shown. */
static void keep_carrying(struct bench *b, const struct list *all, struct verdict_of *v)
{
    uint32_t *units = arena_take(b->a, all->count * sizeof *units), count = 0, kept = 0;
    for (size_t i = 0; i < all->count; i++)
        if (passage_carries(passage_at(all, i)))
            units[count++] = passage_at(all, i)->unit;
    if (count)
        qsort(units, count, sizeof *units, by_unit);
    for (uint32_t i = 0; i < count; i++)
        if (!kept || units[kept - 1] != units[i])
            units[kept++] = units[i];
    v->carrying = units;
    v->carrying_count = kept;
}

static void keep_passages(
    struct bench *b, uint32_t first_facet, uint8_t count, struct verdict_of *v)
{
    struct list all = LIST_OF(struct passage);
    for (uint8_t k = 0; k < count; k++) {
        const struct list *found = &b->found[first_facet + k];
        for (size_t i = 0; i < found->count; i++)
            *(struct passage *)list_add(&all) = *passage_at(found, i);
    }
    mark_facets(&all);
    keep_carrying(b, &all, v);
    settle(&all);
    size_t counted = 0;
    while (counted < all.count && !passage_at(&all, counted)->refusal)
        counted++;
    if (b->rubric->sum.fade)
        sum_passages(b, first_facet, count, &all, v);
    rank(b, first_facet, &all, counted);
    if (counted)
        order_by_rank(b, &all, counted);
    v->counted_count = (uint32_t)(counted < PASSAGES_MAX ? counted : PASSAGES_MAX);
    size_t refused = all.count - counted;
    v->refused_count = (uint32_t)(refused < PASSAGES_MAX ? refused : PASSAGES_MAX);
    v->counted = arena_take(b->a, v->counted_count * sizeof *v->counted);
    v->refused = arena_take(b->a, v->refused_count * sizeof *v->refused);
    if (v->counted_count)
        memcpy(v->counted, all.at, v->counted_count * sizeof *v->counted);
    if (v->refused_count)
        memcpy(v->refused, passage_at(&all, counted),
            v->refused_count * sizeof *v->refused);
    list_free(&all);
}

/* C15: what the eight practices come to. */
static uint8_t practices(const struct rubric *r, const struct verdict_of *v)
{
    uint32_t met = 0, addressed = 0, count = 0;
    for (uint32_t c = 0; c < r->constraint_count && count < 8; c++, count++) {
        met += v[c].verdict == VERDICT_MET;
        addressed += v[c].verdict != VERDICT_ABSENT;
    }
    if (met == 8)
        return VERDICT_MET;
    return addressed >= 5 && met >= 3 ? VERDICT_PARTIAL : VERDICT_ABSENT;
}

bool passage_carries(const struct passage *p)
{
    return !p->refusal && carries(p->modality);
}

uint8_t verdict_most(const struct said *said, uint32_t doc)
{
    static const uint8_t most[] = {[CEILING_ABSENT] = VERDICT_ABSENT,
        [CEILING_PARTIAL] = VERDICT_PARTIAL,
        [CEILING_MET] = VERDICT_MET};
    return most[role_ceiling((enum role)said->roles[doc].role)];
}

static void judge_document(struct bench *b, uint32_t doc, struct verdict_of *v)
{
    const struct document *d = &b->said->corpus->docs[doc];
    const struct rubric *r = b->rubric;
    b->length = length_of(b->said, doc);
    for (uint32_t f = 0; f < b->facet_count; f++)
        b->found[f].count = 0;
    for (uint32_t i = 0; i < d->unit_count; i++)
        judge_unit(b, d->unit + i);
    for (uint32_t f = 0; f < b->facet_count; f++) {
        b->kinds[f] = kinds_in(
            &b->found[f], b->rubric->constraints[b->facets[f].constraint].derived);
        if (r->sum.fade)
            b->sums[f] = sum_of(&b->found[f], r->sum.fade);
        settle(&b->found[f]);
    }
    uint32_t f = 0;
    for (uint32_t c = 0; c < r->constraint_count; c++) {
        const struct rubric_constraint *rc = &r->constraints[c];
        v[c].doc = doc;
        sum_facets(b, f, rc, &v[c]);
        keep_passages(b, f, rc->facet_count, &v[c]);
        v[c].verdict = verdict_by(b, rc, &v[c]);
        if (rc->derived)
            v[c].verdict = v[c].verdict == VERDICT_MET ? VERDICT_MET : practices(r, v);
        if (v[c].verdict > verdict_most(b->said, doc))
            v[c].verdict = verdict_most(b->said, doc);
        f += rc->facet_count;
    }
}

/* How many constraints of the clause it answers at least as well. */
static uint32_t breadth_of(
    const struct bench *b, const struct judged *j, const struct verdict_of *v)
{
    const struct verdict_of *in = &j->in_doc[v->doc * b->rubric->constraint_count];
    uint32_t count = 0;
    for (uint32_t c = 0; c < b->rubric->constraint_count; c++)
        count += in[c].verdict >= v->verdict;
    return count;
}

/* Of two documents: which decides, and of two that say it as well which is shown first. */
static bool better(const struct bench *b, const struct judged *j, struct named *named,
    const struct verdict_of *x, const struct verdict_of *y)
{
    if (x->verdict != y->verdict)
        return x->verdict > y->verdict;
    if (x->verdict != VERDICT_ABSENT) {
        uint8_t nx = named ? named_document(named, x->doc) : 0,
                ny = named ? named_document(named, y->doc) : 0;
        uint32_t bx = breadth_of(b, j, x), by = breadth_of(b, j, y);
        if (nx != ny || bx != by)
            return nx != ny ? nx > ny : bx > by;
    }
    return x->score != y->score ? x->score > y->score : x->touch > y->touch;
}

static void pick_best(
    const struct bench *b, const struct clause *clause, struct judged *out)
{
    uint32_t n = b->rubric->constraint_count;
    struct named *named = clause ? named_new(b->a, b->said->corpus, clause) : NULL;
    out->best = arena_take(b->a, n * sizeof *out->best);
    for (uint32_t c = 0; c < n; c++) {
        out->best[c].doc = UNIT_NONE;
        for (uint32_t d = out->first_doc; d < b->said->corpus->doc_count; d++)
            if (out->best[c].doc == UNIT_NONE
                || better(b, out, named, &out->in_doc[d * n + c], &out->best[c]))
                out->best[c] = out->in_doc[d * n + c];
    }
    named_free(named);
}

static void bench_end(struct bench *b)
{
    phrases_free(b->phrases);
    named_free(b->named);
    list_free(&b->hit);
    list_free(&b->pasted);
    list_free(&b->called);
    for (uint32_t f = 0; f < b->facet_count; f++) {
        list_free(&b->found[f]);
        for (enum slot slot = 0; slot < SLOTS; slot++)
            list_free(&b->here[f].hits[slot]);
    }
}

void judge(struct arena *a, const struct said *said, const struct rubric *rubric,
    const struct clause *clause, const struct weights *weights, struct judged *out)
{
    struct bench b = {.a = a, .said = said, .rubric = rubric, .weights = weights};
    const struct corpus *c = said->corpus;
    b.phrases = phrases_new(a, said->lexicon, rubric->phrases, rubric->phrase_count);
    lay_facets(&b);
    index_uses(&b);
    b.specific = flags_of(&b, &rubric->specific);
    b.foreign = flags_of(&b, &rubric->foreign);
    mark_denials(&b);
    learn_words(&b, clause);
    keep_texts(&b, clause);
    mark_pasted(&b);
    learn_names(&b, clause);
    find_all(&b);
    find_parrots(&b);
    b.named = rubric->named && clause && !said->chosen ? named_new(a, c, clause) : NULL;
    *out = (struct judged){.rubric = rubric, .first_doc = said->first_doc};
    out->in_doc = arena_take(
        a, (size_t)c->doc_count * rubric->constraint_count * sizeof *out->in_doc);
    for (uint32_t d = said->first_doc; d < c->doc_count; d++)
        judge_document(&b, d, &out->in_doc[d * rubric->constraint_count]);
    pick_best(&b, clause, out);
    bench_end(&b);
}

uint32_t rubric_index(const struct judged *j, struct bytes constraint)
{
    for (uint32_t i = 0; i < j->rubric->constraint_count; i++)
        if (text_same(j->rubric->constraints[i].id, constraint))
            return i;
    return UINT32_MAX;
}

const char *verdict_word(enum verdict v)
{
    static const char *const names[] = {"absent", "cannot-tell", "partial", "met"};
    return names[v];
}

const char *refusal_name(enum refusal r)
{
    static const char *const names[] = {"counted", "not an assertion", "denied",
        "without the words that make it count", "a phrase that turns the sense",
        "about something else than the product", "the clause's own words",
        "words without a verb", "the same as another facet has",
        "the document describes no product",
        "stands where words are explained or documents are named"};
    return names[r];
}
