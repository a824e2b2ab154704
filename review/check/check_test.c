/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One clean project; each defect is planted in it alone. Every rule must find its defect, and
 * find nothing in the clean project.
 */
#include "review/check/ask.h"
#include "review/check/groups.h"

#include "tests/support/check.h"
#include "tests/support/clean_project.h"

/* clang-format off */
static const struct defect {
    enum rule_id rule;
    const char *subject;
    const char *from, *to; /* replaced in every line that holds `from`; to NULL: line dropped */
} defects[] = {
    {RULE_TRACE_NO_DESIGN, "SEC-004", "SEC-004: it waits", "it waits"},
    {RULE_TRACE_NO_CASE, "SEC-004", "parent=SEC-003; threats=T-02; verified_by=tests/away;", "parent=SEC-003; threats=T-02;"},
    {RULE_TRACE_NO_RESULT, "SEC-004", "class=tests/away", NULL},
    {RULE_TRACE_PARTLY, "SEC-001", "verified_by=tests/privilege;", "verified_by=tests/privilege; verified_by=tests/never-ran;"},
    {RULE_TRACE_FAILED, "SEC-004", "it goes on; status=passed", "it goes on; status=failed"},
    {RULE_TRACE_PARTLY, "SEC-003", "verified_by=tests/away; text=While the cloud cannot be reached the device shall keep", "verified_by=tests/away; verified_by=tests/never-ran; text=While the cloud cannot be reached the device shall keep"},
    {RULE_TRACE_SKIPPED, "SEC-004", "it goes on; status=passed", "it goes on; status=skipped"},
    {RULE_TRACE_STALE, "SEC-004", "it goes on; status=passed; at=2026-11-28", "it goes on; status=passed; at=2026-11-26"},
    {RULE_TRACE_SUSPECT, "design.md#Gate", "SEC-001%", "SEC-001@00000000"},
    {RULE_TRACE_ORPHAN, "TB-9", "id=TB-4; name=device to cloud", "id=TB-9; name=nowhere|id=TB-4; name=device to cloud"},
    {RULE_TRACE_DANGLING, "T-77", "threats=T-01;", "threats=T-01; threats=T-77;"},
    {RULE_TRACE_DUPLICATE, "T-02", "id=T-02; title=The cloud is away", "id=T-02; title=The cloud is away|id=T-02; title=Something else"},
    {RULE_TRACE_REPEATED, "T-02", "id=T-02; title=The cloud is away", "id=T-02; title=The cloud is away|id=T-02; title=The cloud is away"},
    {RULE_TRACE_CYCLE, "SEC-004", "id=SEC-003; principle", "id=SEC-003; parent=SEC-004; principle"},
    {RULE_TRACE_NO_REQUIREMENT, "VER-9", "id=T-02; title=The cloud is away", "id=VER-9; how=look|id=T-02; title=The cloud is away"},
    {RULE_LADDER_DESCRIBED, "CTL-001", "test=tests/privilege", "test=tests/nothing"},
    {RULE_LADDER_VERIFIED, "CTL-001", "property.proof=fails without it; ", ""},
    {RULE_WORDING_VAGUE, "SEC-001", "A request of device A for a record of device B shall be answered 403.", "The device shall authenticate to the cloud."},
    {RULE_WORDING_COMPOUND, "SEC-001", "shall be answered 403.", "shall be answered 403 and shall be logged."},
    {RULE_SEC_NO_PRINCIPLE, "SEC-001", "principle=least privilege; ", ""},
    {RULE_SEC_NO_CLOUD_LOSS, "loss of the cloud", "While the cloud cannot be reached the device", "Towards the cloud the device"},
    {RULE_SEC_NO_THREAT, "SEC-004", "parent=SEC-003; threats=T-02;", "parent=SEC-003;"},
    {RULE_SEC_APPENDIX, "design.md#Appendix: Gate", "nothing is replaced", NULL},
    {RULE_THREAT_OPEN, "T-05", "id=T-02; title=The cloud is away", "id=T-02; title=The cloud is away|id=T-05; title=Theft; hazards=HS-01"},
    {RULE_THREAT_OPEN, "T-05", "id=T-02; title=The cloud is away", "id=T-02; title=The cloud is away|id=T-05; title=Theft; hazards=HS-01|id=DEC-005; finding=THREAT-OPEN-00000000; subject=T-05; reason=r; by=p; date=2026-01-01"},
    {RULE_HAZARD_OPEN, "HS-01", "; requirements=SEC-001", ""},
    {RULE_RISK_ACCEPTED, "T-01", "another's records", "another's records; status=accepted"},
    {RULE_CRED_INCOMPLETE, "CR-01", "leak=one device; ", ""},
    {RULE_CRED_WILDCARD, "CR-01", "scope=own telemetry", "scope=topics/*"},
    {RULE_CRED_SHARED, "CR-01", "unique=true", "unique=false"},
    {RULE_CRED_NO_NEGATIVE_TEST, "CR-01", "negative_test=tests/privilege; ", ""},
    {RULE_CRED_NO_REVOCATION_TEST, "CR-01", "revocation_test=tests/away", "revocation_test=tests/nobody"},
    {RULE_CRED_UNUSED, "CR-01", " with CR-01", ""},
    {RULE_CRED_UNREGISTERED, "api_key", "symbol=main", "symbol=main; secret=assignment; fingerprint=0011223344556677; name=api_key"},
    {RULE_SOUP_NO_REVIEW, "zip", "; review=2026-01-01: read", ""},
    {RULE_SOUP_NO_CLASS, "tls", "class=supported; ", ""},
    {RULE_SOUP_NO_END, "zip", "support_ends=2028-06-30; ", ""},
    {RULE_SOUP_ENDED, "zip", "support_ends=2028-06-30", "support_ends=2026-06-30"},
    {RULE_SOUP_UNLISTED, "zip", "name=zip; package=zip", "name=lzo; package=lzo2"},
    {RULE_SOUP_VERSION, "zip", "name=zip; version=1.2", "name=zip; version=1.3"},
    {RULE_DECISION_BARE, "DEC-001", "by=A. Person; ", ""},
};
/* clang-format on */

