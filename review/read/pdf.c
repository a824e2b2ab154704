/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PDF, from what pdftotext printed: it has letters and places only. Headings are larger than
 * the text or numbered "1.2"; what is indented like nothing else cannot be told from a quote
 * and is a paragraph; letters of equal width are code.
 */
#include "review/read/boxes.h"
#include "review/read/pdf_list.h"
#include "review/read/pdf_table.h"
#include "review/read/readers.h"

#include <stdlib.h>

enum {
    SIZES_MAX = 6,
    LIST_DEPTH_MAX = 32,
    LIST_LINES_MAX = 400, /* without a gap; a page of paper holds fewer */
};

struct pdf {
    struct boxes boxes;
    struct emit *out;
    struct grid *grid;
    struct growing text, header; /* header: of the table that may go on */
    enum unit_kind kind;
    uint8_t level;
    uint32_t page;
    bool open, table_open;
    size_t columns;         /* of the table that is open */
    float sizes[SIZES_MAX]; /* of headings, the largest first */
    size_t size_count;
    float list_x[LIST_DEPTH_MAX]; /* where the text of each depth begins */
    unsigned lists;
    float text_x; /* where lines of what is open may go on */
    const struct box_line *last;
};

static float height(const struct box_line *l)
{
    return l->y1 - l->y0;
}

static bool large(const struct pdf *p, const struct box_line *l)
{
    return height(l) > p->boxes.body_height * 1.12f;
}

/* Sizes of large lines, without those that differ by a hair. */
static void find_sizes(struct pdf *p)
{
    for (size_t i = 0; i < p->boxes.lines.count; i++) {
        const struct box_line *l = boxes_line(&p->boxes, i);
        size_t k = 0;
        if (!large(p, l) || l->furniture || l->table)
            continue;
        while (k < p->size_count && p->sizes[k] > height(l) * 1.04f)
            k++;
        if (k < p->size_count && p->sizes[k] > height(l) * 0.96f)
            continue;
        if (k == SIZES_MAX)
            continue;
        if (p->size_count < SIZES_MAX)
            p->size_count++;
        for (size_t m = p->size_count - 1; m > k; m--)
            p->sizes[m] = p->sizes[m - 1];
        p->sizes[k] = height(l);
    }
}

static uint8_t level_of_size(const struct pdf *p, const struct box_line *l)
{
    size_t k = 0;
    while (k + 1 < p->size_count && p->sizes[k] > height(l) * 1.04f)
        k++;
    return (uint8_t)(k + 1);
}

static struct bytes word(const struct pdf *p, const struct box_line *l, uint32_t i)
{
    return boxes_text(&p->boxes, boxes_word(&p->boxes, l->word + i));
}

/* "2.1 Title": how many numbers, if the line is a heading by its number; else 0. */
static uint8_t numbered(const struct pdf *p, const struct box_line *l)
{
    struct bytes n = word(p, l, 0);
    uint8_t parts = 1;
    bool digit = false;
    for (size_t i = 0; i < n.len; i++) {
        if (n.at[i] == '.' && digit && i + 1 < n.len)
            parts++;
        else if (n.at[i] < '0' || n.at[i] > '9')
            return 0;
        digit = n.at[i] != '.';
    }
    if (parts < 2 || parts > 6 || l->word_count < 2 || l->word_count > 14)
        return 0;
    struct bytes next = word(p, l, 1), end = word(p, l, l->word_count - 1);
    bool title = (next.at[0] >= 'A' && next.at[0] <= 'Z') || next.at[0] >= 0x80;
    return title && end.at[end.len - 1] != '.' ? parts : 0;
}

static bool is_bullet(struct bytes w)
{
    static const char *const bullets[] = {"-", "*", "o", "\xC2\xB7", "\xE2\x80\xA2",
        "\xE2\x80\xA3", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x97\xA6", "\xE2\x96\xAA",
        "\xE2\x96\xA0", "\xE2\x97\x8F", "\xE2\x97\x8B", "\xE2\x9E\xA2", "\xE2\x9C\x93",
        "\xE2\x81\x83", "\xEF\x82\xB7", "\xEF\x82\xA7"};
    for (size_t i = 0; i < sizeof bullets / sizeof bullets[0]; i++)
        if (text_same(w, text_of(bullets[i])))
            return true;
    return false;
}

