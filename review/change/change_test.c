/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One clean project, before and after. Each gate's defect is planted in the state after alone:
 * its rule must find it, and only it; what answers it must be go again.
 */
#include "review/change/change.h"

#include "review/change/owners.h"
#include "review/change/pair.h"
#include "review/change/strength.h"

#include "tests/support/check.h"
#include "tests/support/clean_project.h"

/* clang-format off */
#define RECORD "reviewer=A. Person; date=2026-11-28; impact=none; decision=accepted"
#define DECIDED(id) "id=DEC-9; about=" id "; reason=r; by=A. Person; date=2026-11-28"

static const struct defect {
    enum rule_id rule;
    const char *subject;
    const char *from, *to; /* in the state after: replaced; "a|b" are two lines; NULL: dropped */
    const char *answer;    /* one more entry, with which it is go */
} defects[] = {
    {RULE_GATE_COMPONENT_NEW, "jpg", "name=png; version=1.6; purl=pkg:deb/debian/png@1.6; ref=png", "name=png; version=1.6; purl=pkg:deb/debian/png@1.6; ref=png|name=jpg; version=9; purl=pkg:deb/debian/jpg@9", "component=jpg; to=9; " RECORD},
    {RULE_GATE_COMPONENT_NEW, "usb", "name=tls; package=tls;", "name=usb; package=usb|name=tls; package=tls;", "component=pci, usb; from=none; to=2.1; " RECORD},
    {RULE_GATE_COMPONENT_REMOVED, "png", "name=png; version=1.6", NULL, "component=png; from=1.6; to=none; " RECORD},
    {RULE_GATE_COMPONENT_VERSION, "png", "version=1.6; purl=pkg:deb/debian/png@1.6", "version=1.7; purl=pkg:deb/debian/png@1.7", "component=pkg:deb/debian/png; from=1.6; to=1.7; " RECORD},
    {RULE_GATE_COMPONENT_DIGEST, "zip", "8899aabbccddeeff", "9999aabbccddeeff", "component=zip; to=1.2; digest=9999aabbcc; " RECORD},
    {RULE_GATE_COMPONENT_LICENCE, "zip", "licence=Zlib", "licence=Other", "component=zip; version=1.2; " RECORD},
    {RULE_GATE_COMPONENT_TRANSITIVE, "jpg", "name=zip; version=1.2;", "name=jpg; version=9; ref=jpg|name=zip; version=1.2; depends=jpg;", "component=jpg; to=9; " RECORD},
    {RULE_GATE_BOUNDARY_NEW, "TB-9", "id=TB-4; name=device to cloud", "id=TB-9; name=device to phone; threats=T-02|id=TB-4; name=device to cloud", DECIDED("TB-9")},
    {RULE_GATE_BOUNDARY_REMOVED, "TB-5", "id=TB-5;", NULL, DECIDED("TB-5")},
    {RULE_GATE_FLOW_NEW, "DF-2", "id=DF-1;", "id=DF-2; name=updates; boundary=TB-4|id=DF-1;", DECIDED("DF-2")},
    {RULE_GATE_FLOW_NEW, "TB-4", "crosses=telemetry", "crosses=telemetry; crosses=updates", DECIDED("TB-4")},
    {RULE_GATE_FLOW_NEW, "DF-1", "boundary=TB-4; protocol", "boundary=TB-4; boundary=TB-5; protocol", DECIDED("DF-1")},
    {RULE_GATE_PROTOCOL_WEAKER, "DF-1", "protocol=TLS 1.3", "protocol=TLS 1.3 or 1.2", DECIDED("DF-1")},
    {RULE_GATE_PROTOCOL_WEAKER, "DF-1", "protocol=TLS 1.3", "protocol=TLS 1.3; protocol=TLS 1.0", DECIDED("DF-1")},
    {RULE_GATE_AUTH_WEAKER, "DF-1", "; authentication=mTLS", "", DECIDED("DF-1")},
    {RULE_GATE_MITIGATION_REMOVED, "T-02", "boundary=TB-4; threats=T-02; verified_by", "boundary=TB-4; verified_by", DECIDED("SEC-003")},
    {RULE_GATE_MITIGATION_REMOVED, "CTL-001", "id=CTL-001; requirement", NULL, DECIDED("CTL-001")},
    {RULE_GATE_RISK_REMOVED, "HS-01", "id=HS-01;", NULL, DECIDED("HS-01")},
    {RULE_GATE_UNLINKED, "SEC-001", "principle=least privilege; boundary=TB-4;", "principle=least privilege;", DECIDED("SEC-001")},
    {RULE_GATE_UNLINKED, "SEC-003", "It goes on (SEC-003)", "It goes on", DECIDED("SEC-003")}, /* another section names it still */
    {RULE_GATE_RULES_CHANGED, "holdfast-review.conf", NULL, NULL, NULL},
    {RULE_RISK_ACCEPTED, "T-01", "another's records", "another's records; status=accepted", NULL},
    {RULE_TRACE_FAILED, "SEC-004", "it goes on; status=passed", "it goes on; status=failed", NULL},
};
/* clang-format on */

