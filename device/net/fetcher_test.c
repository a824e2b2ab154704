/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/fetcher.h"

#include "device/talk/place.h"

#include "tests/support/check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Courier's side of the door, and a stand-in for updater on the other. */
struct scene {
    char root[64];
    struct log log;
    struct role_env env;
    struct loop *loop;
    struct fetcher f;
    unsigned pumped;
    int fd;
    uint8_t talk[TALK_DATAGRAM];
};

static void pumped(void *ctx)
{
    struct scene *s = ctx;
    s->pumped++;
}

static void stop(void *ctx)
{
    loop_stop(ctx);
}

static void let_run(struct scene *s)
{
    CHECK(loop_after(s->loop, 2 * FETCH_GAP_MS, stop, s->loop) == OK);
    CHECK(loop_run(s->loop) == OK);
}

static void scene_open(struct scene *s)
{
    char path[PLACE_MAX], command[PLACE_MAX + 16];

    memset(s, 0, sizeof *s);
    snprintf(s->root, sizeof s->root, "/tmp/holdfast-fetcher-XXXXXX");
    CHECK(mkdtemp(s->root) != NULL);
    CHECK(place_of(s->root, PLACE_COURIER_DOORS, path) == OK);
    snprintf(command, sizeof command, "mkdir -p %s", path);
    CHECK(system(command) == 0);
    log_open(&s->log, open("/dev/null", O_WRONLY | O_CLOEXEC), "courier", true);
    s->env = (struct role_env){.root = s->root, .log = &s->log};
    s->env.uids[ROLE_UPDATER] = getuid();
    CHECK(loop_new(&s->loop) == OK);
    CHECK(fetcher_listen(&s->f, &s->env, s->loop, pumped, s) == OK);
    CHECK(place_of(s->root, PLACE_DOOR_PIECES, path) == OK);
    CHECK(talk_connect(path, &s->fd) == OK);
    let_run(s);
}

static void scene_close(struct scene *s)
{
    char command[96];

    close(s->fd);
    close(s->f.listen_fd);
    if (s->f.fd >= 0)
        close(s->f.fd);
    loop_free(s->loop);
    close(s->log.fd);
    snprintf(command, sizeof command, "rm -r %s", s->root);
    CHECK(system(command) == 0);
}

static void want(struct scene *s, uint8_t bundle, uint32_t number)
{
    struct said_fetch wish = {{{bundle}}, number};
    uint8_t body[FETCH_LEN];

    CHECK(talk_send(s->fd, SAY_FETCH, fetch_build(&wish, ROOM_OF(body))) == OK);
    let_run(s);
}

static void ask(struct scene *s, char *text, size_t cap)
{
    size_t len = 0;

    CHECK(fetcher_ask(
              &s->f, "cloud.example", (struct room){(uint8_t *)text, cap - 1}, &len)
        == OK);
    text[len] = 0;
}

static void test_a_piece_is_asked_for_and_handed_over_with_its_name(void)
{
    static struct scene s;
    static uint8_t piece[LIMIT_PIECE] = {9};
    char text[LIMIT_HTTP_HEAD];
    size_t doors = 0;
    uint16_t what = 0;
    struct bytes body, got;
    struct said_fetch of;

    scene_open(&s);
    CHECK(!fetcher_due(&s.f, loop_now_ms()));
    want(&s, 0xab, 12);
    CHECK(s.pumped > 0 && fetcher_due(&s.f, loop_now_ms()));
    ask(&s, text, sizeof text);
    CHECK(strncmp(text, "GET /v1/u/ab00", 14) == 0 && strstr(text, "/12 HTTP/1.1\r\n"));
    CHECK(!fetcher_due(&s.f, loop_now_ms())); /* one at a time */
    fetcher_answered(
        &s.f, &(struct http_answer){.status = 200, .body = BYTES_OF(piece)});
    const struct talk_door *table = messages_heard(UPDATER_OF_COURIER, &doors);
    CHECK(talk_recv(s.fd, table, doors, ROOM_OF(s.talk), &what, &body) == OK);
    CHECK(piece_parse(body, &of, &got) == OK && of.number == 12
        && of.bundle.b[0] == 0xab);
    CHECK(got.len == LIMIT_PIECE && memcmp(got.at, piece, got.len) == 0);
    CHECK(!fetcher_due(&s.f, loop_now_ms() + 1000)); /* until updater says the next */
    scene_close(&s);
}

