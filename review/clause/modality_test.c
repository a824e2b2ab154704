/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/modality.h"

#include "review/read/see.h"
#include "tests/support/check.h"

#include <ctype.h>

/* A document in Markdown, and how its statements are meant. */
struct shown {
    struct arena *a;
    struct seen seen;
    struct words *rows;
    struct meant *meant;
};

static struct shown show(const char *markdown, const struct model *model)
{
    struct shown s = {
        .a = arena_new(), .seen = see_read(read_markdown, text_of(markdown))};
    const struct corpus *c = &s.seen.corpus;
    struct lexicon *lexicon = lexicon_new(s.a);
    s.rows = arena_take(s.a, c->unit_count * sizeof *s.rows);
    for (uint32_t i = 0; i < c->unit_count; i++)
        s.rows[i] = words_of(lexicon, s.a, c->units[i].text);
    s.meant = meant_of(s.a, c, lexicon, s.rows, model);
    return s;
}

static void end(struct shown *s)
{
    see_end(&s->seen);
    arena_free(s->a);
}

/* The stance of the statement in which these words stand; of the last such unit. */
static const struct stance *stance_at(const struct shown *s, const char *words)
{
    const struct corpus *c = &s->seen.corpus;
    for (uint32_t i = c->unit_count; i-- > 0;) {
        size_t at = text_find(c->units[i].text, text_of(words));
        for (uint32_t w = 0; at < c->units[i].text.len && w < s->rows[i].count; w++)
            if (s->rows[i].at[w].at >= at)
                return meant_at(s->meant, i, w);
    }
    return NULL;
}

static bool is_meant(const char *markdown, const char *words, enum modality expected)
{
    struct shown s = show(markdown, NULL);
    const struct stance *got = stance_at(&s, words);
    bool same = got && got->modality == expected;
    if (!same)
        printf("# %s: \"%s\" is %s by %s, not %s\n", markdown, words,
            got ? modality_name((enum modality)got->modality) : "not there",
            got ? got->rule->name : "nothing", modality_name(expected));
    end(&s);
    return same;
}

struct row {
    const char *text, *words;
    enum modality expected;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        CHECK(is_meant(
            rows[i].text, rows[i].words ? rows[i].words : "", rows[i].expected));
}
#define ROWS(rows) check_rows(rows, sizeof rows / sizeof rows[0])

#define A MODALITY_ASSERTED
#define E MODALITY_EVIDENCE
#define G MODALITY_GAP
#define N MODALITY_NEGATED
#define P MODALITY_PLANNED
#define Q MODALITY_QUESTION
#define R MODALITY_RECOMMENDED
#define S MODALITY_REQUIREMENT
#define T MODALITY_THREAT
#define X MODALITY_EXAMPLE
#define B MODALITY_PLACEHOLDER
#define O MODALITY_QUOTED

/* What a team says of its product, in several trades. */
static const char *const said[] = {
    "Each infusion pump holds its own key in a secure element.",
    "Alarm limits are stored in a partition that the radio cannot write.",
    "The bootloader verifies the signature of an image before it jumps to it.",
    "SWD is locked by a fuse at the end of production.",
    "The diagnostic log is encrypted and readable by the service role only.",
    "Readings are kept locally while the cloud is out of reach.",
    "The gateway rejects messages that do not match the schema.",
    "The gateway will reject every message that does not match the schema.",
    "Sessions end after fifteen minutes without input.",
    "Passwords are hashed with Argon2id and a salt of their own.",
    "Every microservice runs under an account of its own with no shell.",
    "Traffic between the zones passes a firewall that denies by default.",
    "Nurses see their own ward; administrators see no patient data.",
    "The hypervisor isolates guests from each other and from the host.",
    "Only port 443 is open to the internet.",
    "The app asks for a second factor before it shows a prescription.",
    "Crash dumps are written without memory contents.",
    "The parser refuses nested archives deeper than four levels.",
    "Third-party libraries come from a list that two people approve.",
    "A watchdog restarts the measuring task when it hangs.",
    "The kernel is built without debug symbols and with stack protection.",
    "Firmware packages are signed offline with an Ed25519 key.",
    "Tokens are valid for one hour and bound to a device.",
    "The service terminal is reachable through a sealed connector only.",
    "Patches for the operating system are installed every night.",
    "Certificates are pinned, and a second pin is prepared.",
    "Role checks happen in one place, the policy decision point.",
    "The audit trail is append-only and leaves the host every minute.",
    "We isolate the drivers in processes of their own.",
    "Our update client prevents attackers from installing older versions.",
};

static bool counts(uint8_t modality)
{
    return modality == MODALITY_ASSERTED || modality == MODALITY_EVIDENCE
        || modality == MODALITY_REQUIREMENT;
}

static void what_a_team_says_of_its_product_is_asserted(void)
{
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        CHECK(is_meant(said[i], said[i], MODALITY_ASSERTED));
}

/* Every statement of the changed sentence: none may count any more. */
static void check_lost(const char *sentence)
{
    struct shown s = show(sentence, NULL);
    for (uint32_t i = 0; i < s.seen.corpus.unit_count; i++) {
        uint32_t count;
        const struct stance *st = meant_unit(s.meant, i, &count);
        CHECK(count > 0);
        for (uint32_t k = 0; k < count; k++) {
            CHECK(!counts(st[k].modality));
            if (counts(st[k].modality))
                printf("# %s: part %u counts by %s\n", sentence, k, st[k].rule->name);
        }
    }
    end(&s);
}

