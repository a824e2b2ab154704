/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/groups.h"

static struct bytes first_field(
    const struct item *i, const char *const *names, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        struct bytes v = item_field(i, names[n]);
        if (v.len)
            return v;
    }
    return (struct bytes){0};
}
#define FIRST(item, ...)                                  \
    first_field(item, (const char *const[]){__VA_ARGS__}, \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

struct bytes credential_damage(const struct item *credential)
{
    return FIRST(credential, "leak", "damage", "leak_effect", "leak effect",
        "blast_radius", "damage if leaked");
}

static bool has(struct bytes text, const char *word)
{
    return text_find_word(text, text_of(word)) < text.len;
}

static void check_whole(struct judge *j, uint32_t i)
{
    const struct item *c = &j->m->items[i];
    const struct {
        const char *name;
        struct bytes value;
    } asked[] = {
        {"holder", FIRST(c, "holder", "held by", "owner")},
        {"scope", FIRST(c, "scope")},
        {"rotation", FIRST(c, "rotation", "lifetime", "expiry")},
        {"revocation", FIRST(c, "revocation")},
        {"storage", FIRST(c, "storage", "stored", "holder")},
        {"leak", credential_damage(c)},
    };
    struct bytes missing = {0};
    for (size_t k = 0; k < sizeof asked / sizeof asked[0]; k++)
        if (!asked[k].value.len)
            missing = arena_print(j->a, "%.*s%s%s", (int)missing.len,
                (const char *)missing.at, missing.len ? ", " : "", asked[k].name);
    if (missing.len)
        judge_item(j, RULE_CRED_INCOMPLETE, i,
            arena_print(
                j->a, "not said: %.*s", (int)missing.len, (const char *)missing.at));
}

static void check_scope(struct judge *j, uint32_t i)
{
    static const char *const wide[] = {"*", "everything", "full access",
        "all endpoints", "all topics", "any device", "unrestricted", "all tenants"};
    struct bytes scope = item_field(&j->m->items[i], "scope");
    for (size_t k = 0; k < sizeof wide / sizeof wide[0]; k++)
        if (has(scope, wide[k])) {
            judge_item(j, RULE_CRED_WILDCARD, i,
                arena_print(
                    j->a, "scope: %.*s", (int)scope.len, (const char *)scope.at));
            return;
        }
}

static bool says_no(struct bytes v)
{
    return text_starts(v, TEXT("false")) || text_starts(v, TEXT("no"))
        || text_starts(v, TEXT("False"));
}

static void check_shared(struct judge *j, uint32_t i)
{
    const struct item *c = &j->m->items[i];
    struct bytes unique = FIRST(c, "unique", "unique_per_device", "unique per device");
    struct bytes holder = FIRST(c, "holder", "held by");
    bool devices = has(holder, "devices") || has(holder, "every device")
        || has(holder, "each device") || has(holder, "firmware")
        || has(holder, "fleet");
    if (says_no(unique) && devices && !item_has_in(j->m, i, LINK_MITIGATES))
        judge_item(j, RULE_CRED_SHARED, i,
            arena_print(j->a, "held by %.*s, the same for all", (int)holder.len,
                (const char *)holder.at));
}

/* The test that a field names has a passed result. */
static bool field_passed(
    const struct model *m, uint32_t i, const char *const *names, size_t count)
{
    const struct item *c = &m->items[i];
    for (uint32_t k = m->in[i]; k < m->in[i + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        if (l->kind != LINK_VERIFIES || m->items[l->from].kind != ITEM_CASE)
            continue;
        bool named = false;
        for (uint16_t f = 0; f < c->field_count; f++)
            for (size_t n = 0; n < count; n++)
                named |= text_same_word(c->fields[f].name, text_of(names[n]))
                    && text_find(c->fields[f].value, m->items[l->from].id)
                        < c->fields[f].value.len;
        for (uint32_t r = m->in [l->from]; r < m->in[l->from + 1] && named; r++) {
            const struct link *result = &m->links[m->in_links[r]];
            if (result->kind == LINK_RESULT
                && m->items[result->from].outcome == OUTCOME_PASSED)
                return true;
        }
    }
    return false;
}

static void check_tests(struct judge *j, uint32_t i)
{
    static const char *const negative[] = {
        "negative_test", "negative test", "leak_test", "leak test"};
    static const char *const revoked[] = {"revocation_test", "revocation test"};
    const struct item *c = &j->m->items[i];
    if (!field_passed(j->m, i, negative, sizeof negative / sizeof negative[0]))
        judge_item(j, RULE_CRED_NO_NEGATIVE_TEST, i,
            first_field(c, negative, 4).len
                ? TEXT("the test that it names has no passed result")
                : TEXT("no test is named"));
    struct bytes revocation = item_field(c, "revocation");
    bool none = has(revocation, "none") || has(revocation, "not needed")
        || has(revocation, "ends itself") || has(revocation, "not yet")
        || has(revocation, "expir") || has(revocation, "gone with");
    if (!none && !field_passed(j->m, i, revoked, sizeof revoked / sizeof revoked[0]))
        judge_item(j, RULE_CRED_NO_REVOCATION_TEST, i,
            first_field(c, revoked, 2).len
                ? TEXT("the test that it names has no passed result")
                : TEXT("no test is named"));
}

static bool used(const struct model *m, uint32_t i)
{
    for (uint32_t k = m->in[i]; k < m->in[i + 1]; k++) {
        uint8_t kind = m->links[m->in_links[k]].kind;
        if (kind == LINK_USES || kind == LINK_REFERS)
            return true;
    }
    return false;
}

static bool registered(const struct model *m, struct bytes fingerprint)
{
    for (uint32_t i = 0; i < m->item_count; i++)
        if (m->items[i].kind == ITEM_CREDENTIAL
            && text_same(item_field(&m->items[i], "fingerprint"), fingerprint))
            return true;
    return false;
}

static bool in_tests(struct bytes path)
{
    return has(path, "test/") || has(path, "tests/") || has(path, "_test.")
        || has(path, "example");
}

static void check_literals(struct judge *j)
{
    const struct corpus *c = j->m->corpus;
    for (uint32_t n = 0; n < c->unit_count; n++) {
        const struct unit *u = &c->units[n];
        struct bytes rule = unit_field(c, u, "secret");
        struct bytes fingerprint = unit_field(c, u, "fingerprint");
        if (u->kind != UNIT_TAG || !rule.len || unit_field(c, u, "waived").len
            || registered(j->m, fingerprint))
            continue;
        struct bytes name = unit_field(c, u, "name"), path = c->docs[u->doc].path;
        struct finding *f = judge_place(j, RULE_CRED_UNREGISTERED, u->doc, u->line,
            u->page, name.len ? name : rule,
            arena_print(j->a, "%.*s, fingerprint %.*s", (int)rule.len,
                (const char *)rule.at, (int)fingerprint.len,
                (const char *)fingerprint.at));
        if (in_tests(path))
            f->severity = SEVERITY_MINOR; /* a test's key opens nothing but the test */
    }
}

void check_credentials(struct judge *j)
{
    for (uint32_t i = 0; i < j->m->item_count; i++) {
        if (j->m->items[i].kind != ITEM_CREDENTIAL)
            continue;
        check_whole(j, i);
        check_scope(j, i);
        check_shared(j, i);
        check_tests(j, i);
        if (!used(j->m, i))
            judge_item(
                j, RULE_CRED_UNUSED, i, TEXT("no design output and no flow names it"));
    }
    check_literals(j);
}
