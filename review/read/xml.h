/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Xml: the tags and text of an XML document as they come, without a tree.
 *
 * Promise: nothing is loaded from anywhere, no entity but the five of XML and character
 * references is replaced (a declaration is a note ENTITY), nesting beyond the limit stops the
 * reading (TOO_DEEP), a fault stops it too (DAMAGED); what was told before stands.
 *
 * Names are given without prefix: the formats we read do not need it to be told apart.
 */
#pragma once

#include "review/read/emit.h"

struct xml_tag {
    struct bytes name;
    uint32_t line;
    const unsigned char **attributes; /* belongs to xml.c */
    int attribute_count;
};

struct xml_calls {
    void (*open)(void *ctx, const struct xml_tag *tag);
    void (*close)(void *ctx, struct bytes name);
    void (*text)(void *ctx, struct bytes piece);
};

struct xml;

/* `part` is named in notes: "word/document.xml"; it, `calls` and `ctx` must outlive the xml. */
struct xml *xml_new(
    struct emit *out, const struct xml_calls *calls, void *ctx, struct bytes part);
/* False: the rest is not wanted (fault, too deep, emit is full). */
bool xml_feed(struct xml *x, struct bytes more);
/* Everything was fed: says DAMAGED if the document is not whole; frees. */
void xml_end(struct xml *x);
/* The same without a word: somebody else has said what is wrong. */
void xml_drop(struct xml *x);
void xml_read(struct bytes document, struct emit *out, const struct xml_calls *calls,
    void *ctx, struct bytes part);

struct bytes xml_attribute(const struct xml_tag *tag, const char *name);
/* A number without sign; `otherwise` where there is none or it is beyond 1,000,000,000. */
uint32_t xml_number(const struct xml_tag *tag, const char *name, uint32_t otherwise);
