/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/phrase.h"

#include <string.h>

enum { REACH_MAX = 10 }; /* words behind the first that are looked at beforehand */

/* One word of a phrase as it may stand in a text: any form of it, "=ports", "remov*". */
enum atom_kind { ATOM_STEM, ATOM_EXACT, ATOM_KINDS }; /* and by_beginning */

struct part { /* of a list below */
    uint32_t first, count;
};
struct run { /* of atoms */
    uint32_t first, count;
    uint64_t begins; /* bit of the first */
};
struct element { /* a choice of runs of atoms, or a gap */
    struct part runs;
    uint32_t gap;    /* above 0: up to so many words, whichever */
    uint64_t firsts; /* bits of the atoms with which its runs begin */
};
struct known { /* of a word of the lexicon: what its atoms are */
    struct part atoms;
    uint64_t bits; /* of its atoms: most words have none that an element begins with */
    bool looked, begins; /* a phrase can begin with it */
};

struct pattern { /* a phrase, in one of its orders */
    struct part elements;
    uint32_t number; /* of the phrase */
    uint32_t reach;  /* so many words behind the first; 0: nothing is asked of them */
    uint64_t near;   /* bits: one of these atoms has to be among them */
};

struct phrases {
    struct arena *a;
    struct lexicon *lexicon;
    struct list
        by_number[ATOM_KINDS];  /* uint32_t: atom of a word's number, or TABLE_NONE */
    struct table *by_beginning; /* "remov" -> atom */
    struct list atoms;          /* uint32_t: runs of atoms of all phrases */
    struct list runs;           /* struct run */
    struct list elements;       /* struct element */
    struct pattern *patterns;
    struct list known;       /* struct known, by number of a word */
    struct list known_atoms; /* uint32_t */
    struct part *starts;     /* of each atom: phrases that can begin with it */
    uint32_t *starting;
    uint32_t atom_count;
};

static uint32_t *numbered(struct list *l, uint32_t number)
{
    while (l->count <= number)
        *(uint32_t *)list_add(l) = TABLE_NONE;
    return LIST_AT(l, uint32_t, number);
}

static struct bytes folded(struct arena *a, struct bytes word)
{
    uint8_t *at = arena_take(a, word.len + 1);
    for (size_t i = 0; i < word.len; i++)
        at[i] = word.at[i] >= 'A' && word.at[i] <= 'Z' ? word.at[i] | 0x20 : word.at[i];
    return text_upto((struct bytes){at, word.len}, WORD_MAX);
}

static uint32_t atom_at(struct phrases *p, uint32_t *at)
{
    if (*at == TABLE_NONE)
        *at = p->atom_count++;
    return *at;
}

/* `begins`: a '*' stands behind the whole choice. */
static uint32_t atom_of_word(struct phrases *p, struct bytes word, bool begins)
{
    bool exact = word.at[0] == '=', star = word.at[word.len - 1] == '*';
    word = folded(p->a, text_from(text_upto(word, word.len - star), exact));
    if (star || begins)
        return atom_at(p, table_at(p->by_beginning, word));
    uint32_t number = lexicon_number(p->lexicon, word);
    if (!exact)
        number = lexicon_stem(p->lexicon, number);
    return atom_at(p, numbered(&p->by_number[exact ? ATOM_EXACT : ATOM_STEM], number));
}

/* Some atoms share a bit: what has none in common is no match, the others are looked at. */
static uint64_t bit_of(uint32_t atom)
{
    return UINT64_C(1) << (atom * 0x9E3779B1u >> 26);
}

static struct bytes cut(struct bytes *rest, const char *sign)
{
    struct bytes part = *rest;
    size_t end = text_find(part, text_of(sign));
    *rest = text_from(part, end + 1);
    return text_upto(part, end);
}

static void add_run(struct phrases *p, struct bytes text, bool begins, uint64_t *firsts)
{
    struct run *run = list_add(&p->runs);
    run->first = (uint32_t)p->atoms.count;
    while (text.len) {
        struct bytes word = cut(&text, " ");
        *(uint32_t *)list_add(&p->atoms) = atom_of_word(p, word, begins && !text.len);
        run->count++;
    }
    run->begins = bit_of(*LIST_AT(&p->atoms, uint32_t, run->first));
    *firsts |= run->begins;
}

