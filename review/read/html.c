/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/utf8.h"
#include "review/read/grid.h"
#include "review/read/growing.h"
#include "review/read/read.h"
#include "review/read/readers.h"
#include "review/read/secret.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <string.h>

enum element {
    INLINE, /* and everything that we do not know */
    BLOCK,
    HEADING,
    LIST,
    ITEM,
    TERM,
    DEFINITION,
    QUOTE,
    PRE,
    TABLE,
    TABLE_HEAD,
    ROW,
    CELL,
    BREAK,
    IMAGE,
    LEFT_OUT, /* with all that is in it */
};

static const struct {
    const char *name;
    enum element element;
} elements[] = {
    {"address", BLOCK},
    {"article", BLOCK},
    {"aside", BLOCK},
    {"blockquote", QUOTE},
    {"body", BLOCK},
    {"br", BREAK},
    {"button", LEFT_OUT},
    {"canvas", LEFT_OUT},
    {"caption", BLOCK},
    {"center", BLOCK},
    {"dd", DEFINITION},
    {"del", LEFT_OUT},
    {"details", BLOCK},
    {"div", BLOCK},
    {"dl", LIST},
    {"dt", TERM},
    {"fieldset", BLOCK},
    {"figcaption", BLOCK},
    {"figure", BLOCK},
    {"footer", BLOCK},
    {"form", BLOCK},
    {"h1", HEADING},
    {"h2", HEADING},
    {"h3", HEADING},
    {"h4", HEADING},
    {"h5", HEADING},
    {"h6", HEADING},
    {"head", LEFT_OUT},
    {"header", BLOCK},
    {"hr", BLOCK},
    {"html", BLOCK},
    {"iframe", LEFT_OUT},
    {"img", IMAGE},
    {"legend", BLOCK},
    {"li", ITEM},
    {"main", BLOCK},
    {"menu", LIST},
    {"nav", LEFT_OUT},
    {"noscript", LEFT_OUT},
    {"object", LEFT_OUT},
    {"ol", LIST},
    {"p", BLOCK},
    {"pre", PRE},
    {"s", LEFT_OUT},
    {"script", LEFT_OUT},
    {"section", BLOCK},
    {"select", LEFT_OUT},
    {"strike", LEFT_OUT},
    {"style", LEFT_OUT},
    {"summary", BLOCK},
    {"svg", LEFT_OUT},
    {"table", TABLE},
    {"tbody", BLOCK},
    {"td", CELL},
    {"template", LEFT_OUT},
    {"tfoot", BLOCK},
    {"th", CELL},
    {"thead", TABLE_HEAD},
    {"tr", ROW},
    {"ul", LIST},
};

struct html {
    struct emit *out;
    struct grid *grid;
    htmlParserCtxtPtr parser;
    struct growing text, term;
    uint32_t line, term_line;    /* where the open text began; 0: none is open */
    unsigned depth, left_out_at; /* left_out_at 0: nothing is left out */
    unsigned quotes, pres, tables, cells, heading, lists, heads;
    bool in_term, stopped;
    bool fresh[READ_DEPTH_MAX
        + 1]; /* by list depth: nothing of the item was emitted yet */
};

static enum element element_of(const xmlChar *name)
{
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
        if (strcmp(elements[i].name, (const char *)name) == 0)
            return elements[i].element;
    return INLINE;
}

static struct bytes attribute(const xmlChar **attributes, const char *name)
{
    for (size_t i = 0; attributes && attributes[i]; i += 2)
        if (strcmp((const char *)attributes[i], name) == 0)
            return text_of(attributes[i + 1] ? (const char *)attributes[i + 1] : name);
    return (struct bytes){0};
}

static unsigned number(struct bytes digits, unsigned otherwise)
{
    unsigned n = 0;
    for (size_t i = 0; i < digits.len && i < 6; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return otherwise;
        n = n * 10 + (unsigned)(digits.at[i] - '0');
    }
    return digits.len ? n : otherwise;
}

static uint32_t line_now(const struct html *h)
{
    int line = xmlSAX2GetLineNumber(h->parser);
    return line > 0 ? (uint32_t)line : 0;
}

/* What a person does not see, and marks that lead to a footnote and back. */
static bool hidden(const xmlChar **attributes)
{
    static const char *const roles[] = {"doc-noteref", "doc-backlink", "navigation"};
    struct bytes style = attribute(attributes, "style"),
                 role = attribute(attributes, "role");
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (text_same(role, text_of(roles[i])))
            return true;
    return attribute(attributes, "hidden").len
        || text_find_word(style, TEXT("display:none")) < style.len
        || text_find_word(style, TEXT("display: none")) < style.len;
}

