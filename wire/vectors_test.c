/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The published vectors (wire/vectors), line by line: `kind verdict hex`, `#` says what it is.
 */
#include "core/base/hex.h"
#include "wire/attest.h"
#include "wire/enrol.h"
#include "wire/envelope.h"
#include "wire/message.h"
#include "wire/release.h"
#include "wire/service_log.h"
#include "wire/ticket.h"

#include "tests/support/check.h"

static bool good_batch(struct bytes in)
{
    static struct batch b;
    return batch_parse(in, &b) == OK;
}

static bool good_answer(struct bytes in)
{
    struct answer a;
    return answer_parse(in, &a) == OK;
}

static bool good_up(struct bytes in)
{
    struct envelope e;
    return envelope_parse(ENVELOPE_BATCH, in, &e) == OK;
}

static bool good_down(struct bytes in)
{
    struct envelope e;
    return envelope_parse(ENVELOPE_ANSWER, in, &e) == OK;
}

static bool good_m1(struct bytes in)
{
    struct enrol_head h;
    uint8_t tag[TAG_LEN];
    return enrol_m1_parse(in, &h, tag) == OK;
}

static bool good_e1(struct bytes in)
{
    struct enrol_tpm e;
    return enrol_tpm_parse(in, &e) == OK;
}

static bool good_e2(struct bytes in)
{
    struct enrol_credential e;
    return enrol_credential_parse(in, &e) == OK;
}

static bool good_ask(struct bytes in)
{
    struct attest_ask a;
    return attest_ask_parse(in, &a) == OK;
}

static bool good_quote(struct bytes in)
{
    struct attest_quote q;
    return attest_quote_parse(in, &q) == OK;
}

static bool good_ticket(struct bytes in)
{
    struct signed_ticket t;
    return ticket_parse(in, &t) == OK;
}

static bool good_log(struct bytes in)
{
    static struct service_log g;
    return service_log_parse(in, &g) == OK;
}

static bool good_release(struct bytes in)
{
    struct signed_release r;
    return release_parse(in, &r) == OK;
}

static const struct {
    const char *kind;
    bool (*good)(struct bytes in);
} kinds[] = {{"batch", good_batch}, {"answer", good_answer}, {"up", good_up},
    {"down", good_down}, {"m1", good_m1}, {"e1", good_e1}, {"e2", good_e2},
    {"ask", good_ask}, {"quote", good_quote}, {"ticket", good_ticket},
    {"log", good_log}, {"release", good_release}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void test_every_published_vector_is_judged_as_published(void)
{
    static char line[8192];
    static uint8_t b[4096];
    unsigned seen[KINDS][2] = {{0}};
    FILE *f = fopen(VECTORS "/messages.txt", "re");

    CHECK(f != NULL);
    while (f && fgets(line, sizeof line, f)) {
        char kind[16], verdict[8];
        int at = 0;
        if (line[0] == '#' || line[0] == '\n')
            continue;
        CHECK(sscanf(line, "%15s %7s %n", kind, verdict, &at) == 2);
        size_t digits = strcspn(line + at, "\n"), k = 0;
        struct bytes hex = {(const uint8_t *)line + at, digits};
        CHECK(hex_parse(hex, (struct room){b, digits / 2}) == OK);
        while (k < KINDS && strcmp(kinds[k].kind, kind) != 0)
            k++;
        CHECK(k < KINDS);
        if (k == KINDS)
            break;
        bool want = strcmp(verdict, "ok") == 0,
             got = kinds[k].good((struct bytes){b, digits / 2});
        if (got != want)
            printf("# %s", line);
        CHECK(got == want);
        seen[k][want]++;
    }
    if (f)
        (void)fclose(f);
    for (size_t k = 0; k < KINDS; k++)
        CHECK(seen[k][0] >= 1 && seen[k][1] >= 1);
}

MAIN(TEST(test_every_published_vector_is_judged_as_published))
