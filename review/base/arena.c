/* SPDX-License-Identifier: Apache-2.0 */
#include "review/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 262144, OUT_OF_MEMORY = 4 };

struct block {
    struct block *next;
    size_t used, cap;
    alignas(max_align_t) uint8_t at[];
};

struct arena {
    struct block *now;
    size_t taken;
};

static void *take_from_system(void *old, size_t n)
{
    void *got = realloc(old, n);
    if (!got) {
        fputs("error: out of memory: expected more, or a smaller folder\n", stderr);
        exit(OUT_OF_MEMORY);
    }
    return got;
}

struct arena *arena_new(void)
{
    struct arena *a = take_from_system(NULL, sizeof *a);
    *a = (struct arena){0};
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    while (a->now) {
        struct block *next = a->now->next;
        free(a->now);
        a->now = next;
    }
    free(a);
}

static struct block *block_for(struct arena *a, size_t n)
{
    size_t cap = n > BLOCK / 4 ? n : BLOCK;
    struct block *b = take_from_system(NULL, sizeof *b + cap);
    a->taken += sizeof *b + cap;
    b->used = 0;
    b->cap = cap;
    if (a->now
        && cap != BLOCK) { /* a large piece goes behind, the open block stays open */
        b->next = a->now->next;
        a->now->next = b;
    } else {
        b->next = a->now;
        a->now = b;
    }
    return b;
}

/* Rounded up, so that the next piece is aligned for any type. */
static size_t whole(size_t n)
{
    size_t round = alignof(max_align_t);
    return (n + round - 1) / round * round;
}

void *arena_take(struct arena *a, size_t n)
{
    assert(n <= SIZE_MAX - BLOCK);
    n = whole(n);
    struct block *b = a->now;
    if (!b || b->cap - b->used < n)
        b = block_for(a, n);
    void *got = b->at + b->used;
    b->used += n;
    return memset(got, 0, n);
}

struct bytes arena_copy(struct arena *a, struct bytes from)
{
    uint8_t *to = arena_take(a, from.len + 1);
    if (from.len)
        memcpy(to, from.at, from.len);
    return (struct bytes){to, from.len};
}

struct bytes arena_print(struct arena *a, const char *format, ...)
{
    va_list args, again;
    struct block *b = a->now;
    char *open = b ? (char *)b->at + b->used : NULL;
    size_t left = b ? b->cap - b->used : 0;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(open, left, format, args); /* mostly it fits, and stays */
    va_end(args);
    assert(len >= 0);
    size_t need = (size_t)len + 1;
    uint8_t *to;
    if (need <= left) {
        to = b->at + b->used;
        b->used += left < whole(need) ? left : whole(need);
    } else {
        to = arena_take(a, need);
        vsnprintf((char *)to, need, format, again);
    }
    va_end(again);
    return (struct bytes){to, (size_t)len};
}

size_t arena_size(const struct arena *a)
{
    return a->taken;
}

void *list_add(struct list *l)
{
    assert(l->each);
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap + l->cap / 2 : 16, size;
        assert(!__builtin_mul_overflow(cap, l->each, &size));
        l->at = take_from_system(l->at, size);
        l->cap = cap;
    }
    return memset((uint8_t *)l->at + l->count++ * l->each, 0, l->each);
}

void list_free(struct list *l)
{
    free(l->at);
    *l = (struct list){.each = l->each};
}

void *list_keep(struct list *l, struct arena *a, uint32_t *count)
{
    void *to = arena_take(a, l->count * l->each);
    if (l->count)
        memcpy(to, l->at, l->count * l->each);
    *count = (uint32_t)l->count;
    list_free(l);
    return to;
}
