/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole_file: the bytes of a file of the tester's own, for tools that have nothing else to do:
 * one that cannot be read ends the tool with 2. Bytes after READ_DOCUMENT_MAX are left out. The
 * bytes are the caller's.
 */
#pragma once

#include "review/read/read.h"

#include <stdio.h>
#include <stdlib.h>

static inline struct bytes whole_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *at = malloc(READ_DOCUMENT_MAX);
    if (!f || !at) {
        fprintf(stderr, "error: %s: expected a file that can be read\n", path);
        exit(2);
    }
    size_t len = fread(at, 1, READ_DOCUMENT_MAX, f);
    fclose(f);
    return (struct bytes){realloc(at, len + 1), len};
}
