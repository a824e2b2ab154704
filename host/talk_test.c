/* SPDX-License-Identifier: Apache-2.0 */
#include "host/talk.h"

#include "host/talk_parse.h"
#include "tests/support/check.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct talk_door doors[] = {{0x0101, 0, 0, "empty"},
    {0x0102, 4, 4, "fixed"}, {0x0103, 1, LIMIT_TALK_BODY, "wide"}};

struct scene {
    char folder[64], path[96];
    int listener, here, there;
};

static void scene_open(struct scene *s)
{
    uid_t me = geteuid(), peer = 0;

    snprintf(s->folder, sizeof s->folder, "%s", "/tmp/talk_test.XXXXXX");
    CHECK(mkdtemp(s->folder) != NULL);
    snprintf(s->path, sizeof s->path, "%s/door", s->folder);
    CHECK(talk_listen(s->path, &s->listener) == OK);
    CHECK(talk_connect(s->path, &s->here) == OK);
    CHECK(talk_accept(s->listener, &me, 1, &s->there, &peer) == OK && peer == me);
}

static void scene_close(struct scene *s)
{
    close(s->here);
    close(s->there);
    close(s->listener);
    unlink(s->path);
    rmdir(s->folder);
}

static void test_a_message_arrives_whole_or_not_at_all(void)
{
    static uint8_t sent[LIMIT_TALK_BODY], into[TALK_HEAD_LEN + LIMIT_TALK_BODY];
    struct scene s;
    uint16_t door = 0;
    struct bytes body;

    scene_open(&s);
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (uint8_t)(i * 31 + 7);
    CHECK(talk_recv(s.there, doors, 3, ROOM_OF(into), &door, &body) == AGAIN);
    CHECK(talk_send(s.here, 0x0103, BYTES_OF(sent)) == OK);
    CHECK(talk_send(s.here, 0x0101, (struct bytes){0}) == OK);
    CHECK(talk_recv(s.there, doors, 3, ROOM_OF(into), &door, &body) == OK);
    CHECK(door == 0x0103 && body.len == sizeof sent
        && memcmp(body.at, sent, body.len) == 0);
    CHECK(talk_recv(s.there, doors, 3, ROOM_OF(into), &door, &body) == OK);
    CHECK(door == 0x0101 && body.len == 0);
    scene_close(&s);
}

static void test_a_datagram_takes_as_many_messages_as_fit_and_gives_each_back(void)
{
    static uint8_t sent[6000], into[TALK_DATAGRAM], full[TALK_DATAGRAM];
    struct scene s;
    size_t len = 0, count = 0;
    struct bytes left, body;
    uint16_t door = 0;

    scene_open(&s);
    while (talk_put(ROOM_OF(full), &len, 0x0103, BYTES_OF(sent)) == OK)
        sent[0] = (uint8_t)++count;
    CHECK(count == TALK_DATAGRAM / (TALK_HEAD_LEN + sizeof sent));
    CHECK(talk_post(s.here, (struct bytes){full, len}) == OK);
    CHECK(talk_post(s.here, (struct bytes){full, len}) == OK);
    /* Who expects one message in each takes none of several. */
    CHECK(talk_recv(s.there, doors, 3, ROOM_OF(into), &door, &body) == MALFORMED);
    CHECK(talk_read(s.there, ROOM_OF(into), &left) == OK && left.len == len);
    for (size_t i = 0; i < count; i++) {
        CHECK(talk_parse(&left, doors, 3, &door, &body) == OK);
        CHECK(door == 0x0103 && body.len == sizeof sent && body.at[0] == i);
    }
    CHECK(left.len == 0);
    CHECK(talk_read(s.there, ROOM_OF(into), &left) == AGAIN);
    scene_close(&s);
}

static void test_what_the_table_does_not_know_is_malformed(void)
{
    static const struct {
        const char *what;
        uint8_t b[16];
        size_t len;
    } rows[] = {
        {"other version", {0, 2, 1, 1, 0, 0, 0, 0}, 8},
        {"unknown door", {0, 1, 1, 9, 0, 0, 0, 0}, 8},
        {"body too short for the door", {0, 1, 1, 2, 0, 0, 0, 3, 1, 2, 3}, 11},
        {"body too long for the door", {0, 1, 1, 1, 0, 0, 0, 1, 1}, 9},
        {"length says more than there is", {0, 1, 1, 2, 0, 0, 0, 4, 1, 2, 3}, 11},
        {"length says less than there is", {0, 1, 1, 2, 0, 0, 0, 4, 1, 2, 3, 4, 5}, 13},
        {"length near the limit of its type", {0, 1, 1, 3, 255, 255, 255, 255, 1}, 9},
        {"half a head", {0, 1, 1, 1, 0}, 5},
    };
    struct scene s;
    uint8_t into[64];

    scene_open(&s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint16_t door = 77;
        struct bytes body = {0};
        CHECK(send(s.here, rows[i].b, rows[i].len, 0) == (ssize_t)rows[i].len);
        CHECK(talk_recv(s.there, doors, 3, ROOM_OF(into), &door, &body) == MALFORMED);
        CHECK(door == 77 && body.at == NULL);
    }
    scene_close(&s);
}