static void no_sentence_counts_behind_a_change_that_takes_its_assertion(void)
{
    static const struct {
        const char *front, *back;
    } changes[] = {{"TODO: ", "."}, {"TBD: ", "."}, {"", "?"}, {"We do not ", "."},
        {"", ", planned in a future version."},
        {"", " (planned for a future release)."}, {"In a future version, ", "."},
        {"As of now this is not the case: we do not ", "."},
        {"It should be so that ", "."}, {"The team plans to see to it that ", "."}};
    for (size_t c = 0; c < sizeof changes / sizeof changes[0]; c++)
        for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
            char text[512];
            int len = snprintf(text, sizeof text, "%s%s", changes[c].front, said[i]);
            len -= 1; /* its full stop */
            snprintf(text + len, sizeof text - (size_t)len, "%s", changes[c].back);
            if (changes[c].front[0])
                text[strlen(changes[c].front)] =
                    (char)tolower((unsigned char)text[strlen(changes[c].front)]);
            check_lost(text);
        }
}

/* "is" -> "should be", "holds" -> "should hold": as a rewriter would. */
static void a_verb_with_should_before_it_counts_no_more(void)
{
    static const char *const rewritten[] = {
        "Each infusion pump should hold its own key in a secure element.",
        "Alarm limits should be stored in a partition that the radio cannot write.",
        "The bootloader should verify the signature of an image before it jumps to it.",
        "The diagnostic log should be encrypted, and should be readable by the service.",
        "Only port 443 should be open to the internet.",
        "Our update client should prevent attackers from installing older versions.",
        "Traffic between the zones shouldn't bypass the firewall.",
        "It is recommended that tokens are valid for one hour.",
        ("Hospitals must place the device in a network segment of its own: users must "
         "configure a firewall."),
        "Administrators are responsible for patching the operating system.",
        "Consider pinning the certificates.",
        "Make sure that the debug port is closed.",
        "Always keep the signing key offline.",
        "In production, disable the console.",
        "Please rotate the credentials every year.",
        "You must change the password at the first start.",
    };
    for (size_t i = 0; i < sizeof rewritten / sizeof rewritten[0]; i++)
        check_lost(rewritten[i]);
}

static void a_sentence_is_meant_by_its_own_words(void)
{
    static const struct row rows[] = {
        {"The pump shall refuse an unsigned image.", NULL, S},
        {"Access tokens MUST be bound to one device.", NULL, S},
        {"Clients MAY keep a copy.", NULL, R},
        {"A second factor is required for every administrator.", NULL, S},
        {"Does the pump refuse an unsigned image?", NULL, Q},
        {"It is unclear whether the console is closed.", NULL, Q},
        {"The owner is {{owner}} and keys are rotated.", NULL, B},
        {"The firewall of [your product] blocks all ports.", NULL, B},
        {"Boundaries: [enter the boundaries of the product]", NULL, B},
        {"Retention period: to be defined.", NULL, B},
        {"Describe how your device protects its debug ports.", NULL, B},
        {"Lorem ipsum dolor sit amet.", NULL, B},
        {"The manufacturer shall establish a process for security updates.", NULL, O},
        {"IEC 81001-5-1 requires that boundaries are documented.", NULL, O},
        {"Notified bodies expect a threat model.", NULL, O},
        {"Least privilege is the principle that a part gets what it needs.", NULL, O},
        {"See the chapter on boundaries.", NULL, O},
        {"For more information, read the guide on encrypted storage.", NULL, O},
        {"Suppose a hospital runs two hundred pumps with one password.", NULL, X},
        {"Pinning is not yet implemented.", NULL, G},
        {"The web console lacks rate limiting.", NULL, G},
        {"Denial of service is out of scope.", NULL, G},
        {"There is currently no protection against replay.", NULL, G},
        {"Certificates never expire.", NULL, G},
        {"We have no plans to encrypt the display link.", NULL, G},
        {"We plan to add pinning.", NULL, P},
        {"Pinning will be added in the next release.", NULL, P},
        {"Support for FIDO2 is under development.", NULL, P},
        {"We will add pinning later this year.", NULL, P},
        {"This is on the roadmap.", NULL, P},
        {"In the future the hub terminates TLS itself.", NULL, P},
        {"An attacker could read the flash with a probe.", NULL, T},
        {"Malicious insiders may copy the database.", NULL, T},
        {"The session cookie might be stolen by a script.", NULL, T},
        {"There is a risk of privilege escalation in the driver.", NULL, T},
        {"A compromised plugin can send any event.", NULL, T},
        {"An attacker cannot read the flash: it is encrypted.", NULL, A},
        {"The fuse prevents an attacker from opening the debug port.", NULL, A},
        {"Even if an attacker gets the radio, the pump task stays isolated.", NULL, A},
        {"Replay is prevented by a counter.", NULL, A},
        {"Where possible, connections are encrypted.", NULL, R},
        {"Debug access is protected as appropriate.", NULL, R},
        {"This document describes the trust boundaries of the pump.", NULL, R},
        {"The following sections explain how images are signed.", NULL, R},
        {"Typically, devices use secure boot against changed images.", NULL, R},
        {"For production, switch to the release mode and close JTAG.", NULL, R},
        {"The sample application runs with TLS 1.3.", NULL, X},
        {"The above example is made with a test server.", NULL, X},
        {"- High: bypass of the access policy by a restricted user", "bypass", T},
        {"The database is not encrypted.", NULL, N},
        {"The product has no firewall.", NULL, N},
        {"We do not rotate keys.", NULL, N},
        {"TLS isn't used on the display link.", NULL, N},
        {"None of the services uses a second factor.", NULL, N},
    };
    ROWS(rows);
}

