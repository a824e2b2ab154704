/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/power.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TABLE_BITS = 23, SOMETIMES_MAX = 16, BAD_SHOWN = 3, PATIENCE = 10 };

#define TABLE_LEN ((size_t)1 << TABLE_BITS)

struct power { /* shared by all processes */
    _Atomic uint64_t images[TABLE_LEN];
    _Atomic uint64_t judged[TABLE_LEN];
    _Atomic uint64_t distinct, judgements, bad;
    _Atomic uint64_t first,
        second; /* states of a first cut; those with recovery cut too */
    _Atomic uint64_t sometimes[SOMETIMES_MAX];
    _Atomic uint64_t next_seed;
    const char *const *names;
    unsigned names_count;
    uint64_t states_wanted, one_in; /* one_in: see --second */
    double seconds, started;
    bool all, expect_bad;
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* True: was not in it. A full table says false, so that nothing is counted twice. */
static bool insert(_Atomic uint64_t *table, uint64_t key)
{
    size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> (64 - TABLE_BITS));

    key += key == 0;
    for (size_t tries = 0; tries < 4096; tries++) {
        uint64_t there = 0;
        if (atomic_compare_exchange_strong(&table[at], &there, key))
            return true;
        if (there == key)
            return false;
        at = (at + 1) % TABLE_LEN;
    }
    return false;
}

static bool reached_all(const struct power *p)
{
    for (unsigned i = 0; i < p->names_count; i++)
        if (p->sometimes[i] == 0)
            return false;
    return true;
}

/* On a slow machine it takes longer until the rare things have happened. */
bool power_over(const struct power *p)
{
    double gone = now_s() - p->started;

    if (p->expect_bad && p->bad > 0)
        return true;
    if (p->states_wanted > 0 && p->distinct >= p->states_wanted)
        return true;
    return gone > p->seconds
        && (reached_all(p) || gone > (double)PATIENCE * p->seconds);
}

bool power_all(const struct power *p)
{
    return p->all;
}

bool power_state(struct power *p, uint64_t image, uint64_t expected)
{
    if (insert(p->images, image))
        p->distinct++;
    if (!insert(p->judged, image * 31 + expected))
        return false;
    p->judgements++;
    return true;
}

bool power_second(struct power *p, uint64_t draw)
{
    bool yes = draw % p->one_in == 0;

    p->first++;
    p->second += yes;
    return yes;
}

void power_bad(struct power *p, uint64_t seed, long step, const char *why)
{
    if (p->bad++ < BAD_SHOWN)
        printf("# seed %llu step %ld: %s\n", (unsigned long long)seed, step, why);
}

void power_sometimes(struct power *p, unsigned which)
{
    p->sometimes[which]++;
}

void power_name_sometimes(struct power *p, const char *const *names, unsigned count)
{
    p->names = names;
    p->names_count = count < SOMETIMES_MAX ? count : SOMETIMES_MAX;
}

uint64_t power_draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static bool options(struct power *p, int argc, char **argv, long *jobs)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--all") == 0)
            p->all = true;
        else if (strcmp(argv[i], "--expect-bad") == 0)
            p->expect_bad = true;
        else if (strcmp(argv[i], "--seconds") == 0 && ++i < argc)
            p->seconds = strtod(value, NULL);
        else if (strcmp(argv[i], "--states") == 0 && ++i < argc)
            p->states_wanted = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--second") == 0 && ++i < argc)
            p->one_in = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--jobs") == 0 && ++i < argc)
            *jobs = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && ++i < argc)
            p->next_seed = strtoull(value, NULL, 10);
        else
            return false;
    }
    return p->seconds > 0 && p->one_in > 0 && *jobs >= 1 && *jobs <= 64;
}

static void work(struct power *p, power_run *run)
{
    while (!power_over(p))
        run(p, p->next_seed++);
}

/* True: all of the processes ended well. */
static bool work_in(struct power *p, power_run *run, long jobs)
{
    bool well = true;
    pid_t child[64];

    fflush(stdout);
    for (long i = 1; i < jobs; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            work(p, run);
            fflush(stdout);
            _exit(0);
        }
        well = well && child[i] > 0;
    }
    work(p, run);
    for (long i = 1; i < jobs; i++) {
        int how;
        if (child[i] > 0)
            well = waitpid(child[i], &how, 0) == child[i] && how == 0 && well;
    }
    return well;
}

static void print_sometimes(const struct power *p)
{
    for (unsigned i = 0; i < p->names_count; i++)
        printf("# %s: %llu\n", p->names[i], (unsigned long long)p->sometimes[i]);
}

int power_main(int argc, char **argv, const char *claim, power_run *run)
{
    long jobs = 1;
    struct power *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED)
        return 2;
    p->seconds = 2;
    p->one_in = 16;
    p->next_seed = 1;
    p->started = now_s();
    if (!options(p, argc, argv, &jobs)) {
        fprintf(stderr,
            "usage: [--seconds N] [--states N] [--jobs N] [--seed N] [--all] "
            "[--second N] [--expect-bad]\n");
        return 2;
    }
    uint64_t first = p->next_seed;
    bool well = work_in(p, run, jobs);
    bool good = p->expect_bad ? p->bad > 0 : p->bad == 0 && reached_all(p);
    if (!p->expect_bad)
        print_sometimes(p);
    printf("# states of a first cut: %llu, recovery cut too after %llu of them\n",
        (unsigned long long)p->first, (unsigned long long)p->second);
    printf("# seeds %llu to %llu, %llu judgements, %.1f s\n", (unsigned long long)first,
        (unsigned long long)(p->next_seed - 1), (unsigned long long)p->judgements,
        now_s() - p->started);
    printf("1..1\n%sok 1 - %s%s\n", well && good ? "" : "not ", claim,
        p->expect_bad ? " (with a planted defect: must be found bad)" : "");
    printf("# %llu distinct states, %llu bad\n", (unsigned long long)p->distinct,
        (unsigned long long)p->bad);
    return well && good ? 0 : 1;
}