static bool is_number(struct bytes w)
{
    size_t at = w.len && w.at[0] == '(' ? 1 : 0, from = at;
    while (at < w.len && at < from + 3 && w.at[at] >= '0' && w.at[at] <= '9')
        at++;
    if (at == from && at < w.len && w.at[at] >= 'a' && w.at[at] <= 'z')
        at++;
    return at > from && at + 1 == w.len
        && (w.at[at] == ')' || (from == 0 && w.at[at] == '.'));
}

static bool is_item(const struct pdf *p, const struct box_line *l)
{
    return l->word_count > 1 && (is_bullet(word(p, l, 0)) || is_number(word(p, l, 0)));
}

static void end_unit(struct pdf *p)
{
    if (p->open)
        emit_unit(p->out, p->kind, p->level, 0, p->page, growing_bytes(&p->text));
    p->open = false;
    p->text.len = 0;
}

static void end_table(struct pdf *p)
{
    if (p->table_open)
        grid_end(p->grid);
    p->table_open = false;
    p->header.len = 0;
}

static void begin(struct pdf *p, enum unit_kind kind, uint8_t level, uint32_t page)
{
    end_unit(p);
    end_table(p);
    p->open = true;
    p->kind = kind;
    p->level = level;
    p->page = page;
}

static void add_words(struct pdf *p, const struct box_line *l, uint32_t from)
{
    for (uint32_t i = from; i < l->word_count && p->text.len <= EMIT_TEXT_MAX; i++) {
        if (i == from) {
            boxes_join(&p->text, word(p, l, i), p->out, l->page);
        } else {
            growing_add(&p->text, TEXT(" "));
            growing_add(&p->text, word(p, l, i));
        }
    }
}

/* An item whose text begins with that word of the line. */
static void begin_item(struct pdf *p, const struct box_line *l, uint32_t from)
{
    float x = boxes_word(&p->boxes, l->word + from)->x0,
          slack = p->boxes.body_height / 2;
    while (p->lists && p->list_x[p->lists - 1] > x + slack)
        p->lists--;
    if ((!p->lists || p->list_x[p->lists - 1] < x - slack) && p->lists < LIST_DEPTH_MAX)
        p->list_x[p->lists++] = x;
    begin(p, UNIT_ITEM, (uint8_t)p->lists, l->page);
    p->text_x = x;
    add_words(p, l, from);
}

