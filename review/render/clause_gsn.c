/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The argument of one clause as a picture (SVG), with the symbols of the GSN Community Standard: goals are boxes,
 * the strategy a parallelogram, context a box with round ends, solutions circles, a justification an
 * ellipse, and a diamond below a goal says that it is not developed further. Read from left to right, a
 * line for each constraint, so that a page holds it.
 *
 * A goal has a solution only where a result is there (verified, demonstrated); words alone are its context, and
 * the goal stays undeveloped.
 */
#include "review/base/date.h"
#include "review/render/clause.h"
#include "review/render/out.h"

enum {
    TOP_Y = 150, /* of the first line */
    LINE = 84,   /* from one to the next */
    BOX = 64,
    GOAL_X = 430,
    GOAL_WIDTH = 300,
    SHOWN_X = 800,
    WIDTH = 1240,
    MIDDLE = BOX / 2,
    LETTER = 15, /* from one line of text to the next */
    LINES_MAX = 3,
};

static void at(FILE *out, const char *lead, int value)
{
    out_words(out, lead);
    if (value < 0)
        out_words(out, "-");
    out_number(out, (uint64_t)(value < 0 ? -value : value));
    out_words(out, "\"");
}

static void box(FILE *out, const char *class, int x, int y, int width, int round)
{
    at(out, "<rect x=\"", x);
    at(out, " y=\"", y);
    at(out, " width=\"", width);
    at(out, " height=\"", BOX);
    at(out, " rx=\"", round);
    out_words(out, " class=\"");
    out_words(out, class);
    out_words(out, "\"/>\n");
}

static void line(FILE *out, int x, int y, int to_x, int to_y, bool context)
{
    at(out, "<line x1=\"", x);
    at(out, " y1=\"", y);
    at(out, " x2=\"", to_x);
    at(out, " y2=\"", to_y);
    out_words(out, " marker-end=\"url(#");
    out_words(out, context ? "open" : "full");
    out_words(out, ")\"/>\n");
}

/* As many whole words of the rest as a line holds; of one long word, what fits. */
static struct bytes fitting(struct bytes rest, unsigned columns)
{
    size_t end = 0, word = 0;
    while (end < rest.len && out_columns(text_upto(rest, end + 1)) <= columns) {
        end++;
        if (end == rest.len || rest.at[end] == ' ')
            word = end;
    }
    if (end < rest.len)
        while (end > 0 && (rest.at[end] & 0xC0) == 0x80)
            end--;
    return text_upto(rest, word ? word : end);
}

/* At most LINES_MAX lines; what is left over ends in dots. */
static void text_at(FILE *out, int x, int y, struct bytes text, unsigned columns)
{
    for (int i = 0; i < LINES_MAX && text.len; i++) {
        struct bytes part = fitting(text, columns);
        text = text_trim(text_from(text, part.len));
        at(out, "<text x=\"", x);
        at(out, " y=\"", y + i * LETTER);
        out_words(out, ">");
        out_xml(out, part);
        out_words(out, text.len && i + 1 == LINES_MAX ? " …</text>\n" : "</text>\n");
        if (!part.len)
            return;
    }
}

static void symbol(FILE *out, const char *shape, int x, int y, struct bytes word)
{
    out_words(out, "<g class=\"mark\" transform=\"translate(");
    out_number(out, (uint64_t)x);
    out_words(out, ",");
    out_number(out, (uint64_t)y);
    out_words(out, ")\">");
    out_words(out, shape);
    if (word.len) {
        out_words(out, "<text text-anchor=\"middle\" y=\"4\">");
        out_xml(out, word);
        out_words(out, "</text>");
    }
    out_words(out, "</g>\n");
}

