/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/emit.h"
#include "review/read/see.h"

#include "tests/support/check.h"

static void write_a_little(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("Requirements"));
    emit_unit(e, UNIT_HEADING, 3, 2, 0, TEXT("Cloud"));
    emit_begin(e, UNIT_PARAGRAPH, 0, 3, 0);
    emit_text(e, TEXT("  The device\n shall "));
    emit_text(e, TEXT(" keep\t\tmeasuring.\xC2\xA0 "));
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 2, 4, 0, TEXT("Next"));
    emit_begin(e, UNIT_ROW, 0, 5, 2);
    emit_text(e, TEXT("SEC-1 | text"));
    emit_field(e, TEXT("Id"), TEXT(" SEC-1 "), 5);
    emit_field(e, TEXT("Verified by"), TEXT("VER-1"), 6);
    emit_end(e);
    emit_unit(e, UNIT_PARAGRAPH, 0, 9, 0, TEXT(" \n "));
    emit_unit(e, UNIT_CODE, 0, 10, 0, TEXT("a\n  b\n"));
    emit_format(e, FORMAT_CYCLONEDX);
}

static void units_come_back_as_they_were_emitted_folded_and_below_their_headings(void)
{
    struct seen s = see_emitted(write_a_little);
    CHECK(s.status == OK && s.corpus.unit_count == 6 && s.format == FORMAT_CYCLONEDX);
    const struct unit *u = s.corpus.units;
    CHECK(u[0].heading == UNIT_NONE && u[1].heading == 0 && u[2].heading == 1);
    CHECK(u[3].heading == 0 && u[4].heading == 3);
    CHECK(text_same(u[2].text, TEXT("The device shall keep measuring.")));
    CHECK(u[4].page == 2 && u[4].field_count == 2);
    CHECK(text_same(unit_field(&s.corpus, &u[4], "verified BY"), TEXT("VER-1")));
    CHECK(text_same(u[5].text, TEXT("a\n  b")) && u[5].kind == UNIT_CODE);
    see_end(&s);
}

static void write_broken(struct emit *e)
{
    emit_unit(e, UNIT_PARAGRAPH, 0, 1, 0, TEXT("a\xFF\xC0z\x01\x02"));
    emit_unit(e, UNIT_PARAGRAPH, 0, 2, 0, TEXT("\xE2\x82"));
}

static void broken_utf8_is_replaced_and_said_once(void)
{
    struct seen s = see_emitted(write_broken);
    CHECK(s.status == OK && s.corpus.unit_count == 2 && s.corpus.note_count == 1);
    CHECK(text_same(s.corpus.units[0].text, TEXT("a\xEF\xBF\xBD\xEF\xBF\xBDz")));
    CHECK(s.corpus.notes[0].kind == NOTE_UTF8);
    see_end(&s);
}

static uint8_t long_line[EMIT_TEXT_MAX * 8];

static void write_long(struct emit *e)
{
    memset(long_line, 'x', sizeof long_line);
    long_line[EMIT_TEXT_MAX - 1] =
        0xC3; /* a character across the limit is left out whole */
    long_line[EMIT_TEXT_MAX] = 0xA9;
    emit_unit(e, UNIT_PARAGRAPH, 0, 1, 0, BYTES_OF(long_line));
    emit_begin(e, UNIT_ENTRY, 0, 2, 0);
    for (size_t i = 0; i < EMIT_FIELDS_MAX + 5; i++)
        emit_field(e, TEXT("k"), TEXT("v"), 2);
    emit_end(e);
}

static void text_and_fields_are_cut_at_their_limits_and_it_is_said(void)
{
    struct seen s = see_emitted(write_long);
    CHECK(s.status == OK && s.corpus.unit_count == 2);
    CHECK(s.corpus.units[0].text.len == EMIT_TEXT_MAX - 1);
    CHECK(s.corpus.note_count == 1 && s.corpus.notes[0].kind == NOTE_TOO_MUCH);
    CHECK(s.corpus.units[1].field_count == EMIT_FIELDS_MAX);
    see_end(&s);
}

static void a_stream_that_is_cut_or_changed_is_refused_and_what_stood_before_is_kept(
    void)
{
    struct seen s = see_emitted(write_a_little);
    for (size_t cut = 0; cut < s.written.len; cut++) {
        struct gather g = GATHER;
        uint8_t format = 0;
        if (units_parse(text_upto(s.written, cut), 0, &format, &g) != MALFORMED)
            CHECK(cut == SIZE_MAX);
        CHECK(g.units.count <= s.corpus.unit_count);
        gather_free(&g);
    }
    see_end(&s);
}

MAIN(TEST(units_come_back_as_they_were_emitted_folded_and_below_their_headings),
    TEST(broken_utf8_is_replaced_and_said_once),
    TEST(text_and_fields_are_cut_at_their_limits_and_it_is_said),
    TEST(a_stream_that_is_cut_or_changed_is_refused_and_what_stood_before_is_kept))
