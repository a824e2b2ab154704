/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/settings.h"

#include "core/base/limits.h"
#include "device/tpm/dial.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define AT(field) offsetof(struct settings, field)

/* clang-format off */
static const struct conf_key keys[] = {
    {"", "journal_mib", CONF_INT, 1, 1024, "16", "size of a new journal", AT(journal_mib)},
    {"", "sensor", CONF_TEXT, 1, 256, "\"sim:normal\"", "replay:FILE.csv or sim:SCENARIO", AT(sensor)},
    {"", "screen", CONF_TEXT, 1, 256, "\"terminal\"", "terminal, png:DIR, framebuffer:DEVICE or none", AT(screen)},
    {"", "trust", CONF_TEXT, 1, 8, "\"software\"", "where the keys are: software (files) or tpm", AT(trust)},
    {"", "tpm", CONF_TEXT, 1, 256, "\"device:/dev/tpmrm0\"", "with trust = tpm: device:PATH or swtpm:path=PATH", AT(tpm)},
    {"", "button", CONF_TEXT, 0, 256, "\"\"", "input device with one key, pressed by who stands before the device; empty: none", AT(button)},
    {"", "attest", CONF_BOOL, 0, 0, "true", "with trust = tpm: prove it to the cloud; false: it has our word only", AT(attest)},
    {"", "slot_a", CONF_TEXT, 0, 256, "\"\"", "root partition of slot a; empty: no updates", AT(slot_a)},
    {"", "slot_b", CONF_TEXT, 0, 256, "\"\"", "root partition of slot b", AT(slot_b)},
    {"", "boot_folder", CONF_TEXT, 0, 256, "\"\"", "folder of boot images (EFI/Linux)", AT(boot_folder)},
};
/* clang-format on */

enum { KEYS = sizeof keys / sizeof keys[0] };

static enum status parse(
    struct bytes text, struct settings *out, struct conf_error *err)
{
    return conf_parse(text, keys, KEYS, out, sizeof *out, err);
}

bool settings_tpm(const struct settings *s)
{
    return strcmp(s->trust, "tpm") == 0;
}

bool settings_slots(const struct settings *s)
{
    return s->slot_a[0] != '\0' && s->slot_b[0] != '\0' && s->boot_folder[0] != '\0';
}

static const char *wrong_word(const struct settings *s)
{
    bool is_socket = false;

    if (!settings_tpm(s) && strcmp(s->trust, "software") != 0)
        return "trust";
    return tpm_place(s->tpm, &is_socket) == NULL ? "tpm" : NULL;
}

static enum status parse_all(
    struct bytes text, struct settings *out, struct conf_error *err)
{
    struct settings got;

    TRY(parse(text, &got, err));
    const char *wrong = wrong_word(&got);
    if (wrong != NULL) {
        *err = (struct conf_error){
            .expected = "trust: software or tpm; tpm: device:PATH or swtpm:path=PATH"};
        (void)snprintf(err->what, sizeof err->what, "%s names neither", wrong);
        return MALFORMED;
    }
    *out = got;
    return OK;
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
    return parse_all((struct bytes){text, len}, out, err);
}

void settings_print(void)
{
    for (size_t i = 0; i < KEYS; i++)
        printf("# %s\n%s = %s\n", keys[i].help, keys[i].name, keys[i].preset);
}
