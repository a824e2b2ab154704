/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dragon: Threat Dragon draws its models. A boundary is a box or a curve, and what lies inside
 * or on which side is told by the drawing alone: a thing lies in a box if its middle does, and
 * a flow crosses a curve where their lines meet. Smooth lines are taken as straight ones
 * through their points.
 */
#include "review/read/threat_model.h"
#include "review/read/threat_models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BOUNDARIES_MAX = 256, /* of one diagram, whose places are looked at */
    POINTS_MAX = 64,      /* of one line */
    NUMBER_MAX = 32,      /* bytes */
};

struct point {
    double x, y;
};

struct line {
    struct point at[POINTS_MAX];
    size_t count;
};

struct boundary {
    uint32_t thing;
    bool box;
    struct point least, most; /* of a box */
    struct line curve;
};

struct dragon {
    const struct flat *flat;
    struct emit *out;
    struct tm *tm;
    struct table *cells;    /* id -> node, of the diagram in hand */
    struct list boundaries; /* of the diagram in hand */
};

static struct bytes text(const struct dragon *d, uint32_t map, const char *key)
{
    return flat_get_text(d->flat, map, key);
}

static uint32_t inner(const struct dragon *d, uint32_t map, const char *key)
{
    return map == FLAT_NO ? FLAT_NO : flat_get(d->flat, map, key);
}

static bool number(const struct dragon *d, uint32_t map, const char *key, double *out)
{
    char copy[NUMBER_MAX + 1], *end;
    struct bytes t = map == FLAT_NO ? (struct bytes){0} : text(d, map, key);
    if (!t.len || t.len > NUMBER_MAX)
        return false;
    memcpy(copy, t.at, t.len);
    copy[t.len] = 0;
    *out = strtod(copy, &end);
    return *end == 0 && isfinite(*out);
}

static bool point_of(const struct dragon *d, uint32_t map, struct point *out)
{
    return number(d, map, "x", &out->x) && number(d, map, "y", &out->y);
}

static bool box_of(
    const struct dragon *d, uint32_t cell, struct point *least, struct point *most)
{
    double width, height;
    uint32_t size = inner(d, cell, "size");
    if (!point_of(d, inner(d, cell, "position"), least)
        || !number(d, size, "width", &width) || !number(d, size, "height", &height))
        return false;
    *most = (struct point){least->x + width, least->y + height};
    return true;
}

/* The end of a line: a place, or the middle of the cell that it is fastened to. */
static bool end_of(
    const struct dragon *d, uint32_t cell, const char *key, struct point *out)
{
    uint32_t end = inner(d, cell, key);
    struct bytes id = end == FLAT_NO ? (struct bytes){0} : text(d, end, "cell");
    uint32_t at = id.len ? table_get(d->cells, id) : TABLE_NONE;
    struct point least, most;
    if (at == TABLE_NONE)
        return point_of(d, end, out);
    if (!box_of(d, at, &least, &most))
        return false;
    *out = (struct point){(least.x + most.x) / 2, (least.y + most.y) / 2};
    return true;
}

static bool line_of(const struct dragon *d, uint32_t cell, struct line *out)
{
    uint32_t bends = inner(d, cell, "vertices");
    struct point end;
    out->count = 1;
    if (!end_of(d, cell, "source", &out->at[0]) || !end_of(d, cell, "target", &end))
        return false;
    for (uint32_t c = bends ? flat_first(d->flat, bends) : FLAT_NO;
         c != FLAT_NO && out->count < POINTS_MAX - 1; c = flat_after(d->flat, bends, c))
        if (point_of(d, c, &out->at[out->count]))
            out->count++;
    out->at[out->count++] = end;
    return true;
}

