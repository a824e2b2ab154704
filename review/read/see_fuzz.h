/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See_fuzz: the fuzz target of a reader is one line, READER_FUZZ(read_x).
 *
 * Whatever the document: the reader ends, what it wrote parses, texts are well-formed UTF-8,
 * and lines lie inside the document.
 */
#pragma once

#include "core/base/utf8.h"
#include "review/read/see.h"

static inline void see_fuzz(reader_fn *reader, struct bytes document)
{
    struct seen s = see_read(reader, document);
    uint32_t lines = 1;
    for (size_t i = 0; i < document.len; i++)
        lines += document.at[i] == '\n' || document.at[i] == '\r'; /* YAML takes both */
    if (s.status != OK)
        __builtin_trap();
    for (uint32_t i = 0; i < s.corpus.unit_count; i++) {
        const struct unit *u = &s.corpus.units[i];
        bool empty = u->text.len == 0 && u->field_count == 0;
        if (empty || u->line > lines || !utf8_valid(u->text))
            __builtin_trap();
    }
    see_end(&s);
}

#define READER_FUZZ(reader)                                       \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)  \
    {                                                             \
        see_fuzz((reader), (struct bytes){data, size});           \
        return 0;                                                 \
    }
