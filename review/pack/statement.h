/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statement: what a pack says, as an in-toto statement (v1) with a Test Result (v0.1).
 *
 * Subjects are all documents that were reviewed and all files of the report, by digest. The
 * predicate lists what passed, warned and failed; below "holdfastReview" stand what a second
 * run needs to come to the same verdicts, and the verdicts themselves.
 *
 * Promise: one statement has one text. Who parses a text and writes it again has the same
 * bytes, so that a text can be checked against its parts without believing who took it apart.
 *
 * Not here: who signed it (dsse.h), whether the files are there (weigh.h).
 */
#pragma once

#include "core/base/status.h"
#include "review/base/text.h"

#define STATEMENT_TYPE    "application/vnd.in-toto+json"
#define STATEMENT_FILE    "statement.dsse.json" /* of a pack; not a subject of itself */
#define STATEMENT_DOCS    "documents/"          /* in front of a document's path */
#define STATEMENT_INPUTS  "configuration/"      /* what decided, and is in the pack */
#define STATEMENT_BUILTIN "builtin/" /* what decided, and is in the program */

enum { STATEMENT_DIGEST = 32 }; /* bytes: SHA-256 */

struct statement_file { /* a subject, or a configuration */
    struct bytes name;
    uint8_t digest[STATEMENT_DIGEST];
    int64_t changed_s; /* of documents: UTC seconds */
};

enum unread { UNREAD_LINK, UNREAD_LARGE, UNREAD_OTHER, UNREAD_KINDS };
struct statement_unread { /* listed by the review; its bytes were not read */
    struct bytes path;
    uint64_t size;
    uint8_t why; /* enum unread */
};

enum outcome_kind { VERDICT_PASSED, VERDICT_WARNED, VERDICT_FAILED, VERDICT_KINDS };
struct statement_verdict {
    uint8_t outcome;       /* enum outcome_kind */
    struct bytes kind, id; /* "finding" "TRACE-NO-RESULT-1f3a5b7c" */
    struct bytes state;    /* "major", "accepted", "demonstrated" */
    struct bytes subject, says, place;
};

struct statement {
    struct bytes version, product, revision, fail_on; /* version: of the program */
    struct bytes
        clauses; /* that were reviewed: ids with commas between; may be empty */
    int64_t as_of_s;
    bool documents; /* they are in the pack */
    struct statement_file *subjects, *configuration;
    struct statement_unread *unread;
    struct statement_verdict *verdicts;
    uint32_t subject_count, configuration_count, unread_count, verdict_count;
};

/* Files by name, unread by path, verdicts by kind, id and the rest. */
void statement_sort(struct statement *s);
bool statement_sorted(const struct statement *s); /* and no name stands twice */
bool statement_is_document(struct bytes name);
struct bytes statement_write(struct arena *a, const struct statement *s);
/*
 * Exactly what statement_write() writes. MALFORMED: *why says "what: expected …". A statement of
 * a later form than ours is REFUSED.
 */
MUST_USE enum status statement_parse(
    struct arena *a, struct bytes text, struct statement *out, struct bytes *why);

const char *unread_name(enum unread u);
const char *verdict_name(enum outcome_kind k);
/* "FAILED" where one verdict failed, else "WARNED", else "PASSED". */
const char *statement_result(const struct statement *s);
uint32_t statement_documents(const struct statement *s); /* among the subjects */
uint32_t statement_outcomes(const struct statement *s, enum outcome_kind k);
