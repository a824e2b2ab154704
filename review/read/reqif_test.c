/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/seen_limits.h"
#include "tests/support/zipped.h"

#define HEAD                                                                              \
    "<?xml version=\"1.0\"?>\n<REQ-IF xmlns=\"http://www.omg.org/spec/ReqIF/20110401/"    \
    "reqif.xsd\" xmlns:x=\"http://www.w3.org/1999/xhtml\">\n<THE-HEADER><REQ-IF-HEADER "  \
    "IDENTIFIER=\"h\"><REQ-IF-VERSION>1.2</REQ-IF-VERSION><TITLE>Pump &amp; gate</TITLE>" \
    "</REQ-IF-HEADER></THE-HEADER>\n<CORE-CONTENT><REQ-IF-CONTENT>\n"
#define TAIL "</REQ-IF-CONTENT></CORE-CONTENT></REQ-IF>\n"
#define TYPES                                                                             \
    "<DATATYPES><DATATYPE-DEFINITION-ENUMERATION IDENTIFIER=\"de\"><SPECIFIED-VALUES>"    \
    "<ENUM-VALUE IDENTIFIER=\"e1\" LONG-NAME=\"high\"/><ENUM-VALUE IDENTIFIER=\"e2\" "    \
    "LONG-NAME=\"reviewed\"/></SPECIFIED-VALUES></DATATYPE-DEFINITION-ENUMERATION>"       \
    "</DATATYPES>\n<SPEC-TYPES><SPEC-OBJECT-TYPE IDENTIFIER=\"t\" LONG-NAME=\"Object\">"  \
    "<SPEC-ATTRIBUTES><ATTRIBUTE-DEFINITION-STRING IDENTIFIER=\"aid\" "                   \
    "LONG-NAME=\"ReqIF.ForeignID\"><DEFAULT-VALUE><ATTRIBUTE-VALUE-STRING "               \
    "THE-VALUE=\"none\"/></DEFAULT-VALUE></ATTRIBUTE-DEFINITION-STRING>"                  \
    "<ATTRIBUTE-DEFINITION-XHTML IDENTIFIER=\"atext\" LONG-NAME=\"ReqIF.Text\"/>"         \
    "<ATTRIBUTE-DEFINITION-STRING IDENTIFIER=\"achap\" LONG-NAME=\"ReqIF.ChapterName\"/>" \
    "<ATTRIBUTE-DEFINITION-ENUMERATION IDENTIFIER=\"aprio\" LONG-NAME=\"Marks\"/>"        \
    "</SPEC-ATTRIBUTES></SPEC-OBJECT-TYPE><SPEC-OBJECT-TYPE IDENTIFIER=\"tc\" "           \
    "LONG-NAME=\"Test case\"/><SPEC-OBJECT-TYPE IDENTIFIER=\"ti\" "                       \
    "LONG-NAME=\"Information\"/><SPEC-RELATION-TYPE IDENTIFIER=\"rv\" "                   \
    "LONG-NAME=\"verifies\"/><SPEC-RELATION-TYPE IDENTIFIER=\"rd\" LONG-NAME=\"derived "  \
    "from\"/></SPEC-TYPES>\n"
#define STRING(definition, text)                                  \
    "<ATTRIBUTE-VALUE-STRING THE-VALUE=\"" text                   \
    "\"><DEFINITION><ATTRIBUTE-DEFINITION-STRING-REF>" definition \
    "</ATTRIBUTE-DEFINITION-STRING-REF></DEFINITION></ATTRIBUTE-VALUE-STRING>"
#define XHTML(text)                                                                      \
    "<ATTRIBUTE-VALUE-XHTML><THE-VALUE>" text                                            \
    "</THE-VALUE><THE-ORIGINAL-VALUE><x:div>older</x:div></THE-ORIGINAL-VALUE>"          \
    "<DEFINITION><ATTRIBUTE-DEFINITION-XHTML-REF>atext</ATTRIBUTE-DEFINITION-XHTML-REF>" \
    "</DEFINITION></ATTRIBUTE-VALUE-XHTML>"