static void words_that_only_look_like_a_plan_advice_or_threat_change_nothing(void)
{
    static const struct row rows[] = {
        {"Keys stay safe in the event of a future compromise.", NULL, A},
        {"The test plan covers every boundary.", NULL, A},
        {"There is no planned way back to an earlier stage.", NULL, N},
        {"During planned maintenance the alarms stay armed.", NULL, A},
        {"The console is closed, since it shows data that a nurse should not see.",
            NULL, A},
        {"The update is refused if it should fail its check.", NULL, A},
        {"Please note that the console is removed from the release.", NULL, A},
        {"The scanner looks for known vulnerabilities every night.", NULL, A},
        {"Use of the service port ends with the session.", NULL, A},
        {"Access control is enforced by the broker.", NULL, A},
        {"The image is as small as possible.", NULL, A},
        {"In the absence of a network the pump goes on.", NULL, A},
        {"For example, packets from the guest are copied by the I/O thread.", NULL, A},
        {"Mandatory access control confines the parser.", NULL, A},
        {"The state of the art in audits is met by the service.", NULL, A},
        {"A user must log in with a password and a code.", NULL, S},
        {"You can limit the rate per client.", NULL, A},
        {"It is shown by test_old_answer_is_not_believed in a run.", NULL, A},
        {"The screen says NOT SYNCHRONISED while the cloud is away.", NULL, A},
        {"The mark \"not synchronised\" stays true.", NULL, A},
        {"A second store holds old readings.", NULL, A},
        {"Only store opens the database.", NULL, A},
        {"This mechanism describes itself in its certificate.", NULL, A},
        {"The policy document lists who may read.", NULL, A},
        {"The switch on the front closes the service port.", NULL, A},
        {"The sample rate is checked on each start.", NULL, A},
        {"- High voltage: it is cut by the relay", "relay", A},
    };
    ROWS(rows);
}

static void a_negation_reaches_as_far_as_its_clause(void)
{
    static const struct row rows[] = {
        {"Images that are not signed are rejected.", NULL, A},
        {"If the signature is not valid, the update is refused.", NULL, A},
        {"Requests are refused when no token is present.", NULL, A},
        {"We use not only TLS but also pinning.", NULL, A},
        {"The loader does not start an image unless its signature is right.", NULL, A},
        {"No request is answered without a valid session.", NULL, A},
        {"The client ensures that no old version is installed.", NULL, A},
        {"Session keys no longer leave the element.", NULL, A},
        {"Passwords are not stored in plaintext.", NULL, A},
        {"The pump does not accept commands over the radio.", NULL, A},
        {"The image must not contain debug symbols.", NULL, S},
        {"The filters are not loaded before any guest code runs.", NULL, N},
        {"It is not possible to encrypt the database.", NULL, N},
        {"The key cannot be read back.", NULL, A},
        {"The device does not have listening ports.", NULL, N},
        {"The device does not yet have pinning.", NULL, G},
        {"Mails are encrypted (but not signed).", NULL, A},
        {"Not built: a second factor for people.", NULL, G},
        {"No envelope can be read or forged.", NULL, A},
        {"No signing: messages can be changed.", NULL, N},
        {"As the device has no clock, the answer carries the time.", NULL, A},
        {"Neither the app nor the hub checks the token.", NULL, N},
    };
    ROWS(rows);
    struct shown s = show("Passwords are not stored in plaintext.", NULL);
    CHECK(stance_at(&s, "Passwords")->denied);
    end(&s);
    s = show("Passwords are stored as hashes.", NULL);
    CHECK(!stance_at(&s, "Passwords")->denied);
    end(&s);
}