/* A sentence that has not ended goes on at the top of the next page or column. */
static bool unended(const struct pdf *p, const struct box_line *next)
{
    static const char *const ends[] = {".", ":", "!", "?", ";"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (text_ends(growing_bytes(&p->text), text_of(ends[i])))
            return false;
    bool ended = p->kind == UNIT_ITEM
        && pdf_line_is_short(&p->boxes, p->last, next, p->boxes.right);
    return p->text.len > 0 && !ended;
}

static bool close_below(
    const struct pdf *p, const struct box_line *above, const struct box_line *l)
{
    float gap = l->y0 - above->y1;
    return l->page == above->page && gap > -height(l) / 2
        && gap < p->boxes.body_gap + p->boxes.body_height * 0.35f;
}

static bool goes_on(const struct pdf *p, const struct box_line *l)
{
    const struct box_line *above = p->last;
    float slack = p->boxes.body_height;
    if (!p->open || !above || is_item(p, l))
        return false;
    if (large(p, l) != large(p, above)
        || (large(p, l) && height(l) * 1.04f < height(above)))
        return false;
    if (l->page != above->page || l->y1 < above->y0)
        return p->kind != UNIT_HEADING && unended(p, l) && !numbered(p, l);
    float gap = l->y0 - above->y1;
    bool near = gap < p->boxes.body_gap + p->boxes.body_height * 0.35f;
    bool beside = gap < -height(l) / 2; /* the same line, after a gap */
    bool aligned = l->x0 > p->text_x - slack && l->x0 < p->text_x + slack;
    return beside || (near && (aligned || p->kind == UNIT_HEADING) && !numbered(p, l));
}

static void put_line(struct pdf *p, const struct box_line *l)
{
    uint8_t parts = numbered(p, l);
    if (goes_on(p, l)) {
        if (p->last->page != l->page || l->y1 < p->last->y0)
            p->text_x = l->x0;
        add_words(p, l, 0);
    } else if (large(p, l)) {
        p->lists = 0;
        begin(p, UNIT_HEADING, level_of_size(p, l), l->page);
        add_words(p, l, 0);
    } else if (parts) {
        p->lists = 0;
        begin(p, UNIT_HEADING, parts, l->page);
        add_words(p, l, 0);
    } else if (is_item(p, l)) {
        begin_item(p, l, 1);
    } else {
        begin(p, UNIT_PARAGRAPH, 0, l->page);
        p->text_x = l->x0;
        if (p->lists && l->x0 < p->list_x[0] - p->boxes.body_height / 2)
            p->lists = 0;
        add_words(p, l, 0);
    }
    p->last = l;
}

static int by_place(const void *a, const void *b)
{
    const struct box_line *l = a, *m = b;
    int y = (int)(l->y0 * 2), z = (int)(m->y0 * 2);
    return y != z ? y - z : (l->x0 > m->x0) - (l->x0 < m->x0);
}

/* Lines from `i` that are code; returns behind them. */
static size_t put_code(struct pdf *p, size_t i, size_t to)
{
    const struct box_line *first = boxes_line(&p->boxes, i);
    float width = p->boxes.code_width, margin = 1e9f;
    size_t end = i;
    while (end < to && !boxes_line(&p->boxes, end)->table
        && !boxes_line(&p->boxes, end)->furniture
        && boxes_are_code(&p->boxes, end, end + 1)
        && (end == i
            || boxes_line(&p->boxes, end)->y0 - boxes_line(&p->boxes, end - 1)->y1
                < height(first) * 1.5f))
        end++;
    if (end == i || large(p, first) || is_item(p, first)
        || (p->open && goes_on(p, first)))
        return i;
    for (size_t k = i; k < end; k++)
        if (boxes_line(&p->boxes, k)->x0 < margin)
            margin = boxes_line(&p->boxes, k)->x0;
    begin(p, UNIT_CODE, 0, first->page);
    /* Where words stand far apart, each was printed as a line of its own. */
    qsort(boxes_line(&p->boxes, i), end - i, sizeof(struct box_line), by_place);
    float right = margin;
    for (size_t k = i; k < end; k++) {
        const struct box_line *l = boxes_line(&p->boxes, k);
        if (k > i && l->y0 > boxes_line(&p->boxes, k - 1)->y0 + height(l) / 2) {
            growing_add(&p->text, TEXT("\n"));
            right = margin;
        }
        for (uint32_t w = 0; w < l->word_count; w++) {
            const struct box_word *at = boxes_word(&p->boxes, l->word + w);
            for (float n = (at->x0 - right) / width; n > 0.5f && n < 200; n -= 1)
                growing_add(&p->text, TEXT(" "));
            growing_add(&p->text, word(p, l, w));
            right = at->x1;
        }
    }
    end_unit(p);
    p->last = NULL;
    return end;
}

static bool is_plain(const struct pdf *p, const struct box_line *l)
{
    return !l->furniture && !l->table && !large(p, l) && !is_item(p, l)
        && !numbered(p, l);
}

/* Lines from `i` that are items without marks; returns behind them. */
static size_t put_list(struct pdf *p, size_t i, size_t from, size_t to)
{
    struct boxes *b = &p->boxes;
    const struct box_line *first = boxes_line(b, i);
    struct pdf_list list;
    bool doubt = false;
    size_t end = i, most = to - i < LIST_LINES_MAX ? to : i + LIST_LINES_MAX;
    if (goes_on(p, first))
        return i;
    while (end < most && is_plain(p, boxes_line(b, end))
        && (end == i || close_below(p, boxes_line(b, end - 1), boxes_line(b, end)))
        && boxes_line(b, end)->x0 > first->x0 - b->body_height / 2)
        end++;
    if (!pdf_list_find(b, from, to, i, end, &list))
        return i;
    for (size_t k = i; k < end; k++) {
        p->last = boxes_line(b, k);
        struct bytes front = word(p, p->last, 0);
        bool begins = pdf_list_begins(b, &list, k);
        if (begins)
            begin_item(p, p->last, 0);
        else
            add_words(p, p->last, 0);
        doubt = doubt || (!begins && front.at[0] >= 'A' && front.at[0] <= 'Z');
    }
    if (doubt) /* the line above was full, and this one begins as an item would */
        emit_note(p->out, NOTE_LOST_LAYOUT, 0, p->last->page,
            TEXT("items of a list may have run together"));
    return end;
}

static void put_table(struct pdf *p, const struct pdf_tables *t, size_t which)
{
    end_unit(p);
    if (p->table_open && p->columns != pdf_table_columns(t, which))
        end_table(p);
    if (!p->table_open)
        grid_begin(p->grid, GRID_MARKED);
    p->table_open = true;
    p->columns = pdf_table_columns(t, which);
    pdf_table_write(t, &p->boxes, which, p->grid, &p->header, p->out);
    p->last = NULL;
}

static void put_page(struct pdf *p, size_t from, size_t to, const struct pdf_tables *t)
{
    bool *written = calloc(t->tables.count + 1, sizeof *written);
    for (size_t i = from; i < to && written; i++) {
        const struct box_line *l = boxes_line(&p->boxes, i);
        if (l->furniture)
            continue;
        if (l->table) {
            if (!written[l->table])
                put_table(p, t, l->table - 1);
            written[l->table] = true;
            continue;
        }
        size_t behind = put_code(p, i, to);
        if (behind == i)
            behind = put_list(p, i, from, to);
        if (behind > i)
            i = behind - 1;
        else
            put_line(p, l);
    }
    free(written);
}

/* A bullet that was printed as a line of its own stands before the line beside it. */
static void merge_bullets(struct boxes *b)
{
    for (size_t i = 0; i + 1 < b->lines.count; i++) {
        struct box_line *l = boxes_line(b, i), *next = boxes_line(b, i + 1);
        struct bytes w = boxes_text(b, boxes_word(b, l->word));
        bool beside = l->page == next->page && next->y0 < (l->y0 + l->y1) / 2
            && next->y1 > (l->y0 + l->y1) / 2 && next->x0 >= l->x1;
        if (l->word_count != 1 || !beside || !(is_bullet(w) || is_number(w))
            || l->word + 1 != next->word)
            continue;
        next->word--;
        next->word_count++;
        next->x0 = l->x0;
        l->word_count = 0;
        l->furniture = true;
    }
}

static void put_pages(struct pdf *p)
{
    struct boxes *b = &p->boxes;
    for (int pass = 0; pass < 2; pass++)
        for (size_t from = 0, to; from < b->lines.count && !emit_full(p->out);
             from = to) {
            struct pdf_tables t;
            to = from;
            while (to < b->lines.count
                && boxes_line(b, to)->page == boxes_line(b, from)->page)
                to++;
            /* Sizes of headings are known only when all tables are found. */
            pdf_tables_find(&t, b, from, to, pass ? p->out : NULL);
            if (pass)
                put_page(p, from, to, &t);
            pdf_tables_free(&t);
            if (!pass && to == b->lines.count)
                find_sizes(p);
        }
    end_unit(p);
    end_table(p);
}

void read_pdf_boxes(struct bytes document, struct emit *out)
{
    struct pdf p = {.out = out, .grid = grid_new(out)};
    boxes_read(document, out, &p.boxes);
    if (!p.boxes.words.count && p.boxes.heights.count)
        emit_note(out, NOTE_NO_TEXT_LAYER, 0, 0, (struct bytes){0});
    merge_bullets(&p.boxes);
    put_pages(&p);
    boxes_free(&p.boxes);
    growing_free(&p.text);
    growing_free(&p.header);
    grid_free(p.grid);
}