#define OBJECT(id, type, values)                                           \
    "<SPEC-OBJECT IDENTIFIER=\"" id "\"><TYPE><SPEC-OBJECT-TYPE-REF>" type \
    "</SPEC-OBJECT-TYPE-REF></TYPE><VALUES>" values "</VALUES></SPEC-OBJECT>\n"
#define AT(object, below)                                                         \
    "<SPEC-HIERARCHY IDENTIFIER=\"p" object "\"><OBJECT><SPEC-OBJECT-REF>" object \
    "</SPEC-OBJECT-REF></OBJECT><CHILDREN>" below "</CHILDREN></SPEC-HIERARCHY>"
#define RELATION(type, from, to)                                                \
    "<SPEC-RELATION IDENTIFIER=\"r" from to "\"><SOURCE><SPEC-OBJECT-REF>" from \
    "</SPEC-OBJECT-REF></SOURCE><TARGET><SPEC-OBJECT-REF>" to                   \
    "</SPEC-OBJECT-REF></TARGET><TYPE><SPEC-RELATION-TYPE-REF>" type            \
    "</SPEC-RELATION-TYPE-REF></TYPE></SPEC-RELATION>\n"

/* clang-format off */
#ifdef __clang__ /* the macros join their literals on purpose */
#pragma clang diagnostic ignored "-Wstring-concatenation"
#endif
static const char *const pieces_of_whole[] = {HEAD TYPES "<SPEC-OBJECTS>\n",
    OBJECT("o1", "t", STRING("achap", "Sending") STRING("aid", "9")),
    OBJECT("o2", "t", STRING("aid", "SYS-7")
        XHTML("<x:div><x:p>The pump shall <x:b>send</x:b></x:p><x:p>each record<x:br/>once."
              "</x:p><x:object data=\"flow.png\">a flow</x:object></x:div>")
        "<ATTRIBUTE-VALUE-ENUMERATION><VALUES><ENUM-VALUE-REF>e1</ENUM-VALUE-REF>"
        "<ENUM-VALUE-REF> e2 </ENUM-VALUE-REF></VALUES><DEFINITION>"
        "<ATTRIBUTE-DEFINITION-ENUMERATION-REF>aprio</ATTRIBUTE-DEFINITION-ENUMERATION-REF>"
        "</DEFINITION></ATTRIBUTE-VALUE-ENUMERATION>"),
    OBJECT("_guid-3", "t", XHTML("<x:div>It shall wait 60 s.</x:div>")),
    OBJECT("o4", "ti", XHTML("<x:div>Records are small.</x:div>")),
    OBJECT("o5", "tc", STRING("aid", "77") XHTML("<x:div>Send twice.</x:div>")),
    "</SPEC-OBJECTS>\n<SPEC-RELATIONS>",
    RELATION("rv", "o5", "o2"), RELATION("rd", "o5", "_guid-3"), RELATION("rv", "o5", "gone"),
    "</SPEC-RELATIONS>\n<SPECIFICATIONS><SPECIFICATION IDENTIFIER=\"s\" LONG-NAME=\"System\"><CHILDREN>",
    AT("o1", AT("o2", AT("_guid-3", "")) AT("o4", "")),
    ("</CHILDREN></SPECIFICATION></SPECIFICATIONS>" TAIL)};
/* clang-format on */

static void drop(struct bytes b)
{
    free((void *)(uintptr_t)b.at);
}

static struct bytes whole(void)
{
    size_t len = 0;
    char *at = calloc(1, 16384);
    if (!at)
        abort();
    for (size_t i = 0; i < sizeof pieces_of_whole / sizeof pieces_of_whole[0]; i++) {
        size_t n = strlen(pieces_of_whole[i]);
        CHECK(len + n < 16384);
        memcpy(at + len, pieces_of_whole[i], n);
        len += n;
    }
    return (struct bytes){(const uint8_t *)at, len};
}

/* Without lines, which an archive has not. */
static const char units[] =
    "heading1 [] Requirements: Pump & gate\n"
    "heading2 [Requirements: Pump & gate] System\n"
    "heading3 [Requirements: Pump & gate > System] Sending\n"
