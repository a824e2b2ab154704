/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundle table: the keys of an enrolment bundle, for the parser and the builder alike.
 */
#pragma once

#include "core/base/conf.h"
#include "core/base/limits.h"
#include "wire/types.h"

struct bundle_text { /* a bundle as the file has it */
    char address[256], name[256], device[37];
    int64_t port, enrol_port, generation, expires_utc_s;
    CONF_BLOB(LIMIT_CERT) ca_active, ca_backup;
    uint8_t s[32], service[32], pins[32], secret[32];
};

enum { BUNDLE_KEYS = 13 };
extern const struct conf_key bundle_keys[BUNDLE_KEYS];
