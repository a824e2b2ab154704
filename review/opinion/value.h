/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Value: a small JSON text as a tree that can be asked for what stands under a key.
 *
 * Promise: no key stands twice in a map, a map has at most VALUE_KEYS_MAX keys, and the tree at
 * most as many values as the caller allows. For texts of a few forms that we know, not for
 * documents (review/read/json.c).
 */
#pragma once

#include "core/base/status.h"
#include "review/base/text.h"

enum { VALUE_KEYS_MAX = 64 };

enum value_kind { VALUE_MAP, VALUE_LIST, VALUE_TEXT, VALUE_OTHER };

struct value {
    enum value_kind kind;
    struct bytes key;  /* where it is a member of a map */
    struct bytes text; /* a string; what else is neither map nor list: as it stands */
    struct value *first, *next;
    uint32_t count; /* members of a map or list */
};

/* MALFORMED: no JSON, or a key twice. REFUSED: too many. *why: one line, good for ever. */
MUST_USE enum status value_parse(struct arena *a, struct bytes json, uint32_t most,
    const struct value **out, const char **why);
/* NULL: no map, or nothing there; v may be NULL. */
const struct value *value_at(const struct value *v, const char *key);
/* Only what is a list, or a text; else NULL, and an empty text. */
const struct value *value_list(const struct value *v, const char *key);
struct bytes value_text(const struct value *v, const char *key);
