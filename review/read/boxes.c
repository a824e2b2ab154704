/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/boxes.h"

#include "core/base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

struct reading_boxes {
    struct boxes *boxes;
    struct emit *out;
    uint32_t page;
    bool in_word, full;
};

struct box_line *boxes_line(const struct boxes *b, size_t i)
{
    return LIST_AT(&b->lines, struct box_line, i);
}

const struct box_word *boxes_word(const struct boxes *b, size_t i)
{
    return LIST_AT(&b->words, struct box_word, i);
}

struct bytes boxes_text(const struct boxes *b, const struct box_word *w)
{
    return text_upto(text_from(growing_bytes(&b->text), w->from), w->len);
}

/* "123.456": digits only, so that no locale and no infinity comes in. */
static float coordinate(const struct xml_tag *tag, const char *name)
{
    static const float largest = 100000;
    struct bytes v = xml_attribute(tag, name);
    float value = 0, scale = 0;
    bool minus = v.len && v.at[0] == '-';
    for (size_t i = minus; i < v.len && i < 24; i++) {
        if (v.at[i] == '.' && scale == 0) {
            scale = 1;
        } else if (v.at[i] >= '0' && v.at[i] <= '9') {
            scale /= 10;
            value = scale > 0 ? value + scale * (float)(v.at[i] - '0')
                              : value * 10 + (float)(v.at[i] - '0');
        } else {
            break;
        }
    }
    value = value > largest ? largest : value;
    return minus ? -value : value;
}

static bool is(struct bytes name, const char *wanted)
{
    return text_same(name, text_of(wanted));
}

static void open_word(struct reading_boxes *r, const struct xml_tag *tag)
{
    struct boxes *b = r->boxes;
    if (b->words.count >= BOX_WORDS_MAX) {
        if (!r->full)
            emit_note(r->out, NOTE_TOO_MUCH, 0, r->page, TEXT("words"));
        r->full = true;
        return;
    }
    if (!b->lines.count)
        return;
    struct box_word *w = list_add(&b->words);
    w->x0 = coordinate(tag, "xMin");
    w->x1 = coordinate(tag, "xMax");
    w->y0 = coordinate(tag, "yMin");
    w->y1 = coordinate(tag, "yMax");
    w->from = (uint32_t)b->text.len;
    boxes_line(b, b->lines.count - 1)->word_count++;
    r->in_word = true;
}

static void on_open(void *self, const struct xml_tag *tag)
{
    struct reading_boxes *r = self;
    struct boxes *b = r->boxes;
    if (is(tag->name, "page")) {
        r->page++;
        *(float *)list_add(&b->heights) = coordinate(tag, "height");
    } else if (is(tag->name, "line") && !r->full) {
        struct box_line *l = list_add(&b->lines);
        l->page = r->page ? r->page : 1;
        l->word = (uint32_t)b->words.count;
    } else if (is(tag->name, "word") && !r->full) {
        open_word(r, tag);
    }
}

/* The line spans its words: what the print says of it may differ. */
static void close_line(struct boxes *b)
{
    struct box_line *l = boxes_line(b, b->lines.count - 1);
    for (uint32_t i = 0; i < l->word_count; i++) {
        const struct box_word *w = boxes_word(b, l->word + i);
        l->x0 = i == 0 || w->x0 < l->x0 ? w->x0 : l->x0;
        l->x1 = i == 0 || w->x1 > l->x1 ? w->x1 : l->x1;
        l->y0 = i == 0 || w->y0 < l->y0 ? w->y0 : l->y0;
        l->y1 = i == 0 || w->y1 > l->y1 ? w->y1 : l->y1;
    }
}

/* Lines without words say nothing; lines inside lines leave such behind. */
static void drop_empty_lines(struct boxes *b)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->lines.count; i++)
        if (boxes_line(b, i)->word_count)
            *boxes_line(b, kept++) = *boxes_line(b, i);
    b->lines.count = kept;
}

static void on_close(void *self, struct bytes name)
{
    struct reading_boxes *r = self;
    struct boxes *b = r->boxes;
    if (is(name, "word") && r->in_word) {
        struct box_word *w = LIST_AT(&b->words, struct box_word, b->words.count - 1);
        r->in_word = false;
        w->len = (uint32_t)b->text.len - w->from;
        if (!text_trim(boxes_text(b, w)).len) {
            b->words.count--;
            boxes_line(b, b->lines.count - 1)->word_count--;
        }
    } else if (is(name, "line") && b->lines.count) {
        close_line(b);
    }
}

static void on_text(void *self, struct bytes piece)
{
    struct reading_boxes *r = self;
    if (r->in_word)
        growing_add(&r->boxes->text, piece);
}