struct side {
    struct seen seen;
    struct model m;
    struct findings f;
};

struct compared {
    struct arena *a;
    struct rules rules;
    struct side before, after;
    struct change change;
};

static void judge_side(struct compared *c, struct side *s)
{
    model_build(c->a, &s->seen.corpus, &c->rules, &s->m);
    check_model(c->a, &s->m, &c->rules, NULL, &s->f);
}

/* The clean project, or with what is planted and one more decision. */
static void read_project(
    struct compared *c, struct side *s, const struct defect *planted, const char *more)
{
    memset(&clean_now, 0, sizeof clean_now);
    if (planted)
        clean_now.swap = (struct swap){planted->from, planted->to};
    clean_now.more = more;
    s->seen = clean_read();
    s->seen.docs[s->seen.corpus.doc_count - 1].digest[0] =
        planted && planted->rule == RULE_GATE_RULES_CHANGED ? 1 : 2;
    judge_side(c, s);
}

static void judge(struct compared *c, struct bytes owners)
{
    struct change_ask ask = {.rules = &c->rules,
        .before = &c->before.m,
        .after = &c->after.m,
        .before_findings = &c->before.f,
        .after_findings = &c->after.f,
        .owners = owners,
        .fail_on = SEVERITY_MINOR};
    change_judge(c->a, &ask, &c->change);
}

static void begin(struct compared *c)
{
    *c = (struct compared){.a = arena_new()};
    rules_default(&c->rules);
    c->rules.as_of_s = CLEAN_CHANGED_S + 86400;
}

static void compare(
    struct compared *c, const struct defect *after, const char *answered)
{
    begin(c);
    read_project(c, &c->before, NULL, NULL);
    read_project(c, &c->after, after, answered);
    judge(c, TEXT("* @lead\nsbom.json @supply @lead # bills\n"));
}

static void end(struct compared *c)
{
    see_end(&c->before.seen);
    see_end(&c->after.seen);
    arena_free(c->a);
}

static bool found(const struct compared *c, enum rule_id rule, const char *subject)
{
    for (uint32_t i = 0; i < c->change.broken.count; i++)
        if (c->change.broken.at[i].rule == rule
            && text_same(c->change.broken.at[i].subject, text_of(subject)))
            return true;
    return false;
}

static bool is_gate(enum rule_id r)
{
    return r >= RULE_GATE_COMPONENT_NEW && r <= RULE_GATE_RULES_CHANGED;
}

/* Gate findings only: a defect may well break a trace too, which its answer does not mend. */
static uint32_t gates(const struct compared *c)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->change.broken.count; i++)
        n += is_gate((enum rule_id)c->change.broken.at[i].rule);
    return n;
}

static void print_findings(const struct compared *c)
{
    for (uint32_t i = 0; i < c->change.broken.count; i++) {
        const struct finding *f = &c->change.broken.at[i];
        printf("#   %s %.*s: %.*s\n", f->id, (int)f->subject.len,
            (const char *)f->subject.at, (int)f->says.len, (const char *)f->says.at);
    }
}

