/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/pack.h"

#include "review/pack/pack_form.h"
#include "tests/support/check.h"
#include "tests/support/zipped.h"

static const struct pack_file three[] = {
    {{(const uint8_t *)"a/b.md", 6}, {(const uint8_t *)"# B\n", 4}},
    {{(const uint8_t *)"a/\xc3\xa9.md", 7}, {(const uint8_t *)"", 0}},
    {{(const uint8_t *)"z", 1}, {(const uint8_t *)"last", 4}},
};
enum { THREE = sizeof three / sizeof three[0], ROOM = 4096 };

struct made {
    uint8_t at[ROOM];
    size_t len;
};

static bool take(void *ctx, struct bytes piece)
{
    struct made *m = ctx;
    if (piece.len > ROOM - m->len)
        return false;
    if (piece.len)
        memcpy(m->at + m->len, piece.at, piece.len);
    m->len += piece.len;
    return true;
}

static struct made make(struct arena *a, const struct pack_file *files, uint32_t count)
{
    struct made m = {.len = 0};
    CHECK(pack_write(a, files, count, &(struct pack_sink){&m, take}));
    CHECK(m.len == pack_size(files, count));
    return m;
}

static struct bytes bytes_of(const struct made *m)
{
    return (struct bytes){m->at, m->len};
}

/* "" where it is a pack, else why not. */
static const char *why_not(struct arena *a, struct bytes archive)
{
    struct pack_file *files = NULL;
    uint32_t count = 0;
    struct bytes why = TEXT("");
    enum status s = pack_parse(a, archive, &files, &count, &why);
    CHECK((s == OK) == (why.len == 0));
    CHECK(s != OK || count);
    return (const char *)why.at;
}

static void test_what_was_written_is_read_again(void)
{
    struct arena *a = arena_new();
    struct made m = make(a, three, THREE);
    struct pack_file *files = NULL;
    uint32_t count = 0;
    struct bytes why;
    CHECK(pack_parse(a, bytes_of(&m), &files, &count, &why) == OK && count == THREE);
    for (uint32_t i = 0; i < count; i++)
        CHECK(text_same(files[i].name, three[i].name)
            && text_same(files[i].content, three[i].content));
    CHECK(pack_is(a, bytes_of(&m), files, count));
    arena_free(a);
}

static void test_the_order_in_which_files_come_changes_nothing(void)
{
    struct arena *a = arena_new();
    struct made one = make(a, three, THREE);
    struct pack_file other[THREE] = {three[2], three[0], three[1]};
    pack_sort(other, THREE);
    struct made two = make(a, other, THREE);
    CHECK(text_same(bytes_of(&one), bytes_of(&two)));
    arena_free(a);
}

static void test_another_library_reads_the_same_files(void)
{
    struct arena *a = arena_new();
    struct made m = make(a, three, THREE);
    zip_source_t *source = zip_source_buffer_create(m.at, m.len, 0, NULL);
    zip_t *z = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
    CHECK(z && zip_get_num_entries(z, 0) == THREE);
    for (zip_uint64_t i = 0; z && i < THREE; i++) {
        char content[16];
        zip_file_t *f = zip_fopen_index(z, i, 0);
        zip_int64_t n = f ? zip_fread(f, content, sizeof content) : -1;
        CHECK(text_same(text_of(zip_get_name(z, i, 0)), three[i].name));
        CHECK(n == (zip_int64_t)three[i].content.len
            && !memcmp(content, three[i].content.at, (size_t)n));
        CHECK(f && zip_fclose(f) == 0); /* says whether the checksum is right */
    }
    zip_discard(z);
    arena_free(a);
}

/* Whether the byte is of a file's content: only their checksums stand for these. */
static bool in_content(const struct made *m, size_t byte)
{
    const uint8_t *first = m->at + PACK_LOCAL + three[0].name.len;
    const uint8_t *last = m->at + PACK_LOCAL * 3 + three[0].name.len
        + three[0].content.len + three[1].name.len + three[2].name.len;
    const uint8_t *at = m->at + byte;
    return (at >= first && at < first + three[0].content.len)
        || (at >= last && at < last + three[2].content.len);
}

