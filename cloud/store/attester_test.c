/* SPDX-License-Identifier: Apache-2.0 */
/* A store between a stand-in for gate and one for keys; what the device says is a simulated TPM's, by tools that are not ours. */
#include "cloud/store/attester.h"

#include "cloud/attest/tpm_said.h"
#include "cloud/store/rig.h"
#include "tests/support/check.h"
#include "tests/support/endorsed.h"
#include "wire/attest.h"
#include "wire/event.h"
#include "wire/release.h"

enum { REGISTERS = 1u << 0 | 1u << 4 | 1u << 7 | 1u << 11, FILE_MAX = 4096 };

static struct endorsed tpm;
static struct attest_key ak;
static uint8_t said[256], signature[128];
static size_t said_len, signature_len;
static struct attest_boot boot = {.security_version = 3};

/* The quote of tests/support/endorsed.c is for this nonce and this channel. */
static struct digest filled(uint8_t with)
{
    struct digest d;
    memset(d.b, with, sizeof d.b);
    return d;
}

struct entropy_rig { /* draws nonces as the test wants them */
    struct entropy port;
    uint8_t next;
};

static enum status draw(void *board, struct room out)
{
    struct entropy_rig *e = board;
    memset(out.at, e->next, out.cap);
    return OK;
}

struct scene {
    struct rig *r;
    struct attester *a;
    struct entropy_rig entropy;
    struct kid asked[128];
    size_t ask_count;
    bool keys_away;
    struct door_attested last;
    uint8_t question[ATTEST_ASK_LEN];
    size_t question_len, answers;
};

static void answered(
    void *ctx, uint64_t gate, const struct door_attested *head, struct bytes asked)
{
    struct scene *s = ctx;

    CHECK(gate == RIG_GATE);
    s->last = *head;
    s->question_len = asked.len;
    if (asked.len > 0)
        memcpy(s->question, asked.at, asked.len);
    s->answers++;
}

static bool ask_keys(void *ctx, const struct kid *kid)
{
    struct scene *s = ctx;

    if (!s->keys_away)
        s->asked[s->ask_count++] = *kid;
    return !s->keys_away;
}

static void open_scene(struct scene *s)
{
    const struct attester_ports ports = {s, answered, ask_keys};

    *s = (struct scene){.r = rig_new()};
    s->entropy = (struct entropy_rig){.next = 0xa1};
    s->entropy.port = (struct entropy){.board = &s->entropy, .fill = draw};
    s->r->store.entropy = &s->entropy.port;
    s->r->store.require_tpm = true;
    s->r->store.boots = (struct attest_policy){.registers = REGISTERS,
        .least_security_version = 3,
        .known = &boot,
        .known_count = 1};
    s->r->connection = 7;
    rig_must(attester_new(&s->a, &s->r->store, &ports));
}

static void close_scene(struct scene *s)
{
    attester_free(s->a);
    s->r->store.entropy = host_entropy_port();
    rig_free(s->r);
}

static void take(
    struct scene *s, const struct rig_device *d, uint8_t channel, struct bytes text)
{
    struct door_attest head = {.ticket = ++s->r->tickets,
        .peer = d->kid.device,
        .path = d->kid.device,
        .connection = s->r->connection,
        .channel = filled(channel)};

    s->last.http_status = 0;
    attester_take(s->a, RIG_GATE, &head, text);
}

static void begin(struct scene *s, const struct rig_device *d, uint8_t nonce)
{
    struct attest_ask ask;

    s->entropy.next = nonce;
    take(s, d, 0xc2, (struct bytes){0});
    CHECK(s->last.http_status == 200
        && attest_ask_parse((struct bytes){s->question, s->question_len}, &ask) == OK
        && ask.registers == s->r->store.boots.registers && ask.nonce.b[0] == nonce);
}

/* keys says what it knows: this TPM's key, or nothing. */
static void say_keys(struct scene *s, bool found)
{
    struct door_attest_key key = {.found = found};

    if (found) {
        memcpy(key.name, ak.name.b, sizeof key.name);
        memcpy(key.point, ak.point, sizeof key.point);
    }
    while (s->ask_count > 0)
        attester_key(s->a, &s->asked[--s->ask_count], &key);
}

