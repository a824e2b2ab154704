/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/hub.h"

#include "tests/support/check.h"

#include <unistd.h>

struct end {
    struct hub *hub;
    uint64_t peer;
    size_t heard, ups, gones;
    uint16_t door;
    uint8_t last[64];
    size_t last_len;
    enum status reply;
};

struct rig {
    struct loop *loop;
    struct log log;
    char path[64];
    struct end keys, store;
    size_t port;
};

static enum status heard(void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    struct end *e = ctx;
    e->heard++;
    e->peer = peer;
    e->door = door;
    e->last_len = body.len;
    memcpy(e->last, body.at, body.len < sizeof e->last ? body.len : sizeof e->last);
    return e->reply;
}

static void up(void *ctx, uint64_t peer)
{
    struct end *e = ctx;
    e->ups++;
    e->peer = peer;
}

static void gone(void *ctx, uint64_t peer)
{
    (void)peer;
    ((struct end *)ctx)->gones++;
}

static void stop(void *ctx)
{
    loop_stop(((struct rig *)ctx)->loop);
}

static void turn(struct rig *r, uint64_t ms)
{
    if (loop_after(r->loop, ms, stop, r) != OK || loop_run(r->loop) != OK)
        abort();
}

static void keys_up(struct rig *r)
{
    struct hub_port at = {.path = r->path,
        .end = KEYS_FROM_STORE,
        .uids = {getuid()},
        .uid_count = 1,
        .heard = heard,
        .up = up,
        .gone = gone,
        .ctx = &r->keys};
    if (hub_new(&r->keys.hub, r->loop, &r->log) != OK
        || hub_listen(r->keys.hub, &at, &r->port) != OK)
        abort();
}

static struct rig *rig_new(uid_t allowed)
{
    struct rig *r = calloc(1, sizeof *r);
    struct hub_port to = {.path = r->path,
        .end = STORE_FROM_KEYS,
        .heard = heard,
        .up = up,
        .gone = gone,
        .ctx = &r->store};
    size_t number;
    snprintf(r->path, sizeof r->path, "/tmp/holdfast-hub-%d", (int)getpid());
    log_open(&r->log, -1, "test", true);
    if (loop_new(&r->loop) != OK)
        abort();
    if (allowed == getuid())
        keys_up(r);
    if (hub_new(&r->store.hub, r->loop, &r->log) != OK
        || hub_dial(r->store.hub, &to, &number) != OK)
        abort();
    turn(r, 20);
    return r;
}

static void rig_free(struct rig *r)
{
    hub_free(r->store.hub);
    hub_free(r->keys.hub);
    loop_free(r->loop);
    unlink(r->path);
    free(r);
}

static void test_message_goes_and_answer_finds_its_asker(void)
{
    struct rig *r = rig_new(getuid());
    uint8_t kid[KID_LEN] = {1, 2, 3}, key[33] = {1, 9};

    CHECK(r->store.ups == 1 && r->keys.ups == 1);
    CHECK(hub_send(r->store.hub, r->store.peer, DOOR_DOWN_KEY, BYTES_OF(kid)) == OK);
    turn(r, 10);
    CHECK(r->keys.heard == 1 && r->keys.door == DOOR_DOWN_KEY);
    CHECK(r->keys.last_len == sizeof kid && memcmp(r->keys.last, kid, sizeof kid) == 0);
    CHECK(hub_send(r->keys.hub, r->keys.peer, DOOR_KEY, BYTES_OF(key)) == OK);
    turn(r, 10);
    CHECK(r->store.heard == 1 && memcmp(r->store.last, key, sizeof key) == 0);
    CHECK(
        hub_send(r->keys.hub, r->keys.peer + 100, DOOR_KEY, BYTES_OF(key)) == REFUSED);
    rig_free(r);
}

