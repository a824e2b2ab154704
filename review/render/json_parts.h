/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Json_parts: the pieces that every JSON page of ours is put together from.
 *
 * `lead` is what stands before the value: the sign behind the last one, and the key.
 */
#pragma once

#include "review/check/finding.h"

#include <stdio.h>

void json_pair(FILE *out, const char *lead, struct bytes value);
/* A word of ours, which needs no escape; the opening quote belongs to `lead`. */
void json_word(FILE *out, const char *lead, const char *value);
void json_number(FILE *out, const char *lead, uint64_t value);
/* The key "place" with its value; null where `doc` is UNIT_NONE. */
void json_place(
    FILE *out, const struct corpus *c, uint32_t doc, uint32_t line, uint32_t page);
/* An object of a list, with the decision that accepts it, if any; `m` is what it is about. */
void json_finding(FILE *out, const struct model *m, const struct finding *f);
/* What stands before the object with this number in a list. */
const char *json_next(uint32_t i);
