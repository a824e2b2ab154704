/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/read.h"

#include "review/read/read_parts.h"
#include "review/read/readers.h"
#include "review/read/unit_parse.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_BYTES = 4096, READ_WALL_S = 20, SLACK = 8388608 };

struct reading {
    struct cage *cage;
    void (*told)(void *ctx, uint32_t done, uint32_t of);
    void *told_ctx;
};

/* What has become of one document; its notes wait here until its turn comes. */
struct result {
    bool done;
    uint8_t note; /* enum note_kind, or NOTE_KINDS: none */
    const char *detail;
    struct bytes written;
};

struct run {
    struct cage *cage;
    const struct reading *reading;
    struct arena *arena;
    const struct tree *tree;
    bool structures;
    struct document *docs;
    struct result *results;
    struct gather gather;
    uint32_t settled; /* documents before this one are in the corpus */
    struct {
        bool taken, as_text; /* as_text: pdftotext has it */
        uint32_t doc;
    } slots[CAGE_SLOTS_MAX];
    unsigned busy;
};

/* What a child is asked to do: a format's reader, or this. */
enum { AS_STRUCTURE = FORMATS };

/* In the child. */
static void read_one(uint32_t what, struct bytes document, int out_fd)
{
    struct emit *e = emit_new(out_fd);
    reader_fn *reader =
        what == AS_STRUCTURE ? read_structure : format_reader((enum format)what);
    reader(document, e);
    if (emit_finish(e) != OK)
        abort();
}

enum status read_start_with(struct reading **out, unsigned jobs, cage_work_fn *work,
    const struct cage_limits *limits)
{
    struct reading *r = calloc(1, sizeof *r);
    if (r == NULL)
        return BROKEN;
    jobs = jobs < 1 ? 1 : jobs > CAGE_SLOTS_MAX ? CAGE_SLOTS_MAX : jobs;
    enum status s = cage_start(&r->cage, jobs, work, limits);
    if (s == OK)
        *out = r;
    else
        free(r);
    return s;
}

enum status read_start(struct reading **out, unsigned jobs)
{
    static const struct cage_limits limits = {
        READ_CPU_S, READ_WALL_S, READ_MEMORY_MAX, (uint64_t)EMIT_BYTES_MAX + SLACK};
    return read_start_with(out, jobs, read_one, &limits);
}

void read_end(struct reading *r)
{
    if (r != NULL)
        cage_end(r->cage);
    free(r);
}

void read_watch(
    struct reading *r, void (*told)(void *ctx, uint32_t done, uint32_t of), void *ctx)
{
    r->told = told;
    r->told_ctx = ctx;
}

static void finish(struct run *r, uint32_t doc, enum note_kind note, const char *detail)
{
    struct result *to = &r->results[doc];
    to->done = true;
    to->note = (uint8_t)note;
    to->detail = detail;
}

static void add_note(
    struct run *r, uint32_t doc, enum note_kind kind, const char *detail)
{
    *(struct note *)list_add(&r->gather.notes) = (struct note){
        .kind = (uint8_t)kind, .doc = doc, .detail = text_of(detail ? detail : "")};
}

/* One document into the corpus. What it holds stands before what is said about it. */
static void settle(struct run *r, uint32_t doc)
{
    struct document *d = &r->docs[doc];
    const struct result *from = &r->results[doc];
    size_t notes = r->gather.notes.count;
    enum status s = OK;

    d->unit = (uint32_t)r->gather.units.count;
    if (from->written.len)
        s = units_parse(from->written, doc, &d->format, &r->gather);
    d->unit_count = (uint32_t)r->gather.units.count - d->unit;
    if (from->note != NOTE_KINDS)
        add_note(r, doc, (enum note_kind)from->note, from->detail);
    else if (s != OK)
        add_note(r, doc, NOTE_CRASH, "what the reader wrote is not well formed");
    else if (d->unit_count == 0 && r->gather.notes.count == notes
        && d->format != FORMAT_NONE && d->format != FORMAT_SOURCE)
        add_note(r, doc, NOTE_EMPTY, NULL);
}

static void settle_in_order(struct run *r)
{
    while (r->settled < r->tree->count && r->results[r->settled].done)
        settle(r, r->settled++);
    if (r->reading->told)
        r->reading->told(r->reading->told_ctx, r->settled, r->tree->count);
}

enum loaded { LOADED, LOAD_FAILED, LOAD_TOO_LARGE };

/* All bytes of the file, as they are now: read once, then hashed and parsed from the copy. */
static enum loaded load(int fd, struct room into, size_t *len)
{
    uint8_t more;
    *len = 0;
    for (;;) {
        ssize_t n = *len < into.cap ? read(fd, into.at + *len, into.cap - *len)
                                    : read(fd, &more, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return LOAD_FAILED;
        if (n == 0)
            return LOADED;
        if (*len == into.cap)
            return LOAD_TOO_LARGE;
        *len += (size_t)n;
    }
}

static enum loaded load_file(struct run *r, uint32_t doc, struct room into, size_t *len)
{
    int fd = r->tree->open(r->tree->ctx, doc);
    if (fd < 0)
        return LOAD_FAILED;
    enum loaded got = load(fd, into, len);
    close(fd);
    return got;
}

static enum status hand_over(struct run *r, uint32_t doc, unsigned slot, size_t len)
{
    enum format f = (enum format)r->docs[doc].format;
    if (r->structures)
        f = (enum format)AS_STRUCTURE;
    r->slots[slot].taken = true;
    r->slots[slot].doc = doc;
    r->slots[slot].as_text = f == FORMAT_PDF;
    r->busy++;
    return f == FORMAT_PDF ? cage_pdftotext(r->cage, slot, len)
                           : cage_work(r->cage, slot, f, len);
}

/* What needs no reader is finished here; else the slot is taken. */
static enum status begin(struct run *r, uint32_t doc, unsigned slot)
{
    const struct tree_file *file = &r->tree->files[doc];
    struct room input = cage_input(r->cage, slot);
    struct document *d = &r->docs[doc];
    size_t len = 0;

