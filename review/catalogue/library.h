/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Library: the catalogue together with the rubrics of its clauses, from what is compiled in and
 * from a team's folder.
 *
 * The rubric of a clause is the file rubric/ID.yaml, the colon of the id as '_'. A team's file
 * stands for the one that is compiled in. Rubrics are parsed when they are asked for, a team's
 * at once, so that its mistakes are told before anything is judged.
 */
#pragma once

#include "review/catalogue/catalogue.h"
#include "review/catalogue/rubric.h"
#include "review/read/unit.h"

struct library {
    struct catalogue catalogue;
    struct list rubrics; /* struct rubric_file, a later one of a name counts */
};

struct rubric_file {
    struct bytes name; /* "catalogue/rubric/mdr_17.1.yaml" */
    struct bytes text;
};

struct library library_new(struct arena *a); /* what is compiled in */
void library_free(struct library *l);
/*
 * A team's folder, as read_structures() brought it: its YAML and JSON files are files of a
 * catalogue, those below rubric/ rubrics; other files stay unread. MALFORMED: *error is the one
 * line, its name `folder` before the path.
 */
MUST_USE enum status library_add(struct arena *a, struct library *l,
    struct bytes folder, const struct corpus *files, struct bytes *error);
/* The file of a clause's rubric, or NULL. */
const struct rubric_file *library_rubric_file(
    const struct library *l, struct bytes clause);
/* False: the clause has none. */
bool library_rubric(
    struct arena *a, const struct library *l, struct bytes clause, struct rubric *out);
