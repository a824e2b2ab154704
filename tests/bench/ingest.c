/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ingest: what one durable batch costs a running cloud, and what it would cost at least.
 *
 *   ingest SUPERVISOR_PID FOLDER REPEATS BATCHES RECORDS BUNDLE...
 *
 * One device and one connection for each bundle; envelopes are sealed beforehand; each
 * connection has one batch under way and every answer is judged. In turns: an echo of the same
 * bytes, ours, a commit of the same blobs in groups as large as ours were. One JSON line each.
 * script/bench starts the cloud and reads the lines.
 */
#include "core/base/limits.h"
#include "tests/bench/cost.h"
#include "tests/support/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEVICES = 1024, STALL_MS = 20000, GROUP_APART_MS = 3, WARM_UP_EACH = 16 };

struct sender {
    struct bench *bench;
    struct fleet_device *device;
    struct fleet_conn *conn;
    struct fleet_batch *batches;
    unsigned next, count;
};

struct bench {
    struct fleet *fleet;
    struct sender senders[DEVICES];
    unsigned sender_count, open, done;
    bool broken;
    uint64_t *stamps; /* the cloud's time of each answer */
    size_t request_len, answer_len, envelope_len, plain_len;
    unsigned repeats, batches;
    uint16_t records;
    pid_t cloud;
    const char *folder;
};

static void die(const char *what, const char *why)
{
    fprintf(stderr, "ingest: %s: %s\n", what, why);
    exit(1);
}

static uint64_t mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- ours ---- */

static void send_next(struct sender *s)
{
    if (s->next < s->count && fleet_post(s->conn, &s->batches[s->next++]) != OK)
        s->bench->broken = true;
    s->bench->request_len = fleet_request_len(s->conn);
}

static void opened(void *ctx, struct fleet_conn *c)
{
    struct bench *b = ctx;
    (void)c;
    b->open++;
}

static void answered(void *ctx, struct fleet_conn *c, const struct fleet_answer *a)
{
    struct bench *b = ctx;

    if (a->http_status != 200 || !a->sealed || a->outcome != OUTCOME_STORED) {
        fprintf(stderr, "ingest: HTTP %u, sealed %d, outcome %d\n", a->http_status,
            a->sealed, (int)a->outcome);
        b->broken = true;
        return;
    }
    b->answer_len = a->len;
    b->stamps[b->done++] = a->server_utc_ms;
    send_next(fleet_user(c));
}

static void ended(void *ctx, struct fleet_conn *c)
{
    struct bench *b = ctx;
    (void)c;
    b->broken = true;
}

static void connect_all(struct bench *b)
{
    for (unsigned i = 0; i < b->sender_count; i++) {
        struct sender *s = &b->senders[i];
        if (fleet_open(b->fleet, s->device, s, &s->conn) != OK)
            die("a connection", "refused");
    }
    uint64_t end = mono_ms() + STALL_MS;
    while (b->open < b->sender_count && !b->broken && mono_ms() < end)
        if (fleet_step(b->fleet, 100) != OK)
            die("epoll", "broken");
    if (b->open < b->sender_count)
        die("connections", "not all opened");
}

static void seal_all(struct bench *b, unsigned each)
{
    for (unsigned i = 0; i < b->sender_count; i++) {
        struct sender *s = &b->senders[i];
        s->batches = calloc(each, sizeof *s->batches);
        if (!s->batches)
            die("sealing", "memory");
        for (s->count = 0; s->count < each; s->count++)
            if (fleet_seal(s->device, b->records, &s->batches[s->count]) != OK)
                die("sealing", "refused");
        s->next = 0;
    }
}

static void free_all(struct bench *b)
{
    for (unsigned i = 0; i < b->sender_count; i++) {
        struct sender *s = &b->senders[i];
        for (unsigned k = 0; k < s->count; k++)
            free(s->batches[k].envelope);
        free(s->batches);
    }
}

/* Everybody sends `each`, one after the other's answer. */
static void send_all(struct bench *b, unsigned each)
{
    uint64_t end = mono_ms() + STALL_MS;
    unsigned last = 0, want = each * b->sender_count;

    b->stamps = calloc(want, sizeof *b->stamps);
    if (!b->stamps)
        die("answers", "memory");
    b->done = 0;
    for (unsigned i = 0; i < b->sender_count; i++)
        send_next(&b->senders[i]);
    while (b->done < want && !b->broken && mono_ms() < end) {
        if (fleet_step(b->fleet, 100) != OK)
            die("epoll", "broken");
        if (b->done != last)
            end = mono_ms() + STALL_MS;
        last = b->done;
    }
    if (b->done < want)
        die("the cloud", "does not store everything");
}

