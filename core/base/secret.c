/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/secret.h"

#include <string.h>

bool ct_equal(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    uint8_t diff = 0;
    for (size_t i = 0; i < n; i++)
        diff = (uint8_t)(diff | (x[i] ^ y[i]));
    return diff == 0;
}

void wipe(void *secret, size_t n)
{
    if (n == 0)
        return;
    memset(secret, 0, n);
    __asm__ volatile("" : : "r"(secret) : "memory"); /* read here: no dead store */
}
