/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fleet-enrol: take in one virtual device and hand what its thief would hold to a folder.
 *
 *   fleet-enrol BUNDLE FOLDER [COUNT]     tls.crt, tls.key (PEM), 0.envelope ... COUNT-1.envelope
 */
#include "tests/support/fleet.h"

#include <stdlib.h>

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

int main(int argc, char **argv)
{
    struct fleet_device *d = NULL;
    const char *why = "BUNDLE FOLDER [COUNT]";
    enum status s = argc == 3 || argc == 4 ? OK : REFUSED;

    if (s == OK)
        s = fleet_enrol(&d, argv[1], &why);
    if (s == OK) {
        why = argv[2];
        s = credential(d, argv[2]);
    }
    for (long left = argc == 4 ? strtol(argv[3], NULL, 10) : 0; s == OK && left > 0;
         left--)
        s = envelope(d, argv[2]);
    if (s != OK)
        fprintf(stderr, "fleet-enrol: %s: %s\n", status_name(s), why);
    fleet_device_free(d);
    return s == OK ? 0 : 1;
}