/* Above 0: c is to the left of the way from a to b. */
static double side(struct point a, struct point b, struct point c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static bool cross(struct point a, struct point b, struct point c, struct point d)
{
    bool parts_cd = (side(a, b, c) > 0) != (side(a, b, d) > 0);
    bool parts_ab = (side(c, d, a) > 0) != (side(c, d, b) > 0);
    return parts_cd && parts_ab;
}

/* A line that comes back over the curve has not gone through. */
static bool goes_through(const struct line *flow, const struct line *curve)
{
    bool other_side = false;
    for (size_t i = 1; i < flow->count; i++)
        for (size_t k = 1; k < curve->count; k++)
            other_side ^=
                cross(flow->at[i - 1], flow->at[i], curve->at[k - 1], curve->at[k]);
    return other_side;
}

static bool lies_in(struct point p, const struct boundary *b)
{
    return p.x >= b->least.x && p.x <= b->most.x && p.y >= b->least.y
        && p.y <= b->most.y;
}

static bool crosses(const struct line *flow, const struct boundary *b)
{
    struct point from = flow->at[0], to = flow->at[flow->count - 1];
    return b->box ? lies_in(from, b) != lies_in(to, b) : goes_through(flow, &b->curve);
}

static bool kind_of(const struct dragon *d, uint32_t cell, enum tm_kind *out)
{
    static const struct {
        const char *shape;
        enum tm_kind kind;
    } shapes[] = {
        {"process", TM_ELEMENT},
        {"store", TM_ELEMENT},
        {"actor", TM_ELEMENT},
        {"flow", TM_FLOW},
        {"trust-boundary-box", TM_BOUNDARY},
        {"trust-boundary-curve", TM_BOUNDARY},
        {"trust-boundary", TM_BOUNDARY},
    };
    struct bytes shape = text(d, cell, "shape");
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (text_same(shape, text_of(shapes[i].shape))) {
            *out = shapes[i].kind;
            return true;
        }
    return false;
}

static void keep_place(struct dragon *d, uint32_t cell, uint32_t thing)
{
    struct boundary *b = list_add(&d->boundaries);
    bool box = text_ends(text(d, cell, "shape"), TEXT("-box"));
    b->thing = thing;
    b->box = box;
    if (!(box ? box_of(d, cell, &b->least, &b->most) : line_of(d, cell, &b->curve)))
        d->boundaries.count--;
}

static uint32_t add_cell(struct dragon *d, enum tm_kind kind, uint32_t cell)
{
    static const char *const keys[] = {"type", "outOfScope", "reasonOutOfScope",
        "isPublicNetwork", "isBidirectional", "isALog", "storesCredentials", "isSigned",
        "privilegeLevel", "providesAuthentication", "isWebApplication",
        "handlesCardPayment", "protocol"};
    uint32_t data = inner(d, cell, "data");
    if (data == FLAT_NO)
        data = cell;
    struct bytes name = text(d, data, "name"), encrypted = text(d, data, "isEncrypted");
    uint32_t thing = tm_add(d->tm, kind, cell, text(d, cell, "id"), name);
    tm_text(d->tm, thing, text(d, data, "description"));
    TM_SAY_KEYS(d->tm, thing, data, keys);
    if (kind == TM_FLOW && encrypted.len)
        tm_say(d->tm, thing, TEXT("encryption"),
            text_same(encrypted, TEXT("true")) ? TEXT("encrypted")
                                               : TEXT("not encrypted"));
    return thing;
}

static void add_threat(struct dragon *d, uint32_t thing, uint32_t node)
{
    static const char *const keys[] = {
        "status", "severity", "type", "modelType", "score"};
    struct tm *t = d->tm;
    struct bytes status = text(d, node, "status"), title = text(d, node, "title");
    struct bytes how = text(d, node, "mitigation"), id = text(d, node, "id");
    enum tm_state state = tm_state_of(status);
    if (state == TM_ASIDE) {
        tm_prose(t, title,
            arena_print(tm_arena(t), "%.*s. %.*s", (int)status.len,
                (const char *)status.at, (int)text(d, node, "description").len,
                (const char *)text(d, node, "description").at),
            flat_line(d->flat, node));
        return;
    }
    uint32_t threat = tm_add(t, TM_THREAT, node,
        id.len ? id : tm_joined(t, tm_id(t, thing), "/", title), title);
    if (threat == TM_NONE)
        return;
    tm_text(t, threat, text(d, node, "description"));
    TM_SAY_KEYS(t, threat, node, keys);
    tm_about(t, threat, thing);
    if (state != TM_DONE || !text_trim(how).len) {
        tm_say(t, threat, TEXT("advice"), how);
        return;
    }
    struct bytes own = tm_id(t, threat);
    uint32_t m = tm_add(t, TM_MITIGATION, node,
        arena_print(tm_arena(t), "%.*s/mitigation", (int)own.len, (const char *)own.at),
        arena_print(
            tm_arena(t), "mitigation of %.*s", (int)title.len, (const char *)title.at));
    tm_text(t, m, how);
    tm_mitigated(t, threat, m);
}

static void add_threats(struct dragon *d, uint32_t cell, uint32_t thing)
{
    uint32_t data = inner(d, cell, "data"), all = inner(d, data, "threats");
    for (uint32_t c = all ? flat_first(d->flat, all) : FLAT_NO; c != FLAT_NO;
         c = flat_after(d->flat, all, c))
        if (thing != TM_NONE)
            add_threat(d, thing, c);
}

static uint32_t fastened_to(struct dragon *d, uint32_t cell, const char *key)
{
    uint32_t end = inner(d, cell, key);
    struct bytes id = end == FLAT_NO ? (struct bytes){0} : text(d, end, "cell");
    return tm_find(d->tm, TM_ELEMENT, id);
}

static void judge_places(struct dragon *d, uint32_t cell, uint32_t flow)
{
    struct line line;
    tm_ends(
        d->tm, flow, fastened_to(d, cell, "source"), fastened_to(d, cell, "target"));
    if (!line_of(d, cell, &line))
        return;
    for (size_t i = 0; i < d->boundaries.count; i++) {
        const struct boundary *b = LIST_AT(&d->boundaries, struct boundary, i);
        if (crosses(&line, b))
            tm_crosses(d->tm, flow, b->thing);
    }
}

/* Boundaries and elements before flows, which need their places. */
static void read_cells(struct dragon *d, uint32_t cells)
{
    static const enum tm_kind order[] = {TM_BOUNDARY, TM_ELEMENT, TM_FLOW};
    const struct flat *f = d->flat;
    bool cut = false;
    for (uint32_t c = flat_first(f, cells); c; c = flat_after(f, cells, c))
        if (text(d, c, "id").len)
            table_put(d->cells, text(d, c, "id"), c);
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (uint32_t c = flat_first(f, cells); c; c = flat_after(f, cells, c)) {
            enum tm_kind kind;
            if (!kind_of(d, c, &kind) || kind != order[k])
                continue;
            uint32_t thing = add_cell(d, kind, c);
            if (thing != TM_NONE && kind == TM_FLOW)
                judge_places(d, c, thing);
            if (kind == TM_BOUNDARY && d->boundaries.count < BOUNDARIES_MAX)
                keep_place(d, c, thing);
            else if (kind == TM_BOUNDARY && !cut)
                cut = true;
            add_threats(d, c, thing);
        }
    if (cut)
        emit_note(d->out, NOTE_TOO_MUCH, flat_line(f, cells), 0,
            TEXT("boundaries of one diagram"));
}

static void read_diagram(struct dragon *d, uint32_t diagram)
{
    uint32_t cells = inner(d, diagram, "cells");
    tm_prose(d->tm, text(d, diagram, "title"), text(d, diagram, "description"),
        flat_line(d->flat, diagram));
    if (cells == FLAT_NO) { /* version 1 keeps its drawing elsewhere */
        emit_note(d->out, NOTE_VERSION, flat_line(d->flat, diagram), 0,
            TEXT("a diagram without cells"));
        return;
    }
    d->cells = table_new(tm_arena(d->tm), 64);
    d->boundaries.count = 0;
    read_cells(d, cells);
}

bool dragon_emit(const struct flat *f, uint32_t root, struct emit *out)
{
    struct dragon d = {.flat = f, .out = out};
    uint32_t summary = flat_get(f, root, "summary");
    uint32_t diagrams = inner(&d, flat_get(f, root, "detail"), "diagrams");
    if (summary == FLAT_NO || diagrams == FLAT_NO)
        return false;
    d.tm = tm_new(f, out);
    d.boundaries = LIST_OF(struct boundary);
    emit_format(out, FORMAT_THREAT_DRAGON);
    tm_title(d.tm, text(&d, summary, "title"), flat_line(f, summary));
    tm_prose(d.tm, TEXT(""), text(&d, summary, "description"), flat_line(f, summary));
    tm_prose(d.tm, TEXT("Owner"), text(&d, summary, "owner"), flat_line(f, summary));
    for (uint32_t c = flat_first(f, diagrams); c; c = flat_after(f, diagrams, c))
        read_diagram(&d, c);
    tm_write(d.tm);
    list_free(&d.boundaries);
    return true;
}

bool threat_model_emit(const struct flat *f, uint32_t root, struct emit *out)
{
    static threat_model_fn *const all[] = {threagile_emit, otm_emit, dragon_emit};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i](f, root, out))
            return true;
    return false;
}
