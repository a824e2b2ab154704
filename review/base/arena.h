/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arena: memory that is given out piece by piece and taken back all at once.
 *
 * The reviewer is a program that reads, judges, writes and ends: what it learns lives as long
 * as the run. Pieces never move, so that a pointer into the arena stays good; a list that must
 * grow is kept in a `list` below. Out of memory ends the program with exit code 4 and one
 * line: there is nothing sensible to do with half a review.
 */
#pragma once

#include "core/base/bytes.h"

#include <stdbool.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);
/* Zeroed, aligned for any type; n may be 0. */
void *arena_take(struct arena *a, size_t n);
/* A copy that ends with a NUL which `len` does not count. */
struct bytes arena_copy(struct arena *a, struct bytes from);
/* As printf; the result ends with a NUL which `len` does not count. */
struct bytes arena_print(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
size_t arena_size(const struct arena *a); /* bytes taken from the system */

/* A growing row of equal things, heap memory of its own: elements move when it grows. */
struct list {
    void *at;
    size_t count, cap, each;
};
#define LIST_OF(type) ((struct list){.each = sizeof(type)})
void *list_add(struct list *l); /* the new element, zeroed */
void list_free(struct list *l);
/* What it holds, as a row in the arena; the list is freed. */
void *list_keep(struct list *l, struct arena *a, uint32_t *count);
#define LIST_AT(l, type, i) (&((type *)(l)->at)[i])
