/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/zipped_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zipped_part parts[] = {
        {"word/document.xml",
            TEXT("<d><p><pPr><pStyle val=\"Q\"/></pPr><r><t>a</t></r></p></d>")},
        {"word/styles.xml",
            TEXT("<s><style styleId=\"Q\"><name val=\"quote\"/></style></s>")},
        {"word/numbering.xml", TEXT("<n/>")},
        {"word/footnotes.xml", TEXT("<f><p><r><t>b</t></r></p></f>")},
    };
    zipped_fuzz(
        read_docx, parts, sizeof parts / sizeof parts[0], (struct bytes){data, size});
    return 0;
}
