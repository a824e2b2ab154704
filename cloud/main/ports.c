/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/ports.h"

#include "cloud/talk/role.h"

#include <stdio.h>
#include <unistd.h>

enum status ports_write(const char *root, const struct ports *p)
{
    char path[PLACE_MAX], fresh[PLACE_MAX];

    TRY(place_of(root, PLACE_RUN, NULL, "ports.json", path));
    TRY(place_of(root, PLACE_RUN, NULL, "ports.json.new", fresh));
    FILE *f = fopen(fresh, "we");
    if (!f)
        return BROKEN;
    fprintf(f, "{\"device\":%u,\"enrol\":%u,\"people\":%u}\n", p->device, p->enrol,
        p->people);
    if (fclose(f) != 0 || rename(fresh, path) != 0)
        return BROKEN;
    return OK;
}

enum status ports_read(const char *root, struct ports *p)
{
    char path[PLACE_MAX];
    unsigned device, enrol, people;

    TRY(place_of(root, PLACE_RUN, NULL, "ports.json", path));
    FILE *f = fopen(path, "re");
    if (!f)
        return AGAIN;
    int n = fscanf(
        f, "{\"device\":%5u,\"enrol\":%5u,\"people\":%5u}", &device, &enrol, &people);
    fclose(f);
    if (n != 3 || device > 65535 || enrol > 65535 || people > 65535)
        return MALFORMED;
    *p = (struct ports){(uint16_t)device, (uint16_t)enrol, (uint16_t)people};
    return OK;
}