struct judged {
    struct seen seen;
    struct arena *a;
    struct model m;
    struct rules rules;
    struct findings f;
};

static void judge_project(struct judged *j)
{
    j->a = arena_new();
    rules_default(&j->rules);
    j->rules.as_of_s = CLEAN_CHANGED_S + 86400;
    j->seen = clean_read();
    model_build(j->a, &j->seen.corpus, &j->rules, &j->m);
    check_model(j->a, &j->m, &j->rules, NULL, &j->f);
}

static void end_project(struct judged *j)
{
    see_end(&j->seen);
    arena_free(j->a);
}

/* The project as it is clean, with the digest that a person would write beside SEC-001. */
static void begin_clean(void)
{
    struct judged j;
    memset(&clean_now, 0, sizeof clean_now);
    judge_project(&j);
    const uint8_t *d = j.m.items[model_find(&j.m, TEXT("SEC-001"))].digest;
    snprintf(clean_now.confirmed, sizeof clean_now.confirmed, "@%02x%02x%02x%02x", d[0],
        d[1], d[2], d[3]);
    end_project(&j);
}

static void judge_planted(const struct defect *d, struct judged *j)
{
    begin_clean();
    clean_now.swap = (struct swap){d->from, d->to};
    clean_now.appendix = d->rule == RULE_SEC_APPENDIX;
    judge_project(j);
}

static bool found(const struct judged *j, enum rule_id rule, const char *subject)
{
    for (uint32_t i = 0; i < j->f.count; i++)
        if (j->f.at[i].rule == rule && text_same(j->f.at[i].subject, text_of(subject)))
            return true;
    return false;
}

static void print_findings(const struct judged *j)
{
    for (uint32_t i = 0; i < j->f.count; i++)
        printf("#   %s %.*s: %.*s\n", j->f.at[i].id, (int)j->f.at[i].subject.len,
            (const char *)j->f.at[i].subject.at, (int)j->f.at[i].says.len,
            (const char *)j->f.at[i].says.at);
}

static void a_clean_project_has_no_finding(void)
{
    struct judged j;
    begin_clean();
    judge_project(&j);
    CHECK(j.f.count == 0);
    print_findings(&j);
    end_project(&j);
}

static void every_planted_defect_is_found_by_its_rule(void)
{
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        struct judged j;
        judge_planted(&defects[i], &j);
        bool good = found(&j, defects[i].rule, defects[i].subject);
        printf("# %s %s\n", good ? "found" : "MISSED", rule_of(defects[i].rule)->name);
        CHECK(good);
        if (!good)
            print_findings(&j);
        end_project(&j);
    }
}

