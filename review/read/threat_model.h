/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threat_model: the parts of a threat model that another tool wrote, as entries of one form.
 *
 * A format's reader adds things (boundaries, elements, flows, threats, mitigations,
 * requirements) and says what lies inside what; this writes them, one ENTRY each below a
 * heading of its kind, with the field `is` that says which. A flow crosses each boundary that
 * has one of its ends inside and the other outside.
 *
 * Promise: ids are those of the file, without blanks and short enough for an identifier; the
 * same id on things of two kinds is told apart. What was not understood is left out, never
 * guessed.
 *
 * Not here: what a format calls these things (threagile.c, otm.c, dragon.c).
 */
#pragma once

#include "review/read/flat.h"

enum tm_kind {
    TM_BOUNDARY,
    TM_ELEMENT,
    TM_FLOW,
    TM_THREAT,
    TM_MITIGATION,
    TM_REQUIREMENT,
    TM_KINDS
};

/* What the words of a state or status come down to. */
enum tm_state {
    TM_OPEN,
    TM_DONE,     /* mitigated, implemented */
    TM_ACCEPTED, /* somebody takes the risk */
    TM_ASIDE,    /* does not apply: no threat */
};

#define TM_NONE UINT32_MAX

struct tm;

struct tm *tm_new(const struct flat *flat, struct emit *out);
struct arena *tm_arena(struct tm *t); /* dies with it */
/* Writes everything and frees. */
void tm_write(struct tm *t);

/* A thing that `node` describes. An empty id stands for its name. */
uint32_t tm_add(
    struct tm *t, enum tm_kind kind, uint32_t node, struct bytes id, struct bytes name);
/* The thing of that kind and id as written, or TM_NONE. */
uint32_t tm_find(const struct tm *t, enum tm_kind kind, struct bytes id);
struct bytes tm_id(const struct tm *t, uint32_t thing); /* as it will be written */
struct bytes tm_name(const struct tm *t, uint32_t thing);
/* A field; nothing where the value is empty. */
void tm_say(struct tm *t, uint32_t thing, struct bytes name, struct bytes value);
/* The scalars and lists of scalars of `node` under these keys, as fields of the same names. */
void tm_say_keys(
    struct tm *t, uint32_t thing, uint32_t node, const char *const *keys, size_t count);
#define TM_SAY_KEYS(t, thing, node, keys) \
    tm_say_keys((t), (thing), (node), (keys), sizeof(keys) / sizeof((keys)[0]))
/* All scalars of a map of free keys ("attributes"). */
void tm_say_all(struct tm *t, uint32_t thing, uint32_t map);
void tm_text(struct tm *t, uint32_t thing, struct bytes text);

/* Boundaries and elements lie in boundaries or elements; the first word counts. */
void tm_put_inside(struct tm *t, uint32_t thing, uint32_t outer);
/* Where a flow begins and ends: elements or boundaries, or TM_NONE. */
void tm_ends(struct tm *t, uint32_t flow, uint32_t from, uint32_t to);
void tm_crosses(struct tm *t, uint32_t flow, uint32_t boundary); /* seen in a drawing */
/* What a threat is about: a boundary, element or flow. */
void tm_about(struct tm *t, uint32_t threat, uint32_t thing);
void tm_mitigated(struct tm *t, uint32_t threat, uint32_t mitigation);

enum tm_state tm_state_of(struct bytes words);
/* "Web access" of "shop" is "shop>web-access". */
struct bytes tm_joined(
    struct tm *t, struct bytes id, const char *sign, struct bytes name);

/* The file's title and what it says in prose, above all entries. */
void tm_title(struct tm *t, struct bytes title, uint32_t line);
void tm_prose(struct tm *t, struct bytes name, struct bytes text, uint32_t line);
