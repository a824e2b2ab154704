/* SPDX-License-Identifier: Apache-2.0 */
#include "host/loop.h"

#include "tests/support/check.h"

#include <sys/epoll.h>
#include <unistd.h>

struct scene {
    struct loop *loop;
    int order[64], count;
    int ends[2][2];
    int calls;
};

struct mark {
    struct scene *scene;
    int name;
    uint64_t due_from, due_to; /* it was set between two readings of the clock */
};

static void note(void *ctx)
{
    struct mark *m = ctx;
    m->scene->order[m->scene->count++] = m->name;
}

static void stop(void *ctx)
{
    struct scene *s = ctx;
    loop_stop(s->loop);
}

static void test_timers_run_once_in_the_order_of_their_time(void)
{
    struct scene s = {0};
    struct mark m[4] = {{&s, 0, 0, 0}, {&s, 1, 0, 0}, {&s, 2, 0, 0}, {&s, 3, 0, 0}};

    CHECK(loop_new(&s.loop) == OK);
    CHECK(loop_after(s.loop, 6, note, &m[0]) == OK);
    CHECK(loop_after(s.loop, 2, note, &m[1]) == OK);
    CHECK(loop_after(s.loop, 1, note, &m[2]) == OK);
    CHECK(loop_after(s.loop, 9, note, &m[2]) == OK); /* set anew: only the later one */
    CHECK(loop_after(s.loop, 3, note, &m[3]) == OK);
    loop_cancel(s.loop, note, &m[3]);
    CHECK(loop_after(s.loop, 15, stop, &s) == OK);
    CHECK(loop_run(s.loop) == OK);
    CHECK(s.count == 3);
    CHECK(s.order[0] == 1 && s.order[1] == 0 && s.order[2] == 2);
    loop_free(s.loop);
}

static void test_a_thousand_timers_keep_their_order_when_some_are_cancelled(void)
{
    enum { MANY = 1000 };
    static struct mark m[MANY];
    struct scene s = {0};

    CHECK(loop_new(&s.loop) == OK);
    for (int i = 0; i < MANY; i++) {
        uint64_t delay_ms = (uint64_t)((i * 7919) % MANY) / 50;
        m[i] = (struct mark){&s, i, loop_now_ms() + delay_ms, 0};
        CHECK(loop_after(s.loop, delay_ms, note, &m[i]) == OK);
        m[i].due_to = loop_now_ms() + delay_ms;
    }
    int left = 0;
    for (int i = 0; i < MANY; i++)
        if (i % 20 != 0)
            loop_cancel(s.loop, note, &m[i]);
        else
            left++;
    CHECK(loop_after(s.loop, 30, stop, &s) == OK);
    CHECK(loop_run(s.loop) == OK);
    CHECK(s.count == left);
    for (int i = 1; i < s.count; i++)
        CHECK(m[s.order[i - 1]].due_from <= m[s.order[i]].due_to);
    loop_free(s.loop);
}

/* Whoever is called first forgets the other, whose event is already in hand. */
static void forget_other(void *ctx, int fd, uint32_t events)
{
    struct scene *s = ctx;
    CHECK((events & EPOLLIN) != 0);
    s->calls++;
    loop_forget(s->loop, fd);
    loop_forget(s->loop, fd == s->ends[0][0] ? s->ends[1][0] : s->ends[0][0]);
    CHECK(loop_after(s->loop, 1, stop, s) == OK);
}

static void test_a_forgotten_descriptor_gets_no_event_that_was_already_pending(void)
{
    struct scene s = {0};

    CHECK(loop_new(&s.loop) == OK);
    for (int i = 0; i < 2; i++) {
        CHECK(pipe(s.ends[i]) == 0);
        CHECK(loop_watch(s.loop, s.ends[i][0], EPOLLIN, forget_other, &s) == OK);
        CHECK(write(s.ends[i][1], "x", 1) == 1);
    }
    CHECK(loop_run(s.loop) == OK);
    CHECK(s.calls == 1);
    for (int i = 0; i < 2; i++) {
        close(s.ends[i][0]);
        close(s.ends[i][1]);
    }
    loop_free(s.loop);
}

MAIN(TEST(test_timers_run_once_in_the_order_of_their_time),
    TEST(test_a_thousand_timers_keep_their_order_when_some_are_cancelled),
    TEST(test_a_forgotten_descriptor_gets_no_event_that_was_already_pending))