static void test_who_is_told_no_or_nothing_asks_less_and_less_often(void)
{
    static struct scene s;
    char text[LIMIT_HTTP_HEAD];
    uint64_t pause = FETCH_AGAIN_MS;

    scene_open(&s);
    want(&s, 1, 0);
    for (int i = 0; i < 6; i++) {
        uint64_t now = loop_now_ms();
        ask(&s, text, sizeof text);
        if (i % 2 == 0)
            fetcher_answered(&s.f, &(struct http_answer){.status = 404});
        else
            fetcher_line_lost(&s.f, true);
        CHECK(!fetcher_due(&s.f, now + pause - 1));
        CHECK(fetcher_due(&s.f, loop_now_ms() + pause));
        pause = pause * 2 > FETCH_AGAIN_MAX_MS ? FETCH_AGAIN_MAX_MS : pause * 2;
    }
    want(&s, 1, 0); /* the same again changes nothing */
    CHECK(!fetcher_due(&s.f, loop_now_ms() + FETCH_LATER_MS));
    want(&s, 2, 0); /* another bundle is another matter */
    CHECK(fetcher_due(&s.f, loop_now_ms()));
    ask(&s, text, sizeof text);
    fetcher_answered(&s.f, &(struct http_answer){.status = 429});
    CHECK(!fetcher_due(&s.f, loop_now_ms()));
    CHECK(fetcher_due(&s.f, loop_now_ms() + FETCH_LATER_MS));
    scene_close(&s);
}

static void
test_a_piece_that_does_not_come_has_so_much_time_and_less_when_a_batch_waits(void)
{
    static struct scene s;
    char text[LIMIT_HTTP_HEAD];

    scene_open(&s);
    CHECK(!fetcher_stalls(&s.f, loop_now_ms() + 100000, true));
    want(&s, 1, 0);
    ask(&s, text, sizeof text);
    uint64_t at = s.f.asked_ms;
    CHECK(!fetcher_stalls(&s.f, at + FETCH_PATIENCE_MS, true));
    CHECK(fetcher_stalls(&s.f, at + FETCH_PATIENCE_MS + 1, true));
    CHECK(!fetcher_stalls(&s.f, at + FETCH_ANSWER_MS, false));
    CHECK(fetcher_stalls(&s.f, at + FETCH_ANSWER_MS + 1, false));
    scene_close(&s);
}

static void test_nothing_is_asked_for_once_updater_has_stopped_or_gone(void)
{
    static struct scene s;

    scene_open(&s);
    want(&s, 1, 0);
    CHECK(talk_send(s.fd, SAY_FETCH_END, (struct bytes){0}) == OK);
    let_run(&s);
    CHECK(!fetcher_due(&s.f, loop_now_ms() + 100000));
    want(&s, 1, 0);
    CHECK(fetcher_due(&s.f, loop_now_ms()));
    CHECK(talk_send(s.fd, SAY_PIECE, (struct bytes){s.talk, 60})
        == OK); /* not his to say */
    let_run(&s);
    CHECK(s.f.fd == -1 && !fetcher_due(&s.f, loop_now_ms() + 100000));
    scene_close(&s);
}

MAIN(TEST(test_a_piece_is_asked_for_and_handed_over_with_its_name),
    TEST(test_who_is_told_no_or_nothing_asks_less_and_less_often),
    TEST(test_a_piece_that_does_not_come_has_so_much_time_and_less_when_a_batch_waits),
    TEST(test_nothing_is_asked_for_once_updater_has_stopped_or_gone))