static void
test_unknown_door_wrong_length_or_broken_rule_drops_the_peer_and_it_dials_again(void)
{
    static const struct {
        const char *what;
        uint16_t door;
        size_t len;
        enum status reply;
    } rows[] = {
        {"unknown door", 0x7777, 20, OK},
        {"a door of another role", DOOR_INVITE, KID_LEN + 8, OK},
        {"too short", DOOR_DOWN_KEY, KID_LEN - 1, OK},
        {"too long", DOOR_DOWN_KEY, KID_LEN + 1, OK},
        {"refused by its handler", DOOR_DOWN_KEY, KID_LEN, REFUSED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig *r = rig_new(getuid());
        uint8_t body[64] = {0};
        r->keys.reply = rows[i].reply;
        CHECK(hub_send(r->store.hub, r->store.peer, rows[i].door,
                  (struct bytes){body, rows[i].len})
            == OK);
        turn(r, 120);
        CHECK(r->keys.gones == 1 && r->store.gones == 1);
        CHECK(r->keys.heard == (rows[i].reply != OK));
        CHECK(r->store.ups == 2 && r->keys.ups == 2); /* it came again */
        rig_free(r);
    }
}

static void test_refusal_says_at_which_socket_once(void)
{
    struct rig *r = rig_new(getuid());
    uint8_t body[20] = {0};
    char said[1024] = "", want[96];
    int ends[2];

    snprintf(want, sizeof want, "\"at\":\"%s\"", r->path + 1); /* of /tmp/NAME, all */
    CHECK(pipe(ends) == 0);
    log_open(&r->log, ends[1], "test", true);
    CHECK(hub_send(r->store.hub, r->store.peer, 0x7777, BYTES_OF(body)) == OK);
    turn(r, 20);
    CHECK(read(ends[0], said, sizeof said - 1) > 0);
    CHECK(strstr(said, "talk.malformed") != NULL && strstr(said, want) != NULL);
    CHECK(strchr(said, '\n') == strrchr(said, '\n'));
    rig_free(r);
    close(ends[0]);
    close(ends[1]);
}

static void test_dialling_goes_on_until_somebody_listens(void)
{
    struct rig *r = rig_new(getuid() + 1); /* nobody there yet */
    CHECK(r->store.ups == 0);
    keys_up(r);
    turn(r, 300);
    CHECK(r->store.ups == 1);
    hub_free(r->keys.hub);
    r->keys.hub = NULL;
    turn(r, 50);
    CHECK(r->store.gones == 1);
    keys_up(r);
    turn(r, 700);
    CHECK(r->store.ups == 2);
    rig_free(r);
}

/* In the order they were said: what fits goes together. */
static void test_many_messages_of_one_round_all_come_in_order(void)
{
    struct rig *r = rig_new(getuid());
    static uint8_t kid[KID_LEN];

    for (uint32_t i = 0; i < 1000; i++) {
        kid[0] = (uint8_t)(i >> 8);
        kid[1] = (uint8_t)i;
        CHECK(
            hub_send(r->store.hub, r->store.peer, DOOR_DOWN_KEY, BYTES_OF(kid)) == OK);
        CHECK(hub_waiting(r->store.hub) == i + 1);
    }
    CHECK(r->keys.heard == 0);
    turn(r, 50);
    CHECK(r->keys.heard == 1000 && hub_waiting(r->store.hub) == 0);
    CHECK(r->keys.last[0] == 999 >> 8 && r->keys.last[1] == (uint8_t)999);
    rig_free(r);
}

/* Messages of one datagram are judged one by one: the first that breaks a rule ends it. */
static void test_nothing_is_heard_behind_a_message_that_breaks_a_rule(void)
{
    struct rig *r = rig_new(getuid());
    static uint8_t kid[KID_LEN];

    for (uint32_t i = 0; i < 10; i++)
        CHECK(hub_send(r->store.hub, r->store.peer, i == 6 ? 0x7777 : DOOR_DOWN_KEY,
                  BYTES_OF(kid))
            == OK);
    turn(r, 120);
    CHECK(r->keys.heard == 6 && r->keys.gones == 1);
    rig_free(r);
}

static void test_last_words_are_said_when_a_hub_ends(void)
{
    struct rig *r = rig_new(getuid());
    uint8_t key[33] = {1, 7};

    CHECK(hub_send(r->keys.hub, r->keys.peer, DOOR_KEY, BYTES_OF(key)) == OK);
    hub_free(r->keys.hub);
    r->keys.hub = NULL;
    turn(r, 20);
    CHECK(r->store.heard == 1 && r->store.last[1] == 7 && r->store.gones == 1);
    rig_free(r);
}

static void test_peer_that_does_not_read_is_bounded_and_others_come_in_order(void)
{
    struct rig *r = rig_new(getuid());
    size_t sent = 0;
    int fd = -1;

    /* A second, lazy store that never reads. */
    CHECK(talk_connect(r->path, &fd) == OK);
    turn(r, 10);
    uint64_t lazy = r->keys.peer;
    uint8_t key[33] = {0};
    while (sent < 100000 && hub_send(r->keys.hub, lazy, DOOR_KEY, BYTES_OF(key)) == OK)
        sent++;
    CHECK(sent >= HUB_QUEUE && sent < 100000);
    CHECK(hub_waiting(r->keys.hub) == 0); /* dropped, and nothing of it is kept */
    close(fd);
    /* The honest one gets everything, in order, though it reads late. */
    for (uint32_t i = 0; i < 900; i++) {
        key[1] = (uint8_t)(i >> 8);
        key[2] = (uint8_t)i;
        CHECK(hub_send(r->keys.hub, 1, DOOR_KEY, BYTES_OF(key)) == OK);
    }
    turn(r, 200);
    CHECK(r->store.heard == 900 && r->store.last[1] == 899 >> 8
        && r->store.last[2] == (uint8_t)899);
    rig_free(r);
}

MAIN(TEST(test_message_goes_and_answer_finds_its_asker),
    TEST(
        test_unknown_door_wrong_length_or_broken_rule_drops_the_peer_and_it_dials_again),
    TEST(test_refusal_says_at_which_socket_once),
    TEST(test_dialling_goes_on_until_somebody_listens),
    TEST(test_many_messages_of_one_round_all_come_in_order),
    TEST(test_nothing_is_heard_behind_a_message_that_breaks_a_rule),
    TEST(test_last_words_are_said_when_a_hub_ends),
    TEST(test_peer_that_does_not_read_is_bounded_and_others_come_in_order))
