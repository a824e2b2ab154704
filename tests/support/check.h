/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Check: the whole test library. One executable per file, TAP on stdout.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failed_;

#define CHECK(cond)                                                    \
    do {                                                               \
        if (!(cond)) {                                                 \
            printf("# %s:%d: CHECK(%s)\n", __FILE__, __LINE__, #cond); \
            check_failed_ = 1;                                         \
        }                                                              \
    } while (0)

struct test {
    const char *name;
    void (*run)(void);
};

#define TEST(f) ((struct test){#f, f})

static inline int run_tests(const struct test *t, size_t n)
{
    int bad = 0;
    printf("1..%zu\n", n);
    for (size_t i = 0; i < n; i++) {
        check_failed_ = 0;
        t[i].run();
        printf("%sok %zu - %s\n", check_failed_ ? "not " : "", i + 1, t[i].name);
        bad |= check_failed_;
    }
    return bad;
}

#define MAIN(...)                                                \
    int main(void)                                               \
    {                                                            \
        struct test tests[] = {__VA_ARGS__};                     \
        return run_tests(tests, sizeof tests / sizeof tests[0]); \
    }