static struct attest_quote good_quote(void)
{
    return (struct attest_quote){.nonce = filled(0xa1),
        .channel = filled(0xc2),
        .said = {said, said_len},
        .signature = {signature, signature_len}};
}

static uint16_t quote(struct scene *s, const struct rig_device *d, uint8_t channel,
    const struct attest_quote *q)
{
    uint8_t body[ATTEST_QUOTE_MAX];

    take(s, d, channel, attest_quote_build(q, ROOM_OF(body)));
    say_keys(s, true);
    rig_must(group_commit(s->r->group));
    return s->last.http_status;
}

static enum attest_state state(struct scene *s, const struct rig_device *d)
{
    struct attest_place at = {RIG_GATE, s->r->connection, d->kid.device};
    return attested_state(s->r->store.attested, &at);
}

static uint64_t events(struct scene *s, const char *code)
{
    char sql[128];
    snprintf(sql, sizeof sql,
        "SELECT coalesce(sum(count), 0) FROM event WHERE code = '%s'", code);
    return rig_count(s->r, sql);
}

static bool row_says(struct scene *s, const char *word)
{
    char sql[128];
    snprintf(sql, sizeof sql,
        "SELECT count(*) FROM device WHERE id = 1 AND attest = '%s'", word);
    return rig_count(s->r, sql) == 1;
}

/* Req: HF-TPM-011 "A connection shall count as attested only for a quote over its own nonce and channel" */
static void test_a_good_quote_attests_its_connection_and_no_other(void)
{
    struct scene s;
    struct attest_quote q = good_quote();

    open_scene(&s);
    struct rig_device *d = &s.r->devices[0], *other = &s.r->devices[1];
    begin(&s, d, 0xa1);
    CHECK(quote(&s, d, 0xc2, &q) == 204 && state(&s, d) == ATTEST_GOOD);
    CHECK(row_says(&s, "accepted") && events(&s, "attest.accepted") == 1);
    CHECK(rig_count(s.r, "SELECT attest_security FROM device WHERE id = 1") == 3);
    CHECK(rig_count(s.r, "SELECT attest_ms FROM device WHERE id = 1") == s.r->utc_ms);
    CHECK(state(&s, other) == ATTEST_NONE);
    s.r->connection = 8;
    CHECK(state(&s, d) == ATTEST_NONE);
    struct attest_place elsewhere = {RIG_GATE + 1, 7, d->kid.device};
    CHECK(attested_state(s.r->store.attested, &elsewhere) == ATTEST_NONE);
    begin(&s, d, 0xa1); /* the next connection: no second event of the same */
    CHECK(quote(&s, d, 0xc2, &q) == 204 && events(&s, "attest.accepted") == 1);
    close_scene(&s);
}

static void test_each_wrong_quote_is_an_event_by_its_name_and_one_answer(void)
{
    enum what { SHORT, NONCE, CHANNEL, BINDING, BIT, SELECTION, MEASURED, ROWS };
    static const char *const words[ROWS] = {"structure", "nonce", "channel", "binding",
        "signature", "selection", "measurements"};

    for (int i = 0; i < ROWS; i++) {
        struct scene s;
        struct attest_quote q = good_quote();
        struct attest_boot strange = boot;
        char code[32];
        open_scene(&s);
        const struct rig_device *d = &s.r->devices[0];
        strange.measured.b[0] ^= 1;
        if (i == SELECTION)
            s.r->store.boots.registers |= 1;
        if (i == SELECTION)
            s.r->store.boots.registers &= ~(1u << 7);
        if (i == MEASURED)
            s.r->store.boots.known = &strange;
        begin(&s, d, i == NONCE ? 0xa2 : 0xa1);
        if (i == BINDING)
            q.channel = filled(0xc3);
        if (i == BIT)
            said[60] ^= 1;
        if (i == SHORT) {
            take(&s, d, 0xc2, (struct bytes){said, 80});
            rig_must(group_commit(s.r->group));
        } else {
            (void)quote(&s, d, i == CHANNEL ? 0xc3 : 0xc2, &q);
        }
        if (i == BIT)
            said[60] ^= 1;
        snprintf(code, sizeof code, "attest.%s", words[i]);
        if (events(&s, code) != 1)
            printf("# %s\n", code);
        CHECK(s.last.http_status == 403 && s.question_len == 0);
        CHECK(events(&s, code) == 1 && row_says(&s, words[i]));
        CHECK(rig_count(s.r, "SELECT count(*) FROM event WHERE code LIKE 'attest.%'")
            == 1);
        CHECK(state(&s, d) == ATTEST_NONE);
        close_scene(&s);
    }
}