static void a_finding_keeps_its_id_when_lines_move_and_loses_it_when_the_text_changes(
    void)
{
    struct judged j, moved, changed;
    static const struct defect no_result = {
        RULE_TRACE_NO_RESULT, "SEC-004", "class=tests/away", NULL};
    judge_planted(&no_result, &j);
    CHECK(found(&j, RULE_TRACE_NO_RESULT, "SEC-004"));
    char id[FINDING_ID] = "";
    for (uint32_t i = 0; i < j.f.count; i++)
        if (text_same(j.f.at[i].subject, TEXT("SEC-004")))
            strcpy(id, j.f.at[i].id);
    judge_project(&moved);
    for (uint32_t i = 0; i < moved.m.corpus->unit_count; i++)
        moved.seen.corpus.units[i].line += 100;
    check_model(moved.a, &moved.m, &moved.rules, NULL, &moved.f);
    bool same = false, still = false;
    for (uint32_t i = 0; i < moved.f.count; i++)
        same |= strcmp(moved.f.at[i].id, id) == 0;
    CHECK(same);
    judge_project(&changed);
    changed.m.items[model_find(&changed.m, TEXT("SEC-004"))].digest[0] ^= 1;
    check_model(changed.a, &changed.m, &changed.rules, NULL, &changed.f);
    for (uint32_t i = 0; i < changed.f.count; i++)
        still |= strcmp(changed.f.at[i].id, id) == 0;
    CHECK(!still);
    end_project(&j);
    end_project(&moved);
    end_project(&changed);
}

static char decision[512]; /* "a|b" are two */

static void put_decision(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("decisions"));
    planted_lines(e, (struct swap){0}, &(struct line){NULL, decision}, 1, UNIT_ENTRY);
}

static void put_open_requirement(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("requirements"));
    planted_entry(e, "id=REQ-1; text=The device shall beep.", UNIT_ENTRY, 2);
}

static void judge_decision(struct judged *j)
{
    static const struct see_file files[] = {
        {"a.yaml", put_open_requirement}, {"decisions.yaml", put_decision}};
    j->a = arena_new();
    rules_default(&j->rules);
    j->rules.as_of_s = 1795860000; /* 2026-11-28 10:00 */
    j->seen = see_files(files, 2);
    model_build(j->a, &j->seen.corpus, &j->rules, &j->m);
    check_model(j->a, &j->m, &j->rules, NULL, &j->f);
}

static void decide(const char *id, const char *until, struct judged *j)
{
    snprintf(decision, sizeof decision,
        "id=DEC-1; finding=%s; subject=REQ-1; reason=r; by=p; date=2026-01-01; until=%s",
        id, until);
    judge_decision(j);
}

static void id_of_no_case(char id[FINDING_ID])
{
    struct judged j;
    decide("TRACE-NO-CASE-00000000", "2027-01-01", &j);
    for (uint32_t i = 0; i < j.f.count; i++)
        if (j.f.at[i].rule == RULE_TRACE_NO_CASE)
            strcpy(id, j.f.at[i].id);
    end_project(&j);
}

static bool accepted(const struct judged *j, const char *id)
{
    const struct finding *f = findings_find(&j->f, id);
    return f && f->accepted && f->decision != ITEM_NONE;
}

static void a_decision_that_lacks_something_accepts_nothing(void)
{
    static const struct {
        const char *fields;
        bool accepts;
    } rows[] = {
        {"subject=REQ-1; reason=r; by=p; date=2026-01-01", true},
        {"subject=REQ-1; reason=r; by=p; date=2026-01-01; until=soon", false},
        {"subject=REQ-1; by=p; date=2026-01-01", false},
        {"subject=REQ-1; reason=r; date=2026-01-01", false},
        {"subject=REQ-1; reason=r; by=p", false},
    };
    char id[FINDING_ID] = "";
    id_of_no_case(id);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct judged j;
        snprintf(
            decision, sizeof decision, "id=DEC-1; finding=%s; %s", id, rows[i].fields);
        judge_decision(&j);
        CHECK(accepted(&j, id) == rows[i].accepts);
        CHECK(found(&j, RULE_DECISION_BARE, "DEC-1") == !rows[i].accepts);
        end_project(&j);
    }
}

/* As decisions of earlier versions have it. */
static void a_finding_may_be_named_by_the_front_of_its_id(void)
{
    char id[FINDING_ID] = "";
    id_of_no_case(id);
    size_t whole = strlen(id);
    for (size_t cut = 0; cut < FINDING_HEX; cut++) {
        struct judged j;
        id[whole - cut] = 0;
        decide(id, "2027-01-01", &j);
        CHECK((findings_find(&j.f, id) != NULL)
            == (cut <= FINDING_HEX - FINDING_HEX_MIN));
        CHECK(accepted(&j, id) == (cut <= FINDING_HEX - FINDING_HEX_MIN));
        end_project(&j);
    }
}

