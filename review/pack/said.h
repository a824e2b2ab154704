/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Said: what a child that has read a pack says about it, as bytes.
 *
 * The pack is foreign and the child may have been taken over by it, so none of this is
 * believed. It is a proposal that weigh.h checks against the pack's own bytes: the files by writing the
 * archive again, the statement by writing it again, its text by a signature.
 *
 * The written form, little-endian: a row of { kind u8, field count u8, { length u32, bytes } }:
 *   'R' refusal                       in place of all else
 *   'F' name, offset u64, length u64  of a file in the archive
 *   'P' payload type, payload         'S' key id, signature
 *   'H' version, product, revision, fail on, clauses, as of s64, documents u8
 *   'D' name, digest, changed s64     'C' name, digest
 *   'U' path, why u8, size u64
 *   'V' outcome u8, kind, id, state, subject, says, place
 *   'E' end: what has none was cut off
 */
#pragma once

#include "review/pack/dsse.h"
#include "review/pack/statement.h"
#include "review/read/growing.h"

struct said_file {
    struct bytes name;
    uint64_t at, len;
};

struct pack_said {
    struct bytes refusal; /* not empty: the rest is */
    struct said_file *files;
    uint32_t file_count;
    struct dsse envelope;
    struct statement statement;
};

void said_write(const struct pack_said *s, struct growing *to);
/* MALFORMED: not of this form. Texts are borrowed from `written`, rows live in the arena. */
MUST_USE enum status said_parse(
    struct arena *a, struct bytes written, struct pack_said *out);
