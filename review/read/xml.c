/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/xml.h"

#include "review/read/growing.h"
#include "review/read/read.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct xml {
    struct emit *out;
    const struct xml_calls *calls;
    void *ctx;
    struct bytes part;
    xmlParserCtxtPtr parser;
    unsigned depth;
    bool entity_said, stopped;
};

static uint32_t line_now(const struct xml *x)
{
    int line = xmlSAX2GetLineNumber(x->parser);
    return line > 0 ? (uint32_t)line : 0;
}

static void stop(struct xml *x)
{
    x->stopped = true;
    xmlStopParser(x->parser);
}

static void on_open(void *self, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
    int attribute_count, int defaulted_count, const xmlChar **attributes)
{
    struct xml *x = self;
    (void)prefix, (void)uri, (void)namespace_count, (void)namespaces;
    (void)defaulted_count;
    if (x->stopped)
        return;
    if (++x->depth > READ_DEPTH_MAX) {
        emit_note(x->out, NOTE_TOO_DEEP, line_now(x), 0, x->part);
        stop(x);
        return;
    }
    struct xml_tag tag = {
        text_of((const char *)name), line_now(x), attributes, attribute_count};
    x->calls->open(x->ctx, &tag);
    if (emit_full(x->out))
        stop(x);
}

static void on_close(
    void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml *x = self;
    (void)prefix, (void)uri;
    if (x->stopped)
        return;
    x->depth--;
    x->calls->close(x->ctx, text_of((const char *)name));
}

static void on_text(void *self, const xmlChar *at, int len)
{
    struct xml *x = self;
    if (!x->stopped && len > 0)
        x->calls->text(x->ctx, (struct bytes){at, (size_t)len});
}

static void on_entity(void *self, const xmlChar *name, int type,
    const xmlChar *public_id, const xmlChar *system_id, xmlChar *content)
{
    struct xml *x = self;
    (void)type, (void)public_id, (void)system_id, (void)content;
    if (!x->entity_said)
        emit_note(x->out, NOTE_ENTITY, line_now(x), 0, text_of((const char *)name));
    x->entity_said = true;
    x->parser->recovery = 1; /* a reference to what we did not take is no end */
}

static xmlEntityPtr only_predefined(void *self, const xmlChar *name)
{
    (void)self;
    return xmlGetPredefinedEntity(name);
}

struct xml *xml_new(
    struct emit *out, const struct xml_calls *calls, void *ctx, struct bytes part)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_open,
        .endElementNs = on_close,
        .characters = on_text,
        .cdataBlock = on_text,
        .ignorableWhitespace = on_text,
        .entityDecl = on_entity,
        .getEntity = only_predefined,
    };
    struct xml *x = calloc(1, sizeof *x);
    if (!x)
        _exit(GROWING_EXIT);
    x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    if (!x->parser)
        _exit(GROWING_EXIT);
    x->out = out;
    x->calls = calls;
    x->ctx = ctx;
    x->part = part;
    /*
     * NOENT asks for &amp; in attributes to be replaced. It replaces no declared entity,
     * because only_predefined() never finds one; and without DTDLOAD nothing is fetched.
     */
    xmlCtxtUseOptions(x->parser,
        XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    return x;
}

bool xml_feed(struct xml *x, struct bytes more)
{
    enum { AT_ONCE = 65536 };
    while (more.len && !x->stopped) {
        struct bytes piece = text_upto(more, AT_ONCE);
        if (xmlParseChunk(x->parser, (const char *)piece.at, (int)piece.len, 0)
            && !x->parser->wellFormed && !x->parser->recovery)
            return false;
        more = text_from(more, piece.len);
    }
    return !x->stopped;
}

void xml_drop(struct xml *x)
{
    /* libxml2 makes a document to keep declarations in, also where no tree is asked for. */
    if (x->parser->myDoc)
        xmlFreeDoc(x->parser->myDoc);
    x->parser->myDoc = NULL;
    xmlFreeParserCtxt(x->parser);
    free(x);
}

static bool only_entities_are_missing(const struct xml *x)
{
    return x->entity_said
        && (x->parser->errNo == XML_ERR_UNDECLARED_ENTITY
            || x->parser->errNo == XML_WAR_UNDECLARED_ENTITY);
}

void xml_end(struct xml *x)
{
    if (!x->stopped) {
        xmlParseChunk(x->parser, NULL, 0, 1);
        if (!x->parser->wellFormed && !x->stopped && !only_entities_are_missing(x))
            emit_note(x->out, NOTE_DAMAGED, line_now(x), 0, x->part);
    }
    xml_drop(x);
}

void xml_read(struct bytes document, struct emit *out, const struct xml_calls *calls,
    void *ctx, struct bytes part)
{
    struct xml *x = xml_new(out, calls, ctx, part);
    xml_feed(x, document);
    xml_end(x);
}

struct bytes xml_attribute(const struct xml_tag *tag, const char *name)
{
    enum { NAME, PREFIX, URI, VALUE, END, EACH };
    for (int i = 0; i < tag->attribute_count; i++) {
        const unsigned char **a = tag->attributes + (ptrdiff_t)i * EACH;
        if (strcmp((const char *)a[NAME], name) == 0)
            return (struct bytes){a[VALUE], (size_t)(a[END] - a[VALUE])};
    }
    return (struct bytes){0};
}

uint32_t xml_number(const struct xml_tag *tag, const char *name, uint32_t otherwise)
{
    struct bytes v = xml_attribute(tag, name);
    uint32_t n = 0;
    if (!v.len || v.len > 9)
        return otherwise;
    for (size_t i = 0; i < v.len; i++) {
        if (v.at[i] < '0' || v.at[i] > '9')
            return otherwise;
        n = n * 10 + (uint32_t)(v.at[i] - '0');
    }
    return n;
}
