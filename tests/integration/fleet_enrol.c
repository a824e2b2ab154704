/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fleet-enrol: take in one virtual device and hand what its thief would hold to a folder.
 *
 *   fleet-enrol BUNDLE FOLDER [COUNT [SECONDS]]
 *
 * tls.crt, tls.key (PEM), 0.envelope ... COUNT-1.envelope. With SECONDS it then floods: one batch
 * on eight connections again and again, until it is told to slow down or the time is over; says
 * how many answers of each status came, as JSON.
 */
#include "tests/support/fleet.h"

#include <stdlib.h>
#include <time.h>

static FILE *make(const char *folder, const char *name)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    return n > 0 && (size_t)n < sizeof path ? fopen(path, "wx") : NULL;
}

static enum status credential(const struct fleet_device *d, const char *folder)
{
    FILE *cert = make(folder, "tls.crt"), *key = make(folder, "tls.key");
    enum status s = cert && key ? fleet_credential(d, cert, key) : BROKEN;

    if (cert && fclose(cert) != 0)
        s = BROKEN;
    if (key && fclose(key) != 0)
        s = BROKEN;
    return s;
}

static enum status envelope(struct fleet_device *d, const char *folder)
{
    struct fleet_batch b;
    char name[32];

    TRY(fleet_seal(d, 60, &b));
    snprintf(name, sizeof name, "%u.envelope", b.seq);
    FILE *f = make(folder, name);
    bool good = f && fwrite(b.envelope, 1, b.len, f) == b.len;
    free(b.envelope);
    if (f && fclose(f) != 0)
        good = false;
    return good ? OK : BROKEN;
}

/* ---- the flood ---- */

enum { CONNECTIONS = 8 };

struct flood {
    struct fleet_batch batch;
    unsigned good, slow_down, other, ended;
};

static void go_on(struct flood *f, struct fleet_conn *c)
{
    if (fleet_post(c, &f->batch) != OK)
        f->other++;
}

static void opened(void *ctx, struct fleet_conn *c)
{
    go_on(ctx, c);
}

static void answered(void *ctx, struct fleet_conn *c, const struct fleet_answer *a)
{
    struct flood *f = ctx;

    if (a->http_status == 200 && a->sealed)
        f->good++;
    else if (a->http_status == 429 && !a->sealed)
        f->slow_down++;
    else
        f->other++;
    go_on(f, c);
}

static void ended(void *ctx, struct fleet_conn *c)
{
    struct flood *f = ctx;
    (void)c;
    f->ended++;
}

static enum status flood(struct fleet_device *d, time_t seconds)
{
    struct flood f = {0};
    struct fleet *fleet = NULL;
    struct fleet_conn *c = NULL;
    time_t end = time(NULL) + seconds;

    enum status s = fleet_seal(d, 60, &f.batch);
    if (s == OK)
        s = fleet_new(&fleet, (struct fleet_owner){&f, opened, answered, ended});
    for (int i = 0; s == OK && i < CONNECTIONS; i++)
        s = fleet_open(fleet, d, NULL, &c);
    while (s == OK && f.slow_down < CONNECTIONS && time(NULL) < end)
        s = fleet_step(fleet, 100);
    fleet_free(fleet);
    free(f.batch.envelope);
    printf("{\"200\": %u, \"429\": %u, \"other\": %u, \"ended\": %u}\n", f.good,
        f.slow_down, f.other, f.ended);
    return s;
}

int main(int argc, char **argv)
{
    struct fleet_device *d = NULL;
    const char *why = "BUNDLE FOLDER [COUNT [SECONDS]]";
    enum status s = argc >= 3 && argc <= 5 ? OK : REFUSED;

    if (s == OK)
        s = fleet_enrol(&d, argv[1], &why);
    if (s == OK) {
        why = argv[2];
        s = credential(d, argv[2]);
    }
    for (long left = argc >= 4 ? strtol(argv[3], NULL, 10) : 0; s == OK && left > 0;
         left--)
        s = envelope(d, argv[2]);
    if (s == OK && argc == 5)
        s = flood(d, strtol(argv[4], NULL, 10));
    if (s != OK)
        fprintf(stderr, "fleet-enrol: %s: %s\n", status_name(s), why);
    fleet_device_free(d);
    return s == OK ? 0 : 1;
}
