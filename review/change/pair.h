/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pair: which item of the one model is which of the other.
 *
 * By kind and id; a component by its package URL without version, else by package or name, so
 * that a new version is the same component. Two versions of one component pair with their
 * equals first, what is left over in order of version.
 */
#pragma once

#include "review/change/change.h"

struct pairs {
    uint32_t *after_of;  /* for each item before: the one after, or ITEM_NONE */
    uint32_t *before_of; /* for each item after */
    bool
        *double_before; /* the same component and version once more: its first counts */
    bool *double_after;
    uint32_t *doc_after_of; /* documents, by path; UNIT_NONE */
    uint32_t *doc_before_of;
};

void pair_models(struct arena *a, const struct model *before, const struct model *after,
    struct pairs *out);
/* Lower case; "pkg:deb/debian/zlib" of "pkg:deb/debian/zlib@1.2?arch=amd64". */
struct bytes component_key(struct arena *a, const struct item *component);
struct bytes component_version(const struct item *component);
/* A purl without version and what follows it. */
struct bytes purl_front(struct bytes purl);
/* A section has no text of its own: what stands below its heading is compared. */
bool pair_same_text(
    const struct model *before, uint32_t b, const struct model *after, uint32_t a);
bool pair_same_document(
    const struct model *before, uint32_t b, const struct model *after, uint32_t a);
