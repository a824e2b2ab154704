/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zipped_fuzz: fuzz target of a reader of archives. What the fuzzer makes is read as an
 * archive, and as one part of a good archive: a fuzzer does not find checksums by itself.
 */
#pragma once

#include "core/base/utf8.h"
#include "review/read/see.h"
#include "tests/support/zipped.h"

static inline void zipped_fuzz_look(reader_fn *reader, struct bytes document)
{
    struct seen s = see_read(reader, document);
    if (s.status != OK)
        __builtin_trap();
    for (uint32_t i = 0; i < s.corpus.unit_count; i++)
        if (!utf8_valid(s.corpus.units[i].text))
            __builtin_trap();
    see_end(&s);
}

/* The first byte picks the part that the others become. */
static inline void zipped_fuzz(
    reader_fn *reader, struct zipped_part *parts, size_t count, struct bytes made)
{
    zipped_fuzz_look(reader, made);
    if (!made.len)
        return;
    parts[made.at[0] % count].content = (struct bytes){made.at + 1, made.len - 1};
    struct bytes archive = zipped(parts, count, false);
    zipped_fuzz_look(reader, archive);
    free((void *)(uintptr_t)archive.at);
}
