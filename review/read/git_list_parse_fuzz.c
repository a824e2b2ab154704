/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/git_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct git_list l;
    size_t total = GIT_ID;
    if (git_list_parse((struct bytes){data, size}, &l) != OK)
        return 0;
    for (size_t i = 0; i < l.files.count; i++) {
        struct bytes path = LIST_AT(&l.files, struct git_file, i)->path;
        bool good = path.len && path.at[0] != '/' && path.at >= data
            && path.at + path.len <= data + size && !text_starts(path, TEXT("../"))
            && text_find(path, TEXT("/../")) == path.len;
        if (!good)
            __builtin_trap();
        total += 27 + path.len;
    }
    if (total != size)
        __builtin_trap();
    list_free(&l.files);
    return 0;
}