static void test_a_nonce_is_good_once_for_a_minute_and_on_its_connection(void)
{
    struct scene s;
    struct attest_quote q = good_quote();

    open_scene(&s);
    const struct rig_device *d = &s.r->devices[0];
    CHECK(quote(&s, d, 0xc2, &q) == 403
        && events(&s, "attest.nonce") == 1); /* none given */
    begin(&s, d, 0xa1);
    CHECK(quote(&s, d, 0xc2, &q) == 204);
    CHECK(quote(&s, d, 0xc2, &q) == 403
        && events(&s, "attest.nonce") == 2); /* replayed */
    CHECK(state(&s, d) == ATTEST_NONE); /* what is refused is not attested any more */
    begin(&s, d, 0xa1);
    s.r->mono_ms += LIMIT_ATTEST_MS - 1;
    CHECK(quote(&s, d, 0xc2, &q) == 204);
    begin(&s, d, 0xa1);
    s.r->mono_ms += LIMIT_ATTEST_MS;
    CHECK(quote(&s, d, 0xc2, &q) == 403 && events(&s, "attest.nonce") == 3);
    begin(&s, d, 0xa1);
    s.r->connection++; /* given to another connection */
    CHECK(quote(&s, d, 0xc2, &q) == 403 && events(&s, "attest.nonce") == 4);
    s.r->connection--;
    begin(&s, d, 0xa3); /* a later one voids the one before */
    CHECK(quote(&s, d, 0xc2, &q) == 403 && events(&s, "attest.nonce") == 5);
    q.nonce = filled(0); /* nobody's nonce is all noughts */
    CHECK(quote(&s, d, 0xc2, &q) == 403);
    close_scene(&s);
}

static void test_a_device_that_was_enrolled_without_a_tpm_is_refused_by_that_name(void)
{
    struct scene s;
    struct attest_quote q = good_quote();
    uint8_t body[ATTEST_QUOTE_MAX];

    open_scene(&s);
    const struct rig_device *d = &s.r->devices[0];
    begin(&s, d, 0xa1);
    take(&s, d, 0xc2, attest_quote_build(&q, ROOM_OF(body)));
    say_keys(&s, false);
    rig_must(group_commit(s.r->group));
    CHECK(s.last.http_status == 403 && events(&s, "attest.unknown") == 1);
    CHECK(quote(&s, d, 0xc2, &q) == 204); /* that it is none is not remembered */
    close_scene(&s);
}

static void test_what_waits_for_keys_is_bounded_and_told_to_come_later(void)
{
    struct scene s;
    struct attest_quote q = good_quote();
    uint8_t body[ATTEST_QUOTE_MAX];

    open_scene(&s);
    struct bytes b = attest_quote_build(&q, ROOM_OF(body));
    const struct rig_device *d = &s.r->devices[0];
    for (size_t i = 0; i < ATTESTER_WAITING_EACH; i++, s.r->connection++)
        take(&s, d, 0xc2, b);
    CHECK(s.answers == 0 && s.ask_count == ATTESTER_WAITING_EACH);
    take(&s, d, 0xc2, b);
    CHECK(s.answers == 1 && s.last.http_status == 503);
    attester_keys_gone(s.a);
    CHECK(s.answers == 1 + ATTESTER_WAITING_EACH && s.last.http_status == 503);
    s.keys_away = true;
    take(&s, d, 0xc2, b);
    CHECK(s.last.http_status == 503);
    rig_must(group_commit(s.r->group));
    CHECK(rig_count(s.r, "SELECT count(*) FROM event WHERE code LIKE 'attest.%'") == 0);
    close_scene(&s);
}

