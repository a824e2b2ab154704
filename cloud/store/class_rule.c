/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/class_rule.h"

static size_t said(const struct class_seen *seen, size_t count)
{
    size_t i = 0;

    while (i < count && !seen[i].said)
        i++;
    return i;
}

/* count: it has told nothing that shows it, or it is of another class since. */
static size_t told(const struct class_seen *seen, size_t count)
{
    size_t found = count;

    for (size_t i = 0; i < count; i++)
        if (seen[i].own_ms > 0 && seen[i].own_ms >= seen[i].other_ms
            && (found == count || seen[i].own_ms > seen[found].own_ms))
            found = i;
    return found;
}

size_t class_own(const struct class_seen *seen, size_t count, bool says)
{
    return says ? said(seen, count) : told(seen, count);
}

static size_t last(const struct class_seen *seen, size_t count)
{
    size_t i = 0;

    while (i < count && !seen[i].last)
        i++;
    return i;
}

static size_t first_offered(
    const struct class_seen *seen, size_t count, bool refused_too)
{
    size_t i = 0;

    while (i < count
        && !(seen[i].offered
            && (refused_too || (seen[i].other_ms == 0 && !seen[i].doubted))))
        i++;
    return i;
}

/* Req: HF-UPD-008 "the newest release of the device's class" */
size_t class_rule(const struct class_seen *seen, size_t count, bool says)
{
    size_t is = class_own(seen, count, says);

    if (is == count && says)
        return count;
    if (is == count)
        is = last(seen, count);
    if (is < count)
        return seen[is].offered ? is : count;
    is = first_offered(seen, count, false);
    return is < count ? is : first_offered(seen, count, true);
}
