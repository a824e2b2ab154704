/* SPDX-License-Identifier: Apache-2.0 */
#include "review/model/rules.h"

#include "core/base/conf.h"
#include "review/model/model.h"

#include <string.h>

enum { LIST_MAX = 512 };

/* Where builds leave JUnit files, and what nobody commits. */
#define TAKEN_IN \
    "\"build/results/junit\", \"build/test-results\", \"target/surefire-reports\", \"test-results\""

/* The file as it stands; lists are kept as a,b,c (core/base/conf). */
struct settings {
    char product[LIST_MAX + 1], leave_out[LIST_MAX + 1], take_in[LIST_MAX + 1];
    char catalogue[LIST_MAX + 1];
    char ids[ITEM_KINDS][LIST_MAX + 1], security_ids[LIST_MAX + 1];
    int64_t fresh_days;
};

#define IDS(kind, key, help)                          \
    {                                                 \
        "ids", key, CONF_LIST, 0, LIST_MAX, "", help, \
            offsetof(struct settings, ids[kind])      \
    }

static const struct conf_key keys[] = {
    {"", "product", CONF_LIST, 0, LIST_MAX,
        "\"device\", \"firmware\", \"cloud\", \"app\"",
        "nouns by which the documents call the product and its parts",
        offsetof(struct settings, product)},
    {"", "leave_out", CONF_LIST, 0, LIST_MAX, "",
        "path patterns that are not evidence: * within a name, ** over folders",
        offsetof(struct settings, leave_out)},
    {"", "take_in", CONF_LIST, 0, LIST_MAX, TAKEN_IN,
        "folders of results that are read although .gitignore names them",
        offsetof(struct settings, take_in)},
    {"", "catalogue", CONF_TEXT, 0, LIST_MAX, "\"\"",
        "folder of your own clauses, from the reviewed one; it is no evidence",
        offsetof(struct settings, catalogue)},
    {"", "fresh_days", CONF_INT, 0, 36500, "0",
        "a result older than this is stale by itself; 0: only when what it covers is newer",
        offsetof(struct settings, fresh_days)},
    {"ids", "security", CONF_LIST, 0, LIST_MAX, "",
        "id prefixes of security requirements",
        offsetof(struct settings, security_ids)},
    IDS(ITEM_REQUIREMENT, "requirement", "id prefixes of requirements"),
    IDS(ITEM_DESIGN, "design", "id prefixes of design outputs"),
    IDS(ITEM_BOUNDARY, "boundary", "id prefixes of trust boundaries"),
    IDS(ITEM_FLOW, "flow", "id prefixes of data flows"),
    IDS(ITEM_THREAT, "threat", "id prefixes of threats"),
    IDS(ITEM_HAZARD, "hazard", "id prefixes of hazardous situations"),
    IDS(ITEM_CASE, "case", "id prefixes of verification cases"),
    IDS(ITEM_COMPONENT, "component", "id prefixes of components"),
    IDS(ITEM_CREDENTIAL, "credential", "id prefixes of credentials"),
    IDS(ITEM_CONTROL, "control", "id prefixes of controls"),
    IDS(ITEM_DECISION, "decision", "id prefixes of decisions"),
};
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

void rules_default(struct rules *r)
{
    static const char *const nouns[] = {"device", "firmware", "cloud", "app"};
    static const char *const results[] = {"build/results/junit", "build/test-results",
        "target/surefire-reports", "test-results"};
    *r = (struct rules){0};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        r->take_in[i] = results[i];
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
        r->product[r->product_count++] = text_of(nouns[i]);
}

static bool add_prefixes(struct arena *a, const char *from, enum item_kind kind,
    bool security, struct rules *r)
{
    struct bytes list = text_of(from), item;
    while (text_next_part(&list, &item)) {
        if (r->prefix_count == RULES_PREFIXES)
            return false;
        r->prefix[r->prefix_count++] =
            (struct rules_prefix){arena_copy(a, item), (uint8_t)kind, security};
    }
    return true;
}

static bool take_paths(
    struct arena *a, const char *from, const char **paths, uint32_t max)
{
    struct bytes list = text_of(from), item;
    uint32_t count = 0;
    while (text_next_part(&list, &item)) {
        if (count == max)
            return false;
        paths[count++] = (const char *)arena_copy(a, item).at;
    }
    paths[count] = NULL;
    return true;
}

/* What is asked for is not what answers it: a catalogue in the tree is left out of the review. */
static bool take_catalogue(struct arena *a, const char *folder, struct rules *r)
{
    uint32_t count = 0;
    if (!folder[0])
        return true;
    while (r->leave_out[count])
        count++;
    if (count == RULES_LEAVE_OUT)
        return false;
    r->catalogue = arena_copy(a, text_of(folder));
    bool closed = text_ends(r->catalogue, TEXT("/"));
    r->leave_out[count] =
        (const char *)arena_print(a, "/%s%s", folder, closed ? "" : "/").at;
    return true;
}

static bool take_settings(struct arena *a, const struct settings *s, struct rules *r)
{
    struct bytes list = text_of(s->product), item;
    r->product_count = r->prefix_count = 0;
    while (text_next_part(&list, &item)) {
        if (r->product_count == RULES_PRODUCTS)
            return false;
        r->product[r->product_count++] = arena_copy(a, item);
    }
    if (!take_paths(a, s->leave_out, r->leave_out, RULES_LEAVE_OUT)
        || !take_paths(a, s->take_in, r->take_in, RULES_TAKE_IN))
        return false;
    if (!take_catalogue(a, s->catalogue, r))
        return false;
    r->fresh_days = (uint32_t)s->fresh_days;
    bool room = add_prefixes(a, s->security_ids, ITEM_REQUIREMENT, true, r);
    for (size_t k = 0; k < ITEM_KINDS; k++)
        room = room && add_prefixes(a, s->ids[k], (enum item_kind)k, false, r);
    return room;
}

enum status rules_parse(struct arena *a, struct bytes file_name, struct bytes text,
    struct rules *r, struct bytes *error)
{
    struct settings s = {0};
    struct conf_error e = {0};
    struct rules got = *r;
    enum status status = conf_parse(text, keys, KEY_COUNT, &s, sizeof s, &e);
    if (status == OK && !take_settings(a, &s, &got)) {
        status = MALFORMED;
        strcpy(e.what, "too many items in a list");
        strcpy(e.expected, "at most 64 prefixes, 16 nouns, 32 patterns, 16 folders");
    }
    if (status == OK) {
        *r = got;
        return OK;
    }
    *error = arena_print(a, "%.*s:%u: %s: expected %s", (int)file_name.len,
        (const char *)file_name.at, e.line, e.what, e.expected);
    return MALFORMED;
}