static void test_who_may_not_send_or_is_another_is_asked_nothing(void)
{
    struct scene s;

    open_scene(&s);
    const struct rig_device *d = &s.r->devices[0];
    struct door_attest head = {
        .ticket = 1, .peer = d->kid.device, .path = s.r->devices[1].kid.device};
    attester_take(s.a, RIG_GATE, &head, (struct bytes){0});
    rig_must(group_commit(s.r->group));
    CHECK(s.last.http_status == 403 && events(&s, "authz.peer") == 1);
    rig_must(db_begin(&s.r->store.db));
    rig_must(device_revoke(&s.r->store, &d->kid.device));
    take(&s, d, 0xc2, (struct bytes){0});
    rig_must(group_commit(s.r->group));
    CHECK(s.last.http_status == 403 && events(&s, "authz.state") == 1);
    s.r->store.require_tpm = false; /* nobody is asked, and nothing is written */
    take(&s, d, 0xc2, (struct bytes){0});
    CHECK(s.last.http_status == 204 && !group_open(s.r->group));
    close_scene(&s);
}

static int send_one(struct scene *s, struct rig_device *d, struct batch *b,
    struct answer *answer, uint16_t *http_status)
{
    static struct rig_sealed sealed;
    const struct rig_answer *a;

    b->tpm = true;
    rig_seal(s->r, d, b, &sealed);
    a = rig_send(s->r, d, &sealed);
    *http_status = a->http_status;
    return rig_verdict(s->r, d, a, answer);
}

static int send_batch(struct scene *s, struct rig_device *d, uint32_t seq,
    struct answer *answer, uint16_t *http_status)
{
    return send_one(s, d, rig_batch(seq, 5, s->r->utc_ms), answer, http_status);
}

/* Req: HF-TPM-012 "known, but below the least security version" */
static void test_a_version_that_is_too_old_may_only_update_and_its_readings_come_later(
    void)
{
    static struct answer answer;
    struct scene s;
    struct attest_quote q = good_quote();
    uint16_t http = 0;

    open_scene(&s);
    struct rig_device *d = &s.r->devices[0];
    s.r->store.boots.least_security_version = 4;
    begin(&s, d, 0xa1);
    CHECK(quote(&s, d, 0xc2, &q) == 204 && state(&s, d) == ATTEST_TOO_OLD);
    CHECK(row_says(&s, "version") && events(&s, "attest.version") == 1);
    struct door_config_set config = {
        .device = d->kid.device, .batch_s = 20, .ward = "w", .time_zone = "UTC"};
    rig_must(db_begin(&s.r->store.db));
    rig_must(device_configure(&s.r->store, &config));
    s.r->store.entropy = host_entropy_port(); /* sealing needs real ones */
    CHECK(send_batch(&s, d, 0, &answer, &http) == OUTCOME_NOT_NOW && http == 200);
    CHECK(answer.has_config
        && answer.config.batch_s == 20); /* it is given what it may take */
    CHECK(rig_count(s.r, "SELECT count(*) FROM batch") == 0);
    CHECK(events(&s, "attest.version") == 1);
    s.r->store.entropy = &s.entropy.port;
    s.r->store.boots.least_security_version = 3; /* after its update */
    s.r->connection++;
    begin(&s, d, 0xa1);
    CHECK(quote(&s, d, 0xc2, &q) == 204);
    s.r->store.entropy = host_entropy_port();
    CHECK(send_batch(&s, d, 0, &answer, &http) == OUTCOME_STORED);
    CHECK(rig_count(s.r, "SELECT count(*) FROM batch") == 1);
    close_scene(&s);
}

/* Else it could be offered one of another class for ever: its refusals are not stored.
 * Req: HF-UPD-021 "and the cloud shall offer to one that says it no release of another" */
static void test_of_a_device_that_may_only_update_the_class_is_noted_all_the_same(void)
{
    static struct answer answer;
    struct scene s;
    struct attest_quote q = good_quote();
    uint16_t http = 0;

    open_scene(&s);
    struct rig_device *d = &s.r->devices[0];
    s.r->store.boots.least_security_version = 4;
    begin(&s, d, 0xa1);
    CHECK(quote(&s, d, 0xc2, &q) == 204 && state(&s, d) == ATTEST_TOO_OLD);
    s.r->store.entropy = host_entropy_port();
    struct batch *b = rig_batch(0, 5, s.r->utc_ms);
    b->events[0] = (struct event){.code = EVENT_CLASS, .count = 1, .has_about = true};
    release_class_mark("holdfast-oximeter", b->events[0].about);
    b->event_count = 1;
    CHECK(send_one(&s, d, b, &answer, &http) == OUTCOME_NOT_NOW && http == 200);
    CHECK(rig_count(s.r, "SELECT count(*) FROM batch") == 0);
    CHECK(
        rig_count(s.r, "SELECT count(*) FROM device WHERE class = x'ddcff1b159065191'")
        == 1);
    close_scene(&s);
}

