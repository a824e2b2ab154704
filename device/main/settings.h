/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: etc/holdfast/oximeter.conf. Whom to send to is not here: enrolment decides that.
 */
#pragma once

#include "core/base/conf.h"

enum { SETTINGS_PATH = 257 };

struct settings {
    int64_t journal_mib;
    char sensor[257], screen[257];
    char trust[9]; /* "software" or "tpm" */
    char tpm[257]; /* which one, as device/tpm/dial.h has it */
    bool
        attest; /* with a TPM: prove it to the cloud, at enrolment and on each connection */
    char button[257];
    char slot_a[SETTINGS_PATH], slot_b[SETTINGS_PATH],
        boot_folder[SETTINGS_PATH]; /* all empty: no updates */
};

/* A file that is not there is the built-in settings. MALFORMED with *err, and then *out is the
 * built-in settings too. BROKEN: it is there and cannot be read. */
bool settings_tpm(const struct settings *s);   /* keys are in a TPM */
bool settings_slots(const struct settings *s); /* releases are taken */
MUST_USE enum status settings_read(
    const char *path, struct settings *out, struct conf_error *err);
void settings_print(void); /* the file with all keys, as help has it */
