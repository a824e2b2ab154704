/* SPDX-License-Identifier: Apache-2.0 */
/* kill -9 between any two steps of an ingest: what was acknowledged is there, once. */
#include "cloud/store/rig.h"

#include "tests/support/check.h"

#include <signal.h>
#include <sys/wait.h>

enum { BATCHES = 12 };

/* Dies at the n-th step; steps are: after judging, after the commit, after each answer. */
static void step(long *left)
{
    if (--*left == 0)
        raise(SIGKILL);
}

static void child(struct rig *r, const struct rig_sealed *all, long die_at, int acked)
{
    struct rig_device *d = &r->devices[0];
    for (int i = 0; i < BATCHES; i++) {
        (void)rig_offer(r, &d->kid.device, &d->kid.device, &all[i]);
        rig_pump(r);
        step(&die_at);
        if (i % 3 != 2)
            continue; /* groups of three */
        size_t before = r->answer_count;
        (void)!group_commit(r->group);
        step(&die_at);
        for (size_t a = before; a < r->answer_count; a++) {
            uint8_t seq = (uint8_t)(r->answers[a].ticket - 1);
            if (r->answers[a].http_status == 200 && write(acked, &seq, 1) != 1)
                abort();
            step(&die_at);
        }
    }
    _exit(0);
}

static bool run_once(long die_at, bool *whole)
{
    static struct rig_sealed all[BATCHES];
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    struct answer answer;
    uint8_t seen[BATCHES];
    int acked[2], status = 0;
    bool good = true;

    for (uint32_t i = 0; i < BATCHES; i++)
        rig_seal(r, d, rig_batch(i, 4, r->utc_ms), &all[i]);
    if (pipe(acked) != 0)
        abort();
    rig_close(r); /* the child opens it for itself: one opener at a time */
    pid_t pid = fork();
    if (pid == 0) {
        rig_open(r);
        child(r, all, die_at, acked[1]);
    }
    waitpid(pid, &status, 0);
    close(acked[1]);
    ssize_t n = read(acked[0], seen, sizeof seen);
    close(acked[0]);
    *whole = WIFEXITED(status);
    rig_open(r);
    r->tickets = 1000;
    for (ssize_t i = 0; i < n; i++) /* acknowledged: it must be there already */
        good &= rig_verdict(r, d, rig_send(r, d, &all[seen[i]]), &answer)
            == OUTCOME_ALREADY;
    for (uint32_t i = 0; i < BATCHES; i++) /* and everything can be delivered again */
        good &= rig_send(r, d, &all[i])->http_status == 200;
    good &= rig_count(r, "SELECT count(*) FROM batch") == BATCHES;
    good &= rig_count(r, "SELECT sum(readings) FROM device") == BATCHES * 4;
    rig_free(r);
    return good;
}

static void test_kill_at_every_step_keeps_what_was_acknowledged_and_doubles_nothing(
    void)
{
    bool whole = false;
    long n = 1;
    for (; !whole && n < 100; n++)
        CHECK(run_once(n, &whole));
    CHECK(whole && n > 20);
}

MAIN(TEST(test_kill_at_every_step_keeps_what_was_acknowledged_and_doubles_nothing))
