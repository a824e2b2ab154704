/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conf: one grammar for every configuration file, bundle and register that is not YAML.
 *
 * UTF-8 text, `key = value` lines, `#` comments, `[section]`, no nesting, at most 64 KiB, each
 * key once. One table per program says keys, types, ranges, defaults and help; man pages and
 * --print-config come from the same table. A file is taken whole or not at all.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <stdbool.h>

enum conf_type {
    CONF_INT,  /* int64_t at offset, min..max */
    CONF_BOOL, /* bool: true / false */
    CONF_TEXT, /* char[max + 1], in "quotes", min..max bytes of printable UTF-8, NUL-ended */
    CONF_LIST, /* char[max + 1], "a", "b" kept as a,b: items without comma or quote;
                  nothing at all where min is 0 */
    CONF_HEX,  /* uint8_t[max], exactly max bytes given as 2*max hex digits in quotes */
    CONF_BASE64, /* struct conf_blob with at[max]: 1..max bytes given in base64, in quotes */
};

/* What CONF_BASE64 fills: a u16 length, then max bytes. */
#define CONF_BLOB(max)   \
    struct {             \
        uint16_t len;    \
        uint8_t at[max]; \
    }

struct conf_key {
    const char *section; /* "" before the first section */
    const char *name;    /* with its unit: batch_s, port */
    enum conf_type type;
    int64_t min, max;
    const char *preset; /* as it would stand in the file; NULL: the key must be given */
    const char *help;   /* one sentence */
    size_t offset;      /* of the field in the struct that is filled */
};

struct conf_error {
    uint32_t line;      /* from 1; 0: the file as a whole */
    char what[128];     /* what was found, without values of secrets */
    char expected[160]; /* what was expected */
};

enum { CONF_OUT_MAX = 16384 };

/*
 * Fill the keys' fields of `out` (out_len <= CONF_OUT_MAX; other fields stay as they are), or
 * MALFORMED with *err and nothing changed. At most 64 keys.
 */
MUST_USE enum status conf_parse(struct bytes text, const struct conf_key *keys,
    size_t key_count, void *out, size_t out_len, struct conf_error *err);
