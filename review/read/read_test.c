/* SPDX-License-Identifier: Apache-2.0 */
/* Whole readings: documents from a tree in memory, by real children. */
#include "review/read/read.h"

#include "review/read/emit.h"
#include "review/read/read_parts.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

struct shelf { /* a tree in memory */
    struct tree_file files[8];
    const char *text[8]; /* NULL: cannot be opened */
    off_t size[8];       /* of the file when it is opened; 0: that of the text */
};

static int shelf_open(void *ctx, uint32_t i)
{
    struct shelf *s = ctx;
    if (s->text[i] == NULL)
        return -1;
    int fd = memfd_create("document", MFD_CLOEXEC);
    CHECK(write(fd, s->text[i], strlen(s->text[i])) == (ssize_t)strlen(s->text[i]));
    CHECK(s->size[i] == 0 || ftruncate(fd, s->size[i]) == 0);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

static struct tree tree_of(struct shelf *s)
{
    struct tree t = {.ctx = s, .files = s->files, .open = shelf_open};
    while (t.count < 8 && s->files[t.count].path.len)
        t.count++;
    return t;
}

static struct corpus read_shelf(struct reading *r, struct arena *a, struct shelf *s)
{
    struct corpus c = {0};
    struct tree t = tree_of(s);
    CHECK(read_tree(r, a, &t, &c) == OK);
    return c;
}

static struct tree_file file(const char *path, uint64_t size)
{
    return (struct tree_file){.path = text_of(path), .size = size, .changed_s = 7};
}

static bool noted(const struct corpus *c, uint32_t doc, enum note_kind kind)
{
    for (uint32_t i = 0; i < c->note_count; i++)
        if (c->notes[i].doc == doc && c->notes[i].kind == kind)
            return true;
    return false;
}

static void a_tree_becomes_a_corpus_with_digests_in_the_order_of_the_tree(void)
{
    static const uint8_t abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
        0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96,
        0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    struct shelf s = {{file("a.md", 3), file("b.md", 9), file("c.txt", 3)},
        {"# A\n\n- x\n", "abc", "one\n\ntwo"}, {0}};
    struct arena *a = arena_new();
    struct reading *r = NULL;
    CHECK(read_start(&r, 2) == OK);
    for (int again = 0; again < 20; again++) {
        struct corpus c = read_shelf(r, a, &s);
        CHECK(c.doc_count == 3 && c.unit_count == 5 && c.note_count == 0);
        CHECK(c.docs[1].unit == 2 && c.docs[1].unit_count == 1);
        CHECK(memcmp(c.docs[1].digest, abc, 32) == 0 && c.docs[1].size == 3);
        CHECK(c.docs[2].format == FORMAT_TEXT && c.docs[2].changed_s == 7);
        CHECK(c.units[1].doc == 0 && c.units[1].heading == 0 && c.units[1].line == 3);
        CHECK(text_same(c.units[4].text, TEXT("two")) && c.units[4].doc == 2);
    }
    read_end(r);
    arena_free(a);
}

static void what_cannot_be_read_is_a_note_and_the_rest_is_read(void)
{
    struct shelf s = {
        {file("a.md", 3), file("big.md", UINT64_C(2) << 30), file("empty.md", 0),
            file("grown.md", 10), file("link.md", 4), file("picture.bin", 4),
            file("shrunk.md", 5000), file("z.md", 1)},
        {NULL, "never opened", "", "x", "x", "a", "x", "last"},
        {0, 0, 0, (off_t)READ_DOCUMENT_MAX + 1, 0, 3, 0, 0}};
    struct arena *a = arena_new();
    struct reading *r = NULL;
    s.files[4].link = true;
    CHECK(read_start(&r, 2) == OK);
    struct corpus c = read_shelf(r, a, &s);
    CHECK(c.doc_count == 8 && c.note_count == 6);
    CHECK(noted(&c, 0, NOTE_UNREADABLE) && noted(&c, 1, NOTE_TOO_LARGE));
    CHECK(noted(&c, 2, NOTE_EMPTY) && noted(&c, 3, NOTE_TOO_LARGE));
    CHECK(noted(&c, 4, NOTE_LINK) && noted(&c, 5, NOTE_UNKNOWN_FORMAT));
    CHECK(c.docs[6].size == 1 && c.docs[6].unit_count == 1);
    CHECK(c.unit_count == 2 && c.units[1].doc == 7);
    read_end(r);
    arena_free(a);
}

static volatile int spinning = 1;

/* What the document asks for; every one writes a unit first. */
static void hostile(uint32_t what, struct bytes document, int out)
{
    static const uint8_t nonsense[] = "U\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    (void)what;
    struct emit *e = emit_new(out);
    emit_unit(e, UNIT_PARAGRAPH, 0, 1, 0, document);
    if (text_same(document, TEXT("abort")))
        abort();
    if (emit_finish(e) != OK)
        _exit(70);
    if (text_same(document, TEXT("spin")))
        while (spinning) {
        }
    if (text_same(document, TEXT("lie")) && write(out, nonsense, sizeof nonsense) < 0)
        _exit(70);
    while (text_same(document, TEXT("eat")))
        if (calloc(1, 1 << 20) == NULL)
            _exit(4);
}

static void a_reader_that_falls_is_a_note_on_its_document_alone(void)
{
    static const struct cage_limits limits = {1, 3, READ_MEMORY_MAX, 1 << 20};
    struct shelf s = {{file("a.md", 5), file("b.md", 4), file("c.md", 3),
                          file("d.md", 3), file("e.md", 4)},
        {"abort", "spin", "lie", "eat", "fine"}, {0}};
    struct arena *a = arena_new();
    struct reading *r = NULL;
    CHECK(read_start_with(&r, 2, hostile, &limits) == OK);
    struct corpus c = read_shelf(r, a, &s);
    CHECK(c.note_count == 4);
    CHECK(noted(&c, 0, NOTE_CRASH) && noted(&c, 1, NOTE_TIME));
    CHECK(noted(&c, 2, NOTE_CRASH) && noted(&c, 3, NOTE_MEMORY));
    CHECK(c.docs[4].unit_count == 1);
    CHECK(
        c.docs[1].unit_count == 1 && c.docs[2].unit_count == 1); /* what stood before */
    for (uint32_t i = 1; i < c.unit_count; i++)
        CHECK(c.units[i - 1].doc <= c.units[i].doc);
    read_end(r);
    arena_free(a);
}

MAIN(TEST(a_tree_becomes_a_corpus_with_digests_in_the_order_of_the_tree),
    TEST(what_cannot_be_read_is_a_note_and_the_rest_is_read),
    TEST(a_reader_that_falls_is_a_note_on_its_document_alone))