static void head(struct arena *a, const struct clause_page *p, int height, FILE *out)
{
    at(out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"12\" viewBox=\"0 0 1240 ",
        height);
    at(out, " width=\"", WIDTH);
    at(out, " height=\"", height);
    out_words(out, ">\n<title>");
    out_xml(out, p->clause->id);
    out_words(out,
        "</title>\n<defs><marker id=\"full\" markerWidth=\"9\" markerHeight=\"8\" refX=\"9\" refY=\"4\" orient=\"auto\"><path d=\"M0,0 L9,4 L0,8 z\"/></marker>\n"
        "<marker id=\"open\" markerWidth=\"9\" markerHeight=\"8\" refX=\"9\" refY=\"4\" orient=\"auto\"><path d=\"M1,1 L8,4 L1,7 z\" fill=\"#fff\" stroke=\"#333\"/></marker></defs>\n"
        "<style>rect,path,circle,ellipse{fill:#fff;stroke:#333} line{stroke:#333} marker path{fill:#333} #open path{fill:#fff}"
        " .demonstrated{fill:#d8ecd8} .verified{fill:#e8f3ff} .open{fill:#fbe9d0;stroke-dasharray:5 3}</style>\n");
    char day[11] = "";
    if (p->as_of_s)
        date_text(p->as_of_s, day);
    box(out, "context", 20, 30, 380, MIDDLE);
    text_at(out, 44, 52,
        arena_print(a, "Context: %.*s%s%.*s%s%s", (int)p->product.len,
            (const char *)p->product.at, p->revision.len ? " " : "",
            (int)p->revision.len, (const char *)p->revision.at, day[0] ? ", " : "",
            day),
        52);
    text_at(out, 44, 52 + LETTER,
        TEXT("Evidence found by a tool; no statement of conformity."), 60);
    box(out, "goal", 20, TOP_Y, 300, 0);
    text_at(out, 30, TOP_Y + 20,
        arena_print(a, "G: %.*s. Each constraint is shown by what was built and tested",
            (int)p->clause->id.len, (const char *)p->clause->id.at),
        42);
    line(out, 170, TOP_Y, 170, 30 + BOX, true);
    line(out, 170, TOP_Y + BOX, 170, TOP_Y + LINE + 20, false);
    out_words(
        out, "<path class=\"strategy\" d=\"M44,254 L330,254 L310,318 L24,318 z\"/>\n");
    text_at(out, 54, TOP_Y + LINE + 40,
        TEXT(
            "S: over the constraints; a result counts, and most where the test failed without the control"),
        38);
}

/* What stands to the right of a goal. */
static void shown(
    struct arena *a, const struct clause_page *p, uint32_t constraint, int y, FILE *out)
{
    const struct standing_of *s = &p->standings->at[constraint];
    const struct clause_row row = clause_row(a, p, constraint);
    int from = GOAL_X + GOAL_WIDTH, middle = y + MIDDLE;
    struct bytes number = arena_print(a, "%u", constraint + 1);

    if (s->standing == STANDING_TAILORED) {
        line(out, from, middle, SHOWN_X - 8, middle, true);
        symbol(out, "<ellipse rx=\"28\" ry=\"20\"/>", SHOWN_X + 20, middle, TEXT("J"));
        text_at(out, SHOWN_X + 60, y + 24,
            arena_print(a, "%.*s: %.*s", (int)row.section.len,
                (const char *)row.section.at, (int)row.quotation.len,
                (const char *)row.quotation.at),
            56);
    } else if (s->standing >= STANDING_VERIFIED) {
        line(out, from, middle, SHOWN_X, middle, false);
        symbol(out, "<circle r=\"20\"/>", SHOWN_X + 20, middle,
            arena_print(a, "Sn%.*s", (int)number.len, (const char *)number.at));
        text_at(out, SHOWN_X + 60, y + 24, row.proofs, 56);
    } else {
        symbol(out, "<path d=\"M0,-11 L11,0 L0,11 L-11,0 z\"/>", from, middle,
            (struct bytes){0});
        text_at(out, from + 22, y + 24,
            row.place.len ? arena_print(a, "words only, no result: %.*s",
                (int)row.place.len, (const char *)row.place.at)
                          : TEXT("nothing found"),
            72);
    }
}

static const char *class_of(uint8_t standing)
{
    return standing == STANDING_DEMONSTRATED ? "demonstrated"
        : standing == STANDING_VERIFIED      ? "verified"
        : standing == STANDING_TAILORED || standing == STANDING_DESCRIBED ? "goal"
                                                                          : "open";
}

void render_judged_gsn(struct arena *a, const struct clause_page *p, FILE *out)
{
    int count = (int)p->clause->constraint_count;
    int lowest = TOP_Y + LINE * (count > 2 ? count : 2);

    head(a, p, lowest, out);
    for (int i = 0; i < count; i++) {
        const struct clause_row row = clause_row(a, p, (uint32_t)i);
        int y = 30 + LINE * i;
        line(out, 326, TOP_Y + LINE + 40, GOAL_X, y + MIDDLE, false);
        box(out, class_of(p->standings->at[i].standing), GOAL_X, y, GOAL_WIDTH, 0);
        text_at(out, GOAL_X + 10, y + 20,
            arena_print(a, "%.*s: %.*s", (int)row.id.len, (const char *)row.id.at,
                (int)row.name.len, (const char *)row.name.at),
            44);
        text_at(out, GOAL_X + 10, y + 20 + 2 * LETTER, row.standing, 44);
        shown(a, p, (uint32_t)i, y, out);
    }
    out_words(out, "</svg>\n");
}
