/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/see.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void look_back(struct seen *s, int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    uint8_t *at = malloc((size_t)size + 1);
    if (!at || pread(fd, at, (size_t)size, 0) != size)
        abort();
    close(fd);
    s->written = (struct bytes){at, (size_t)size};
    s->gather = GATHER;
    s->status = units_parse(s->written, 0, &s->format, &s->gather);
    s->corpus = (struct corpus){
        .docs = &s->document,
        .doc_count = 1,
        .units = s->gather.units.at,
        .unit_count = (uint32_t)s->gather.units.count,
        .fields = s->gather.fields.at,
        .field_count = (uint32_t)s->gather.fields.count,
        .notes = s->gather.notes.at,
        .note_count = (uint32_t)s->gather.notes.count,
    };
}

static struct emit *to_memory(int *fd)
{
    *fd = memfd_create("seen", MFD_CLOEXEC);
    if (*fd < 0)
        abort();
    return emit_new(*fd);
}

struct seen see_emitted(void (*write)(struct emit *e))
{
    struct seen s = {0};
    int fd;
    struct emit *e = to_memory(&fd);
    write(e);
    if (emit_finish(e) != OK)
        abort();
    look_back(&s, fd);
    return s;
}

struct seen see_read(reader_fn *reader, struct bytes document)
{
    struct seen s = {0};
    int fd;
    struct emit *e = to_memory(&fd);
    reader(document, e);
    if (emit_finish(e) != OK)
        abort();
    look_back(&s, fd);
    return s;
}

void see_end(struct seen *s)
{
    free((void *)(uintptr_t)s->written.at);
    gather_free(&s->gather);
}

static void print_path(FILE *out, const struct corpus *c, uint32_t unit)
{
    if (unit == UNIT_NONE)
        return;
    const struct unit *h = &c->units[unit];
    print_path(out, c, h->heading);
    fprintf(out, "%s%.*s", h->heading == UNIT_NONE ? "" : " > ", (int)h->text.len,
        (const char *)h->text.at);
}

char *see_print(const struct seen *s, bool positions)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        abort();
    for (uint32_t i = 0; i < s->corpus.unit_count; i++) {
        const struct unit *u = &s->corpus.units[i];
        fprintf(out, "%s", unit_kind_name((enum unit_kind)u->kind));
        if (u->level)
            fprintf(out, "%u", u->level);
        if (positions)
            fprintf(out, " %u/%u", u->line, u->page);
        fputs(" [", out);
        print_path(out, &s->corpus, u->heading);
        fprintf(out, "] %.*s", (int)u->text.len, (const char *)u->text.at);
        for (uint32_t f = 0; f < u->field_count; f++) {
            const struct field *v = &s->corpus.fields[u->field + f];
            fprintf(out, "%s%.*s=%.*s", f ? "; " : " {", (int)v->name.len,
                (const char *)v->name.at, (int)v->value.len, (const char *)v->value.at);
        }
        fputs(u->field_count ? "}\n" : "\n", out);
    }
    for (uint32_t i = 0; i < s->corpus.note_count; i++) {
        static const char *const names[] = {
#define NOTE(name, severity, sentence) #name,
#include "review/read/note.def"
#undef NOTE
        };
        const struct note *n = &s->corpus.notes[i];
        fprintf(out, "note %s %.*s\n", names[n->kind], (int)n->detail.len,
            (const char *)n->detail.at);
    }
    fclose(out);
    return text;
}