#define IN "entry [Requirements: Pump & gate > System > Sending] "
    IN
    "The pump shall send each record once. a flow {is=Object; id=SYS-7; text=The pump "
    "shall send each record once. a flow; Marks=high, reviewed}\n" IN
    "It shall wait 60 s. {is=Object; id=_guid-3; text=It shall wait 60 s.; "
    "parent=SYS-7}\n"
    "paragraph [Requirements: Pump & gate > System > Sending] Records are small.\n"
    "heading2 [Requirements: Pump & gate] In no specification\n"
    "entry [Requirements: Pump & gate > In no specification] Send twice. {is=Test case; "
    "id=77; text=Send twice.; verifies=SYS-7; derived from=_guid-3}\n"
    "note LOST-IMAGE flow.png\n";
#undef IN

static void objects_stand_in_their_specification_with_attributes_and_relations(void)
{
    struct bytes d = whole();
    check_units(read_reqif, d, units);
    struct seen s = see_read(read_reqif, d);
    for (uint32_t i = 0; i < s.corpus.unit_count; i++)
        if (text_same(unit_field(&s.corpus, &s.corpus.units[i], "id"), TEXT("SYS-7")))
            CHECK(s.corpus.units[i].line == 9);
    see_end(&s);
    drop(d);
}

static void an_archive_of_it_reads_the_same(void)
{
    struct bytes xml = whole();
    struct zipped_part parts[] = {
        {"files/flow.png", TEXT("\x89PNG")}, {"pump.reqif", xml}};
    struct bytes d = zipped(parts, 2, true);
    check_units(read_reqif, d, units);
    CHECK(format_of(TEXT("a.reqifz"), text_upto(d, 4096)) == FORMAT_REQIF);
    CHECK(format_of(TEXT("a.bin"), text_upto(d, 4096)) == FORMAT_REQIF);
    drop(d);
    drop(xml);
    struct zipped_part none[] = {{"readme.txt", TEXT("x")}};
    d = zipped(none, 1, true);
    CHECK(ends_with_note(read_reqif, d, NOTE_EMPTY));
    drop(d);
}

static void what_is_called_heading_is_one_and_names_of_tools_are_known(void)
{
    check_units(read_reqif,
        TEXT(
            "<REQ-IF><SPEC-OBJECT-TYPE IDENTIFIER='t' LONG-NAME='Artifact'/>"
            "<ATTRIBUTE-DEFINITION-STRING IDENTIFIER='a' LONG-NAME='Artifact Type'/>"
            "<ATTRIBUTE-DEFINITION-STRING IDENTIFIER='b' LONG-NAME='Title'/>"
            "<ATTRIBUTE-DEFINITION-STRING IDENTIFIER='c' LONG-NAME='Description'/>"
            "<ATTRIBUTE-DEFINITION-STRING IDENTIFIER='d' LONG-NAME='Identifier'/>"
            "<ATTRIBUTE-DEFINITION-STRING IDENTIFIER='e' LONG-NAME='Object Identifier'/>"
            "<ATTRIBUTE-DEFINITION-STRING IDENTIFIER='f' LONG-NAME='Owner'/>" OBJECT(
                "1", "t", STRING("a", "Heading") STRING("c", "Alarms")) OBJECT("2", "t",
                STRING("a", "Hazard") STRING("b", "No alarm")
                    STRING("c", "Nobody hears.") STRING("d", "12") STRING("e", "HZ-12")
                        STRING("f", "A"))
                OBJECT("3", "t", STRING("zz", "of an unknown name")) "</REQ-IF>"),
        "heading1 [] Requirements\nheading3 [Requirements] Alarms\n"
        "entry [Requirements > Alarms] Nobody hears. {is=Hazard; is=Artifact; id=HZ-12; "
        "name=No alarm; text=Nobody hears.; Identifier=12; Owner=A}\n"
        "entry [Requirements > Alarms]  {is=Artifact; id=3; zz=of an unknown name}\n");
}