static void each_statement_of_a_paragraph_is_meant_by_itself(void)
{
    static const struct row rows[] = {
        {"We use TLS. In the future we will add pinning.", "TLS", A},
        {"We use TLS. In the future we will add pinning.", "pinning", P},
        {"We use TLS, but pinning is not yet implemented.", "TLS", A},
        {"We use TLS, but pinning is not yet implemented.", "pinning", G},
        {"Input is checked; the format of dates is still to be defined.", "Input", A},
        {"Input is checked; the format of dates is still to be defined.", "dates", B},
        {"Keys are rotated. Is the log, too?", "Keys", A},
        {"Keys are rotated. Is the log, too?", "log", Q},
        {"Threat: an attacker could open the case. Mitigation: the pads are under epoxy.",
            "open the case", T},
        {"Threat: an attacker could open the case. Mitigation: the pads are under epoxy.",
            "epoxy", A},
        {"TODO: describe the boundary. The radio is untrusted.", "radio", B},
        {"Guests are isolated, and the host is patched, while the console should be closed.",
            "Guests", A},
        {"Guests are isolated, and the host is patched, while the console should be closed.",
            "patched", A},
        {"Guests are isolated, and the host is patched, while the console should be closed.",
            "console", R},
        {"JTAG is fused, the console not present, the account removed.", "JTAG", A},
        {"JTAG is fused, the console not present, the account removed.", "console", N},
        {"JTAG is fused, the console not present, the account removed.", "account", A},
        {"TLS, which we like, is not used.", "TLS", N},
        {"The page is the security view, not an appendix to it.", "view", A},
        {"In the architecture itself, and not in an appendix: each part is named.",
            "itself", A},
        {"Own user, no capabilities, not dumpable, Landlock, seccomp.", "Own", A},
        {"Own user, no capabilities, not dumpable, Landlock, seccomp.", "dumpable", N},
        {"Own user, no capabilities, not dumpable, Landlock, seccomp.", "seccomp", A},
        {"No keys, tokens or passwords are logged.", "passwords", N},
        {"If the key is lost, no data is shown.", "key", N},
        {"Not built: a second factor. Devices prove two keys.", "Devices", A},
        {"Limits: the log is kept for a day. One user sees all.", "One", G},
        {"Are guests isolated, and is the host patched?", "isolated", Q},
    };
    ROWS(rows);
}

static void a_heading_gives_its_modality_to_what_stands_below(void)
{
    static const struct row rows[] = {
        {"# Pump\n\n## Future work\n\nKeys are kept in an element.", "Keys", P},
        {"# Pump\n\n## Known limitations\n\n- Logs are kept for a day.", "Logs", G},
        {"# Pump\n\n## Threats\n\n- Session theft by a script", "theft", T},
        {"# Pump\n\n## Threats\n\n### Radio\n\nFrames are copied.", "Frames", T},
        {"# Pump\n\n## Threats\n\nThe element protects keys against extraction attacks.",
            "element", A},
        {"# Pump\n\n## Threats\n\n### Mitigations\n\n- Keys are kept in an element.",
            "Keys", A},
        {"# Pump\n\n## Open questions\n\n- Closing the console", "console", Q},
        {"# Pump\n\n## Security requirements\n\n- Keys are kept in an element.", "Keys",
            S},
        {"# Pump\n\n## Non-goals\n\nWe protect the display link.", "display", G},
        {"# Pump\n\n## Out of scope\n\nThe display link is encrypted.", "display", G},
        {"# Pump\n\n## Example\n\nThe display link is encrypted.", "display", X},
        {"# Pump\n\n## Recommendations for operators\n\nThe hub is in a segment.",
            "hub", R},
        {"# Pump\n\n## References\n\n- Hardening of the hub", "Hardening", O},
        {"# Pump\n\n## Glossary\n\n- MFA: a second factor is used", "factor", O},
        {"# Pump\n\n## Threat model\n\nThe hub is in a segment.", "hub", A},
        {"# Pump\n\n## Attack surface\n\nOne port is open.", "port", A},
        {"# Pump\n\n## Threats and mitigations\n\nThe hub is in a segment.", "hub", A},
        {"# Pump\n\n## Risk management\n\nThe hub is in a segment.", "hub", A},
        {"# Pump\n\n## Test plan\n\nThe hub is in a segment.", "hub", A},
        {"# Pump\n\n## Rate limiting (not implemented)\n\n- Ten requests a second.",
            "Ten", G},
        {"# Pump\n\n## Future work\n\nNone.\n\n## Boundaries\n\nKeys are kept.", "Keys",
            A},
    };
    ROWS(rows);
}

static void a_box_that_is_not_ticked_is_planned(void)
{
    CHECK(
        is_meant("- [ ] The gateway checks each token.\n", "checks", MODALITY_PLANNED));
    CHECK(is_meant(
        "- [x] The gateway checks each token.\n", "checks", MODALITY_ASSERTED));
}