static void nothing_changed_breaks_nothing_and_re_opens_nothing(void)
{
    struct compared c;
    compare(&c, NULL, NULL);
    CHECK(c.change.broken.count == 0 && c.change.go);
    CHECK(c.change.item_count == 0 && c.change.reopened_count == 0);
    CHECK(c.change.question_count == 0 && c.change.signer_count == 0);
    print_findings(&c);
    end(&c);
}

static void every_gate_finds_what_is_planted_and_is_quiet_when_somebody_answered(void)
{
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        struct compared c;
        bool gate = is_gate(defects[i].rule);
        compare(&c, &defects[i], NULL);
        bool good = found(&c, defects[i].rule, defects[i].subject) && !c.change.go
            && gates(&c) == (gate ? 1 : 0);
        printf("# %s %s\n", good ? "found" : "MISSED", rule_of(defects[i].rule)->name);
        CHECK(good);
        if (!good)
            print_findings(&c);
        end(&c);
        if (!defects[i].answer)
            continue;
        compare(&c, &defects[i], defects[i].answer);
        CHECK(gates(&c) == 0);
        if (gates(&c)) {
            printf("# answered by %s\n", defects[i].answer);
            print_findings(&c);
        }
        end(&c);
    }
}

static void every_gate_rule_is_planted_above(void)
{
    for (unsigned r = RULE_GATE_COMPONENT_NEW; r <= RULE_GATE_RULES_CHANGED; r++) {
        bool there = false;
        for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++)
            there |= defects[i].rule == r;
        CHECK(there);
    }
}

static void a_section_that_was_only_renamed_is_no_loss(void)
{
    static const struct defect renamed = {
        RULE_COUNT, "", "Measure", "How it measures", NULL};
    struct compared c;
    compare(&c, &renamed, NULL);
    CHECK(c.change.broken.count == 0 && c.change.item_count > 0);
    print_findings(&c);
    end(&c);
}

static void a_record_counts_only_when_it_is_whole_and_names_the_version(void)
{
    static const char *const lacking[] = {
        "component=png; to=1.7; date=2026-11-28; impact=none; decision=accepted",
        "component=png; to=1.7; reviewer=A; impact=none; decision=accepted",
        "component=png; to=1.7; reviewer=A; date=soon; impact=none; decision=accepted",
        "component=png; to=1.7; reviewer=A; date=2026-11-28; decision=accepted",
        "component=png; to=1.7; reviewer=A; date=2026-11-28; impact=none",
        "component=png; to=1.7; reviewer=A; date=2026-11-28; impact=none; decision=rejected",
        "component=png; to=1.6; " RECORD,
        "component=zip; to=1.7; " RECORD,
    };
    static const struct defect bump = {RULE_GATE_COMPONENT_VERSION, "png",
        "version=1.6; purl=pkg:deb/debian/png@1.6",
        "version=1.7; purl=pkg:deb/debian/png@1.7", NULL};
    for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
        struct compared c;
        compare(&c, &bump, lacking[i]);
        CHECK(found(&c, RULE_GATE_COMPONENT_VERSION, "png"));
        end(&c);
    }
}

static void an_older_decision_covers_nothing_that_comes_later(void)
{
    static const struct defect cut = {RULE_GATE_MITIGATION_REMOVED, "T-02",
        "boundary=TB-4; threats=T-02; verified_by", "boundary=TB-4; verified_by", NULL};
    struct compared c; /* the clean project's decision stood there before */
    compare(&c, &cut, NULL);
    CHECK(found(&c, RULE_GATE_MITIGATION_REMOVED, "T-02"));
    end(&c);
}

/* The one gate finding of the change, as `accept` writes its decision. */
static void accept_gate(const struct compared *c, char *out, size_t cap)
{
    for (uint32_t i = 0; i < c->change.broken.count; i++) {
        const struct finding *f = &c->change.broken.at[i];
        if (is_gate((enum rule_id)f->rule))
            snprintf(out, cap,
                "id=DEC-9; finding=%s; subject=%.*s; reason=r; by=A. Person; "
                "date=2026-11-27; until=2027-06-30",
                f->id, (int)f->subject.len, (const char *)f->subject.at);
    }
}

