/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builtin: the files of catalogue/ as bytes of the program (embed.py makes them).
 */
#pragma once

#include "core/base/bytes.h"

struct builtin_file {
    const char *name; /* "catalogue/principles.yaml", "catalogue/rubric/….yaml" */
    struct bytes text;
};

extern const struct builtin_file builtin_clauses[], builtin_rubrics[];
extern const size_t builtin_clause_count, builtin_rubric_count;
