/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/said.h"

#include <string.h>

enum { FIELDS_MAX = 7, REFUSAL_MAX = 1024 };

struct parsing {
    struct bytes rest;
    struct pack_said got;
    struct list files, subjects, configuration, unread, verdicts;
    bool refused, head, payload;
};

struct row {
    uint8_t kind, count;
    struct bytes field[FIELDS_MAX];
};

static uint64_t number(struct bytes in)
{
    uint64_t value = 0;
    for (size_t i = in.len; i > 0; i--)
        value = value << 8 | in.at[i - 1];
    return value;
}

static bool take_bytes(struct bytes *rest, size_t n, struct bytes *out)
{
    if (rest->len < n)
        return false;
    *out = text_upto(*rest, n);
    *rest = text_from(*rest, n);
    return true;
}

static bool take_row(struct bytes *rest, struct row *r)
{
    struct bytes head, len;
    if (!take_bytes(rest, 2, &head) || head.at[1] > FIELDS_MAX)
        return false;
    *r = (struct row){.kind = head.at[0], .count = head.at[1]};
    for (uint8_t i = 0; i < r->count; i++)
        if (!take_bytes(rest, 4, &len)
            || !take_bytes(rest, (size_t)number(len), &r->field[i]))
            return false;
    return true;
}

/* The lengths that fields of a row must have; 0: any. */
struct shape {
    char kind;
    uint8_t count, len[FIELDS_MAX];
};

static const struct shape shapes[] = {
    {'R', 1, {0}},
    {'F', 3, {0, 8, 8}},
    {'P', 2, {0}},
    {'S', 2, {0}},
    {'H', 7, {0, 0, 0, 0, 0, 8, 1}},
    {'D', 3, {0, STATEMENT_DIGEST, 8}},
    {'C', 2, {0, STATEMENT_DIGEST}},
    {'U', 3, {0, 1, 8}},
    {'V', 7, {1}},
    {'E', 0, {0}},
};

static bool shape_fits(const struct row *r)
{
    size_t i = 0;
    while (i < sizeof shapes / sizeof shapes[0] && shapes[i].kind != r->kind)
        i++;
    if (i == sizeof shapes / sizeof shapes[0] || shapes[i].count != r->count)
        return false;
    for (uint8_t f = 0; f < r->count; f++)
        if (shapes[i].len[f] && shapes[i].len[f] != r->field[f].len)
            return false;
    return true;
}

static bool take_file(struct parsing *p, const struct row *r)
{
    *(struct said_file *)list_add(&p->files) =
        (struct said_file){r->field[0], number(r->field[1]), number(r->field[2])};
    return true;
}

static bool take_signature(struct parsing *p, const struct row *r)
{
    struct dsse *d = &p->got.envelope;
    if (!p->payload || d->signature_count == DSSE_SIGNATURES_MAX)
        return false;
    d->signatures[d->signature_count++] =
        (struct dsse_signature){r->field[0], r->field[1]};
    return true;
}

static bool take_head(struct parsing *p, const struct row *r)
{
    struct statement *s = &p->got.statement;
    if (p->head || r->field[6].at[0] > 1)
        return false;
    p->head = true;
    s->version = r->field[0];
    s->product = r->field[1];
    s->revision = r->field[2];
    s->fail_on = r->field[3];
    s->clauses = r->field[4];
    s->as_of_s = (int64_t)number(r->field[5]);
    s->documents = r->field[6].at[0];
    return true;
}

static bool add_file(struct list *to, const struct row *r, int64_t changed_s)
{
    struct statement_file *f = list_add(to);
    f->name = r->field[0];
    memcpy(f->digest, r->field[1].at, sizeof f->digest);
    f->changed_s = changed_s;
    return true;
}

static bool take_unread(struct parsing *p, const struct row *r)
{
    if (r->field[1].at[0] >= UNREAD_KINDS)
        return false;
    *(struct statement_unread *)list_add(&p->unread) =
        (struct statement_unread){r->field[0], number(r->field[2]), r->field[1].at[0]};
    return true;
}

static bool take_verdict(struct parsing *p, const struct row *r)
{
    if (r->field[0].at[0] >= VERDICT_KINDS)
        return false;
    *(struct statement_verdict *)list_add(&p->verdicts) =
        (struct statement_verdict){r->field[0].at[0], r->field[1], r->field[2],
            r->field[3], r->field[4], r->field[5], r->field[6]};
    return true;
}

static bool take_payload(struct parsing *p, const struct row *r)
{
    bool first = !p->payload;
    p->payload = true;
    p->got.envelope.type = r->field[0];
    p->got.envelope.payload = r->field[1];
    return first;
}

static bool take_refusal(struct parsing *p, const struct row *r)
{
    bool alone = !p->refused && !p->payload && !p->head && !p->files.count;
    p->refused = true;
    p->got.refusal = r->field[0];
    return alone && r->field[0].len && r->field[0].len <= REFUSAL_MAX;
}

static bool take(struct parsing *p, const struct row *r)
{
    if (p->refused)
        return false;
    switch (r->kind) {
    case 'R': return take_refusal(p, r);
    case 'F': return take_file(p, r);
    case 'P': return take_payload(p, r);
    case 'S': return take_signature(p, r);
    case 'H': return take_head(p, r);
    case 'D': return add_file(&p->subjects, r, (int64_t)number(r->field[2]));
    case 'C': return add_file(&p->configuration, r, 0);
    case 'U': return take_unread(p, r);
    case 'V': return take_verdict(p, r);
    default: return false;
    }
}

static enum status take_rows(struct parsing *p)
{
    struct row r;
    while (take_row(&p->rest, &r) && shape_fits(&r)) {
        if (r.kind == 'E')
            return p->rest.len == 0 && (p->refused || (p->payload && p->head))
                ? OK
                : MALFORMED;
        if (!take(p, &r))
            return MALFORMED;
    }
    return MALFORMED;
}

enum status said_parse(struct arena *a, struct bytes written, struct pack_said *out)
{
    struct parsing p = {.rest = written,
        .files = LIST_OF(struct said_file),
        .subjects = LIST_OF(struct statement_file),
        .configuration = LIST_OF(struct statement_file),
        .unread = LIST_OF(struct statement_unread),
        .verdicts = LIST_OF(struct statement_verdict)};
    struct statement *s = &p.got.statement;
    enum status status = take_rows(&p);

    p.got.files = list_keep(&p.files, a, &p.got.file_count);
    s->subjects = list_keep(&p.subjects, a, &s->subject_count);
    s->configuration = list_keep(&p.configuration, a, &s->configuration_count);
    s->unread = list_keep(&p.unread, a, &s->unread_count);
    s->verdicts = list_keep(&p.verdicts, a, &s->verdict_count);
    if (status == OK)
        *out = p.got;
    return status;
}