static int earlier(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Answers are sealed together after their commit: a pause in their times parts two groups. */
static double mean_group(struct bench *b)
{
    unsigned groups = 1;

    qsort(b->stamps, b->done, sizeof b->stamps[0], earlier);
    for (unsigned i = 1, first = 0; i < b->done; i++)
        if (b->stamps[i] - b->stamps[first] >= GROUP_APART_MS) {
            groups++;
            first = i;
        }
    return (double)b->done / groups;
}

struct ours {
    double us, group, per_s;
};

static struct ours measure_ours(struct bench *b, unsigned each)
{
    uint64_t before = 0, after = 0;

    seal_all(b, each);
    uint64_t began = mono_ms();
    if (cpu_ns(b->cloud, true, &before) != OK)
        die("the cloud", "is not there");
    send_all(b, each);
    if (cpu_ns(b->cloud, true, &after) != OK)
        die("the cloud", "is gone");
    struct ours o = {.us = (double)(after - before) / 1000 / b->done,
        .group = mean_group(b),
        .per_s = b->done * 1000.0 / (double)(mono_ms() - began)};
    b->envelope_len = b->senders[0].batches[0].len;
    b->plain_len = b->senders[0].batches[0].plain_len;
    free_all(b);
    free(b->stamps);
    return o;
}

/* ---- in turns ---- */

static double measure_echo(const struct bench *b, unsigned each)
{
    struct echo_plan plan = {.connections = b->sender_count,
        .warm_up = WARM_UP_EACH * b->sender_count,
        .exchanges = each * b->sender_count,
        .request_len = b->request_len,
        .answer_len = b->answer_len};
    uint64_t ns = 0;

    if (echo_cost(&plan, &ns) != OK)
        die("the echo", "broken");
    return (double)ns / 1000 / plan.exchanges;
}

static double measure_commit(const struct bench *b, double group)
{
    char path[4096];
    struct commit_plan plan = {.path = path,
        .batches = b->batches,
        .in_one = (unsigned)(group + 0.5),
        .blob_len = b->plain_len};
    uint64_t ns = 0;

    snprintf(path, sizeof path, "%s/bare.db", b->folder);
    if (commit_cost(&plan, &ns) != OK)
        die("the commit", "broken");
    return (double)ns / 1000 / plan.batches;
}

static void repeat(struct bench *b)
{
    unsigned each = b->batches / b->sender_count;
    double a = measure_echo(b, each);
    struct ours o = measure_ours(b, each);
    double c = measure_commit(b, o.group);

    printf("{\"a_us\": %.3f, \"b_us\": %.3f, \"ours_us\": %.3f, \"group\": %.2f,"
           " \"per_s\": %.0f, \"request\": %zu, \"answer\": %zu, \"envelope\": %zu,"
           " \"blob\": %zu, \"batches\": %u}\n",
        a, c, o.us, o.group, o.per_s, b->request_len, b->answer_len, b->envelope_len,
        b->plain_len, each * b->sender_count);
    fflush(stdout);
}

static unsigned number(const char *text)
{
    char *end = NULL;
    unsigned long v = strtoul(text, &end, 10);

    if (*text == 0 || *end != 0 || v == 0 || v > 10000000)
        die(text, "a number from 1 is expected");
    return (unsigned)v;
}

int main(int argc, char **argv)
{
    static struct bench b;

    if (argc < 7)
        die("usage", "SUPERVISOR_PID FOLDER REPEATS BATCHES RECORDS BUNDLE...");
    b.cloud = (pid_t)number(argv[1]);
    b.folder = argv[2];
    b.repeats = number(argv[3]);
    b.batches = number(argv[4]);
    b.records = (uint16_t)number(argv[5]);
    if (argc - 6 > DEVICES || b.records > LIMIT_BATCH_RECORDS)
        die("usage", "too many devices or records");
    for (; b.sender_count < (unsigned)(argc - 6); b.sender_count++) {
        const char *why = "?", *bundle = argv[6 + b.sender_count];
        b.senders[b.sender_count].bench = &b;
        if (fleet_enrol(&b.senders[b.sender_count].device, bundle, &why) != OK)
            die(bundle, why);
    }
    if (fleet_new(&b.fleet, (struct fleet_owner){&b, opened, answered, ended}) != OK)
        die("epoll", "broken");
    connect_all(&b);
    (void)measure_ours(&b, WARM_UP_EACH); /* keys are asked for; lengths are known */
    for (unsigned i = 0; i < b.repeats; i++)
        repeat(&b);
    fleet_free(b.fleet);
    for (unsigned i = 0; i < b.sender_count; i++)
        fleet_device_free(b.senders[i].device);
    return 0;
}