static void add_choice(struct phrases *p, struct bytes *text)
{
    size_t close = text_find(*text, TEXT("}"));
    struct bytes inside = text_upto(text_from(*text, 1), close - 1);
    *text = text_from(*text, close + 1);
    bool begins = text->len && text->at[0] == '*';
    *text = text_from(*text, begins);
    *text = text_from(*text, text->len > 0); /* the space behind */
    struct element *e = list_add(&p->elements);
    e->runs.first = (uint32_t)p->runs.count;
    while (inside.len) {
        add_run(p, cut(&inside, "|"), begins, &e->firsts);
        e->runs.count++;
    }
}

static void compile(struct phrases *p, struct pattern *pattern, struct bytes text)
{
    struct part *elements = &pattern->elements;
    elements->first = (uint32_t)p->elements.count;
    while (text.len) {
        if (text.at[0] == '{') {
            add_choice(p, &text);
        } else {
            struct bytes word = cut(&text, " ");
            struct element *e = list_add(&p->elements);
            e->runs = (struct part){(uint32_t)p->runs.count, 0};
            if (word.at[0] == '~') {
                for (size_t i = 1; i < word.len; i++)
                    e->gap = e->gap * 10 + (uint32_t)(word.at[i] - '0');
            } else {
                add_run(p, word, false, &e->firsts);
                e->runs.count = 1;
            }
        }
        elements->count++;
    }
}

/* "a ~4~ b" is "a ~4 b" and "b ~4 a". The sides; false: the phrase has one order. */
static bool two_sides(
    struct bytes text, struct bytes *left, struct bytes *gap, struct bytes *right)
{
    size_t end = text_find(text, TEXT("~ "));
    if (end == text.len)
        return false;
    size_t from = end;
    while (text.at[from - 1] != ' ')
        from--;
    *left = text_upto(text, from - 1);
    *gap = text_upto(text_from(text, from), end - from);
    *right = text_from(text, end + 2);
    return true;
}

static struct bytes joined(
    struct arena *a, struct bytes left, struct bytes gap, struct bytes right)
{
    uint8_t *at = arena_take(a, left.len + gap.len + right.len + 2);
    memcpy(at, left.at, left.len);
    at[left.len] = ' ';
    memcpy(at + left.len + 1, gap.at, gap.len);
    at[left.len + 1 + gap.len] = ' ';
    memcpy(at + left.len + gap.len + 2, right.at, right.len);
    return (struct bytes){at, left.len + gap.len + right.len + 2};
}

static const struct element *element_at(const struct phrases *p, uint32_t i)
{
    return LIST_AT(&p->elements, const struct element, i);
}

/* Most phrases are given up at the words behind their first, and then without being followed. */
static void look_near(const struct phrases *p, struct pattern *pattern)
{
    const struct element *e = element_at(p, pattern->elements.first);
    const struct element *next = pattern->elements.count > 1 ? e + 1 : NULL;
    uint32_t gap = next ? next->gap : 0;
    if (gap > 0) /* it stands between two elements */
        next++;
    for (uint32_t r = 0; r < e->runs.count; r++) {
        const struct run *run = LIST_AT(&p->runs, const struct run, e->runs.first + r);
        if (run->count == 1 && !next) {
            pattern->reach = 0; /* the first word is all of it */
            return;
        }
        pattern->near |= run->count == 1
            ? next->firsts
            : bit_of(*LIST_AT(&p->atoms, uint32_t, run->first + 1));
        uint32_t reach = run->count == 1 ? gap + 1 : 1;
        pattern->reach = reach > pattern->reach ? reach : pattern->reach;
    }
    pattern->reach = pattern->reach > REACH_MAX ? 0 : pattern->reach;
}

