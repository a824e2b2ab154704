/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/boot_line.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot_line l = {.block_count = 7}, before = l;

    if (boot_line_parse((struct bytes){data, size}, &l) != OK) {
        if (memcmp(&l, &before, sizeof l) != 0)
            abort();
        return 0;
    }
    if (l.slot >= BOOT_LINE_SLOTS || strcmp(l.root, l.slots[l.slot]) != 0
        || strcmp(l.slots[0], l.slots[1]) == 0 || strcmp(l.boot, l.root) == 0
        || strncmp(l.root, "/dev/", 5) != 0 || strncmp(l.data, "/dev/", 5) != 0
        || strlen(l.root) >= BOOT_DEVICE_MAX || strstr(l.root, "..") != NULL
        || strlen(l.hash) != BOOT_HASH_TEXT - 1 || strlen(l.salt) != BOOT_HASH_TEXT - 1
        || l.block_count == 0 || l.security_version == 0)
        abort();
    return 0;
}
