/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/said.h"

#define FIELDS(...)                      \
    (const struct bytes[]){__VA_ARGS__}, \
        sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes)

struct number { /* of at most eight bytes */
    uint8_t at[8];
};

static struct number le(uint64_t value)
{
    struct number n = {{0}};
    for (size_t i = 0; i < sizeof n.at; i++, value >>= 8)
        n.at[i] = (uint8_t)value;
    return n;
}

static void row(struct growing *to, char kind, const struct bytes *fields, size_t count)
{
    growing_add(
        to, (struct bytes){(const uint8_t[]){(uint8_t)kind, (uint8_t)count}, 2});
    for (size_t i = 0; i < count; i++) {
        struct number len = le(fields[i].len);
        growing_add(to, (struct bytes){len.at, 4});
        growing_add(to, fields[i]);
    }
}

static void put_files(const struct pack_said *s, struct growing *to)
{
    for (uint32_t i = 0; i < s->file_count; i++) {
        struct number at = le(s->files[i].at), len = le(s->files[i].len);
        row(to, 'F', FIELDS(s->files[i].name, BYTES_OF(at.at), BYTES_OF(len.at)));
    }
}

static void put_envelope(const struct dsse *d, struct growing *to)
{
    row(to, 'P', FIELDS(d->type, d->payload));
    for (uint32_t i = 0; i < d->signature_count; i++)
        row(to, 'S', FIELDS(d->signatures[i].key_id, d->signatures[i].signature));
}

static void put_statement(const struct statement *s, struct growing *to)
{
    struct number as_of = le((uint64_t)s->as_of_s), documents = le(s->documents);
    row(to, 'H',
        FIELDS(s->version, s->product, s->revision, s->fail_on, s->clauses,
            BYTES_OF(as_of.at), {documents.at, 1}));
    for (uint32_t i = 0; i < s->subject_count; i++) {
        const struct statement_file *f = &s->subjects[i];
        struct number changed = le((uint64_t)f->changed_s);
        row(to, 'D', FIELDS(f->name, BYTES_OF(f->digest), BYTES_OF(changed.at)));
    }
    for (uint32_t i = 0; i < s->configuration_count; i++)
        row(to, 'C',
            FIELDS(s->configuration[i].name, BYTES_OF(s->configuration[i].digest)));
    for (uint32_t i = 0; i < s->unread_count; i++) {
        struct number size = le(s->unread[i].size);
        row(to, 'U',
            FIELDS(s->unread[i].path, {&s->unread[i].why, 1}, BYTES_OF(size.at)));
    }
    for (uint32_t i = 0; i < s->verdict_count; i++) {
        const struct statement_verdict *v = &s->verdicts[i];
        row(to, 'V',
            FIELDS({&v->outcome, 1}, v->kind, v->id, v->state, v->subject, v->says,
                v->place));
    }
}

void said_write(const struct pack_said *s, struct growing *to)
{
    if (s->refusal.len) {
        row(to, 'R', FIELDS(s->refusal));
    } else {
        put_files(s, to);
        put_envelope(&s->envelope, to);
        put_statement(&s->statement, to);
    }
    row(to, 'E', NULL, 0);
}