/* A font may give control characters for letters; XML knows none of them. */
static void feed_clean(struct xml *x, struct bytes printed)
{
    enum { AT_ONCE = 65536 };
    struct growing clean = {0};
    bool go_on = true;
    while (printed.len && go_on) {
        clean.len = 0;
        while (printed.len && clean.len < AT_ONCE) {
            size_t run = 0;
            while (run < printed.len && run < AT_ONCE && printed.at[run] >= ' '
                && printed.at[run] < 0x7F)
                run++;
            growing_add(&clean, text_upto(printed, run));
            printed = text_from(printed, run);
            if (!printed.len || run)
                continue;
            size_t n = utf8_char(printed);
            bool control = n == 1 && printed.at[0] != '\n' && printed.at[0] != '\t';
            growing_add(&clean,
                n == 0        ? TEXT("\xEF\xBF\xBD")
                    : control ? TEXT(" ")
                              : text_upto(printed, n));
            printed = text_from(printed, n ? n : 1);
        }
        go_on = xml_feed(x, growing_bytes(&clean));
    }
    growing_free(&clean);
}

static size_t letters(struct bytes w)
{
    size_t n = 0;
    for (size_t i = 0; i < w.len; i++)
        n += (w.at[i] & 0xC0) != 0x80;
    return n;
}

static bool alike(float width, float other)
{
    return width > other * 0.998f && width < other * 1.002f;
}

/* The width of each letter in lines [from, to), or 0 if they differ. */
static float width_of_letters(
    const struct boxes *b, size_t from, size_t to, size_t *words)
{
    float least = 1e9f, most = 0;
    *words = 0;
    for (size_t i = from; i < to; i++) {
        const struct box_line *l = boxes_line(b, i);
        for (uint32_t k = 0; k < l->word_count; k++) {
            const struct box_word *w = boxes_word(b, l->word + k);
            size_t n = letters(boxes_text(b, w));
            float each = n ? (w->x1 - w->x0) / (float)n : 0;
            least = each < least ? each : least;
            most = each > most ? each : most;
            ++*words;
        }
    }
    return most > 0 && alike(least, most) ? most : 0;
}

