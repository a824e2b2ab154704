/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/json_read.h"
#include "review/read/read.h"
#include "review/read/see_same.h"

#include "tests/support/check.h"

static void json_is_read_as_yaml_of_the_same_content_is(void)
{
    static const char json[] =
        "{\"schema\": 1,\n \"requirements\": [\n"
        "  {\"id\": \"SEC-001\", \"text\": \"a \\\"b\\\" \\u00e9\\n\","
        " \"of\": {\"n\": 12345678901234567890.5e+400}},\n"
        "  {\"id\": \"SEC-002\", \"no\": null, \"is\": [true, [false]]}\n"
        " ]}\n";
    CHECK(reads_as(read_json, text_of(json),
        "entry 1/0 [] 1 {schema=1}\n"
        "heading1 2/0 [] requirements\n"
        "entry 3/0 [requirements] a \"b\" \xC3\xA9 {id=SEC-001; text=a \"b\" \xC3\xA9; "
        "of.n=12345678901234567890.5e+400}\n"
        "entry 4/0 [requirements] SEC-002 | true | false {id=SEC-002; no=; is=true; "
        "is=false}\n"));
}

static void what_is_not_json_is_refused_with_its_line(void)
{
    static const struct {
        const char *what, *text;
        uint32_t line;
    } rows[] = {
        {"nothing", "", 1},
        {"a comma too many", "[1,\n]", 2},
        {"no comma", "[1 2]", 1},
        {"a key without quotes", "{a: 1}", 1},
        {"a key without a value", "{\"a\"}", 1},
        {"a comma before the end of a map", "{\"a\": 1,}", 1},
        {"a number with a leading zero", "[01]", 1},
        {"a number without digits", "[-]", 1},
        {"a fraction without digits", "[1.]", 1},
        {"an exponent without digits", "[1e]", 1},
        {"a word that is none", "[nul]", 1},
        {"a single quote", "['a']", 1},
        {"an unknown escape", "[\"\\x\"]", 1},
        {"a short escape", "[\"\\u12\"]", 1},
        {"a line break in a string", "[\"a\nb\"]", 1},
        {"a control character after an escape", "[\"\\n\tb\"]", 1},
        {"a string that does not end", "\n\n[\"abc", 3},
        {"a string that ends in a backslash", "[\"abc\\", 1},
        {"a list that does not end", "[\n1", 2},
        {"two values", "1\n2", 2},
        {"a comment", "// c\n1", 1},
        {"another end", "[1}", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = see_read(read_json, text_of(rows[i].text));
        bool told = s.status == OK && s.corpus.note_count == 1
            && s.corpus.notes[0].kind == NOTE_MALFORMED
            && s.corpus.notes[0].line == rows[i].line;
        if (!told)
            printf("# not told: %s\n", rows[i].what);
        CHECK(told);
        see_end(&s);
    }
}

static void surrogates_become_characters_and_a_lone_one_is_replaced(void)
{
    CHECK(
        reads_as(read_json, TEXT("[\"\\ud83d\\ude00 \\ud83d \\ude00 \\ud83d\\u0041\"]"),
            "item1 1/0 [] \xF0\x9F\x98\x80 \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD"
            "A\n"));
}

static void what_stands_before_a_fault_is_kept(void)
{
    CHECK(reads_as(read_json,
        TEXT("\xEF\xBB\xBF[{\"id\": \"A-1\"},\n{\"id\": \"A-2\", \"t\" 1}]"),
        "entry 1/0 [] A-1 {id=A-1}\nentry 2/0 [] A-2 {id=A-2}\n"
        "note MALFORMED JSON: expected ':' after a key\n"));
    CHECK(reads_as(read_json, TEXT("{\"a\": 1, \"a\": 2}"),
        "entry 1/0 [] 1 {a=1}\nnote DUPLICATE-KEY a\n"));
}

static void depth_is_limited_and_length_is_not(void)
{
    static uint8_t text[1 << 20];
    memset(text, '[', sizeof text);
    CHECK(notes_of(read_json, BYTES_OF(text), NOTE_TOO_DEEP) == 1);
    memset(text + READ_DEPTH_MAX, ']', READ_DEPTH_MAX);
    CHECK(notes_of(read_json, (struct bytes){text, READ_DEPTH_MAX * 2}, NOTE_TOO_DEEP)
        == 0);
    CHECK(notes_of(read_json, (struct bytes){text, READ_DEPTH_MAX * 2}, NOTE_MALFORMED)
        == 0);
    memset(text, 'x', sizeof text);
    text[0] = text[sizeof text - 1] = '"';
    CHECK(notes_of(read_json, BYTES_OF(text), NOTE_MALFORMED) == 0);
}

/* clang-format off */
#define CYCLONEDX_COMPONENTS                                                             \
    "\"components\": [\n"                                                                \
    " {\"type\": \"library\", \"bom-ref\": \"r1\", \"name\": \"libcrypto\", \"version\": \"3.0.1\",\n" \
    "  \"purl\": \"pkg:deb/debian/libssl3@3.0.1\", \"scope\": \"required\",\n"           \
    "  \"supplier\": {\"name\": \"Debian\"}, \"publisher\": \"other\",\n"                \
    "  \"licenses\": [{\"license\": {\"id\": \"Apache-2.0\"}}, {\"expression\": \"A OR B\"}],\n" \
    "  \"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"ab12\"}],\n"                   \
    "  \"components\": [{\"bom-ref\": \"r2\", \"name\": \"inner\", \"group\": \"g\"}]}]"
#define CYCLONEDX_DEPENDS                                                                \
    "\"dependencies\": [{\"ref\": \"app\", \"dependsOn\": [\"r1\"]},"                    \
    " {\"ref\": \"r1\", \"dependsOn\": [\"r2\", \"r3\"]}]"
#define CYCLONEDX_HEAD                                                                   \
    "\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.5\","                            \
    " \"metadata\": {\"component\": {\"bom-ref\": \"app\", \"name\": \"device\"}}"
#define CYCLONEDX_VEX                                                                    \
    "\"vulnerabilities\": [{\"id\": \"CVE-2024-1\", \"source\": {\"name\": \"NVD\"},"    \
    " \"ratings\": [{\"severity\": \"high\"}], \"description\": \"Overflow.\","          \
    " \"analysis\": {\"state\": \"not_affected\", \"justification\": \"code_not_present\","  \
    " \"response\": [\"update\"]}, \"affects\": [{\"ref\": \"r1\"}]}]"
/* clang-format on */

static const char cyclonedx_units[] =
    "component 1/0 [] device {name=device; ref=app; role=product; depends=r1}\n"
    "heading1 1/0 [] components\n"
    "component 2/0 [components] libcrypto 3.0.1 {name=libcrypto; version=3.0.1; "
    "type=library; purl=pkg:deb/debian/libssl3@3.0.1; supplier=Debian; "
    "licence=Apache-2.0; licence=A OR B; scope=required; ref=r1; hash.SHA-256=ab12; "
    "depends=r2; depends=r3}\n"
    "component 7/0 [components] inner {name=inner; group=g; ref=r2; parent=r1}\n"
    "heading1 7/0 [] vulnerabilities\n"
    "entry 7/0 [vulnerabilities] Overflow. {id=CVE-2024-1; source=NVD; severity=high; "
    "state=not_affected; justification=code_not_present; response=update; affects=r1}\n";

/* Hears so many events and then no more. */
struct listener {
    int left, heard;
};

static bool hear(void *ctx)
{
    struct listener *l = ctx;
    l->heard++;
    return --l->left > 0;
}

static bool hear_open(void *ctx, bool map, uint32_t line)
{
    (void)map, (void)line;
    return hear(ctx);
}

static bool hear_key(void *ctx, struct bytes key, uint32_t line)
{
    (void)key, (void)line;
    return hear(ctx);
}

static bool hear_value(void *ctx, enum json_kind kind, struct bytes text, uint32_t line)
{
    (void)kind, (void)text, (void)line;
    return hear(ctx);
}

static void who_stops_at_any_event_hears_nothing_more(void)
{
    enum { EVENTS = 15 };
    static const char text[] = "{\"a\":{\"b\":[{\"c\":1}]},\"d\":[]}";
    for (int n = 1; n <= EVENTS + 1; n++) {
        struct listener l = {n, 0};
        const struct json_events to = {&l, hear_open, hear, hear_key, hear_value};
        struct json_result r = json_read(text_of(text), &to);
        CHECK(l.heard == (n < EVENTS ? n : EVENTS));
        CHECK(r.end == (n <= EVENTS ? JSON_STOPPED : JSON_WHOLE));
    }
}

static void a_cyclonedx_is_known_by_its_content_and_told_by_component(void)
{
    CHECK(reads_as(read_json,
        TEXT("{" CYCLONEDX_HEAD ", " CYCLONEDX_COMPONENTS ", " CYCLONEDX_DEPENDS
             ", " CYCLONEDX_VEX "}"),
        cyclonedx_units));
    struct seen s = see_read(read_json, TEXT("{" CYCLONEDX_HEAD "}"));
    CHECK(s.format == FORMAT_CYCLONEDX);
    see_end(&s);
}

static void the_order_of_its_parts_does_not_matter(void)
{
    CHECK(reads_as(read_json,
        TEXT("{" CYCLONEDX_DEPENDS ", " CYCLONEDX_HEAD ", " CYCLONEDX_COMPONENTS
             ", " CYCLONEDX_VEX "}"),
        cyclonedx_units));
    struct seen a = see_read(read_json,
        TEXT("{" CYCLONEDX_HEAD ", " CYCLONEDX_COMPONENTS ", " CYCLONEDX_VEX "}"));
    struct seen b = see_read(read_json,
        TEXT("{" CYCLONEDX_VEX ", " CYCLONEDX_COMPONENTS ", " CYCLONEDX_HEAD "}"));
    char *x = see_print(&a, false), *y = see_print(&b, false);
    CHECK(strcmp(x, y) == 0 && b.format == FORMAT_CYCLONEDX);
    free(x);
    free(y);
    see_end(&a);
    see_end(&b);
}

static void another_version_is_read_as_far_as_it_goes_and_said(void)
{
    CHECK(reads_as(read_json,
        TEXT("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"2.0\", \"components\": "
             "[{\"name\": \"a\"}, 7]}"),
        "heading1 1/0 [] components\ncomponent 1/0 [components] a {name=a}\n"
        "note VERSION 2.0\n"));
    CHECK(notes_of(read_json, TEXT("{\"spdxVersion\": \"SPDX-2.9\"}"), NOTE_VERSION)
        == 1);
}

static const char spdx_units[] =
    "heading1 2/0 [] packages\n"
    "component 2/0 [packages] app {name=app; ref=SPDXRef-app; depends=SPDXRef-lib; "
    "depends=SPDXRef-in}\n"
    "component 3/0 [packages] lib 1.2 {name=lib; version=1.2; type=LIBRARY; "
    "purl=pkg:generic/lib@1.2; supplier=Makers; licence=MIT; ref=SPDXRef-lib; "
    "hash.SHA-256=ab12; hash.MD5=cd}\n";

static void an_spdx_json_is_told_by_package_with_relations_from_both_ends(void)
{
    CHECK(reads_as(read_json,
        TEXT(
            "{\"spdxVersion\": \"SPDX-2.3\", \"packages\": [\n"
            "{\"SPDXID\": \"SPDXRef-app\", \"name\": \"app\", \"supplier\": \"NOASSERTION\"},\n"
            "{\"SPDXID\": \"SPDXRef-lib\", \"name\": \"lib\", \"versionInfo\": \"1.2\","
            " \"primaryPackagePurpose\": \"LIBRARY\", \"supplier\": \"Organization: Makers\","
            " \"licenseConcluded\": \"NOASSERTION\", \"licenseDeclared\": \"MIT\","
            " \"externalRefs\": [{\"referenceType\": \"purl\","
            " \"referenceLocator\": \"pkg:generic/lib@1.2\"}],"
            " \"checksums\": [{\"algorithm\": \"SHA256\", \"checksumValue\": \"ab12\"},"
            " {\"algorithm\": \"MD5\", \"checksumValue\": \"cd\"}]}],\n"
            " \"relationships\": [\n"
            "{\"spdxElementId\": \"SPDXRef-lib\", \"relationshipType\": \"DEPENDENCY_OF\","
            " \"relatedSpdxElement\": \"SPDXRef-app\"},\n"
            "{\"spdxElementId\": \"SPDXRef-app\", \"relationshipType\": \"CONTAINS\","
            " \"relatedSpdxElement\": \"SPDXRef-in\"},\n"
            "{\"spdxElementId\": \"SPDXRef-DOCUMENT\", \"relationshipType\": \"DESCRIBES\","
            " \"relatedSpdxElement\": \"SPDXRef-app\"}]}"),
        spdx_units));
}

static void an_spdx_of_tags_says_the_same(void)
{
    CHECK(reads_as(read_spdx_tag,
        TEXT("SPDXVersion: SPDX-2.3\nPackageName: app\n"
             "PackageName: lib\nSPDXID: SPDXRef-lib\nPackageVersion: 1.2\n"
             "PackageSupplier: Organization: Makers\nPrimaryPackagePurpose: LIBRARY\n"
             "PackageLicenseConcluded: NOASSERTION\nPackageLicenseDeclared: MIT\n"
             "PackageComment: <text>not: a tag\nPackageVersion: 9\n</text>\n"
             "ExternalRef: PACKAGE-MANAGER purl pkg:generic/lib@1.2\n"
             "PackageChecksum: SHA256: ab12\n"
             "FileName: ./x\nSPDXID: SPDXRef-file\n"
             "Relationship: SPDXRef-lib DEPENDS_ON SPDXRef-z\n"
             "# a comment\nno tag\n"),
        "heading1 2/0 [] packages\n"
        "component 2/0 [packages] app {name=app}\n"
        "component 3/0 [packages] lib 1.2 {name=lib; version=1.2; type=LIBRARY; "
        "purl=pkg:generic/lib@1.2; supplier=Makers; licence=MIT; ref=SPDXRef-lib; "
        "hash.SHA-256=ab12; depends=SPDXRef-z}\n"
        "note MALFORMED SPDX: expected 'Tag: value'\n"));
    struct seen s = see_read(read_spdx_tag, TEXT("PackageName: a\nX: <text>open\n"));
    CHECK(s.corpus.unit_count == 2 && s.corpus.notes[0].kind == NOTE_DAMAGED);
    see_end(&s);
}

MAIN(TEST(json_is_read_as_yaml_of_the_same_content_is),
    TEST(what_is_not_json_is_refused_with_its_line),
    TEST(surrogates_become_characters_and_a_lone_one_is_replaced),
    TEST(what_stands_before_a_fault_is_kept), TEST(depth_is_limited_and_length_is_not),
    TEST(who_stops_at_any_event_hears_nothing_more),
    TEST(a_cyclonedx_is_known_by_its_content_and_told_by_component),
    TEST(the_order_of_its_parts_does_not_matter),
    TEST(another_version_is_read_as_far_as_it_goes_and_said),
    TEST(an_spdx_json_is_told_by_package_with_relations_from_both_ends),
    TEST(an_spdx_of_tags_says_the_same))