static void an_exchange_cut_at_any_hundredth_is_read_up_to_there(void)
{
    struct bytes d = whole();
    for (size_t percent = 0; percent < 100; percent++) {
        struct seen s = see_read(read_reqif, text_upto(d, d.len * percent / 100));
        CHECK(s.status == OK && (percent == 0 || noted(&s, NOTE_DAMAGED)));
        CHECK(percent < 80 || s.corpus.unit_count >= 4);
        see_end(&s);
    }
    drop(d);
}

/* Every element in the place of every other: nothing is where the schema wants it. */
static void elements_in_the_wrong_places_are_no_fault(void)
{
    static const char *const names[] = {"SPEC-OBJECT", "SPEC-RELATION",
        "SPEC-HIERARCHY", "SPECIFICATION", "SOURCE", "TARGET", "THE-VALUE",
        "ATTRIBUTE-VALUE-STRING", "SPEC-OBJECT-REF", "SPEC-OBJECT-TYPE-REF",
        "SPEC-RELATION-TYPE-REF", "ENUM-VALUE-REF", "ATTRIBUTE-DEFINITION-X-REF",
        "TITLE", "REQ-IF-VERSION"};
    enum { COUNT = sizeof names / sizeof names[0] };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++) {
            char text[512];
            int n = snprintf(text, sizeof text,
                "<REQ-IF><%s IDENTIFIER='a'><%s IDENTIFIER='a'>a</%s></%s><%s>a</%s>"
                "<SPEC-OBJECT IDENTIFIER='a'/></REQ-IF>",
                names[i], names[k], names[k], names[i], names[k], names[k]);
            struct seen s =
                see_read(read_reqif, (struct bytes){(const uint8_t *)text, (size_t)n});
            CHECK(s.status == OK);
            see_end(&s);
        }
}

static void hostile_exchanges_end_within_limits(void)
{
    struct bytes deep = many("<REQ-IF><SPEC-HIERARCHY>", 50000);
    CHECK(ends_with_note(read_reqif, deep, NOTE_TOO_DEEP));
    drop(deep);
    CHECK(
        ends_with_note(read_reqif, TEXT("<RIF><SPEC-OBJECT/></RIF>"), NOTE_MALFORMED));
    CHECK(ends_with_note(read_reqif,
        TEXT(
            "<!DOCTYPE r [<!ENTITY a 'aaaaaaaa'>]><REQ-IF><TITLE>&a;</TITLE></REQ-IF>"),
        NOTE_ENTITY));
    CHECK(ends_with_note(read_reqif,
        TEXT("<REQ-IF><REQ-IF-VERSION>2.0</REQ-IF-VERSION></REQ-IF>"), NOTE_VERSION));

    /* One object with very many values, choices and relations, and a chain of itself. */
    static const char *const pieces[] = {STRING("d", "v"),
        ("<ATTRIBUTE-VALUE-ENUMERATION><ENUM-VALUE-REF>c</ENUM-VALUE-REF>"
         "</ATTRIBUTE-VALUE-ENUMERATION>"),
        "<ENUM-VALUE-REF>c</ENUM-VALUE-REF>"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct bytes all = many(pieces[i], 200000);
        static const char front[] =
            "<REQ-IF><SPEC-OBJECT IDENTIFIER='a'><ATTRIBUTE-VALUE-STRING>";
        uint8_t *at = malloc(sizeof front + all.len);
        if (!at)
            abort();
        memcpy(at, front, sizeof front - 1);
        memcpy(at + sizeof front - 1, all.at, all.len);
        CHECK(ends_with_note(
            read_reqif, (struct bytes){at, sizeof front - 1 + all.len}, NOTE_DAMAGED));
        free(at);
        drop(all);
    }
}

MAIN(TEST(objects_stand_in_their_specification_with_attributes_and_relations),
    TEST(an_archive_of_it_reads_the_same),
    TEST(what_is_called_heading_is_one_and_names_of_tools_are_known),
    TEST(live_in_256_mib), TEST(an_exchange_cut_at_any_hundredth_is_read_up_to_there),
    TEST(elements_in_the_wrong_places_are_no_fault),
    TEST(hostile_exchanges_end_within_limits))