static uint32_t accepted_gates(const struct compared *c)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->change.broken.count; i++)
        n += is_gate((enum rule_id)c->change.broken.at[i].rule)
            && c->change.broken.at[i].accepted;
    return n;
}

static void every_gate_finding_can_be_accepted_and_stays_in_the_page(void)
{
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        struct compared c;
        char decision[256] = "";
        if (!is_gate(defects[i].rule))
            continue;
        compare(&c, &defects[i], NULL);
        uint32_t others = c.change.broken.count - gates(&c);
        accept_gate(&c, decision, sizeof decision);
        end(&c);
        compare(&c, &defects[i], decision);
        bool good = gates(&c) == 1 && accepted_gates(&c) == 1
            && c.change.go == (others == 0) && c.change.broken.count == others + 1;
        CHECK(good);
        if (!good)
            print_findings(&c);
        end(&c);
    }
}

/* What was accepted is this change of this text, not any change of that kind. */
static void an_acceptance_is_suspect_when_the_change_is_another(void)
{
    static const struct {
        struct defect accepted, other;
    } rows[] = {
        {{RULE_GATE_COMPONENT_VERSION, "png",
             "version=1.6; purl=pkg:deb/debian/png@1.6",
             "version=1.7; purl=pkg:deb/debian/png@1.7", NULL},
            {RULE_GATE_COMPONENT_VERSION, "png",
                "version=1.6; purl=pkg:deb/debian/png@1.6",
                "version=1.8; purl=pkg:deb/debian/png@1.8", NULL}},
        {{RULE_GATE_FLOW_NEW, "DF-2", "id=DF-1;",
             "id=DF-2; name=updates; boundary=TB-4|id=DF-1;", NULL},
            {RULE_GATE_FLOW_NEW, "DF-2", "id=DF-1;",
                "id=DF-2; name=all; boundary=TB-4|id=DF-1;", NULL}},
        {{RULE_GATE_UNLINKED, "SEC-001", "principle=least privilege; boundary=TB-4;",
             "principle=least privilege;", NULL},
            {RULE_GATE_UNLINKED, "SEC-001", "principle=least privilege; boundary=TB-4;",
                "principle=defence in depth;", NULL}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct compared c;
        char decision[256] = "";
        compare(&c, &rows[i].accepted, NULL);
        accept_gate(&c, decision, sizeof decision);
        end(&c);
        compare(&c, &rows[i].other, decision);
        CHECK(accepted_gates(&c) == 0 && !c.change.go);
        CHECK(found(&c, RULE_DECISION_SUSPECT, "DEC-9"));
        end(&c);
    }
}

/* The text before is a part of what was accepted: HS-01 may be removed, another HS-01 not. */
static void an_acceptance_is_bound_to_what_was_there_before(void)
{
    static const struct defect cut = {
        RULE_GATE_RISK_REMOVED, "HS-01", "id=HS-01;", NULL, NULL};
    static const struct defect worse = {
        RULE_COUNT, "", "Records are mixed up", "A patient is harmed", NULL};
    struct compared c;
    char decision[256] = "";
    compare(&c, &cut, NULL);
    accept_gate(&c, decision, sizeof decision);
    end(&c);
    begin(&c);
    read_project(&c, &c.before, &worse, NULL);
    read_project(&c, &c.after, &cut, decision);
    judge(&c, (struct bytes){0});
    CHECK(gates(&c) == 1 && accepted_gates(&c) == 0);
    CHECK(found(&c, RULE_DECISION_SUSPECT, "DEC-9"));
    end(&c);
}

/* It is about one finding: the other gate at the same item stays shut. */
static void an_acceptance_opens_no_other_gate_at_its_item(void)
{
    static const struct defect weaker_twice = {RULE_GATE_PROTOCOL_WEAKER, "DF-1",
        "protocol=TLS 1.3; authentication=mTLS",
        "protocol=TLS 1.2; authentication=token", NULL};
    struct compared c;
    char decision[256] = "";
    compare(&c, &weaker_twice, NULL);
    CHECK(gates(&c) == 2);
    accept_gate(&c, decision, sizeof decision);
    end(&c);
    compare(&c, &weaker_twice, decision);
    CHECK(gates(&c) == 2 && accepted_gates(&c) == 1 && !c.change.go);
    end(&c);
}

/* An old acceptance, the same before and after, is nothing that this change did. */
static void what_was_accepted_before_is_not_of_this_change(void)
{
    static const struct defect no_case = {RULE_TRACE_NO_CASE, "SEC-004",
        "parent=SEC-003; threats=T-02; verified_by=tests/away;",
        "parent=SEC-003; threats=T-02;", NULL};
    struct compared c;
    char decision[256] = "";
    begin(&c);
    read_project(&c, &c.before, &no_case, NULL);
    for (uint32_t i = 0; i < c.before.f.count; i++)
        snprintf(decision, sizeof decision,
            "id=DEC-9; finding=%s; reason=r; by=p; date=2026-01-01",
            c.before.f.at[i].id);
    CHECK(c.before.f.count == 1);
    see_end(&c.before.seen);
    read_project(&c, &c.before, &no_case, decision);
    read_project(&c, &c.after, &no_case, decision);
    judge(&c, (struct bytes){0});
    CHECK(c.before.f.at[0].accepted && c.after.f.at[0].accepted);
    CHECK(c.change.broken.count == 0);
    end(&c);
}

static void a_reworded_fault_is_the_same_fault(void)
{
    static const struct defect no_case = {
        RULE_TRACE_NO_CASE, "SEC-004", "verified_by=tests/away; ", "", NULL};
    static const struct defect reworded = {RULE_TRACE_NO_CASE, "SEC-004",
        "verified_by=tests/away; text=While", "text=As long as", NULL};
    struct compared c;
    begin(&c);
    read_project(&c, &c.before, &no_case, NULL);
    read_project(&c, &c.after, &reworded, NULL);
    judge(&c, (struct bytes){0});
    CHECK(c.before.f.count > 0 && c.after.f.count > 0);
    CHECK(strcmp(c.before.f.at[0].id, c.after.f.at[0].id) != 0);
    CHECK(c.change.broken.count == 0 && c.change.go);
    print_findings(&c);
    end(&c);
}

static struct bytes reason(
    const struct compared *c, enum reopen kind, const char *what, uint32_t *count)
{
    struct bytes why = {0};
    *count = 0;
    for (uint32_t i = 0; i < c->change.reopened_count; i++) {
        const struct reopened *r = &c->change.reopened[i];
        *count += r->kind == kind;
        if (r->kind == kind && text_same(r->what, text_of(what)))
            why = r->why;
    }
    return why;
}

static void what_is_re_opened_says_by_which_way(void)
{
    /* clang-format off */
    static const struct {
        const char *what, *from, *to;
        enum reopen kind;
        uint32_t count;
        const char *reopens, *why;
    } rows[] = {
        {"a requirement's text", "answered 403", "answered 404", REOPEN_REQUIREMENT, 1, "SEC-001", "its text changed"},
        {"", "answered 403", "answered 404", REOPEN_TEST, 1, "tests/privilege", "SEC-001 changed, which tests/privilege verifies"},
        {"", "answered 403", "answered 404", REOPEN_CONTROL, 1, "CTL-001", "SEC-001 changed, which CTL-001 carries out"},
        {"", "answered 403", "answered 404", REOPEN_HAZARD, 1, "HS-01", "SEC-001 changed, which controls HS-01"},
        {"a threat", "A device reads", "One device reads", REOPEN_REQUIREMENT, 1, "SEC-001", "T-01 changed, which SEC-001 answers"},
        {"a boundary", "name=device to cloud", "name=device to clouds", REOPEN_HAZARD, 1, "HS-01", "TB-4 changed, which T-01 attacks, which leads to HS-01"},
        {"a section", "It goes on", "It stops", REOPEN_TEST, 1, "tests/away", "design.md#Measure changed, which meets SEC-003, which tests/away verifies"},
        {"", "It goes on", "It stops", REOPEN_HAZARD, 0, "HS-01", ""},
        {"a threat is gone", "id=T-01;", NULL, REOPEN_HAZARD, 1, "HS-01", "T-01 is gone, which leads to HS-01"},
        {"a document that only refers", "id=T-02; title=The", "id=T-02; title=A", REOPEN_DOCUMENT, 2, "register.yaml", "it says T-02, which changed"},
        {"", "answered 403", "answered 404", REOPEN_DOCUMENT, 2, "design.md", "it refers to SEC-001, which changed"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct compared c;
        struct defect edit = {RULE_COUNT, "", rows[i].from, rows[i].to, NULL};
        uint32_t count;
        compare(&c, &edit, NULL);
        struct bytes why = reason(&c, rows[i].kind, rows[i].reopens, &count);
        bool good = text_same(why, text_of(rows[i].why))
            && (rows[i].kind == REOPEN_DOCUMENT || count == rows[i].count);
        CHECK(good);
        if (!good)
            printf("#   row %zu: %.*s, %u in all\n", i, (int)why.len,
                (const char *)why.at, count);
        end(&c);
    }
}

static bool signs(const struct compared *c, const char *who)
{
    for (uint32_t i = 0; i < c->change.signer_count; i++)
        if (text_same(c->change.signers[i].who, text_of(who)))
            return true;
    return false;
}

static void who_signs_follows_from_what_changed(void)
{
    static const struct defect bump = {RULE_COUNT, "",
        "version=1.6; purl=pkg:deb/debian/png@1.6", "version=1.7", NULL};
    static const struct defect text = {
        RULE_COUNT, "", "answered 403", "answered 404", NULL};
    struct compared c;
    compare(&c, &bump, NULL);
    CHECK(signs(&c, "security") && !signs(&c, "product owner")
        && !signs(&c, "risk management"));
    end(&c);
    compare(&c, &text, NULL);
    CHECK(signs(&c, "product owner") && signs(&c, "risk management")
        && signs(&c, "verification"));
    CHECK(c.change.question_count >= 2);
    end(&c);
}

static void the_last_line_of_owners_that_matches_decides(void)
{
    static const struct {
        const char *path, *who;
    } rows[] = {
        {"README.md", "@all"},
        {"docs/a.md", "@docs @all"},
        {"docs/private/a.md", ""},
        {"src/deep/x.c", "@c"},
    };
    struct arena *a = arena_new();
    const struct owners *o = owners_parse(a,
        TEXT("# who\n* @all\n\n[Section]\n/docs/  @docs @all # both\r\n/docs/private/\n"
             "*.c\t@c"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK(text_same(owners_of(o, text_of(rows[i].path)), text_of(rows[i].who)));
    arena_free(a);
}

static void weaker_means_weaker(void)
{
    static const struct {
        enum strength_of what;
        const char *was, *is;
        bool weaker;
    } rows[] = {
        {STRENGTH_PROTOCOL, "TLS 1.3", "TLS 1.2", true},
        {STRENGTH_PROTOCOL, "TLS 1.2", "TLS 1.3", false},
        {STRENGTH_PROTOCOL, "TLS 1.3", "TLS 1.3 or 1.2", true},
        {STRENGTH_PROTOCOL, "TLS 1.3", "TLS 1.3, no TLS 1.2", false},
        {STRENGTH_PROTOCOL, "HTTPS", "HTTP", true},
        {STRENGTH_PROTOCOL, "HTTP over TLS 1.3", "HTTP", true},
        {STRENGTH_PROTOCOL, "TLS 1.3", "MQTT over TLS 1.3", false},
        {STRENGTH_PROTOCOL, "TLS 1.3", "unencrypted", true},
        {STRENGTH_PROTOCOL, "TLS 1.3", "", true},
        {STRENGTH_PROTOCOL, "HTTP", "", false},
        {STRENGTH_PROTOCOL, "jdbc-encrypted", "jdbc", true},
        {STRENGTH_PROTOCOL, "encrypted", "not encrypted", true},
        {STRENGTH_PROTOCOL, "https", "in-process-library-call", false},
        {STRENGTH_PROTOCOL, "our own", "TLS 1.2", false},
        {STRENGTH_PROTOCOL, "TLS 1.3", "our own", false},
        {STRENGTH_AUTHENTICATION, "mTLS", "token", true},
        {STRENGTH_AUTHENTICATION, "token", "password", true},
        {STRENGTH_AUTHENTICATION, "client-certificate", "credentials", true},
        {STRENGTH_AUTHENTICATION, "password", "none", true},
        {STRENGTH_AUTHENTICATION, "password", "password and TOTP", false},
        {STRENGTH_AUTHENTICATION, "password and TOTP", "password", true},
        {STRENGTH_AUTHENTICATION, "mutual TLS", "mutual TLS or token", true},
        {STRENGTH_AUTHENTICATION, "mTLS", "mTLS, no anonymous access", false},
        {STRENGTH_AUTHENTICATION, "a certificate", "opening hours", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool good = weaker(rows[i].what, text_of(rows[i].was), text_of(rows[i].is))
            == rows[i].weaker;
        CHECK(good);
        if (!good)
            printf("#   %s -> %s\n", rows[i].was, rows[i].is);
    }
}

static void put_two_versions(struct emit *e)
{
    planted_entry(e, "name=x; version=1.0; purl=pkg:npm/%40s/x@1.0", UNIT_COMPONENT, 1);
    planted_entry(e, "name=x; version=2.0; purl=pkg:npm/%40s/x@2.0", UNIT_COMPONENT, 2);
    planted_entry(e, "name=x; version=2.0; purl=pkg:npm/%40s/x@2.0", UNIT_COMPONENT, 3);
    planted_entry(e, "name=x; version=2.0; purl=pkg:npm/@t/x@2.0", UNIT_COMPONENT, 4);
}

static void put_three_versions(struct emit *e)
{
    planted_entry(e, "name=x; version=3.0; purl=pkg:npm/%40s/x@3.0", UNIT_COMPONENT, 1);
    planted_entry(e, "name=x; version=2.0; purl=pkg:npm/%40s/x@2.0", UNIT_COMPONENT, 2);
    planted_entry(
        e, "name=x; version=2.0; purl=pkg:npm/@t/x@2.0#sub", UNIT_COMPONENT, 3);
}

static void versions_of_one_component_pair_with_their_equals(void)
{
    struct compared c;
    begin(&c);
    c.before.seen = see_emitted(put_two_versions);
    c.after.seen = see_emitted(put_three_versions);
    judge_side(&c, &c.before);
    judge_side(&c, &c.after);
    judge(&c, (struct bytes){0});
    CHECK(c.change.broken.count == 1);
    CHECK(c.change.broken.count
        && text_same(c.change.broken.at[0].says, TEXT("1.0 becomes 3.0")));
    print_findings(&c);
    end(&c);
}

MAIN(TEST(nothing_changed_breaks_nothing_and_re_opens_nothing),
    TEST(every_gate_finds_what_is_planted_and_is_quiet_when_somebody_answered),
    TEST(every_gate_rule_is_planted_above),
    TEST(a_section_that_was_only_renamed_is_no_loss),
    TEST(a_record_counts_only_when_it_is_whole_and_names_the_version),
    TEST(an_older_decision_covers_nothing_that_comes_later),
    TEST(every_gate_finding_can_be_accepted_and_stays_in_the_page),
    TEST(an_acceptance_is_suspect_when_the_change_is_another),
    TEST(an_acceptance_is_bound_to_what_was_there_before),
    TEST(an_acceptance_opens_no_other_gate_at_its_item),
    TEST(what_was_accepted_before_is_not_of_this_change),
    TEST(a_reworded_fault_is_the_same_fault), TEST(what_is_re_opened_says_by_which_way),
    TEST(who_signs_follows_from_what_changed),
    TEST(the_last_line_of_owners_that_matches_decides), TEST(weaker_means_weaker),
    TEST(versions_of_one_component_pair_with_their_equals))
