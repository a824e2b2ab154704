/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/settings.h"

#include "cloud/talk/role.h"
#include "host/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct settings, field)

/* clang-format off */
static const struct conf_key keys[] = {
    {"", "name",        CONF_TEXT, 1, 255, NULL,        "name in the server's certificate",              AT(name)       },
    {"", "address",     CONF_TEXT, 1, 255, NULL,        "host or IP address at which devices find it",   AT(address)    },
    {"", "listen",      CONF_TEXT, 1, 63,  "\"0.0.0.0\"", "IP address that the listeners bind",          AT(listen)     },
    {"", "device_port", CONF_INT,  0, 65535, "8443",    "TCP port for devices; 0: any",                  AT(device_port)},
    {"", "enrol_port",  CONF_INT,  0, 65535, "8444",    "TCP port for enrolment; 0: any",                AT(enrol_port) },
    {"", "people_port", CONF_INT,  0, 65535, "9443",    "TCP port for browsers; 0: any",                 AT(people_port)},
    {"", "gates",       CONF_INT,  1, 8,     "1",       "processes that serve devices",                  AT(gates)      },
    {"", "device_rate", CONF_INT,  1, LIMIT_DEVICE_RATE, "500", "batches a second of one device; four seconds' worth at once", AT(device_rate)},
    {"", "require_trust", CONF_TEXT, 1, 8, "\"any\"", "where a device's keys must be: any (by its own word), or tpm (proved on each connection)", AT(require_trust)},
    {"", "least_security_version", CONF_INT, 0, UINT32_MAX, "0", "under require_trust = \"tpm\": a device below it may only update", AT(least_security_version)},
    {"", "clone_policy", CONF_TEXT, 4, 4, "\"note\"", "a device of which two copies seem to run: note it, or stop serving it", AT(clone_policy)},
};
/* clang-format on */

int settings_read(const char *root, struct settings *out)
{
    static uint8_t text[LIMIT_CONF_FILE + 1];
    char path[PLACE_MAX];
    struct conf_error err = {0};

    if (place_of(root, PLACE_ETC, NULL, "cloud.conf", path) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--root is too long", "a shorter path");
    FILE *f = fopen(path, "re");
    if (!f)
        return cli_error(EXIT_ENVIRONMENT, path, 0, "cannot be read",
            "the configuration that `holdfast-cloud init` writes");
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    memset(out, 0, sizeof *out);
    if (conf_parse((struct bytes){text, len}, keys, sizeof keys / sizeof keys[0], out,
            sizeof *out, &err)
        != OK)
        return cli_error(EXIT_USAGE, path, err.line, err.what, err.expected);
    if (strcmp(out->require_trust, "any") != 0
        && strcmp(out->require_trust, "tpm") != 0)
        return cli_error(EXIT_USAGE, path, 0, "require_trust", "any or tpm");
    if (strcmp(out->clone_policy, "note") != 0
        && strcmp(out->clone_policy, "stop") != 0)
        return cli_error(EXIT_USAGE, path, 0, "clone_policy", "note or stop");
    /* A minimum that nothing enforces would be taken for one that is in force. */
    if (out->least_security_version > 0 && strcmp(out->require_trust, "tpm") != 0)
        return cli_error(EXIT_USAGE, path, 0, "least_security_version is not in force",
            "require_trust = \"tpm\" beside it");
    return EXIT_DONE;
}

void settings_print(void)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct conf_key *k = &keys[i];
        printf("# %s (%lld to %lld%s)\n%s%s = %s\n", k->help, (long long)k->min,
            (long long)k->max, k->type == CONF_TEXT ? " bytes" : "",
            k->preset ? "" : "# needed: ", k->name, k->preset ? k->preset : "\"...\"");
    }
}

enum status settings_write(const char *path, const char *name, const char *address)
{
    FILE *f = fopen(path, "wxe");
    if (!f)
        return BROKEN;
    fprintf(f,
        "# Holdfast cloud. One key a line; a key that is not listed has its default.\n");
    fprintf(f, "name = \"%s\"\naddress = \"%s\"\n", name, address);
    for (size_t i = 2; i < sizeof keys / sizeof keys[0]; i++)
        fprintf(f, "# %s = %s   # %s\n", keys[i].name, keys[i].preset, keys[i].help);
    return fclose(f) == 0 ? OK : BROKEN;
}
