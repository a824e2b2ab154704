/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pack: named files in one file. It is a zip archive, and of all zip archives with these files
 * exactly one.
 *
 * Promise: the same files give the same bytes, with every library and on every machine. They
 * are stored, not folded, in order of their names' bytes, with the zip format's first day for
 * a time and nothing else said about them: nothing can unfold into more than it is, and there
 * is no place between or behind the files where something else could stand. Any program that
 * opens zip archives opens it (docs/decisions/0010-packs.md).
 *
 * Not here: what the files are (statement.h).
 */
#pragma once

#include "core/base/status.h"
#include "review/base/arena.h"

#include <stdint.h>

enum {
    PACK_BYTES_MAX = 268435456, /* of the archive */
    PACK_FILES_MAX = 65000,     /* the directory counts in 16 bits */
    PACK_NAME_MAX = 4096,       /* bytes */
};

struct pack_file {
    struct bytes name, content;
};

/*
 * What is wrong with a name, NULL: nothing. A good one is relative, printable UTF-8, and has no
 * empty, "." or ".." part and no backslash: it means the same file to every program.
 */
const char *pack_name_fault(struct bytes name);
void pack_sort(struct pack_file *files, uint32_t count);
uint64_t pack_size(const struct pack_file *files, uint32_t count); /* of the archive */

struct pack_sink { /* takes the archive piece by piece; false: it takes no more */
    void *ctx;
    bool (*take)(void *ctx, struct bytes piece);
};
/* Files are sorted, have good names and fit. False: the sink took no more. */
bool pack_write(struct arena *a, const struct pack_file *files, uint32_t count,
    const struct pack_sink *to);
/*
 * Whether the archive is, byte for byte, what pack_write() makes of these files. They may come
 * from somebody who is not believed.
 */
bool pack_is(struct arena *a, struct bytes archive, const struct pack_file *files,
    uint32_t count);

/*
 * The files of an archive, borrowed from it. MALFORMED: it is none, or not whole; REFUSED: it is
 * one, but not of the one form; *why says "what: expected …". The checksums of the contents are
 * left to pack_is(), which the caller needs anyway.
 */
MUST_USE enum status pack_parse(struct arena *a, struct bytes archive,
    struct pack_file **files, uint32_t *count, struct bytes *why);
