/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is within the ranges of the header, and nothing is there twice. */
#include "cloud/attest/known.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct known k;
    struct conf_error err = {0};

    if (known_parse((struct bytes){data, size}, &k, &err) != OK) {
        if (err.what[0] == 0 || err.expected[0] == 0)
            abort();
        return 0;
    }
    if (k.registers == 0 || k.registers >> 24 != 0 || k.count < 1
        || k.count > KNOWN_MAX)
        abort();
    for (size_t i = 0; i < k.count; i++) {
        size_t len = strlen(k.names[i]);
        if (len < 1 || len > KNOWN_NAME)
            abort();
        for (size_t j = 0; j < i; j++)
            if (strcmp(k.names[i], k.names[j]) == 0
                || memcmp(&k.boots[i].measured, &k.boots[j].measured, 32) == 0)
                abort();
    }
    return 0;
}
