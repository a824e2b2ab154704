/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vector: one published number from a file of wire/vectors, line by line `name hex`.
 *
 * A name that is not there, or is there twice, fails the test that asks for it.
 */
#pragma once

#include "core/base/hex.h"
#include "tests/support/check.h"

struct vector {
    uint8_t b[512];
    size_t len;
};

#define OF(v) ((struct bytes){(v).b, (v).len})

static inline struct vector vector_of(const char *path, const char *name)
{
    struct vector v = {.len = 0};
    char line[1280], got[64], hex[1025];
    int found = 0;
    FILE *f = fopen(path, "re");

    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "%63s %1024s", got, hex) != 2 || strcmp(got, name) != 0)
            continue;
        found++;
        v.len = strlen(hex) / 2;
        CHECK(hex_parse((struct bytes){(uint8_t *)hex, strlen(hex)},
                  (struct room){v.b, v.len})
            == OK);
    }
    if (f)
        fclose(f);
    CHECK(found == 1);
    return v;
}
