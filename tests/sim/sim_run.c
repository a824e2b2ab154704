/* SPDX-License-Identifier: Apache-2.0 */
/* sim-run --seeds A..B [--trace]: run the simulated world; exit 1 at the first violation. */
#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENOUGH_SEEDS = 200 };

static const char *const reached_names[] = {
#define REACHED(name, what) #name,
#include "tests/sim/reached.def"
#undef REACHED
};
static const char *const reached_texts[] = {
#define REACHED(name, what) what,
#include "tests/sim/reached.def"
#undef REACHED
};

static int usage(void)
{
    fputs("usage: sim-run --seeds A..B [--trace] [--quiet]\n", stderr);
    return 2;
}

static int report(const struct world *w, uint64_t seeds, bool quiet)
{
    int missing = 0;

    for (size_t i = 0; i < REACHED_COUNT; i++) {
        if (!quiet)
            printf("  %-16s %10" PRIu64 "  %s\n", reached_names[i], w->reached[i],
                reached_texts[i]);
        if (w->reached[i] == 0 && seeds >= ENOUGH_SEEDS) {
            printf("never reached: %s: %s\n", reached_names[i], reached_texts[i]);
            missing = 1;
        }
    }
    return missing;
}

int main(int argc, char **argv)
{
    static struct world w;
    uint64_t from = 1, to = 0;
    bool trace = false, quiet = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc) {
            if (sscanf(argv[++i], "%" SCNu64 "..%" SCNu64, &from, &to) != 2)
                return usage();
        } else if (strcmp(argv[i], "--trace") == 0) {
            trace = true;
        } else if (strcmp(argv[i], "--quiet") == 0) {
            quiet = true;
        } else {
            return usage();
        }
    }
    if (to < from)
        return usage();
    for (uint64_t seed = from; seed <= to; seed++) {
        const char *violation = world_run(&w, seed, trace);
        if (violation[0] != 0) {
            printf("seed %" PRIu64 ": %s\n", seed, violation);
            printf("again: sim-run --seeds %" PRIu64 "..%" PRIu64 " --trace\n", seed,
                seed);
            return 1;
        }
    }
    int missing = report(&w, to - from + 1, quiet);
    printf("%" PRIu64 " seeds, no violation%s\n", to - from + 1,
        missing ? ", but not everything was reached" : "");
    return missing;
}