    *d = (struct document){
        .path = file->path, .size = file->size, .changed_s = file->changed_s};
    enum loaded got = file->link         ? LOADED
        : file->size > READ_DOCUMENT_MAX ? LOAD_TOO_LARGE
                                         : load_file(r, doc, input, &len);
    if (file->link)
        finish(r, doc, NOTE_LINK, NULL);
    else if (got == LOAD_TOO_LARGE)
        finish(r, doc, NOTE_TOO_LARGE, NULL);
    else if (got == LOAD_FAILED)
        finish(r, doc, NOTE_UNREADABLE, NULL);
    if (file->link || got != LOADED)
        return OK;

    struct bytes bytes = {input.at, len};
    d->size = len;
    SHA256(bytes.at, bytes.len, d->digest);
    d->format = (uint8_t)format_of(d->path, text_upto(bytes, FIRST_BYTES));
    bool readable = r->structures ? d->format == FORMAT_YAML || d->format == FORMAT_JSON
                                  : format_reader((enum format)d->format) != NULL;
    if (len && readable)
        return hand_over(r, doc, slot, len);
    finish(r, doc, len && !readable ? NOTE_UNKNOWN_FORMAT : NOTE_KINDS, NULL);
    return OK;
}

static void end_document(struct run *r, unsigned slot, enum cage_end end)
{
    uint32_t doc = r->slots[slot].doc;
    r->results[doc].written = cage_output(r->cage, slot, r->arena);
    r->slots[slot].taken = false;
    r->busy--;
    switch (end) {
    case CAGE_DONE:
    case CAGE_OPEN: finish(r, doc, NOTE_KINDS, NULL); break;
    case CAGE_TIME: finish(r, doc, NOTE_TIME, NULL); break;
    case CAGE_MEMORY: finish(r, doc, NOTE_MEMORY, NULL); break;
    case CAGE_TOO_MUCH: finish(r, doc, NOTE_TOO_MUCH, NULL); break;
    case CAGE_CRASH: finish(r, doc, NOTE_CRASH, NULL); break;
    case CAGE_REFUSED: finish(r, doc, NOTE_DAMAGED, "pdftotext cannot read it"); break;
    case CAGE_NO_PROGRAM:
        finish(r, doc, NOTE_UNREADABLE,
            "needs pdftotext: expected the package poppler-utils");
        break;
    }
}

static enum status wait_for_one(struct run *r)
{
    unsigned slot = 0;
    enum cage_end end = CAGE_OPEN;

    TRY(cage_wait(r->cage, &slot, &end));
    if (end == CAGE_OPEN || !r->slots[slot].taken)
        return BROKEN; /* nothing is read by a child that is not confined */
    if (r->slots[slot].as_text && end == CAGE_DONE) {
        r->slots[slot].as_text = false;
        return cage_work_on_text(r->cage, slot, FORMAT_PDF);
    }
    end_document(r, slot, end);
    settle_in_order(r);
    return OK;
}

static unsigned free_slot(const struct run *r)
{
    unsigned slot = 0;
    while (r->slots[slot].taken)
        slot++;
    return slot;
}

static enum status read_all(struct run *r)
{
    for (uint32_t doc = 0; doc < r->tree->count; doc++) {
        while (r->busy == cage_slots(r->cage))
            TRY(wait_for_one(r));
        TRY(begin(r, doc, free_slot(r)));
    }
    while (r->busy > 0)
        TRY(wait_for_one(r));
    settle_in_order(r);
    return OK;
}

static void *keep(struct arena *a, const struct list *l)
{
    void *to = arena_take(a, l->count * l->each);
    if (l->count)
        memcpy(to, l->at, l->count * l->each);
    return to;
}

static enum status read_as(struct reading *reading, struct arena *a,
    const struct tree *tree, bool structures, struct corpus *out)
{
    struct run r = {.cage = reading->cage,
        .reading = reading,
        .arena = a,
        .tree = tree,
        .structures = structures,
        .docs = arena_take(a, tree->count * sizeof(struct document)),
        .results = arena_take(a, tree->count * sizeof(struct result)),
        .gather = GATHER};

    enum status s = read_all(&r);
    if (s == OK)
        *out = (struct corpus){
            .docs = r.docs,
            .doc_count = tree->count,
            .units = keep(a, &r.gather.units),
            .unit_count = (uint32_t)r.gather.units.count,
            .fields = keep(a, &r.gather.fields),
            .field_count = (uint32_t)r.gather.fields.count,
            .notes = keep(a, &r.gather.notes),
            .note_count = (uint32_t)r.gather.notes.count,
            .wraps = keep(a, &r.gather.wraps),
            .wrap_count = (uint32_t)r.gather.wraps.count,
        };
    gather_free(&r.gather);
    return s;
}

enum status read_tree(struct reading *reading, struct arena *a, const struct tree *tree,
    struct corpus *out)
{
    return read_as(reading, a, tree, false, out);
}

enum status read_structures(struct reading *reading, struct arena *a,
    const struct tree *tree, struct corpus *out)
{
    return read_as(reading, a, tree, true, out);
}
