/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See: what a reader makes of some bytes, in this very process. For tests and fuzz targets;
 * the program itself reads in children only (read.h).
 */
#pragma once

#include "review/read/readers.h"
#include "review/read/unit_parse.h"

struct seen {
    enum status status; /* of units_parse: anything but OK is a fault of ours */
    uint8_t format;
    struct bytes written; /* the stream as emitted */
    struct corpus corpus;
    struct gather gather;
    struct document *docs;
};

struct seen see_emitted(void (*write)(struct emit *e));
struct seen see_read(reader_fn *reader, struct bytes document);
/* Several documents in one corpus. */
struct see_file {
    const char *path;
    void (*write)(struct emit *e);
};
struct seen see_files(const struct see_file *files, uint32_t count);
void see_end(struct seen *s);
/* The units, one line each: "kind level line/page [heading path] text {name=value; …}"; notes
 * after them. A reader's test compares this with what it expects; malloc'd. */
char *see_print(const struct seen *s, bool positions);
