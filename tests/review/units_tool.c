/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units_tool: what the reader of one file makes of it, a unit a line, without positions; for
 * tests that compare formats. In this very process: the files are the test's own. A file that
 * ends with ".bbox" is what pdftotext printed of a PDF.
 */
#include "review/read/read.h"
#include "review/read/see.h"
#include "tests/support/whole_file.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: units-tool FILE\n", stderr);
        return 2;
    }
    struct bytes path = text_of(argv[1]), document = whole_file(argv[1]);
    reader_fn *reader = text_ends(path, TEXT(".bbox"))
        ? read_pdf_boxes
        : format_reader(format_of(path, text_upto(document, 4096)));
    if (!reader) {
        fprintf(stderr, "error: %s: expected a format that has a reader\n", argv[1]);
        return 2;
    }
    struct seen s = see_read(reader, document);
    char *units = see_print(&s, false);
    fputs(units, stdout);
    free(units);
    see_end(&s);
    free((void *)(uintptr_t)document.at);
    return s.status == OK ? 0 : 4;
}
