/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fault.h"

#include <stdlib.h>

static long left;
static bool fired;

void fault_arm(long n)
{
    left = n;
    fired = false;
}

bool fault_fired(void)
{
    return fired;
}

static bool fails_now(void)
{
    if (left > 0 && --left == 0)
        fired = true;
    return left == 0 && fired;
}

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t m);
void *__wrap_calloc(size_t n, size_t m);

void *__wrap_malloc(size_t n)
{
    return fails_now() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t m)
{
    return fails_now() ? NULL : __real_calloc(n, m);
}