static void test_no_flipped_bit_is_taken_for_the_pack(void)
{
    struct arena *a = arena_new();
    struct made m = make(a, three, THREE);
    for (size_t bit = 0; bit < m.len * 8; bit++) {
        struct pack_file *files = NULL;
        uint32_t count = 0;
        struct bytes why;
        m.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bool parsed = pack_parse(a, bytes_of(&m), &files, &count, &why) == OK;
        bool taken = parsed && pack_is(a, bytes_of(&m), files, count);
        if (taken || parsed != in_content(&m, bit / 8))
            printf("# bit %zu\n", bit);
        CHECK(!taken && parsed == in_content(&m, bit / 8));
        m.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(pack_is(a, bytes_of(&m), three, THREE));
    arena_free(a);
}

static void test_every_front_of_a_pack_is_refused(void)
{
    struct arena *a = arena_new();
    struct made m = make(a, three, THREE);
    for (size_t len = 0; len < m.len; len++)
        CHECK(why_not(a, (struct bytes){m.at, len})[0]);
    arena_free(a);
}

/* The same archive with some bytes replaced by as many others, wherever they stand. */
static struct made with(struct made m, const char *from, const char *to, size_t len)
{
    int places = 0;
    for (size_t i = 0; i + len <= m.len; i++)
        if (!memcmp(m.at + i, from, len)) {
            memcpy(m.at + i, to, len);
            places++;
        }
    CHECK(places > 0);
    return m;
}

static void test_an_archive_with_something_hidden_in_it_is_refused(void)
{
    struct arena *a = arena_new();
    struct made m = make(a, three, THREE), longer = m;
    longer.at[longer.len++] = 'x';
    CHECK(strstr(why_not(a, bytes_of(&longer)), "bytes behind the end"));

    /* one more content byte that no file has: the directory begins one later */
    struct made gap = m;
    size_t directory = m.at[m.len - 6] + 256u * m.at[m.len - 5];
    memmove(gap.at + directory + 1, gap.at + directory, gap.len - directory);
    gap.len++;
    gap.at[gap.len - 6]++;
    CHECK(strstr(why_not(a, bytes_of(&gap)), "belong to no file"));

    /* the directory says that the last file stands where the first one does */
    struct made elsewhere = m;
    elsewhere.at[elsewhere.len - PACK_LAST - 1 - 4] = 0;
    CHECK(strstr(why_not(a, bytes_of(&elsewhere)), "does not follow"));

    struct made comment = m;
    comment.at[comment.len - 2] = 1;
    comment.at[comment.len++] = '!';
    CHECK(why_not(a, bytes_of(&comment))[0]);
    arena_free(a);
}

static void test_each_form_that_a_pack_never_has_is_refused_by_its_name(void)
{
    static const struct {
        const char *what, *from, *to;
        size_t len;
        const char *says;
    } rows[] = {
        {"leads out of the folder", "a/b.md", "../.md", 6, "lead out of the folder"},
        {"an absolute name", "a/b.md", "/ab.md", 6, "lead out of the folder"},
        {"a part that is empty", "a/b.md", "a//.md", 6, "lead out of the folder"},
        {"a backslash", "a/b.md", "a\\b.md", 6, "backslash"},
        {"a name that turns the line round", "a/\xc3\xa9.md", "\xe2\x80\xae/.md", 7,
            "not printable"},
        {"no UTF-8", "a/\xc3\xa9.md", "a/\xc3\xc3.md", 7, "not printable"},
        {"out of order", "a/b.md", "y/b.md", 6, "out of order"},
        {"a symbolic link", "\xa4\x81", "\xa4\xa1", 2, "symbolic link"},
        {"a folder's mode", "\xa4\x81", "\xa4\x41", 2, "plain file"},
        {"another day", "\x21\x00", "\x22\x00", 2, "another form"},
    };
    struct arena *a = arena_new();
    struct made m = make(a, three, THREE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct made bad = with(m, rows[i].from, rows[i].to, rows[i].len);
        const char *why = why_not(a, bytes_of(&bad));
        bool named = strstr(why, rows[i].says) != NULL;
        if (!named)
            printf("# %s: %s\n", rows[i].what, why);
        CHECK(named);
    }
    arena_free(a);
}

static void test_a_name_that_stands_twice_is_refused(void)
{
    struct arena *a = arena_new();
    const struct pack_file two[] = {
        {TEXT("same"), TEXT("first")}, {TEXT("samf"), TEXT("second")}};
    struct made m = make(a, two, 2), bad = with(m, "samf", "same", 4);
    CHECK(strstr(why_not(a, bytes_of(&bad)), "stands twice"));
    arena_free(a);
}

static void test_folded_files_and_endless_counts_are_refused_by_their_names(void)
{
    struct arena *a = arena_new();
    uint8_t zeros[4000] = {0};
    const struct zipped_part bomb = {"bomb", BYTES_OF(zeros)};
    struct bytes folded = zipped(&bomb, 1, true);
    CHECK(strstr(why_not(a, folded), "expected"));
    /* libzip writes other versions and times; in our form only the method is left */
    struct made m = make(a, three, THREE);
    for (size_t i = 0; i + 4 < m.len; i++)
        if (!memcmp(m.at + i, "PK\x01\x02", 4))
            m.at[i + 10] = 8;
    CHECK(strstr(why_not(a, bytes_of(&m)), "is compressed"));

    struct made many = make(a, three, THREE);
    memset(many.at + many.len - 14, 0xFF, 4);
    CHECK(strstr(why_not(a, bytes_of(&many)), "too many files"));
    struct made four = make(a, three, THREE);
    four.at[four.len - 14] = four.at[four.len - 12] = 4;
    CHECK(strstr(why_not(a, bytes_of(&four)), "before its last file"));
    struct made none = make(a, three, THREE);
    none.at[none.len - 14] = none.at[none.len - 12] = 0;
    CHECK(strstr(why_not(a, bytes_of(&none)), "no file"));
    free((void *)(uintptr_t)folded.at);
    arena_free(a);
}

static void test_a_name_is_good_only_where_all_programs_mean_the_same_by_it(void)
{
    static const struct {
        const char *name;
        bool good;
    } rows[] = {
        {"a", true},
        {"a/b/c.md", true},
        {"a..b/...", true},
        {"a b: c?.md", true},
        {"\xc3\xa9", true},
        {"", false},
        {".", false},
        {"..", false},
        {"a/../b", false},
        {"./a", false},
        {"/a", false},
        {"a/", false},
        {"a//b", false},
        {"a\\b", false},
        {"a\nb", false},
        {"a\x7f", false},
        {"\xff", false},
        {"\xed\xa0\x80", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool good = !pack_name_fault(text_of(rows[i].name));
        if (good != rows[i].good)
            printf("# \"%s\"\n", rows[i].name);
        CHECK(good == rows[i].good);
    }
    CHECK(pack_name_fault((struct bytes){(const uint8_t *)"a\0b", 3}));
}

static void test_proposed_files_that_are_no_pack_are_no_pack(void)
{
    struct arena *a = arena_new();
    struct made m = make(a, three, THREE);
    const struct pack_file turned[] = {three[1], three[0], three[2]},
                           twice[] = {three[0], three[0], three[2]};
    CHECK(!pack_is(a, bytes_of(&m), three, 2));
    CHECK(!pack_is(a, bytes_of(&m), turned, THREE));
    CHECK(!pack_is(a, bytes_of(&m), twice, THREE));
    CHECK(!pack_is(a, bytes_of(&m), NULL, 0));
    CHECK(!pack_is(a, (struct bytes){m.at, m.len - 1}, three, THREE));
    arena_free(a);
}

static bool take_some(void *ctx, struct bytes piece)
{
    size_t *left = ctx;
    bool room = piece.len <= *left;
    *left -= room ? piece.len : 0;
    return room;
}

static void test_a_sink_that_is_full_at_any_piece_ends_the_writing(void)
{
    struct arena *a = arena_new();
    size_t size = (size_t)pack_size(three, THREE);
    for (size_t room = 0; room <= size; room++) {
        size_t left = room;
        CHECK(pack_write(a, three, THREE, &(struct pack_sink){&left, take_some})
            == (room == size));
    }
    arena_free(a);
}

MAIN(TEST(test_what_was_written_is_read_again),
    TEST(test_the_order_in_which_files_come_changes_nothing),
    TEST(test_another_library_reads_the_same_files),
    TEST(test_no_flipped_bit_is_taken_for_the_pack),
    TEST(test_every_front_of_a_pack_is_refused),
    TEST(test_an_archive_with_something_hidden_in_it_is_refused),
    TEST(test_each_form_that_a_pack_never_has_is_refused_by_its_name),
    TEST(test_a_name_that_stands_twice_is_refused),
    TEST(test_folded_files_and_endless_counts_are_refused_by_their_names),
    TEST(test_a_name_is_good_only_where_all_programs_mean_the_same_by_it),
    TEST(test_proposed_files_that_are_no_pack_are_no_pack),
    TEST(test_a_sink_that_is_full_at_any_piece_ends_the_writing))