static void emit_definition(struct html *h, struct bytes term, struct bytes text)
{
    uint8_t level = (uint8_t)(h->lists ? h->lists : 1);
    emit_begin(h->out, UNIT_ITEM, level, term.len ? h->term_line : h->line, 0);
    emit_text(h->out, term);
    if (term.len && text.len)
        emit_text(h->out, TEXT(": "));
    emit_text(h->out, text);
    if (term.len && text.len)
        emit_field(h->out, term, text, h->line);
    emit_end(h->out);
    h->term.len = 0;
}

/* The kind of the text that is open follows from what is open around it. */
static void flush(struct html *h)
{
    struct bytes text = growing_bytes(&h->text);
    bool *fresh = &h->fresh[h->lists];
    if (h->cells) {
        grid_text(h->grid, TEXT(" "));
    } else if (!text_trim(text).len) {
        /* white space between tags */
    } else if (h->in_term) {
        if (h->term.len)
            growing_add(&h->term, TEXT(", "));
        else
            h->term_line = h->line;
        growing_add(&h->term, text_trim(text));
    } else if (h->heading) {
        emit_unit(h->out, UNIT_HEADING, (uint8_t)h->heading, h->line, 0, text);
    } else if (h->pres) {
        while (text.len && (text.at[0] == '\n' || text.at[0] == '\r'))
            text = text_from(text, 1);
        emit_unit(h->out, UNIT_CODE, 0, h->line, 0, text);
        *fresh = false;
    } else if (h->lists && *fresh && !h->quotes) {
        emit_definition(h, text_trim(growing_bytes(&h->term)), text_trim(text));
        *fresh = false;
    } else {
        emit_unit(h->out, h->quotes ? UNIT_QUOTE : UNIT_PARAGRAPH, 0, h->line, 0, text);
        *fresh = false;
    }
    h->text.len = 0;
    h->line = 0;
}

static void open_list(struct html *h)
{
    h->lists++;
    h->fresh[h->lists] = false;
}

/* An item without a list around it is a paragraph. */
static void open_item(struct html *h)
{
    h->fresh[h->lists] = h->lists > 0;
}

static void open_table(struct html *h)
{
    if (h->tables++ == 0)
        grid_begin(h->grid, GRID_MARKED);
}

static void open_cell(struct html *h, const xmlChar *name, const xmlChar **attributes)
{
    bool header = name[1] == 'h' || h->heads;
    h->cells++;
    if (h->tables == 1)
        grid_cell(h->grid, header, number(attribute(attributes, "colspan"), 1),
            number(attribute(attributes, "rowspan"), 1));
}

static void note_image(struct html *h, const xmlChar **attributes)
{
    emit_note(h->out, NOTE_LOST_IMAGE, line_now(h), 0, attribute(attributes, "alt"));
}

static void on_open(void *self, const xmlChar *name, const xmlChar **attributes)
{
    struct html *h = self;
    if (h->stopped)
        return;
    if (++h->depth > READ_DEPTH_MAX || emit_full(h->out)) {
        flush(h);
        if (!emit_full(h->out))
            emit_note(h->out, NOTE_TOO_DEEP, line_now(h), 0, (struct bytes){0});
        h->stopped = true;
        xmlStopParser(h->parser);
        return;
    }
    if (h->left_out_at)
        return;
    enum element element = element_of(name);
    if (element == LEFT_OUT || hidden(attributes)) {
        h->left_out_at = h->depth;
        return;
    }
    if (element != INLINE && element != BREAK && element != IMAGE)
        flush(h);
    switch (element) {
    case INLINE:
    case LEFT_OUT:
    case BLOCK: break;
    case HEADING: h->heading = (unsigned)(name[1] - '0'); break;
    case LIST: open_list(h); break;
    case ITEM: open_item(h); break;
    case TERM: h->in_term = true; break;
    case DEFINITION: open_item(h); break;
    case QUOTE: h->quotes++; break;
    case PRE: h->pres++; break;
    case TABLE: open_table(h); break;
    case TABLE_HEAD: h->heads++; break;
    case ROW:
        if (h->tables == 1)
            grid_row(h->grid, line_now(h), 0);
        break;
    case CELL: open_cell(h, name, attributes); break;
    case BREAK: growing_add(&h->text, h->pres ? TEXT("\n") : TEXT(" ")); break;
    case IMAGE: note_image(h, attributes); break;
    }
}

static void close_list(struct html *h)
{
    if (h->term.len)
        emit_definition(h, text_trim(growing_bytes(&h->term)), (struct bytes){0});
    if (h->lists)
        h->lists--;
}

static void close_table(struct html *h)
{
    if (h->tables && --h->tables == 0)
        grid_end(h->grid);
}

