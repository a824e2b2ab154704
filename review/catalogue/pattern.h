/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pattern: a regular expression over a path or title, ASCII case folded.
 *
 * POSIX extended syntax with \b, \w, \W, \s: characters, ., [..], |, ( ), *, +, ?, ^, $. Left out on
 * purpose are {m,n} and \1 to \9: a team's own pattern is foreign, and with these a short one
 * may cost any time and memory. What is left costs at most length of pattern times length of
 * text; both have a limit.
 */
#pragma once

#include "core/base/status.h"
#include "review/base/text.h"

enum {
    PATTERN_MAX = 300,       /* bytes */
    PATTERN_DEPTH_MAX = 8,   /* parentheses */
    PATTERN_TEXT_MAX = 1024, /* bytes of a text that are looked at */
};

struct pattern;

/* REFUSED: *expected says what was. To pattern_free(). */
MUST_USE enum status pattern_new(
    struct bytes text, struct pattern **out, const char **expected);
void pattern_free(struct pattern *p); /* NULL is fine */
bool pattern_found(const struct pattern *p, struct bytes in);
