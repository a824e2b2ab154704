/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/settings.h"

#include "core/base/limits.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#define AT(field) offsetof(struct settings, field)

/* clang-format off */
static const struct conf_key keys[] = {
    {"", "journal_mib", CONF_INT, 1, 1024, "16", "size of a new journal", AT(journal_mib)},
    {"", "sensor", CONF_TEXT, 1, 256, "\"sim:normal\"", "replay:FILE.csv or sim:SCENARIO", AT(sensor)},
    {"", "screen", CONF_TEXT, 1, 256, "\"terminal\"", "terminal, png:DIR or none", AT(screen)},
};
/* clang-format on */

enum { KEYS = sizeof keys / sizeof keys[0] };

static enum status parse(
    struct bytes text, struct settings *out, struct conf_error *err)
{
    return conf_parse(text, keys, KEYS, out, sizeof *out, err);
}

enum status settings_read(
    const char *path, struct settings *out, struct conf_error *err)
{
    static uint8_t text[LIMIT_CONF_FILE + 1];
    struct conf_error none;

    enum status built_in = parse((struct bytes){text, 0}, out, &none);
    assert(built_in == OK); /* every key has a preset */
    FILE *f = fopen(path, "re");
    if (f == NULL) {
        *err = (struct conf_error){
            .what = "cannot be read", .expected = "a readable file"};
        return errno == ENOENT || errno == ENOTDIR ? OK : BROKEN;
    }
    size_t len = fread(text, 1, sizeof text, f);
    bool failed = ferror(f) != 0;
    fclose(f);
    if (failed) {
        *err = (struct conf_error){
            .what = "cannot be read", .expected = "a readable file"};
        return BROKEN;
    }
    return parse((struct bytes){text, len}, out, err);
}

void settings_print(void)
{
    for (size_t i = 0; i < KEYS; i++)
        printf("# %s\n%s = %s\n", keys[i].help, keys[i].name, keys[i].preset);
}