static void headings_of_later_phases_and_of_what_is_not_protected_tell_no_state(void)
{
    static const char text[] = "The gateway checks each token.\n";
    static const struct {
        const char *heading;
        enum modality expected;
    } rows[] = {
        {"# Next session\n\n", MODALITY_PLANNED},
        {"# Implementation phases\n\n", MODALITY_PLANNED},
        {"# What it does not defend\n\n", MODALITY_GAP},
        {"# Phases of a session\n\n", MODALITY_ASSERTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char whole[128];
        snprintf(whole, sizeof whole, "%s%s", rows[i].heading, text);
        CHECK(is_meant(whole, "checks", rows[i].expected));
    }
    CHECK(is_meant("Deployments must place the gateway behind a firewall.\n",
        "firewall", MODALITY_RECOMMENDED));
}

static void a_sentence_before_a_list_gives_its_modality_to_the_items(void)
{
    static const struct row rows[] = {
        {"The following are not yet implemented:\n\n- certificate pinning\n- MFA",
            "MFA", G},
        {"Attackers may:\n\n- read the flash\n- replay messages", "replay", T},
        {"We plan to:\n\n- pin certificates\n\nKeys are kept.", "pin cert", P},
        {"We plan to:\n\n- pin certificates\n\nKeys are kept.", "Keys", A},
        {"The hub should:\n\n- verify the token", "verify", R},
        {"The hub shall:\n\n- verify the token\n- reject old ones", "reject", S},
        {"On each start the loader does this:\n\n- verify the image\n- lock the fuses",
            "lock", A},
        {"# Loader\n\nThe loader has two tasks\n\n- verify the image\n- lock the fuses",
            "lock", A},
        {"- verify the image\n- disable the console", "disable", R},
        {"We do not support:\n\n- remote shells", "shells", N},
        {"Recommendations:\n\n- Add a second factor", "factor", R},
        {"Countermeasures:\n\n- A second factor is used", "factor", A},
        {"- Planned:\n  - A second factor is used\n- A log is kept", "factor", P},
        {"- Planned:\n  - A second factor is used\n- A log is kept", "log", A},
        {"# Pump\n\nMitigation:\n\nThe pads are under epoxy.", "epoxy", A},
        {"# Pump\n\n## Threats\n\nMitigation:\n\nThe pads are under epoxy.", "epoxy",
            A},
        {"This section is awaiting implementation.\n\n- Keys MUST be rotated.", "Keys",
            P},
    };
    ROWS(rows);
}

static void a_column_and_the_state_of_a_row_tell_how_its_cells_are_meant(void)
{
    static const char threats[] =
        "| Threat | Asset | Mitigation |\n|---|---|---|\n"
        "| Someone copies the flash | keys in flash | The flash is encrypted |\n"
        "| Someone replays messages | readings | A counter is recommended |\n";
    static const char states[] =
        "| Control | Status |\n|---|---|\n| Pinning of certificates | Planned |\n"
        "| Signed images | Implemented |\n| Second factor | Open, see issue 7 |\n"
        "| Rate limits | |\n";
    static const char closed[] = "# Future work\n\n| Control | Done |\n|---|---|\n"
                                 "| Signed images | yes |\n| Second factor | no |\n";
    const struct row rows[] = {
        {threats, "copies", T},
        {threats, "keys in", T},
        {threats, "encrypted", A},
        {threats, "counter", R},
        {states, "Pinning", P},
        {states, "Signed", A},
        {states, "Second", G},
        {states, "Rate", A},
        {closed, "Signed", A},
        {closed, "Second", G},
        {"| Item | Value |\n|---|---|\n| Rate limiting | Not implemented |\n", "Rate",
            G},
        {"| Id | Requirement |\n|---|---|\n| 1 | Images are signed by two people |\n",
            "Images", S},
        {"| Item | Risk |\n|---|---|\n| Images are signed | low |\n", "Images", A},
    };
    ROWS(rows);
}

static void an_id_that_is_defined_elsewhere_is_evidence_and_others_are_not(void)
{
    static const char text[] =
        "# Requirements\n\n- SEC-001 Images shall be signed.\n\n# Design\n\n"
        "Images are signed (SEC-001).\n\nKeys are rotated (SEC-009).\n\n"
        "| Measure | Satisfies |\n|---|---|\n| Every image is signed | SEC-001 |\n";
    struct arena *a = arena_new();
    struct shown s = show(text, NULL);
    struct rules rules;
    struct model model;
    rules_default(&rules);
    model_build(a, &s.seen.corpus, &rules, &model);
    CHECK(stance_at(&s, "Images are")->modality == MODALITY_ASSERTED);
    end(&s);
    s = show(text, &model);
    CHECK(stance_at(&s, "Images are")->modality == MODALITY_EVIDENCE);
    CHECK(stance_at(&s, "Keys are")->modality == MODALITY_ASSERTED);
    CHECK(stance_at(&s, "Every image")->modality == MODALITY_EVIDENCE);
    CHECK(stance_at(&s, "Images shall")->modality == MODALITY_REQUIREMENT);
    end(&s);
    arena_free(a);
}

static void the_words_that_decided_are_kept(void)
{
    struct shown s = show("# Pump\n\n## Future work\n\nKeys are kept.\n\n## Keys\n\n"
                          "Rotation is not yet implemented.",
        NULL);
    const struct corpus *c = &s.seen.corpus;
    const struct stance *kept = stance_at(&s, "Keys are"),
                        *gap = stance_at(&s, "Rotation");
    CHECK(text_same(c->units[kept->by].text, TEXT("Future work")));
    CHECK(kept->cue.first == 0 && kept->cue.end == 2);
    CHECK(strcmp(kept->rule->name, "below-plans") == 0);
    CHECK(gap->cue.first == 2 && gap->cue.end == 4);
    CHECK(strcmp(gap->rule->name, "known-gap") == 0);
    end(&s);
}

static void what_a_site_generator_puts_in_is_no_place_to_be_filled_in(void)
{
    CHECK(is_meant("The {{device.name}} uses TLS.\n", "TLS", MODALITY_PLACEHOLDER));
    CHECK(is_meant("The {{ product }} uses TLS.\n", "TLS", MODALITY_PLACEHOLDER));
    CHECK(is_meant("The {{ $names.os }} host uses TLS.\n", "TLS", MODALITY_ASSERTED));
    CHECK(is_meant("It uses [TLS]({{< ref tls.md >}}).\n", "TLS", MODALITY_ASSERTED));
    CHECK(is_meant("It uses TLS, {{ site.title }} says.\n", "TLS", MODALITY_ASSERTED));
}

static void an_instruction_whose_row_says_must_is_a_requirement(void)
{
    static const char must[] = "| Id | What | Priority |\n|---|---|---|\n"
                               "| P-1 | Disable JTAG in production | Must |\n";
    static const char should[] = "| Id | What | Priority |\n|---|---|---|\n"
                                 "| P-1 | Disable JTAG in production | Low |\n";
    CHECK(is_meant(must, "JTAG", MODALITY_REQUIREMENT));
    CHECK(is_meant(should, "JTAG", MODALITY_RECOMMENDED));
}

static void what_is_denied_besides_takes_nothing_from_what_is_said(void)
{
    static const char both[] =
        "The tunnel drops forwarded packets and we do not enable client routes.\n";
    CHECK(is_meant(both, "tunnel", MODALITY_ASSERTED));
    CHECK(is_meant(both, "routes", MODALITY_NEGATED));
}

static void for_example_behind_a_claim_begins_a_list_of_claims(void)
{
    CHECK(is_meant("We restrict the project. For example:\n\n- Imports are few.\n",
        "Imports", MODALITY_ASSERTED));
    CHECK(
        is_meant("For example:\n\n- Imports are few.\n", "Imports", MODALITY_EXAMPLE));
}

static void what_could_be_configured_is_left_to_somebody(void)
{
    CHECK(is_meant("An app could be configured with read-only rights.\n", "app",
        MODALITY_RECOMMENDED));
    CHECK(is_meant("Optionally the tools are off.\n", "tools", MODALITY_RECOMMENDED));
    CHECK(is_meant("The port can be closed.\n", "port", MODALITY_ASSERTED));
}

/* Req: HF-FUN-021 "what a paragraph begins with holds for all of it" */
static void what_leads_a_paragraph_holds_until_it_speaks_of_today(void)
{
    static const struct row rows[] = {
        {"Planned for 2.0: the hub encrypts. Keys are pinned.", "Keys are", P},
        {"In a future version, the hub encrypts. Keys are pinned.", "Keys are", P},
        {"(Planned) The hub encrypts. Keys are pinned.", "Keys are", P},
        {"Wishlist: the hub encrypts. Keys are pinned.", "Keys are", P},
        {"Not implemented: a hub. Keys are pinned.", "Keys are", A},
        {"We do not do this: the hub encrypts. Keys are pinned.", "Keys are", N},
        {"Recommended: encrypt. Keys are pinned.", "Keys are", R},
        {"todo - the hub encrypts. Keys are pinned.", "Keys are", B},
        {"fixme the hub encrypts. Keys are pinned.", "Keys are", B},
        {"In a future version, the hub encrypts. Today, keys are pinned. It logs.",
            "keys are", A},
        {"In a future version, the hub encrypts. Today, keys are pinned. It logs.",
            "It logs", A},
        {"The hub encrypts in a future version. Keys are pinned.", "Keys are", A},
        {"We do not trust the host — it is compromised. Keys are pinned.", "Keys are",
            A},
        {"Todo items are encrypted by the hub.", NULL, A},
        {"It is false that the hub encrypts.", NULL, N},
    };
    ROWS(rows);
}

/* Req: HF-FUN-021 "what a paragraph begins with holds for all of it" */
static void a_document_that_is_not_in_force_carries_nothing(void)
{
    static const struct row rows[] = {
        {"# Hub\n\nStatus: rejected\n\n## Security controls\n\nKeys are kept.", "Keys",
            G},
        {"# Hub\n\n- Status: superseded by 12\n\n## Decision\n\nKeys are kept.", "Keys",
            G},
        {"# Hub\n\n## Status\n\nDeprecated\n\n## Decision\n\nKeys are kept.", "Keys",
            G},
        {"---\nstatus: withdrawn\n---\n# Hub\n\nKeys are kept.", "Keys", G},
        {"# Hub\n\n| | |\n|---|---|\n| Status | Rejected |\n\n## A\n\nKeys are kept.",
            "Keys", G},
        {"# Hub\n\nStatus: draft, not approved\n\n## A\n\nKeys are kept.", "Keys", G},
        {"# Hub (obsolete)\n\n## A\n\nKeys are kept.", "Keys", G},
        {"# Hub\n\n**WITHDRAWN.** Ask Ida.\n\n## A\n\nKeys are kept.", "Keys", G},
        {"# Hub\n\n> Nothing below has been built yet.\n\n## A\n\nKeys are kept.",
            "Keys", G},
        {"# Hub\n\n## A\n\nKeys are kept.\n\n## B\n\nNone of the above is implemented.",
            "Keys", G},
        {"# Hub\n\nThe project was cancelled.\n\n## A\n\nKeys are kept to stop attackers.",
            "Keys", G},
        {"# Hub\n\nThe shipped hub works differently.\n\n## A\n\nKeys are kept.",
            "Keys", G},
        {"# Hub\n\nIt is a recipe for planning, no proof.\n\n## A\n\nKeys are kept.",
            "Keys", G},
        {"# Hub\n\n## A\n\nIt is a tool for planning. Keys are kept.", "Keys", A},
        {"# Hub (historical)\n\n## A\n\nKeys are kept.", "Keys", G},
        {"# Hub\n\nSubmitted for approval.\n\n## A\n\nKeys are kept.", "Keys", G},
        {"+++\nstatus = \"rejected\"\n+++\n\n# Hub\n\n## A\n\nKeys are kept.", "Keys",
            G},
        {"# Hub\n\nApproved on 2 May.\n\n## A\n\nKeys are kept.", "Keys", A},
        {"# Hub\n\nThe device in this text is fictitious.\n\n## A\n\nKeys are kept.",
            "Keys", X},
        {"# Hub\n\nStatus: accepted\n\n## Decision\n\nKeys are kept.", "Keys", A},
        {"# Hub\n\n## Status\n\nAccepted\n\n## Decision\n\nKeys are kept.", "Keys", A},
        {"# Hub\n\nStatus: draft\n\n## Keys\n\nKeys are kept.", "Keys are", A},
        {"# Hub\n\n## TLS 1.0\n\nStatus: deprecated\n\n## A\n\nKeys are kept.", "Keys",
            A},
        {"# One\n\n## Status\n\nRejected\n\n# Two\n\nKeys are kept.", "Keys", A},
        {"# Hub\n\nThis text does not describe the cloud.\n\n## A\n\nKeys are kept.",
            "Keys", A},
        {"# Hub\n\n## Risk 4\n\n### Rest\n\nStatus: accepted\n\nKeys are kept.", "Keys",
            G},
    };
    ROWS(rows);
}

static void what_was_before_and_what_others_say_is_no_state_of_the_product(void)
{
    static const struct row rows[] = {
        {"Formerly, the hub encrypted its log.", NULL, G},
        {"In the old platform, the hub checks each token.", NULL, G},
        {"Until 2023, the hub kept its keys apart.", NULL, G},
        {"The hub used to keep its keys apart.", NULL, G},
        {"The key is used to sign the log.", NULL, A},
        {"The keys are only used to sign the log.", NULL, A},
        {"The brochure says that the hub encrypts its log.", NULL, O},
        {"According to the vendor, the hub encrypts its log.", NULL, O},
        {"According to its role, a task has its own keys.", NULL, A},
        {"It is no longer true that the hub encrypts its log.", NULL, N},
        {"They say that the hub encrypts its log, which is wrong.", NULL, N},
        {"The hub encrypts its log; it pins keys, which is wrong.", "log", N},
        {"The hub encrypts its log. It pins keys, which is wrong.", "log", A},
        {"We looked twice, and none of the following was found: the hub encrypts.",
            "hub", N},
        {"Our aim is that the hub encrypts its log.", NULL, P},
        {"We want that the hub encrypts its log.", NULL, P},
        {"It was meant that the hub encrypts its log.", "log", P},
        {"The hub encrypts its log, but nobody built it.", "hub", N},
        {"The hub encrypts its log, but the test showed the opposite.", "hub", N},
        {"We believed that the hub encrypts.", NULL, R},
        {"It would be wrong to say that the hub encrypts its log.", NULL, N},
        {"Hardly any hub encrypts its log.", NULL, N},
        {"Once the new board is there, the hub encrypts its log.", NULL, P},
        {"Once the key is there, the hub encrypts its log.", NULL, A},
        {"# Hub\n\n## Not part of this release\n\nKeys are kept.", "Keys", G},
        {"# Hub\n\n## How the old hub worked\n\nKeys are kept.", "Keys", G},
        {"# Hub\n\n## Wishlist\n\nKeys are kept.", "Keys", P},
        {"# Hub\n\n## How it works\n\nKeys are kept.", "Keys", A},
        {"The method of claim 1, wherein keys are kept.", NULL, O},
        {"The supplier failed to deliver:\n\n- an encrypted log", "log", G},
        {"These measures were removed in 2.0:\n\n- the log is encrypted", "log", G},
        {"These services were removed in 2.0:\n\n- the log server", "log", A},
    };
    ROWS(rows);
}

/* Req: HF-FUN-021 */
static void a_cross_a_later_release_and_a_note_take_back_what_they_are_put_to(void)
{
    static const char crossed[] = "| Control | Implemented |\n|---|---|\n"
                                  "| Keys are pinned | \xE2\x9C\x97 |\n"
                                  "| Logs are kept | \xE2\x9C\x93 |\n";
    static const char open_ports[] = "| Service | Enabled |\n|---|---|\n"
                                     "| Keys are served | \xE2\x9C\x97 |\n";
    static const char later[] =
        "| Control | Target release | Status |\n|---|---|---|\n"
        "| Keys are pinned | 3.0 | |\n| Logs are kept | 1.0 | done |\n| Tokens end | | |\n";
    static const char notes[] =
        "Keys are pinned [^1]. Logs are kept. Tokens end [^b].\n\nUpdates are signed.\n\n"
        "[^1]: Not available in this product.\n\n[^b]: In the next release only.\n\n"
        "[^c]: Keys of tokens are long.\n";
    const struct row rows[] = {
        {crossed, "Keys", G},
        {crossed, "Logs", A},
        {open_ports, "Keys", A},
        {later, "Keys", P},
        {later, "Logs", A},
        {later, "Tokens", A},
        {"- \xE2\x9D\x8C Keys are pinned\n- \xE2\x9C\x85 Logs are kept", "Keys", P},
        {"- \xE2\x9D\x8C Keys are pinned\n- \xE2\x9C\x85 Logs are kept", "Logs", A},
        {notes, "Keys are", G},
        {notes, "Logs", A},
        {notes, "Tokens end", P},
        {notes, "Updates", A},
        {"\"The pump has three layers.\"", "three", O},
        {"The \"pump\" has three \"layers\".", "three", A},
        {"| Control | State |\n|---|---|\n| Keys are pinned | Won't fix |\n", "Keys",
            G},
        {"# Hub\n\n## Vendor A: Nadir\n\nKeys are pinned.", "Keys", O},
        {"# Hub\n\n## Vendor accounts\n\nKeys are pinned.", "Keys", A},
        {"IEC 62443-4-2 CR 2.1 wants that keys are pinned.", NULL, O},
    };
    ROWS(rows);
}

static void what_stands_open_is_a_gap(void)
{
    static const struct row rows[] = {
        {"JTAG and UART are enabled in all units.", NULL, G},
        {"Telnet is open for the field team.", NULL, G},
        {"JTAG is enabled only behind a signed request.", NULL, A},
        {"JTAG is never left open.", NULL, A},
        {"JTAG is open until it is fused.", NULL, A},
        {"The service password is the same for all units.", NULL, G},
        {"The log is readable by anybody in the ward.", NULL, G},
        {"The port is reachable without authentication.", NULL, G},
        {"The port is not reachable without authentication.", NULL, A},
        {"The uploader runs as root.", NULL, G},
        {"No service runs as root.", NULL, N},
        {"We wrote our own cipher for the radio.", NULL, G},
    };
    ROWS(rows);
}

static void what_depends_on_others_or_is_one_of_several_ways_is_left_open(void)
{
    static const struct row rows[] = {
        {"Where the platform supports it, keys are kept in an element.", NULL, R},
        {"Depending on the licence, the log is encrypted.", NULL, R},
        {"If the customer buys the package, the log is encrypted.", NULL, R},
        {"The hospital provides a firewall before the hub.", NULL, R},
        {"The architect shall keep keys apart.", NULL, R},
        {"The loader shall keep keys apart.", NULL, S},
        {"# Hub\n\n## Option B: one core\n\nKeys are kept apart.", "Keys", P},
        {"# Hub\n\n## Open tasks\n\n- Keys are kept apart.", "Keys", P},
        {"# Hub\n\n## Alternatives considered\n\nKeys are kept apart.", "Keys", P},
        {"# Hub\n\n## Options of the loader\n\nKeys are kept apart.", "Keys", A},
    };
    ROWS(rows);
}

static void every_word_has_exactly_one_stance(void)
{
    static const char text[] =
        "# 4. Keys\n\nOne, two; three. Four - five, and it is six, but they are seven.\n\n"
        "- a\n- (b) c: d? e!\n\n| A | B |\n|---|---|\n| x |  |\n|  | y. z |\n\n"
        "```\nint main;\n```\n\n> said\n\n\xE2\x80\x9CUnquoted\xE2\x80\x9D \xE2\x86\x92 w\n";
    struct shown s = show(text, NULL);
    for (uint32_t i = 0; i < s.seen.corpus.unit_count; i++) {
        uint32_t count, next = 0;
        const struct stance *st = meant_unit(s.meant, i, &count);
        for (uint32_t k = 0; k < count; k++) {
            CHECK(st[k].words.first == next && st[k].words.end > next);
            next = st[k].words.end;
        }
        CHECK(next == s.rows[i].count);
    }
    end(&s);
}

MAIN(TEST(what_a_team_says_of_its_product_is_asserted),
    TEST(no_sentence_counts_behind_a_change_that_takes_its_assertion),
    TEST(a_verb_with_should_before_it_counts_no_more),
    TEST(a_sentence_is_meant_by_its_own_words),
    TEST(words_that_only_look_like_a_plan_advice_or_threat_change_nothing),
    TEST(a_negation_reaches_as_far_as_its_clause),
    TEST(each_statement_of_a_paragraph_is_meant_by_itself),
    TEST(a_heading_gives_its_modality_to_what_stands_below),
    TEST(a_box_that_is_not_ticked_is_planned),
    TEST(headings_of_later_phases_and_of_what_is_not_protected_tell_no_state),
    TEST(a_sentence_before_a_list_gives_its_modality_to_the_items),
    TEST(a_column_and_the_state_of_a_row_tell_how_its_cells_are_meant),
    TEST(an_id_that_is_defined_elsewhere_is_evidence_and_others_are_not),
    TEST(what_a_site_generator_puts_in_is_no_place_to_be_filled_in),
    TEST(an_instruction_whose_row_says_must_is_a_requirement),
    TEST(what_is_denied_besides_takes_nothing_from_what_is_said),
    TEST(for_example_behind_a_claim_begins_a_list_of_claims),
    TEST(what_could_be_configured_is_left_to_somebody),
    TEST(what_leads_a_paragraph_holds_until_it_speaks_of_today),
    TEST(a_document_that_is_not_in_force_carries_nothing),
    TEST(what_was_before_and_what_others_say_is_no_state_of_the_product),
    TEST(a_cross_a_later_release_and_a_note_take_back_what_they_are_put_to),
    TEST(what_stands_open_is_a_gap),
    TEST(what_depends_on_others_or_is_one_of_several_ways_is_left_open),
    TEST(the_words_that_decided_are_kept), TEST(every_word_has_exactly_one_stance))