static void test_a_datagram_longer_than_the_room_is_malformed_not_cut(void)
{
    struct scene s;
    uint8_t into[16], sent[64] = {0};
    uint16_t door;
    struct bytes body;

    scene_open(&s);
    CHECK(talk_send(s.here, 0x0103, BYTES_OF(sent)) == OK);
    CHECK(talk_recv(s.there, doors, 3, ROOM_OF(into), &door, &body) == MALFORMED);
    scene_close(&s);
}

static void test_a_peer_that_does_not_read_makes_nobody_wait(void)
{
    static uint8_t body[LIMIT_TALK_BODY];
    struct scene s;
    int sent = 0;
    enum status last = OK;

    scene_open(&s);
    while (sent < 100000 && (last = talk_send(s.here, 0x0103, BYTES_OF(body))) == OK)
        sent++;
    CHECK(last == AGAIN && sent > 0);
    close(s.there);
    CHECK(talk_send(s.here, 0x0103, BYTES_OF(body)) == BROKEN);
    s.there = -1;
    scene_close(&s);
}

static void test_a_peer_of_another_user_is_refused_and_hears_nothing(void)
{
    struct scene s;
    uid_t others[2] = {geteuid() + 1, geteuid() + 2}, peer = 0;
    int fd = -1, asking = -1;
    char c;

    scene_open(&s);
    CHECK(talk_connect(s.path, &asking) == OK);
    CHECK(talk_accept(s.listener, others, 2, &fd, &peer) == REFUSED);
    CHECK(fd == -1 && peer == geteuid());
    CHECK(recv(asking, &c, 1, MSG_DONTWAIT) == 0);
    close(asking);

    CHECK(talk_connect_to(s.path, geteuid() + 1, &asking) == REFUSED);
    CHECK(talk_connect_to(s.path, geteuid(), &asking) == OK);
    close(asking);
    scene_close(&s);
}

static void test_nobody_there_means_again_and_a_stale_socket_is_replaced(void)
{
    struct scene s;
    int fd = -1;

    scene_open(&s);
    close(s.listener);
    CHECK(talk_connect(s.path, &fd) == AGAIN);
    CHECK(talk_listen(s.path, &s.listener) == OK);
    CHECK(talk_connect(s.path, &fd) == OK);
    close(fd);
    close(s.listener);
    unlink(s.path);
    CHECK(talk_connect(s.path, &fd) == AGAIN);

    FILE *f = fopen(s.path, "w"); /* not a socket: never replaced */
    CHECK(f != NULL && fclose(f) == 0);
    CHECK(talk_listen(s.path, &fd) == BROKEN && errno == EEXIST);
    scene_close(&s);
}

static void test_a_socket_that_somebody_listens_on_is_not_taken_from_him(void)
{
    struct scene s;
    int fd = -1;

    scene_open(&s);
    CHECK(talk_listen(s.path, &fd) == BROKEN && errno == EADDRINUSE && fd == -1);
    CHECK(talk_connect(s.path, &fd) == OK);
    close(fd);
    scene_close(&s);
}

static void test_root_listens_as_the_owner_of_the_folder(void)
{
    struct scene s;
    struct stat st;
    int fd = -1;
    enum { SOMEBODY = 54321 };

    if (geteuid() != 0)
        return;
    scene_open(&s);
    close(s.listener);
    CHECK(chown(s.folder, SOMEBODY, SOMEBODY) == 0);
    CHECK(unlink(s.path) == 0 && talk_listen(s.path, &s.listener) == OK);
    CHECK(geteuid() == 0 && stat(s.path, &st) == 0);
    CHECK(st.st_uid == SOMEBODY && (st.st_mode & 07777) == 0666);
    CHECK(talk_connect_to(s.path, SOMEBODY, &fd) == OK);
    close(fd);
    scene_close(&s);
}

MAIN(TEST(test_a_message_arrives_whole_or_not_at_all),
    TEST(test_a_datagram_takes_as_many_messages_as_fit_and_gives_each_back),
    TEST(test_what_the_table_does_not_know_is_malformed),
    TEST(test_a_datagram_longer_than_the_room_is_malformed_not_cut),
    TEST(test_a_peer_that_does_not_read_makes_nobody_wait),
    TEST(test_a_peer_of_another_user_is_refused_and_hears_nothing),
    TEST(test_nobody_there_means_again_and_a_stale_socket_is_replaced),
    TEST(test_a_socket_that_somebody_listens_on_is_not_taken_from_him),
    TEST(test_root_listens_as_the_owner_of_the_folder))
