/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/role.h"

#include "review/read/see.h"
#include "tests/support/check.h"

struct told {
    enum role role;
    char why[200];
};

/* What one document is, of this name, in Markdown. */
static struct told tell(const char *name, const char *markdown)
{
    struct arena *a = arena_new();
    bool plain = text_ends(text_of(name), TEXT(".txt"));
    struct seen seen = see_read(plain ? read_text : read_markdown, text_of(markdown));
    struct corpus *c = &seen.corpus;
    struct lexicon *lexicon = lexicon_new(a);
    struct words *rows = arena_take(a, c->unit_count * sizeof *rows);
    c->docs[0].path = text_of(name);
    if (text_ends(text_of(name), TEXT(".json")))
        c->docs[0].format = FORMAT_JSON;
    if (plain)
        c->docs[0].format = FORMAT_TEXT;
    for (uint32_t i = 0; i < c->unit_count; i++)
        rows[i] = words_of(lexicon, a, c->units[i].text);
    struct meant *meant = meant_of(a, c, lexicon, rows, NULL);
    struct role_told *r = roles_of(a, c, lexicon, rows, meant);
    struct told told = {.role = (enum role)r->role};
    snprintf(told.why, sizeof told.why, "%s", (const char *)role_why(a, r).at);
    see_end(&seen);
    arena_free(a);
    return told;
}

static void check_role(const char *name, const char *markdown, enum role expected)
{
    struct told told = tell(name, markdown);
    CHECK(told.role == expected);
    if (told.role != expected)
        printf("# %s is %s, not %s\n", name, told.why, role_name(expected));
}

static const char design[] =
    "# Hub\n\nThe hub has three processes. The radio process parses frames and holds no "
    "key.\n\nThe key process signs digests. It answers on one socket and drops its rights at "
    "start.\n\n## Boundaries\n\n- The radio is untrusted.\n- Frames are checked against a "
    "schema.\n- The console is removed from the release.\n\n## Storage\n\nReadings are "
    "encrypted with AES-256. Old ones are erased after thirty days.\n";

static void a_document_that_says_how_things_are_is_a_design(void)
{
    check_role("hub.md", design, ROLE_DESIGN);
    check_role("architecture.md",
        "# Pump\n\nEach task runs in its own partition. The supervisor starts them in order.\n\n"
        "You can set the ward's limits in the menu. It is recommended to do so.\n\n"
        "Alarms go through a queue of their own. The queue is never full: it overwrites.\n\n"
        "The radio stays off while a dose is given.\n",
        ROLE_DESIGN);
}

static void a_template_is_one_while_it_is_not_filled_in(void)
{
    static const char open[] =
        "# Security concept\n\nThe product is <enter the name>.\n\n## Boundaries\n\n"
        "TODO: list the boundaries.\n\n## Roles\n\nLeast privilege is used for (...).\n\n"
        "Describe how your device protects its debug ports.\n\n## Keys\n\n{{keys}} are rotated.\n";
    static const char filled[] =
        "# Security concept template\n\nThe product is a hub for wards.\n\n## Boundaries\n\n"
        "The radio is untrusted. Frames are checked against a schema.\n\n## Roles\n\n"
        "The radio process holds no key. The key process has one socket.\n\n"
        "The debug port is fused.\n\n## Keys\n\nThey are rotated every year.\n\n"
        "Readings are encrypted. Old ones are erased.\n\nThe console is removed.\n\n"
        "TODO: add the drawing.\n";
    check_role("concept.md", open, ROLE_TEMPLATE);
    check_role("concept.md", filled, ROLE_DESIGN);
    CHECK(role_ceiling(ROLE_TEMPLATE) == CEILING_ABSENT);
}

static void a_schema_or_a_licence_describes_no_product(void)
{
    static const char schema[] =
        "Kinds of crossing: the trust boundary is checked by the "
        "gate.\n\nThe key of a door. It holds no secret.\n\n"
        "Readings are sealed. Old ones are erased.\n";
    check_role("flows.schema.json", schema, ROLE_TEMPLATE);
    check_role("flows.json", schema, ROLE_DESIGN);
    check_role("LICENSE",
        "You must give each recipient a copy. Each contributor grants a licence.\n\n"
        "The work is provided as it is. No warranty is given.\n",
        ROLE_STANDARD);
    check_role("database-schema.md",
        "# Database schema\n\nEach row is sealed. The table holds no key.\n\n"
        "Readings are kept for a month. Old ones are erased.\n",
        ROLE_DESIGN);
}

static void names_with_values_are_settings_and_sentences_are_none(void)
{
    check_role("sshd.txt",
        "# Only keys open it.\n\nPermitRootLogin no\nPasswordAuthentication no\n\n"
        "AllowUsers = deploy    # the role that installs updates\nX11Forwarding no\n",
        ROLE_SETTINGS);
    check_role("hub.txt",
        "Hub\n===\n\nThe hub has three processes. The radio holds no key.\n\n"
        "The console is removed from the release. Ports = none.\n",
        ROLE_DESIGN);
    CHECK(role_ceiling(ROLE_SETTINGS) == CEILING_PARTIAL);
}

