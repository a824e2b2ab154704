/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/pattern.h"

#include <assert.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

struct pattern {
    regex_t regex;
};

static bool escape_known(uint8_t c)
{
    return strchr("bwWs", c)
        || (c > ' ' && c < 0x7F && strchr(".[]()|*+?^$\\/-{}_ ", c));
}

/* What is wrong with it before a compiler sees it, or NULL. */
static const char *refused(struct bytes t)
{
    unsigned depth = 0;
    size_t set = 0; /* inside of brackets: where their first member stands */
    if (!t.len || t.len > PATTERN_MAX)
        return "a pattern of 1 to 300 bytes";
    for (size_t i = 0; i < t.len; i++) {
        uint8_t c = t.at[i];
        if (c < ' ' || c == 0x7F)
            return "a pattern without control characters";
        if (set) {
            if (c == ']' && i > set) /* as the first member it is one */
                set = 0;
        } else if (c == '\\') {
            if (++i == t.len || !escape_known(t.at[i]))
                return "of escapes only \\b \\w \\W \\s and those of punctuation";
        } else if (c == '[') {
            set = i + 1 + (i + 1 < t.len && t.at[i + 1] == '^');
        } else if (c == '{') {
            return "a pattern without {m,n}";
        } else if (c == '(') {
            if (++depth > PATTERN_DEPTH_MAX)
                return "at most 8 levels of parentheses";
        } else if (c == ')' && depth-- == 0) {
            return "an opening parenthesis for each closing one";
        }
    }
    return NULL;
}

enum status pattern_new(struct bytes text, struct pattern **out, const char **expected)
{
    char c_string[PATTERN_MAX + 1];
    *expected = refused(text);
    if (*expected)
        return REFUSED;
    memcpy(c_string, text.at, text.len);
    c_string[text.len] = 0;
    struct pattern *p = calloc(1, sizeof *p);
    if (!p)
        return BROKEN;
    int e = regcomp(&p->regex, c_string, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (e == 0) {
        *out = p;
        return OK;
    }
    free(p);
    *expected = e == REG_EPAREN ? "a closing parenthesis for each opening one"
        : e == REG_EBRACK       ? "a closing bracket for each opening one"
                                : "a POSIX extended regular expression";
    return e == REG_ESPACE ? BROKEN : REFUSED;
}

void pattern_free(struct pattern *p)
{
    if (p)
        regfree(&p->regex);
    free(p);
}

bool pattern_found(const struct pattern *p, struct bytes in)
{
    in = text_upto(in, PATTERN_TEXT_MAX);
    regmatch_t range = {.rm_so = 0, .rm_eo = (regoff_t)in.len};
    const char *at = in.len ? (const char *)in.at : "";
    return regexec(&p->regex, at, 1, &range, REG_STARTEND) == 0;
}
