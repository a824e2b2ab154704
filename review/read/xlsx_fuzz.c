/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/zipped_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zipped_part parts[] = {
        {"xl/worksheets/s.xml",
            TEXT(
                "<w><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c s=\"0\"><v>1.5</v></c></row><row><c><v>2</v></c></row></w>")},
        {"xl/sharedStrings.xml", TEXT("<t><si><t>a</t></si></t>")},
        {"xl/styles.xml", TEXT("<s><cellXfs><xf numFmtId=\"22\"/></cellXfs></s>")},
        {"xl/workbook.xml", TEXT("<w><sheet name=\"S\" id=\"r1\"/></w>")},
        {"xl/_rels/workbook.xml.rels",
            TEXT("<r><Relationship Id=\"r1\" Target=\"worksheets/s.xml\"/></r>")},
    };
    zipped_fuzz(
        read_xlsx, parts, sizeof parts / sizeof parts[0], (struct bytes){data, size});
    return 0;
}