static void less(unsigned *count)
{
    if (*count)
        --*count;
}

static void on_close(void *self, const xmlChar *name)
{
    struct html *h = self;
    if (h->stopped)
        return;
    unsigned depth = h->depth;
    less(&h->depth);
    if (h->left_out_at) {
        if (depth == h->left_out_at)
            h->left_out_at = 0;
        return;
    }
    enum element element = element_of(name);
    if (element != INLINE && element != BREAK && element != IMAGE)
        flush(h);
    switch (element) {
    case INLINE:
    case BLOCK:
    case ITEM:
    case DEFINITION:
    case ROW:
    case BREAK:
    case IMAGE:
    case LEFT_OUT: break;
    case HEADING: h->heading = 0; break;
    case LIST: close_list(h); break;
    case TERM: h->in_term = false; break;
    case QUOTE: less(&h->quotes); break;
    case PRE: less(&h->pres); break;
    case CELL: less(&h->cells); break;
    case TABLE: close_table(h); break;
    case TABLE_HEAD: less(&h->heads); break;
    }
}

static uint32_t lines_in(struct bytes text)
{
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.at[i] == '\n';
    return n;
}

static void on_text(void *self, const xmlChar *at, int len)
{
    struct html *h = self;
    struct bytes text = {at, len > 0 ? (size_t)len : 0};
    if (h->stopped || h->left_out_at)
        return;
    if (h->cells) {
        grid_text(h->grid, text);
        return;
    }
    if (!h->line && text_trim(text).len) {
        uint32_t line = line_now(h), passed = lines_in(text);
        h->line = line > passed ? line - passed : 1;
        /* The text is told after it was read: lines at its front stand before it begins. */
        for (size_t i = 0; i < text.len && (at[i] <= ' '); i++)
            h->line += at[i] == '\n' && passed;
    }
    if (h->text.len <= EMIT_TEXT_MAX * 2)
        growing_add(&h->text, text);
}

static bool names_an_encoding(struct bytes document)
{
    struct bytes head = text_upto(document, 4096);
    bool utf16 = head.len >= 2 && (head.at[0] ^ head.at[1]) == 1 && head.at[0] >= 0xFE;
    size_t at = text_find_word(head, TEXT("charset="));
    struct bytes name = text_from(head, at);
    return utf16
        || (at < head.len && text_find_word(text_upto(name, 16), TEXT("utf-8")) >= 16);
}

/* libxml2 takes the first bad byte for a sign that all is Latin-1; we say so and go on. */
static struct bytes replace_broken(
    struct bytes document, struct growing *room, struct emit *out)
{
    size_t from = 0;
    for (size_t i = 0; i < document.len;) {
        size_t n = utf8_char(text_from(document, i));
        if (n) {
            i += n;
            continue;
        }
        growing_add(room, (struct bytes){document.at + from, i - from});
        growing_add(room, TEXT("\xEF\xBF\xBD"));
        from = ++i;
    }
    growing_add(room, text_from(document, from));
    emit_note(out, NOTE_UTF8, 0, 0, (struct bytes){0});
    return growing_bytes(room);
}

static void run(struct html *h, struct bytes document, const char *encoding)
{
    htmlSAXHandler sax = {
        .startElement = on_open,
        .endElement = on_close,
        .characters = on_text,
        .cdataBlock = on_text,
        .ignorableWhitespace = on_text,
    };
    if (!document.len)
        return;
    h->parser =
        htmlCreateMemoryParserCtxt((const char *)document.at, (int)document.len);
    if (!h->parser)
        return;
    *h->parser->sax = sax;
    h->parser->userData = h;
    htmlCtxtUseOptions(h->parser,
        HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING
            | HTML_PARSE_RECOVER);
    if (encoding)
        xmlSwitchEncoding(h->parser, XML_CHAR_ENCODING_UTF8);
    htmlParseDocument(h->parser);
    if (h->parser->myDoc)
        xmlFreeDoc(h->parser->myDoc);
    h->parser->myDoc = NULL;
    htmlFreeParserCtxt(h->parser);
}

void read_html(struct bytes document, struct emit *out)
{
    struct html h = {.out = out, .grid = grid_new(out)};
    struct growing clean = {0};
    const char *encoding = "UTF-8";
    secret_scan(document, out);
    emit_counts_lines(out);
    if (!utf8_valid(document)) {
        if (names_an_encoding(document))
            encoding = NULL;
        else
            document = replace_broken(document, &clean, out);
    }
    run(&h, document, encoding);
    flush(&h);
    if (h.tables)
        grid_end(h.grid);
    growing_free(&h.text);
    growing_free(&h.term);
    growing_free(&clean);
    grid_free(h.grid);
}
