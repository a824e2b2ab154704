/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filled: an input of a fuzz target, lengthened by zeros to the length that a body has.
 *
 * Bodies of one fixed length are many zeros between a few fields; a fuzzer would have to grow
 * each of them by chance. The memory is exactly as long, so that a read past it is noticed.
 */
#pragma once

#include "core/base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* A copy of `in`, at least so long. To filled_free(). */
static inline struct bytes filled(struct bytes in, size_t least)
{
    size_t len = in.len > least ? in.len : least;
    uint8_t *at = calloc(len + (len == 0), 1);

    if (at == NULL)
        abort();
    if (in.len > 0)
        memcpy(at, in.at, in.len);
    return (struct bytes){at, len};
}

static inline void filled_free(struct bytes in)
{
    free((void *)(uintptr_t)in.at);
}