/* Which phrases can begin with an atom, in rising order: counted, then filled. */
static void index_starts(struct phrases *p, uint32_t count)
{
    p->starts = arena_take(p->a, p->atom_count * sizeof *p->starts);
    uint32_t total = 0;
    for (int filling = 0; filling < 2; filling++) {
        for (uint32_t i = 0; i < count; i++) {
            const struct element *e = element_at(p, p->patterns[i].elements.first);
            for (uint32_t r = 0; r < e->runs.count; r++) {
                const struct run *run =
                    LIST_AT(&p->runs, const struct run, e->runs.first + r);
                uint32_t atom = *LIST_AT(&p->atoms, uint32_t, run->first);
                struct part *s = &p->starts[atom];
                if (filling && (!s->count || p->starting[s->first + s->count - 1] != i))
                    p->starting[s->first + s->count++] = i;
                else if (!filling)
                    s->count++;
            }
        }
        for (uint32_t k = 0; !filling && k < p->atom_count; k++) {
            p->starts[k].first = total;
            total += p->starts[k].count;
            p->starts[k].count = 0;
        }
        if (!filling)
            p->starting = arena_take(p->a, total * sizeof *p->starting);
    }
}

struct phrases *phrases_new(
    struct arena *a, struct lexicon *lexicon, const struct bytes *texts, uint32_t count)
{
    struct phrases *p = arena_take(a, sizeof *p);
    *p = (struct phrases){.a = a,
        .lexicon = lexicon,
        .by_number = {LIST_OF(uint32_t), LIST_OF(uint32_t)},
        .by_beginning = table_new(a, count),
        .atoms = LIST_OF(uint32_t),
        .runs = LIST_OF(struct run),
        .elements = LIST_OF(struct element),
        .known = LIST_OF(struct known),
        .known_atoms = LIST_OF(uint32_t)};
    p->patterns = arena_take(a, 2 * (size_t)count * sizeof *p->patterns);
    uint32_t patterns = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct bytes left, gap, right;
        bool turns = two_sides(texts[i], &left, &gap, &right);
        p->patterns[patterns].number = i;
        compile(p, &p->patterns[patterns++],
            turns ? joined(a, left, gap, right) : texts[i]);
        if (!turns)
            continue;
        p->patterns[patterns].number = i;
        compile(p, &p->patterns[patterns++], joined(a, right, gap, left));
    }
    for (uint32_t i = 0; i < patterns; i++)
        look_near(p, &p->patterns[i]);
    index_starts(p, patterns);
    return p;
}

void phrases_free(struct phrases *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < ATOM_KINDS; i++)
        list_free(&p->by_number[i]);
    list_free(&p->atoms);
    list_free(&p->runs);
    list_free(&p->elements);
    list_free(&p->known);
    list_free(&p->known_atoms);
}

static void know(struct phrases *p, struct known *k, uint32_t atom)
{
    if (atom == TABLE_NONE)
        return;
    *(uint32_t *)list_add(&p->known_atoms) = atom;
    k->atoms.count++;
    k->bits |= bit_of(atom);
    k->begins |= p->starts[atom].count > 0;
}

static uint32_t atom_of_number(const struct list *l, uint32_t number)
{
    return number < l->count ? *LIST_AT(l, uint32_t, number) : TABLE_NONE;
}

static const struct known *known_of(struct phrases *p, const struct word *w)
{
    while (p->known.count <= w->exact)
        list_add(&p->known);
    struct known *k = LIST_AT(&p->known, struct known, w->exact);
    if (k->looked)
        return k;
    struct bytes text = lexicon_text(p->lexicon, w->exact);
    *k = (struct known){{(uint32_t)p->known_atoms.count, 0}, 0, true, false};
    know(p, k, atom_of_number(&p->by_number[ATOM_EXACT], w->exact));
    know(p, k, atom_of_number(&p->by_number[ATOM_STEM], w->stem));
    for (size_t n = 1; n <= text.len; n++)
        know(p, k, table_get(p->by_beginning, text_upto(text, n)));
    return k;
}

/* A row under search. */
struct search {
    const struct phrases *p;
    const struct known *known; /* of each number of a word */
    const struct word *row;
    uint32_t count;
    uint32_t end; /* past the last element of the phrase at hand */
};

static uint32_t known_atom(const struct phrases *p, uint32_t i)
{
    return *LIST_AT(&p->known_atoms, uint32_t, i);
}

static const struct known *at_word(const struct search *s, uint32_t at)
{
    return &s->known[s->row[at].exact];
}

static bool has_atom(const struct search *s, uint32_t at, uint32_t atom)
{
    const struct part *w = &at_word(s, at)->atoms;
    for (uint32_t i = 0; i < w->count; i++)
        if (known_atom(s->p, w->first + i) == atom)
            return true;
    return false;
}