static void a_questionnaire_is_one_by_its_questions_or_by_its_short_answers(void)
{
    check_role("vendor.md",
        "# Vendor check\n\n1. Is data encrypted at rest?\n2. Do you test your plan?\n"
        "3. Are ports closed?\n4. Who signs the updates?\n5. Is there a second factor?\n",
        ROLE_QUESTIONNAIRE);
    check_role("answers.md",
        "# Security\n\n| Item | What | Answer |\n|---|---|---|\n"
        "| 1 | Encryption at rest of all data | Yes, see the concept |\n"
        "| 2 | Encryption in transit of data | Yes, see the concept |\n"
        "| 3 | Second factor for all users | No |\n| 4 | Closed debug ports | Yes |\n"
        "| 5 | Signed updates for devices | Yes, see the plan |\n| 6 | Wards | N/A |\n",
        ROLE_QUESTIONNAIRE);
    check_role("hub.md",
        "# Hub\n\nWhy three processes? The radio is untrusted.\n\nThe key process has one "
        "socket. It signs digests.\n\nReadings are encrypted with AES-256. Old ones are "
        "erased after a month.\n",
        ROLE_DESIGN);
}

static void what_a_standard_asks_of_everybody_is_no_design(void)
{
    check_role("clause.md",
        "# Clause 7\n\nThe manufacturer shall establish a process for the security of "
        "updates.\n\nThe manufacturer shall document all boundaries.\n\nOrganizations "
        "shall appoint a person for it.\n\nAll boundaries must be documented.\n\nLeast "
        "privilege must be applied.\n",
        ROLE_STANDARD);
    check_role("blog.md",
        "# Why it pays\n\nNotified bodies ask for it early. Founders put it off.\n\nA "
        "startup that closes its ports early passes. Auditors look at the architecture "
        "first.\n\nLeast privilege is cheap. IEC 81001-5-1 says what to do.\n\nThe MDR asks "
        "for it, too. Manufacturers who wait pay for it.\n\nEncryption is the next step. A "
        "consultant costs more than a firewall.\n",
        ROLE_STANDARD);
    check_role("hub.md",
        "# Hub\n\nThe hub follows IEC 62304, class B. Its radio is untrusted.\n\nThe key "
        "process signs digests, and frames are checked.\n\nThe console is removed from the "
        "release. Readings are encrypted.\n\nOld readings are erased. Updates are signed.\n",
        ROLE_DESIGN);
}

static void a_report_of_gaps_advises_and_names_what_is_missing(void)
{
    check_role("audit.md",
        "# Security audit of the hub\n\nThe hub uses TLS. Keys are in an element.\n\n"
        "## Findings\n\n- Rate limiting is not implemented.\n- Tokens never expire.\n\n"
        "Recommendations:\n\n- Add rate limiting\n- Rotate tokens\n- Restrict the origin\n",
        ROLE_AUDIT);
    check_role("assessment.md",
        "# Self assessment of the hub\n\nThe hub uses TLS. Keys are in an element.\n\nFrames "
        "are checked. The console is removed. Readings are encrypted.\n\nPinning is not yet "
        "implemented.\n",
        ROLE_DESIGN);
}

static void a_policy_tells_how_weaknesses_are_reported(void)
{
    check_role("SECURITY.md",
        "# Security policy\n\nPlease report a weakness by email.\n\nReports are answered in "
        "three days. An advisory names the reporter.\n\nDetails are under embargo until a "
        "release.\n",
        ROLE_POLICY);
    check_role("SECURITY.md", design, ROLE_DESIGN);
}

static void tests_threats_requirements_and_guides_are_what_most_of_them_is(void)
{
    check_role("run-7.md",
        "# Run 7\n\n| Case | Result |\n|---|---|\n| old image is refused | pass |\n| flooded "
        "port stays up | pass |\n| lost power keeps readings | fail |\n| wrong pin waits | "
        "pass |\n",
        ROLE_TEST_RECORD);
    check_role("threats.md",
        "# Threats to the hub\n\n- An attacker could flood the radio.\n- An attacker could "
        "read the flash.\n- A malicious nurse may copy readings.\n\nThe flash is encrypted. "
        "The radio drops what does not parse.\n",
        ROLE_THREAT_MODEL);
    check_role("srs.md",
        "# Software\n\n- SEC-1 The hub shall refuse unsigned images.\n- SEC-2 The hub shall "
        "encrypt readings.\n- SEC-3 Sessions shall end after an hour.\n- SEC-4 Keys shall be "
        "rotated.\n- SEC-5 Ports shall be closed.\n",
        ROLE_REQUIREMENTS);
    check_role("draft.md",
        "# Requirements\n\nThis section is awaiting implementation.\n\n- The hub MUST refuse "
        "unsigned images.\n- Readings MUST be encrypted.\n- Sessions MUST end.\n- Keys MUST "
        "be rotated.\n- Ports MUST be closed.\n",
        ROLE_REQUIREMENTS);
    check_role("hardening-guide.md",
        "# Hardening the hub\n\nYou should close the console. Change your passwords.\n\nMake "
        "sure that the ward is in its own segment. Updates are signed.\n\nWe recommend a "
        "second factor. Keep the backup offline.\n",
        ROLE_GUIDANCE);
    check_role("sessions.md",
        "# Sessions\n\nSessions should end after an hour. It is recommended to use long "
        "tokens.\n\nApplications must not log tokens. Tokens should be random.\n\nAn attacker "
        "could guess a short one. Cookies should be marked secure.\n\nConsider binding them "
        "to a device.\n",
        ROLE_GUIDANCE);
    check_role(
        "README.md", "# Hub\n\nA hub for wards. It builds with make.\n", ROLE_README);
    check_role("list.md", "# Names\n\n- a\n- b\n", ROLE_OTHER);
}

