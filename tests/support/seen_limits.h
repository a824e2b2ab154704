/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seen_limits: hostile documents end within what a reading child has, and it is said.
 */
#pragma once

#include "tests/support/seen.h"

#include <sys/resource.h>
#include <time.h>

static inline bool noted(const struct seen *s, enum note_kind kind)
{
    for (uint32_t i = 0; i < s->corpus.note_count; i++)
        if (s->corpus.notes[i].kind == kind)
            return true;
    return false;
}

/* Ends well, in less processor time than a reading child has, with this note. */
static inline bool ends_with_note(
    reader_fn *reader, struct bytes document, enum note_kind kind)
{
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    struct seen s = see_read(reader, document);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    bool good = s.status == OK && noted(&s, kind) && to.tv_sec - from.tv_sec < 9;
    see_end(&s);
    return good;
}

/* The address space of a reading child, for the whole test; a sanitizer needs more. */
static inline void live_in_256_mib(void)
{
#if defined(__has_feature)
    #if __has_feature(address_sanitizer)
        #define SEEN_SANITIZED
    #endif
#endif
#if !defined(SEEN_SANITIZED) && !defined(__SANITIZE_ADDRESS__)
    struct rlimit r = {268435456, 268435456};
    CHECK(setrlimit(RLIMIT_AS, &r) == 0);
#endif
}

/* `n` times `piece`, malloc'd. */
static inline struct bytes many(const char *piece, size_t n)
{
    size_t len = strlen(piece);
    uint8_t *at = malloc(len * n + 1);
    if (!at)
        abort();
    for (size_t i = 0; i < n; i++)
        memcpy(at + i * len, piece, len);
    return (struct bytes){at, len * n};
}
