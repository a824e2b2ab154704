/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/flat.h"

#include "review/read/read.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Offsets with the top bit lie in `side`, others in the document (at most 64 MiB). */
static const uint32_t IN_SIDE = 0x80000000u;

struct node {
    uint32_t key, key_len, text, text_len, line, next;
    uint16_t height; /* levels below it */
    uint8_t kind;    /* enum flat_kind */
    bool twice : 1;  /* its key stood before in the same map */
    bool merged : 1; /* came by a merge: yields to the map's own keys */
};

struct flat {
    struct bytes document;
    struct emit *notes;
    struct node *nodes;
    uint32_t count, cap, again;
    void *kept;
    uint32_t open[READ_DEPTH_MAX + 1], depth;
    uint8_t *side;
    size_t side_len, side_cap;
    uint32_t *order; /* keys of one map, to find those that stand twice */
    size_t order_cap;
    uint32_t key, key_len; /* waits for its value */
    bool stopped, whole;
};

static void *or_end(void *got)
{
    if (!got)
        _exit(4); /* the parent says MEMORY */
    return got;
}

struct flat *flat_new(struct bytes document, struct emit *notes)
{
    struct flat *f = or_end(calloc(1, sizeof *f));
    f->document = document;
    f->notes = notes;
    /* Untouched pages cost nothing, and a row that never moves needs no second half as much. */
    f->cap = FLAT_MAX;
    /* Not by calloc: under a sanitizer that writes all of it, and fuzzing stands still. */
    void *nodes = mmap(NULL, f->cap * sizeof *f->nodes, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    f->nodes = or_end(nodes == MAP_FAILED ? NULL : nodes);
    flat_open(f, FLAT_LIST, 1);
    return f;
}

void flat_free(struct flat *f)
{
    munmap(f->nodes, f->cap * sizeof *f->nodes);
    free(f->side);
    free(f->order);
    free(f->kept);
    free(f);
}

void flat_keep(struct flat *f, void *kept)
{
    assert(!f->kept);
    f->kept = kept;
}

static bool inside(struct bytes whole, struct bytes part)
{
    uintptr_t from = (uintptr_t)whole.at, at = (uintptr_t)part.at;
    return at >= from && at - from <= whole.len && part.len <= whole.len - (at - from);
}

static uint32_t place_of(struct flat *f, struct bytes text)
{
    if (inside(f->document, text))
        return (uint32_t)(text.at - f->document.at);
    if (f->side_cap - f->side_len < text.len) {
        f->side_cap = (f->side_len + text.len) * 2 + 4096;
        f->side = or_end(realloc(f->side, f->side_cap));
    }
    uint32_t at = (uint32_t)f->side_len | IN_SIDE;
    if (text.len)
        memcpy(f->side + f->side_len, text.at, text.len);
    f->side_len += text.len;
    return at;
}

static struct bytes text_at(const struct flat *f, uint32_t at, uint32_t len)
{
    const uint8_t *from = at & IN_SIDE ? f->side : f->document.at;
    return (struct bytes){len ? from + (at & ~IN_SIDE) : NULL, len};
}

bool flat_key(struct flat *f, struct bytes key, uint32_t line)
{
    (void)line; /* of the key: a value's own line says more */
    f->key = place_of(f, key);
    f->key_len = (uint32_t)key.len;
    return !f->stopped;
}

/* Something of this height was put into what is open. */
static void lift(struct flat *f, unsigned height)
{
    if (!f->depth)
        return;
    struct node *n = &f->nodes[f->open[f->depth - 1]];
    if (n->height < height + 1)
        n->height = (uint16_t)(height + 1);
}

static struct node *add(struct flat *f, enum flat_kind kind, uint32_t line)
{
    if (f->stopped)
        return NULL;
    if (f->count == f->cap) {
        emit_note(f->notes, NOTE_TOO_MUCH, line, 0, TEXT("values in one file"));
        f->stopped = true;
        return NULL;
    }
    struct node *n = &f->nodes[f->count++];
    n->kind = (uint8_t)kind;
    n->line = line;
    n->next = f->count;
    n->key = f->key;
    n->key_len = f->key_len;
    f->key_len = 0;
    lift(f, 0);
    return n;
}

bool flat_scalar(struct flat *f, enum flat_kind kind, struct bytes text, uint32_t line)
{
    struct node *n = add(f, kind, line);
    if (!n)
        return false;
    n->text = place_of(f, text);
    n->text_len = (uint32_t)text.len;
    return true;
}

bool flat_open(struct flat *f, enum flat_kind kind, uint32_t line)
{
    if (f->depth > READ_DEPTH_MAX && !f->stopped) {
        emit_note(f->notes, NOTE_TOO_DEEP, line, 0, TEXT("maps and lists"));
        f->stopped = true;
    }
    uint32_t at = f->count;
    if (!add(f, kind, line))
        return false;
    f->open[f->depth++] = at;
    return true;
}

static bool same_key(const struct flat *f, uint32_t a, uint32_t b)
{
    const struct node *x = &f->nodes[a], *y = &f->nodes[b];
    return text_same(text_at(f, x->key, x->key_len), text_at(f, y->key, y->key_len));
}

/* `later` names the same key as `first`, which stands before it. */
static void mark_twice(struct flat *f, uint32_t first, uint32_t later)
{
    struct node *a = &f->nodes[first], *b = &f->nodes[later];
    if (a->merged || b->merged) {
        (b->merged ? b : a)->twice = true;
        return;
    }
    if (!b->twice)
        emit_note(
            f->notes, NOTE_DUPLICATE_KEY, b->line, 0, text_at(f, b->key, b->key_len));
    b->twice = true;
}

static int by_key(const void *a, const void *b, void *flat)
{
    const struct flat *f = flat;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const struct node *x = &f->nodes[i], *y = &f->nodes[j];
    int order =
        text_order(text_at(f, x->key, x->key_len), text_at(f, y->key, y->key_len));
    return order ? order : (i > j) - (i < j);
}

static size_t list_children(struct flat *f, uint32_t map)
{
    size_t count = 0;
    for (uint32_t c = map + 1; c < f->nodes[map].next; c = f->nodes[c].next) {
        if (count == f->order_cap) {
            f->order_cap = f->order_cap * 2 + 64;
            f->order = or_end(realloc(f->order, f->order_cap * sizeof *f->order));
        }
        f->order[count++] = c;
    }
    return count;
}

static void find_twice(struct flat *f, uint32_t map)
{
    enum { FEW = 24 };
    size_t count = list_children(f, map);
    if (count <= FEW) {
        for (size_t i = 1; i < count; i++)
            for (size_t j = 0; j < i; j++)
                if (f->nodes[f->order[i]].key_len == f->nodes[f->order[j]].key_len
                    && !f->nodes[f->order[j]].twice
                    && same_key(f, f->order[i], f->order[j]))
                    mark_twice(f, f->order[j], f->order[i]);
        return;
    }
    qsort_r(f->order, count, sizeof *f->order, by_key, f);
    size_t kept = 0; /* the one of a run of equal keys that counts so far */
    for (size_t i = 1; i < count; i++) {
        if (!same_key(f, f->order[kept], f->order[i])) {
            kept = i;
            continue;
        }
        mark_twice(f, f->order[kept], f->order[i]);
        if (f->nodes[f->order[kept]].twice)
            kept = i;
    }
}

void flat_close(struct flat *f)
{
    assert(f->depth > 0);
    uint32_t at = f->open[--f->depth];
    f->nodes[at].next = f->count;
    f->key_len = 0;
    lift(f, f->nodes[at].height);
    if (f->nodes[at].kind == FLAT_MAP)
        find_twice(f, at);
}

void flat_end(struct flat *f, bool whole)
{
    f->whole = whole && !f->stopped;
    while (f->depth)
        flat_close(f);
}

uint32_t flat_next(const struct flat *f)
{
    return f->count;
}

static bool is_open(const struct flat *f, uint32_t n)
{
    for (uint32_t i = 0; i < f->depth; i++)
        if (f->open[i] == n)
            return true;
    return false;
}

static enum status stop(struct flat *f, enum note_kind why, uint32_t line)
{
    emit_note(f->notes, why, line, 0, TEXT("aliases"));
    f->stopped = true;
    return FULL;
}

static enum status copy_nodes(
    struct flat *f, uint32_t from, uint32_t to, unsigned height)
{
    uint32_t n = to - from, line = f->nodes[f->open[f->depth - 1]].line;
    if (n > f->cap - f->count || n > FLAT_AGAIN_MAX - f->again)
        return stop(f, NOTE_TOO_MUCH, line);
    if (f->depth + height > READ_DEPTH_MAX)
        return stop(f, NOTE_TOO_DEEP, line);
    uint32_t shift = f->count - from;
    if (n)
        memcpy(&f->nodes[f->count], &f->nodes[from], n * sizeof *f->nodes);
    for (uint32_t i = f->count; i < f->count + n; i++)
        f->nodes[i].next += shift;
    f->count += n;
    f->again += n;
    lift(f, height);
    return OK;
}

enum status flat_again(struct flat *f, uint32_t from, bool merge)
{
    if (f->stopped)
        return FULL;
    if (is_open(f, from))
        return MALFORMED;
    uint32_t to = f->nodes[from].next, first = f->count;
    if (!merge) {
        uint32_t key = f->key, key_len = f->key_len;
        TRY(copy_nodes(f, from, to, f->nodes[from].height));
        f->nodes[first].key = key;
        f->nodes[first].key_len = key_len;
        f->nodes[first].twice = f->nodes[first].merged = false;
        f->key_len = 0;
        return OK;
    }
    f->key_len = 0;
    if (f->nodes[from].kind != FLAT_MAP)
        return MALFORMED;
    TRY(copy_nodes(f, from + 1, to, f->nodes[from].height));
    for (uint32_t c = first; c < f->count; c = f->nodes[c].next)
        f->nodes[c].merged = true;
    return OK;
}

bool flat_whole(const struct flat *f)
{
    return f->whole;
}

enum flat_kind flat_kind(const struct flat *f, uint32_t n)
{
    return (enum flat_kind)f->nodes[n].kind;
}

uint32_t flat_line(const struct flat *f, uint32_t n)
{
    return f->nodes[n].line;
}

struct bytes flat_key_of(const struct flat *f, uint32_t n)
{
    return text_at(f, f->nodes[n].key, f->nodes[n].key_len);
}

struct bytes flat_text(const struct flat *f, uint32_t n)
{
    return text_at(f, f->nodes[n].text, f->nodes[n].text_len);
}

static uint32_t seen_from(const struct flat *f, uint32_t parent, uint32_t child)
{
    while (child < f->nodes[parent].next && f->nodes[child].twice)
        child = f->nodes[child].next;
    return child < f->nodes[parent].next ? child : FLAT_NO;
}

uint32_t flat_first(const struct flat *f, uint32_t parent)
{
    return seen_from(f, parent, parent + 1);
}

uint32_t flat_after(const struct flat *f, uint32_t parent, uint32_t child)
{
    return seen_from(f, parent, f->nodes[child].next);
}

uint32_t flat_get(const struct flat *f, uint32_t map, const char *key)
{
    size_t len = strlen(key);
    if (flat_kind(f, map) != FLAT_MAP)
        return FLAT_NO;
    for (uint32_t c = map + 1; c < f->nodes[map].next; c = f->nodes[c].next) {
        const struct node *n = &f->nodes[c];
        if (n->key_len == len && !n->twice
            && memcmp(text_at(f, n->key, n->key_len).at, key, len) == 0)
            return c;
    }
    return FLAT_NO;
}

uint32_t flat_first_in(
    const struct flat *f, uint32_t map, const char *key, uint32_t *in)
{
    *in = flat_get(f, map, key);
    return *in == FLAT_NO ? FLAT_NO : flat_first(f, *in);
}

struct bytes flat_get_text(const struct flat *f, uint32_t map, const char *key)
{
    uint32_t n = flat_get(f, map, key);
    return n ? flat_text(f, n) : (struct bytes){0};
}
