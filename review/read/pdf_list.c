/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/pdf_list.h"

enum {
    PAGE_LINES_MAX =
        2000,       /* of a page with more of them the columns are not looked for */
    LONG_LINE = 45, /* letters */
};

struct span {
    float left, right;
};

bool pdf_line_is_short(const struct boxes *b, const struct box_line *l,
    const struct box_line *next, float margin)
{
    const struct box_word *w = boxes_word(b, next->word);
    float blank = b->body_height * 0.2f;
    return l->x1 + blank + (w->x1 - w->x0) < margin;
}

/* What lines of the page stand between those that are beside these lines. */
static struct span column_of(
    const struct boxes *b, size_t from, size_t to, size_t i, size_t end)
{
    struct span own = {1e9f, -1e9f}, free = {-1e9f, 1e9f}, column = {1e9f, -1e9f};
    float top = boxes_line(b, i)->y0, bottom = boxes_line(b, end - 1)->y1;
    for (size_t k = i; k < end; k++) {
        const struct box_line *l = boxes_line(b, k);
        own.left = l->x0 < own.left ? l->x0 : own.left;
        own.right = l->x1 > own.right ? l->x1 : own.right;
    }
    for (size_t k = from; k < to; k++) {
        const struct box_line *l = boxes_line(b, k);
        if (l->furniture || l->y1 <= top || l->y0 >= bottom)
            continue;
        if (l->x1 <= own.left && l->x1 > free.left)
            free.left = l->x1;
        if (l->x0 >= own.right && l->x0 < free.right)
            free.right = l->x0;
    }
    if (free.left < 0 && free.right > 1e8f)
        return (struct span){b->left, b->right};
    for (size_t k = from; k < to; k++) {
        const struct box_line *l = boxes_line(b, k);
        if (l->furniture || l->x0 < free.left || l->x1 > free.right)
            continue;
        column.left = l->x0 < column.left ? l->x0 : column.left;
        column.right = l->x1 > column.right ? l->x1 : column.right;
    }
    return column;
}

static size_t letters_of(const struct boxes *b, size_t i, size_t end)
{
    size_t n = 0;
    for (size_t k = i; k < end; k++) {
        const struct box_line *l = boxes_line(b, k);
        for (uint32_t w = 0; w < l->word_count; w++)
            n += boxes_word(b, l->word + w)->len + 1;
    }
    return n;
}

static bool moved(
    const struct boxes *b, const struct box_line *l, const struct box_line *m)
{
    float slack = b->body_height / 2;
    return l->x0 > m->x0 + slack || l->x0 < m->x0 - slack;
}

static size_t count_short(const struct boxes *b, size_t i, size_t end, float margin)
{
    size_t n = 0;
    for (size_t k = i + 1; k < end; k++)
        n += pdf_line_is_short(b, boxes_line(b, k - 1), boxes_line(b, k), margin);
    return n;
}

/* What the lines look like, from their places alone. */
struct shape {
    float most;              /* where the longest ends */
    bool indented, centered; /* all of them */
    bool stepped;            /* one begins further in or out than the one above */
};

static struct shape shape_of(
    const struct boxes *b, struct span column, size_t i, size_t end)
{
    struct shape s = {-1e9f, true, true, false};
    for (size_t k = i; k < end; k++) {
        const struct box_line *l = boxes_line(b, k);
        float before = l->x0 - column.left, behind = column.right - l->x1;
        s.most = l->x1 > s.most ? l->x1 : s.most;
        s.indented = s.indented && before > b->body_height * 0.6f;
        s.centered = s.centered && before - behind < 3 && behind - before < 3;
        s.stepped = s.stepped || (k > i && moved(b, l, boxes_line(b, k - 1)));
    }
    return s;
}

bool pdf_list_find(const struct boxes *b, size_t from, size_t to, size_t i, size_t end,
    struct pdf_list *list)
{
    if (end - i < 2)
        return false;
    struct span column = to - from > PAGE_LINES_MAX ? (struct span){b->left, b->right}
                                                    : column_of(b, from, to, i, end);
    struct shape s = shape_of(b, column, i, end);
    if (!s.indented || s.centered)
        return false;
    /* A quote is as far from the right as from the left: then its lines are full there. */
    float inset = boxes_line(b, i)->x0 - column.left;
    bool narrow = s.most <= column.right - inset + 0.5f;
    float margin = narrow ? column.right - inset : column.right;
    size_t ended = count_short(b, i, end, margin);
    /* All full up to a margin of their own, which is not that of the page: a box of text. */
    bool box = end - i > 2 && !s.stepped && !count_short(b, i, end, s.most)
        && letters_of(b, i, end) >= LONG_LINE * (end - i - 1);
    if ((!ended && !s.stepped) || box)
        return false;
    *list = (struct pdf_list){i, end, margin};
    return true;
}

bool pdf_list_begins(const struct boxes *b, const struct pdf_list *list, size_t i)
{
    const struct box_line *l = boxes_line(b, i);
    if (i == list->from)
        return true;
    const struct box_line *above = boxes_line(b, i - 1);
    return moved(b, l, above) || pdf_line_is_short(b, above, l, list->margin);
}
