/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Change page: a judged change as one page for a terminal or a pull request, or as JSON.
 *
 * The page names a few of each kind and counts the rest; the JSON has all, and keeps to
 * change.schema.json. Same change, same bytes.
 */
#pragma once

#include "review/change/change.h"

#include <stdio.h>

struct change_page {
    struct bytes product;
    struct bytes before_name, after_name; /* a revision, or how the sides were named */
    const struct model *before, *after;
    const struct change *change;
    const char *fail_on; /* as the user said it */
};

/* How people call what changed: a component by its name, all else by its id. */
struct bytes change_called(const struct change_page *p, const struct change_item *c);
void render_change(const struct change_page *p, FILE *out, unsigned width, bool colour);
void render_change_json(const struct change_page *p, FILE *out);
