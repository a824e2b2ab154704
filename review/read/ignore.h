/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ignore: which paths a .gitignore leaves out. Rules of our own reading of gitignore(5), and
 * not libgit2's: a plain scan loads no git.
 *
 * The file comes from the reviewed tree: rules beyond IGNORE_RULES_MAX and longer than
 * IGNORE_RULE_MAX are dropped (more is read, never less), and a match takes no more than
 * rule length times path length times its depth.
 *
 * Not here: files that are tracked although a rule names them (git reads those, we do not).
 */
#pragma once

#include "review/base/text.h"

enum { IGNORE_RULES_MAX = 1000, IGNORE_RULE_MAX = 512 };

struct ignore;

/* `folder`: where the file stands, "" or "a/b/"; `above`: rules of the folders above or NULL. */
struct ignore *ignore_parse(struct arena *a, struct bytes file, struct bytes folder,
    const struct ignore *above);
/* The patterns of a configuration, NULL-ended; NULL: none. */
struct ignore *ignore_from(struct arena *a, const char *const *patterns);
/* Paths from the same top as `folder`. A folder that is named hides what is below. */
bool ignore_names(const struct ignore *rules, struct bytes path, bool is_folder);
/* The same for a file whose folders were not asked about one by one. */
bool ignore_names_below(const struct ignore *rules, struct bytes path);
