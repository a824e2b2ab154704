/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/see.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* One more document: read back what was written to fd, and keep the bytes for the texts. */
static void look_back(struct seen *s, int fd, struct bytes path)
{
    off_t size = lseek(fd, 0, SEEK_END);
    size_t before = s->written.len, n = s->corpus.doc_count;
    uint8_t *at = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    s->docs = realloc(s->docs, (n + 1) * sizeof *s->docs);
    if (at == MAP_FAILED || !s->docs)
        abort();
    close(fd);
    s->written = (struct bytes){at, (size_t)size};
    uint32_t first = (uint32_t)s->gather.units.count;
    enum status status = units_parse(s->written, (uint32_t)n, &s->format, &s->gather);
    if (before == 0 || status != OK)
        s->status = status;
    s->docs[n] = (struct document){.path = path,
        .size = (uint64_t)size,
        .format = s->format,
        .unit = first,
        .unit_count = (uint32_t)s->gather.units.count - first};
    s->corpus = (struct corpus){
        .docs = s->docs,
        .doc_count = (uint32_t)n + 1,
        .units = s->gather.units.at,
        .unit_count = (uint32_t)s->gather.units.count,
        .fields = s->gather.fields.at,
        .field_count = (uint32_t)s->gather.fields.count,
        .notes = s->gather.notes.at,
        .note_count = (uint32_t)s->gather.notes.count,
        .wraps = s->gather.wraps.at,
        .wrap_count = (uint32_t)s->gather.wraps.count,
    };
}

static struct emit *to_memory(int *fd)
{
    *fd = memfd_create("seen", MFD_CLOEXEC);
    if (*fd < 0)
        abort();
    return emit_new(*fd);
}

static void finish(struct seen *s, struct emit *e, int fd, struct bytes path)
{
    if (emit_finish(e) != OK)
        abort();
    look_back(s, fd, path);
}

struct seen see_emitted(void (*write)(struct emit *e))
{
    struct seen s = {.gather = GATHER};
    int fd;
    struct emit *e = to_memory(&fd);
    write(e);
    finish(&s, e, fd, TEXT("document"));
    return s;
}

struct seen see_read(reader_fn *reader, struct bytes document)
{
    struct seen s = {.gather = GATHER};
    int fd;
    struct emit *e = to_memory(&fd);
    reader(document, e);
    finish(&s, e, fd, TEXT("document"));
    return s;
}

struct seen see_files(const struct see_file *files, uint32_t count)
{
    struct seen s = {.gather = GATHER};
    for (uint32_t i = 0; i < count; i++) {
        int fd;
        struct emit *e = to_memory(&fd);
        files[i].write(e);
        finish(&s, e, fd, text_of(files[i].path));
    }
    return s;
}

/* The mapped streams of all but the last document stay until the process ends: tests only. */
void see_end(struct seen *s)
{
    if (s->written.len)
        munmap((void *)(uintptr_t)s->written.at, s->written.len);
    free(s->docs);
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
#define NOTE(id, name, severity, sentence) name,
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
