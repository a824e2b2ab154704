/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds: the words by which documents say what something is and how it is linked.
 *
 * Tables only, so that they can be read at a glance: prefix -> kind, word in a heading or file
 * name -> kind, field or column -> link, kinds of both ends -> link. All are English.
 */
#pragma once

#include "review/model/model.h"

/* ITEM_KINDS: nothing is known about it. */
enum item_kind kind_of_prefix(
    const struct rules *rules, struct bytes prefix, bool *security);
enum item_kind kind_of_words(struct bytes heading_or_name);

struct sense {
    uint8_t kind; /* enum link_kind */
    bool turned;  /* the named one is the link's `from` */
};
/* How an item of kind `self` means a field of this name; false: not a field of links. */
bool sense_of_field(enum item_kind self, struct bytes name, struct sense *out);
/* How two items are linked when nothing more is said. */
struct sense sense_of_ends(enum item_kind self, enum item_kind other);
/* What kind a field's value would be if nobody defines it: verified_by names a case. */
enum item_kind kind_of_field(struct bytes name);

bool field_is_id(struct bytes name);
bool field_is_text(struct bytes name);
bool field_is_title(struct bytes name);
bool word_is_standard(
    struct bytes prefix); /* SHA, ISO, AES, …: looks like an id and is none */
uint8_t principles_of(struct bytes value);