static void what_is_accepted_anew_makes_no_older_decision_suspect(void)
{
    char id[FINDING_ID] = "";
    struct judged j;
    id_of_no_case(id);
    snprintf(decision, sizeof decision,
        "id=DEC-1; finding=TRACE-NO-CASE-00000000; subject=REQ-1; reason=r; by=p; date=2026-01-01|"
        "id=DEC-2; finding=%s; subject=REQ-1; reason=r; by=p; date=2026-01-02",
        id);
    judge_decision(&j);
    CHECK(accepted(&j, id) && !found(&j, RULE_DECISION_SUSPECT, "DEC-1"));
    end_project(&j);
}

static void
a_decision_accepts_one_finding_until_its_day_and_turns_suspect_with_the_text(void)
{
    struct judged j;
    decide("TRACE-NO-CASE-00000000", "2027-01-01", &j);
    CHECK(found(&j, RULE_DECISION_SUSPECT, "DEC-1"));
    char id[FINDING_ID] = "";
    for (uint32_t i = 0; i < j.f.count; i++)
        if (j.f.at[i].rule == RULE_TRACE_NO_CASE)
            strcpy(id, j.f.at[i].id);
    uint32_t majors = j.f.by_severity[SEVERITY_MAJOR];
    end_project(&j);

    decide(id, "2026-11-28", &j); /* its last day */
    CHECK(!found(&j, RULE_DECISION_SUSPECT, "DEC-1")
        && !found(&j, RULE_DECISION_EXPIRED, "DEC-1"));
    CHECK(j.f.by_severity[SEVERITY_MAJOR] == majors - 2);
    end_project(&j);

    decide(id, "2026-11-27", &j);
    CHECK(found(&j, RULE_DECISION_EXPIRED, "DEC-1"));
    end_project(&j);
}

/* One alphabet, so that who searches for a rule by its name finds it in every report. */
static void every_rule_is_named_in_capitals_digits_and_hyphens(void)
{
    for (unsigned r = 0; r < RULE_COUNT; r++) {
        const char *name = rule_of((enum rule_id)r)->name;
        CHECK(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(name));
    }
}

/* The register of a credential and the eighth question read one list of names. */
static void the_damage_of_a_leak_is_read_under_every_name_of_it(void)
{
    static const char *const names[] = {"leak", "damage", "leak_effect", "leak effect",
        "blast_radius", "damage if leaked"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct judged j;
        char named[64];
        snprintf(named, sizeof named, "%s=one device; ", names[i]);
        judge_planted(
            &(struct defect){RULE_CRED_INCOMPLETE, "CR-01", "leak=one device; ", named},
            &j);
        CHECK(!found(&j, RULE_CRED_INCOMPLETE, "CR-01"));
        struct asked q = ask_question(j.a, &j.m, &j.f, 8);
        CHECK(q.answer == ANSWER_SHOWN);
        list_free(&q.lines);
        end_project(&j);
    }
}

/* "property.requirement" beside a class that the requirement's register names already. */
static void a_result_that_names_a_requirement_twice_counts_once(void)
{
    static const struct defect twice = {RULE_READ_NOTHING, "",
        "it goes on; status=passed",
        "it goes on; status=passed; property.requirement=SEC-004"};
    struct judged j;
    judge_planted(&twice, &j);
    struct verified v = verified_of(&j.m, model_find(&j.m, TEXT("SEC-004")));
    CHECK(v.cases == 1 && v.passed == 1);
    end_project(&j);
}

MAIN(TEST(a_clean_project_has_no_finding),
    TEST(every_planted_defect_is_found_by_its_rule),
    TEST(the_damage_of_a_leak_is_read_under_every_name_of_it),
    TEST(every_rule_is_named_in_capitals_digits_and_hyphens),
    TEST(a_result_that_names_a_requirement_twice_counts_once),
    TEST(a_finding_keeps_its_id_when_lines_move_and_loses_it_when_the_text_changes),
    TEST(a_decision_that_lacks_something_accepts_nothing),
    TEST(a_finding_may_be_named_by_the_front_of_its_id),
    TEST(what_is_accepted_anew_makes_no_older_decision_suspect),
    TEST(a_decision_accepts_one_finding_until_its_day_and_turns_suspect_with_the_text))