/* Req: HF-FUN-021 */
static void what_is_not_about_a_product_of_the_writer_is_told(void)
{
    check_role("annex-c.md",
        "# Request for quotation: ward monitors\n\nBidders answer each line.\n\n- The product "
        "shall encrypt traffic.\n- The product shall close ports.\n- Bidders shall deliver no "
        "default password.\n\nTenders are opened in May.\n",
        ROLE_TENDER);
    check_role("five.md",
        "# Lecture 5: small devices\n\nStudents draw the boundaries of a pump.\n\nThe radio is "
        "untrusted in this exercise. Frames are checked.\n\nThe next lecture is on keys. "
        "Students bring their slides.\n",
        ROLE_LESSON);
    check_role("market.md",
        "# Comparison of hubs\n\nWe looked at three vendors. The first vendor isolates its "
        "radio.\n\nIts ports are closed. The second vendor pins certificates.\n\nWe bought "
        "none.\n",
        ROLE_RIVAL);
    check_role("site.md",
        "# Plant\n\nEach hall has a gate with a guard. Visitors wear a badge.\n\nThe fence is "
        "the first layer, the door the second.\n\nEmployees get only the rights that they need. "
        "The back door is closed.\n",
        ROLE_OTHER_FIELD);
    check_role("konzept.md",
        "# Konzept\n\nDer Funkteil ist nicht isoliert. Die Logs sind offen.\n\nTLS 1.3 wird "
        "nicht benutzt. JTAG und UART sind offen.\n\nRBAC ist geplant und nicht gebaut.\n",
        ROLE_OTHER_TONGUE);
    check_role("pol-07.md",
        "# Policy for secure design\n\nThe architect shall draw boundaries. The team shall close "
        "ports.\n\nThe team shall lock JTAG. The architect shall plan three layers.\n\nThe owner "
        "approves exceptions.\n",
        ROLE_POLICY);
    check_role("handout.md",
        "# Threat workshop\n\nParticipants get a practice device. Its radio is untrusted.\n\nThe "
        "port is closed. JTAG is fused.\n\nParticipants present their drawings. Trainers collect "
        "them.\n",
        ROLE_LESSON);
    check_role("architect.md",
        "# Architect for small devices\n\nYou lock JTAG and close ports. We offer 30 days of "
        "vacation.\n\nApplicants know TLS.\n",
        ROLE_PERSON);
    check_role("hub.md", design, ROLE_DESIGN);
    check_role("door.md",
        "# Door reader\n\nThe firmware reads a badge and opens a door. Its UART is closed.\n\n"
        "The bootloader checks the signature. The badge key never leaves the reader's secure "
        "software.\n\nThe door server talks TLS 1.3. Each door has its own certificate.\n",
        ROLE_DESIGN);
    CHECK(role_ceiling(ROLE_TENDER) == CEILING_ABSENT);
    CHECK(role_ceiling(ROLE_OTHER_TONGUE) == CEILING_PARTIAL);
}

static void the_reason_names_the_rule_and_its_counts(void)
{
    struct told told = tell("srs.md",
        "# Hub\n\nThe hub shall refuse unsigned images. It shall encrypt. Keys shall be "
        "rotated. Ports shall be closed. Logs shall be kept.\n\nIt is blue, and it is "
        "light.\n");
    CHECK(strcmp(told.why,
              "a requirement specification: so much of it requires (5 of 7; duties)")
        == 0);
    CHECK(role_ceiling(ROLE_GUIDANCE) == CEILING_PARTIAL);
    CHECK(role_ceiling(ROLE_DESIGN) == CEILING_MET);
}

MAIN(TEST(a_document_that_says_how_things_are_is_a_design),
    TEST(a_template_is_one_while_it_is_not_filled_in),
    TEST(a_schema_or_a_licence_describes_no_product),
    TEST(names_with_values_are_settings_and_sentences_are_none),
    TEST(a_questionnaire_is_one_by_its_questions_or_by_its_short_answers),
    TEST(what_a_standard_asks_of_everybody_is_no_design),
    TEST(a_report_of_gaps_advises_and_names_what_is_missing),
    TEST(a_policy_tells_how_weaknesses_are_reported),
    TEST(tests_threats_requirements_and_guides_are_what_most_of_them_is),
    TEST(what_is_not_about_a_product_of_the_writer_is_told),
    TEST(the_reason_names_the_rule_and_its_counts))