static void test_batches_count_only_by_the_connection_that_was_attested(void)
{
    static struct answer answer;
    struct scene s;
    struct attest_quote q = good_quote();
    uint16_t http = 0;

    open_scene(&s);
    struct rig_device *d = &s.r->devices[0];
    begin(&s, d, 0xa1);
    CHECK(quote(&s, d, 0xc2, &q) == 204);
    s.r->store.entropy = host_entropy_port();
    CHECK(send_batch(&s, d, 0, &answer, &http) == OUTCOME_STORED);
    s.r->connection++; /* the same device, the same keys: another connection */
    CHECK(send_batch(&s, d, 1, &answer, &http) == -1 && http == 401);
    CHECK(events(&s, "attest.needed") == 1);
    s.r->connection--;
    CHECK(send_batch(&s, d, 1, &answer, &http) == OUTCOME_STORED);
    close_scene(&s);
}

static void test_more_connections_than_the_table_holds_push_out_the_longest_unused(void)
{
    struct attested *a = NULL;
    struct attest_place at = {.gate = 1};

    CHECK(attested_new(&a) == OK);
    for (at.connection = 1; at.connection <= ATTESTED_WAYS; at.connection++)
        attested_set(a, &at, ATTEST_GOOD);
    at.connection = 1;
    CHECK(attested_state(a, &at) == ATTEST_GOOD); /* and is used now */
    at.connection = ATTESTED_WAYS + 1;
    attested_set(a, &at, ATTEST_GOOD);
    for (at.connection = 1; at.connection <= ATTESTED_WAYS + 1; at.connection++)
        CHECK((attested_state(a, &at) == ATTEST_GOOD) == (at.connection != 2));
    attested_free(a);
}

static size_t read_file(const char *name, uint8_t *at, size_t cap)
{
    char path[160];

    snprintf(path, sizeof path, "%s/%s", tpm.folder, name);
    FILE *f = fopen(path, "rb");
    size_t len = f ? fread(at, 1, cap, f) : 0;
    if (f)
        fclose(f);
    return len;
}

static bool ready(void)
{
    uint8_t public[FILE_MAX];
    const char *why = "";

    if (!endorsed_begin(&tpm) || !endorsed_run(&tpm, "make"))
        return false;
    said_len = read_file("quote", said, sizeof said);
    signature_len = read_file("quote.sig", signature, sizeof signature);
    size_t len = read_file("ak.pub", public, sizeof public);
    struct said_attest is;
    if (len <= 2
        || attest_key_read((struct bytes){public + 2, len - 2}, &ak, &why) != OK
        || said_attest_parse((struct bytes){said, said_len}, &is) != OK)
        return false;
    boot.measured = is.measured;
    return true;
}

int main(void)
{
    struct test tests[] = {TEST(test_a_good_quote_attests_its_connection_and_no_other),
        TEST(test_each_wrong_quote_is_an_event_by_its_name_and_one_answer),
        TEST(test_a_nonce_is_good_once_for_a_minute_and_on_its_connection),
        TEST(test_a_device_that_was_enrolled_without_a_tpm_is_refused_by_that_name),
        TEST(test_what_waits_for_keys_is_bounded_and_told_to_come_later),
        TEST(test_who_may_not_send_or_is_another_is_asked_nothing),
        TEST(
            test_a_version_that_is_too_old_may_only_update_and_its_readings_come_later),
        TEST(test_of_a_device_that_may_only_update_the_class_is_noted_all_the_same),
        TEST(test_batches_count_only_by_the_connection_that_was_attested),
        TEST(test_more_connections_than_the_table_holds_push_out_the_longest_unused)};
    bool good = ready();
    int bad = good ? run_tests(tests, sizeof tests / sizeof tests[0]) : 1;

    if (!good)
        printf("1..1\nnot ok 1 - a TPM with a certificate\n");
    endorsed_end(&tpm);
    return bad;
}
