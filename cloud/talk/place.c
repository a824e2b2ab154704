/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/role.h"

#include <stdio.h>

enum status place_of(const char *root, enum place place, const char *role,
    const char *file, char out[PLACE_MAX])
{
    static const char *const base[] = {
        [PLACE_ETC] = "/etc/holdfast",
        [PLACE_VAR] = "/var/lib/holdfast",
        [PLACE_RUN] = "/run/holdfast",
    };
    int n = snprintf(out, PLACE_MAX, "%s%s%s%s%s%s", root, base[place], role ? "/" : "",
        role ? role : "", file ? "/" : "", file ? file : "");
    return n > 0 && n < PLACE_MAX ? OK : FULL;
}

const char *role_user(const char *role, char out[ROLE_USER])
{
    (void)snprintf(out, ROLE_USER, "holdfast-%s", role);
    return out;
}