bool boxes_are_code(const struct boxes *b, size_t from, size_t to)
{
    size_t words;
    float width = b->code_width > 0 ? width_of_letters(b, from, to, &words) : 0;
    return width > 0 && alike(width, b->code_width);
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float median(struct list *values, float otherwise)
{
    if (!values->count)
        return otherwise;
    qsort(values->at, values->count, sizeof(float), by_size);
    return *LIST_AT(values, float, values->count / 2);
}

/* Long lines are running text: of these, what is usual. */
static void measure(struct boxes *b)
{
    struct list heights = LIST_OF(float), gaps = LIST_OF(float);
    for (size_t i = 0; i < b->lines.count; i++) {
        const struct box_line *l = boxes_line(b, i);
        for (uint32_t k = 0; k < l->word_count; k++) {
            const struct box_word *w = boxes_word(b, l->word + k);
            *(float *)list_add(&heights) = w->y1 - w->y0;
        }
    }
    b->body_height = median(&heights, 10);
    for (size_t i = 1; i < b->lines.count; i++) {
        const struct box_line *l = boxes_line(b, i), *above = boxes_line(b, i - 1);
        float gap = l->y0 - above->y1;
        if (l->page == above->page && gap > -b->body_height / 2
            && gap < b->body_height * 0.8f)
            *(float *)list_add(&gaps) = gap;
    }
    b->body_gap = median(&gaps, b->body_height * 0.3f);
    list_free(&heights);
    list_free(&gaps);
}

/*
 * Two words of one line may have letters of one width by chance; it is code if several lines
 * agree. Where most lines do, the whole document is printed so, and that says nothing.
 */
static void find_code_width(struct boxes *b)
{
    struct list widths = LIST_OF(float);
    size_t best = 1, words;
    for (size_t i = 0; i < b->lines.count; i++) {
        float width = width_of_letters(b, i, i + 1, &words);
        if (width > 0 && words >= 2)
            *(float *)list_add(&widths) = width;
    }
    if (widths.count)
        qsort(widths.at, widths.count, sizeof(float), by_size);
    for (size_t i = 0, from = 0; i < widths.count; i++) {
        while (!alike(*LIST_AT(&widths, float, from), *LIST_AT(&widths, float, i)))
            from++;
        if (i - from + 1 > best) {
            best = i - from + 1;
            b->code_width = *LIST_AT(&widths, float, i);
        }
    }
    if (best * 4 > b->lines.count * 3)
        b->code_width = 0;
    list_free(&widths);
}

static bool has_capital_and_dash(struct bytes w)
{
    return w.at[0] >= 'A' && w.at[0] <= 'Z' && text_find(w, TEXT("-")) < w.len;
}

/*
 * The line's text and where it stands, every number as '#': what repeats on pages. Numbers of
 * identifiers stay: the first rows of a long table differ in nothing else.
 */
static struct bytes repeated_as(
    const struct boxes *b, const struct box_line *l, struct arena *a)
{
    enum { LETTERS_MAX = 200 };
    struct growing g = {0};
    char place[32];
    snprintf(place, sizeof place, "%d ", (int)(l->y0 / 4));
    growing_add(&g, text_of(place));
    for (uint32_t i = 0; i < l->word_count && g.len < LETTERS_MAX; i++) {
        struct bytes w = boxes_text(b, boxes_word(b, l->word + i));
        bool id = has_capital_and_dash(w);
        for (size_t k = 0; k < w.len && g.len < LETTERS_MAX; k++) {
            bool digit = !id && w.at[k] >= '0' && w.at[k] <= '9';
            if (!digit || g.at[g.len - 1] != '#')
                growing_add(&g, digit ? TEXT("#") : (struct bytes){w.at + k, 1});
        }
    }
    struct bytes kept = arena_copy(a, growing_bytes(&g));
    growing_free(&g);
    return kept;
}

static bool is_page_number(struct bytes t)
{
    static const char *const around[] = {"page", "of", "seite", "von", "/", "-", "|"};
    bool digit = false;
    while (t.len) {
        size_t n = 0;
        for (size_t i = 0; i < sizeof around / sizeof around[0] && !n; i++)
            if (text_same_word(
                    text_upto(t, text_of(around[i]).len), text_of(around[i])))
                n = text_of(around[i]).len;
        if (!n && t.at[0] >= '0' && t.at[0] <= '9')
            n = digit = true;
        if (!n)
            return false;
        t = text_from(t, n);
    }
    return digit;
}

static bool page_number_line(const struct boxes *b, const struct box_line *l)
{
    struct growing g = {0};
    for (uint32_t i = 0; i < l->word_count && i < 6; i++)
        growing_add(&g, boxes_text(b, boxes_word(b, l->word + i)));
    bool is_number = l->word_count <= 5 && is_page_number(growing_bytes(&g));
    growing_free(&g);
    return is_number;
}

static bool in_margin(const struct boxes *b, const struct box_line *l)
{
    float height =
        l->page <= b->heights.count ? *LIST_AT(&b->heights, float, l->page - 1) : 0;
    return l->y1 < height * 0.1f || l->y0 > height * 0.9f;
}

/*
 * What stands close to the text, in letters as large, is no head or
 * foot: the header of a table that goes on over many pages stands there.
 */
static void keep_what_is_close(struct boxes *b, size_t from, size_t to)
{
    const struct box_line *top = NULL, *end = NULL;
    for (size_t i = from; i < to; i++) {
        const struct box_line *l = boxes_line(b, i);
        if (!l->furniture && (!top || l->y0 < top->y0))
            top = l;
        if (!l->furniture && (!end || l->y1 > end->y1))
            end = l;
    }
    for (size_t i = from; i < to && top; i++) {
        struct box_line *l = boxes_line(b, i);
        bool above = l->y0 < top->y0;
        const struct box_line *near = above ? top : end;
        float gap = above ? top->y0 - l->y1 : l->y0 - end->y1;
        if (gap < b->body_height * 1.2f && l->y1 - l->y0 > (near->y1 - near->y0) * 0.9f)
            l->furniture = false;
    }
}

struct repeated {
    size_t pages;
    uint32_t last; /* page on which it was met */
};

/* On how many pages the line stands, for each line; 0: it is not in a margin. */
static struct list count_pages(const struct boxes *b, struct arena *a)
{
    struct table *seen = table_new(a, 64);
    struct list all = LIST_OF(struct repeated), which = LIST_OF(uint32_t);
    struct list pages = LIST_OF(size_t);
    for (size_t i = 0; i < b->lines.count; i++) {
        const struct box_line *l = boxes_line(b, i);
        uint32_t *at = list_add(&which);
        *at = TABLE_NONE;
        if (!in_margin(b, l))
            continue;
        struct bytes key = repeated_as(b, l, a);
        *at = table_get(seen, key);
        if (*at == TABLE_NONE) {
            *at = (uint32_t)all.count;
            table_put(seen, key, *at);
            list_add(&all);
        }
        struct repeated *r = LIST_AT(&all, struct repeated, *at);
        r->pages += r->last != l->page;
        r->last = l->page;
    }
    for (size_t i = 0; i < b->lines.count; i++) {
        uint32_t at = *LIST_AT(&which, uint32_t, i);
        *(size_t *)list_add(&pages) =
            at == TABLE_NONE ? 0 : LIST_AT(&all, struct repeated, at)->pages;
    }
    list_free(&all);
    list_free(&which);
    return pages;
}

/* Of two pages that look alike only page numbers are known for what they are. */
static void mark_furniture(struct boxes *b)
{
    size_t pages = b->heights.count, most = pages / 2 + 1;
    if (pages < 2)
        return;
    struct arena *a = arena_new();
    struct list on_pages = count_pages(b, a);
    for (size_t i = 0; i < b->lines.count; i++)
        boxes_line(b, i)->furniture = *LIST_AT(&on_pages, size_t, i) >= most
            && (pages > 2 || page_number_line(b, boxes_line(b, i)));
    for (size_t from = 0, to; from < b->lines.count; from = to) {
        to = from;
        while (
            to < b->lines.count && boxes_line(b, to)->page == boxes_line(b, from)->page)
            to++;
        keep_what_is_close(b, from, to);
    }
    list_free(&on_pages);
    arena_free(a);
}

/* Few lines hang out into the margin, or run over it. */
static void find_margins(struct boxes *b)
{
    enum { FEW_LEFT = 50, FEW_RIGHT = 200 }; /* one line in so many */
    struct list left = LIST_OF(float), right = LIST_OF(float);
    for (size_t i = 0; i < b->lines.count; i++) {
        const struct box_line *l = boxes_line(b, i);
        if (l->furniture || in_margin(b, l) || boxes_are_code(b, i, i + 1))
            continue;
        *(float *)list_add(&left) = l->x0;
        *(float *)list_add(&right) = l->x1;
    }
    size_t n = left.count;
    if (n) {
        qsort(left.at, n, sizeof(float), by_size);
        qsort(right.at, n, sizeof(float), by_size);
        b->left = *LIST_AT(&left, float, n / FEW_LEFT);
        b->right = *LIST_AT(&right, float, n - 1 - n / FEW_RIGHT);
    }
    list_free(&left);
    list_free(&right);
}

void boxes_read(struct bytes printed, struct emit *out, struct boxes *b)
{
    static const struct xml_calls calls = {on_open, on_close, on_text};
    struct reading_boxes r = {.boxes = b, .out = out};
    *b = (struct boxes){0};
    b->words = LIST_OF(struct box_word);
    b->lines = LIST_OF(struct box_line);
    b->heights = LIST_OF(float);
    struct xml *x = xml_new(out, &calls, &r, TEXT("pdftotext"));
    feed_clean(x, printed);
    xml_end(x);
    if (r.in_word) { /* cut off inside a word */
        struct box_word *w = LIST_AT(&b->words, struct box_word, b->words.count - 1);
        w->len = (uint32_t)b->text.len - w->from;
    }
    if (b->lines.count)
        close_line(b);
    drop_empty_lines(b);
    measure(b);
    find_code_width(b);
    mark_furniture(b);
    find_margins(b);
}

void boxes_free(struct boxes *b)
{
    list_free(&b->words);
    list_free(&b->lines);
    list_free(&b->heights);
    growing_free(&b->text);
}

static bool capital(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static struct bytes last_word(const struct growing *g)
{
    size_t at = g->len;
    while (at > 0 && g->at[at - 1] > ' ')
        at--;
    return text_from(growing_bytes(g), at);
}

/* "HF-SEC-" or "HF-SEC": capitals and digits in groups, the first letter a capital. */
static bool part_of_id(struct bytes w)
{
    bool upper = w.len > 1 && w.at[0] >= 'A' && w.at[0] <= 'Z';
    for (size_t i = 0; i < w.len && upper; i++)
        upper = capital(w.at[i]) || w.at[i] == '-' || w.at[i] == '_';
    return upper;
}

void boxes_join(
    struct growing *to, struct bytes piece, struct emit *note, uint32_t page)
{
    static const uint8_t soft_hyphen[] = {0xC2, 0xAD};
    struct bytes word = last_word(to);
    if (!piece.len || !to->len) {
        growing_add(to, piece);
        return;
    }
    bool hyphen = word.len > 1 && text_ends(word, TEXT("-"));
    bool id = part_of_id(word) && note
        && (hyphen ? capital(piece.at[0])
                   : piece.len > 1 && piece.at[0] == '-' && capital(piece.at[1])
                    && text_find(word, TEXT("-")) < word.len);
    bool cut = hyphen && word.at[word.len - 2] >= 'A' && piece.at[0] >= 'a'
        && piece.at[0] <= 'z';
    if (text_ends(word, BYTES_OF(soft_hyphen)))
        to->len -= sizeof soft_hyphen;
    else if (!id && !cut)
        growing_add(to, TEXT(" "));
    growing_add(to, piece);
    word = last_word(to);
    while (word.len && (word.at[word.len - 1] == ',' || word.at[word.len - 1] == ';'))
        word.len--;
    if (id && !text_ends(word, TEXT("-"))) /* cut twice: said when it is whole */
        emit_note(note, NOTE_JOINED_ID, 0, page, word);
}