static bool run_at(const struct search *s, const struct run *run, uint32_t at)
{
    if (!(run->begins & at_word(s, at)->bits) || run->count > s->count - at)
        return false;
    for (uint32_t i = 0; i < run->count; i++)
        if (!has_atom(s, at + i, *LIST_AT(&s->p->atoms, uint32_t, run->first + i)))
            return false;
    return true;
}

static uint32_t match(const struct search *s, uint32_t e, uint32_t at);

/* Past a gap: to words at which the next element can begin only. */
static uint32_t match_behind(const struct search *s, uint32_t e, uint32_t at)
{
    uint32_t gap = element_at(s->p, e)->gap, best = 0;
    uint64_t firsts = element_at(s->p, e + 1)->firsts;
    for (uint32_t skip = 0; skip <= gap && !best && at + skip < s->count; skip++)
        if (firsts & at_word(s, at + skip)->bits)
            best = match(s, e + 1, at + skip);
    return best;
}

/* The place behind the shortest way from element `e` at word `at`, or 0. */
static uint32_t match(const struct search *s, uint32_t e, uint32_t at)
{
    if (e == s->end)
        return at;
    const struct element *el = element_at(s->p, e);
    if (el->gap)
        return match_behind(s, e, at);
    if (at >= s->count || !(el->firsts & at_word(s, at)->bits))
        return 0;
    uint32_t best = 0;
    const struct run *run = LIST_AT(&s->p->runs, const struct run, el->runs.first);
    for (uint32_t r = 0; r < el->runs.count; r++) {
        uint32_t end = run_at(s, run + r, at) ? match(s, e + 1, at + run[r].count) : 0;
        if (end && (!best || end < best))
            best = end;
    }
    return best;
}

static void find_from(struct search *s, uint32_t at, uint32_t atom,
    const uint64_t *within, struct list *hits)
{
    const struct part *starts = &s->p->starts[atom];
    for (uint32_t i = 0; i < starts->count; i++) {
        const struct pattern *p = &s->p->patterns[s->p->starting[starts->first + i]];
        if (p->reach && !(p->near & within[p->reach]))
            continue;
        s->end = p->elements.first + p->elements.count;
        uint32_t end = match(s, p->elements.first, at);
        if (end)
            *(struct phrase_hit *)list_add(hits) =
                (struct phrase_hit){p->number, at, end - 1};
    }
}

/* Two atoms of one word may begin the same phrase: kept once, in order of phrases. */
static void order_place(struct list *hits, size_t from)
{
    struct phrase_hit *h = LIST_AT(hits, struct phrase_hit, 0);
    size_t kept = from;
    for (size_t i = from; i < hits->count; i++) {
        struct phrase_hit x = h[i];
        size_t k = kept;
        while (k > from && h[k - 1].phrase > x.phrase)
            k--;
        if (k > from && h[k - 1].phrase == x.phrase)
            continue;
        memmove(&h[k + 1], &h[k], (kept - k) * sizeof *h);
        h[k] = x;
        kept++;
    }
    hits->count = kept;
}

/* Bits of the atoms of so many words behind each place. */
static void look_ahead(const struct search *s, uint32_t at, uint64_t *within)
{
    for (uint32_t n = 1; n <= REACH_MAX; n++)
        within[n] = within[n - 1]
            | (at + n < s->count ? at_word(s, at + n)->bits : UINT64_C(0));
}

void phrases_find(struct phrases *p, const struct words *row, struct list *hits)
{
    uint64_t within[REACH_MAX + 1] = {0};
    bool begins = false;
    for (uint32_t at = 0; at < row->count; at++)
        begins |= known_of(p, &row->at[at])->begins;
    if (!begins)
        return;
    struct search s = {
        .p = p, .known = p->known.at, .row = row->at, .count = row->count};
    for (uint32_t at = 0; at < row->count; at++) {
        const struct known *k = at_word(&s, at);
        size_t from = hits->count;
        if (!k->begins)
            continue;
        look_ahead(&s, at, within);
        for (uint32_t i = 0; i < k->atoms.count; i++)
            find_from(&s, at, known_atom(p, k->atoms.first + i), within, hits);
        if (hits->count > from + 1)
            order_place(hits, from);
    }
}
