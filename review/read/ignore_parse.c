/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/ignore.h"

struct rule {
    struct bytes glob;
    bool keep;        /* "!": what was named before is read after all */
    bool folder_only; /* "x/" */
    bool anywhere;    /* no slash in it: the last part of a path counts */
};

struct ignore {
    const struct ignore *above;
    struct bytes folder;
    struct rule *rules;
    size_t count;
};

/* Trailing blanks go unless a backslash keeps them. */
static struct bytes rule_text(struct bytes line)
{
    if (text_ends(line, TEXT("\r")))
        line.len--;
    while (line.len && line.at[line.len - 1] == ' '
        && !(line.len > 1 && line.at[line.len - 2] == '\\'))
        line.len--;
    return line;
}

static bool parse_rule(struct bytes line, struct rule *out)
{
    struct bytes t = rule_text(line);
    *out = (struct rule){0};
    if (t.len == 0 || t.len > IGNORE_RULE_MAX || t.at[0] == '#')
        return false;
    if (t.at[0] == '!') {
        out->keep = true;
        t = text_from(t, 1);
    }
    if (text_ends(t, TEXT("/"))) {
        out->folder_only = true;
        t.len--;
    }
    out->anywhere = text_find(t, TEXT("/")) == t.len;
    out->glob = text_from(t, text_starts(t, TEXT("/")));
    return out->glob.len > 0;
}

struct ignore *ignore_parse(
    struct arena *a, struct bytes file, struct bytes folder, const struct ignore *above)
{
    struct ignore *g = arena_take(a, sizeof *g);
    struct bytes rest = arena_copy(a, file);
    size_t lines = 1;

    for (size_t i = 0; i < rest.len && lines < IGNORE_RULES_MAX; i++)
        lines += rest.at[i] == '\n';
    *g = (struct ignore){above, arena_copy(a, folder), NULL, 0};
    g->rules = arena_take(a, lines * sizeof *g->rules);
    for (; rest.len && g->count < lines;) {
        size_t end = text_find(rest, TEXT("\n"));
        g->count += parse_rule(text_upto(rest, end), &g->rules[g->count]);
        rest = text_from(rest, end + 1);
    }
    return g;
}

/* Length of "[...]" at the front of a glob, or 0; *in: whether it holds c. */
static size_t set_at(struct bytes glob, uint8_t c, bool *in)
{
    size_t i = 1;
    bool not = i < glob.len && (glob.at[i] == '!' || glob.at[i] == '^');
    bool found = false;

    i += not ;
    for (size_t first = i; i < glob.len && (glob.at[i] != ']' || i == first); i++) {
        uint8_t from = glob.at[i], to = from;
        if (i + 2 < glob.len && glob.at[i + 1] == '-' && glob.at[i + 2] != ']') {
            to = glob.at[i + 2];
            i += 2;
        }
        found |= from <= c && c <= to;
    }
    *in = found != not &&c != '/';
    return i < glob.len ? i + 1 : 0;
}

/* How much of the glob stands for the one character c, or 0. */
static size_t one(struct bytes glob, uint8_t c)
{
    bool in = false;
    size_t n;

    if (glob.len == 0)
        return 0;
    switch (glob.at[0]) {
    case '?': return c != '/';
    case '[': n = set_at(glob, c, &in); return n ? (in ? n : 0) : c == '[';
    case '\\':
        if (glob.len > 1)
            return glob.at[1] == c ? 2 : 0;
        return c == '\\';
    default: return glob.at[0] == c;
    }
}

struct place {
    size_t glob, path;
    bool set;
};

/*
 * A star is tried short first; on a mismatch the last one takes a character more, or, where it
 * would have to take a slash, the last double star a folder more. Earlier ones need no second
 * try: what they could take, the later one can take as well.
 */
static bool matches(struct bytes glob, struct bytes path)
{
    struct place star = {0}, folders = {0};
    size_t g = 0, p = 0;

    while (p < path.len) {
        struct bytes rest = text_from(glob, g);
        bool part = p == 0 || path.at[p - 1] == '/';
        size_t n;
        if (part && text_starts(rest, TEXT("**/"))) {
            g += 3;
            folders = (struct place){g, p, true};
            star.set = false;
        } else if (part && text_same(rest, TEXT("**"))) {
            return true;
        } else if (text_starts(rest, TEXT("*"))) {
            star = (struct place){++g, p, true};
        } else if ((n = one(rest, path.at[p])) > 0) {
            g += n;
            p++;
        } else if (star.set && path.at[star.path] != '/') {
            p = ++star.path;
            g = star.glob;
        } else if (folders.set) {
            struct bytes after = text_from(path, folders.path);
            folders.path += text_find(after, TEXT("/")) + 1;
            p = folders.path;
            g = folders.glob;
            star.set = false;
        } else {
            return false;
        }
    }
    while (g < glob.len && glob.at[g] == '*')
        g++;
    return p == path.len && g == glob.len;
}

static struct bytes last_part(struct bytes path)
{
    size_t at = path.len;
    while (at > 0 && path.at[at - 1] != '/')
        at--;
    return text_from(path, at);
}

bool ignore_names(const struct ignore *g, struct bytes path, bool is_folder)
{
    for (; g != NULL; g = g->above) {
        if (!text_starts(path, g->folder))
            continue;
        struct bytes inside = text_from(path, g->folder.len), last = last_part(path);
        for (size_t i = g->count; i > 0; i--) {
            const struct rule *r = &g->rules[i - 1];
            if ((!r->folder_only || is_folder)
                && matches(r->glob, r->anywhere ? last : inside))
                return !r->keep;
        }
    }
    return false;
}

bool ignore_names_below(const struct ignore *g, struct bytes path)
{
    for (size_t i = 0; g != NULL && i < path.len; i++)
        if (path.at[i] == '/' && ignore_names(g, text_upto(path, i), true))
            return true;
    return ignore_names(g, path, false);
}

struct ignore *ignore_from(struct arena *a, const char *const *patterns)
{
    struct bytes all = {0};
    for (; patterns && *patterns; patterns++)
        all = arena_print(a, "%.*s%s\n", (int)all.len, (const char *)all.at, *patterns);
    return all.len ? ignore_parse(a, all, TEXT(""), NULL) : NULL;
}
