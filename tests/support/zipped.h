/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zipped: a zip archive made in memory, for the tests and fuzz targets of its readers.
 */
#pragma once

#include "core/base/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct zipped_part {
    const char *name;
    struct bytes content;
};

/* Malloc'd; `folded`: by deflate, else as it is. */
static inline struct bytes zipped(
    const struct zipped_part *parts, size_t count, bool folded)
{
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *z = zip_open_from_source(to, ZIP_TRUNCATE, NULL);
    if (!z)
        abort();
    zip_source_keep(to);
    for (size_t i = 0; i < count; i++) {
        struct bytes c = parts[i].content;
        zip_source_t *from = zip_source_buffer(z, c.at, c.len, 0);
        zip_int64_t at = zip_file_add(z, parts[i].name, from, 0);
        if (at < 0
            || zip_set_file_compression(
                   z, (zip_uint64_t)at, folded ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 9)
                != 0)
            abort();
    }
    zip_stat_t st;
    if (zip_close(z) != 0 || zip_source_open(to) != 0 || zip_source_stat(to, &st) != 0)
        abort();
    uint8_t *at = malloc((size_t)st.size + 1);
    if (!at || zip_source_read(to, at, st.size) != (zip_int64_t)st.size)
        abort();
    zip_source_close(to);
    zip_source_free(to);
    return (struct bytes){at, (size_t)st.size};
}
