/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/seen_limits.h"

static const char threagile[] =
    "threagile_version: 1.0.0\n"
    "title: Pump and its cloud\n"
    "management_summary_comment: What a pump sends.\n"
    "abuse_cases: {Stolen pump: Somebody sends as a pump that he stole.}\n"
    "data_assets:\n"
    "  Readings: {id: readings, description: what the pump measures}\n"
    "technical_assets:\n"
    "  Pump:\n"
    "    id: pump\n"
    "    description: at the bedside\n"
    "    communication_links:\n"
    "      Upload (of readings):\n"
    "        target: gate\n"
    "        protocol: https\n"
    "        authentication: client-certificate\n"
    "        data_assets_sent: [readings, events]\n"
    "      Print: {target: printer, protocol: text, description: on paper}\n"
    "  Printer: {id: printer, type: external-entity}\n"
    "  Gate:\n"
    "    id: gate\n"
    "    communication_links:\n"
    "      Keep: {target: cloud, authentication: credentials}\n"
    "      Lost: {target: nobody}\n"
    "  Store: {id: cloud, type: datastore}\n" /* the id of a boundary, too */
    "trust_boundaries:\n"
    "  Ward: {id: ward, technical_assets_inside: [pump, printer, nobody]}\n"
    "  Cloud: {id: cloud, technical_assets_inside: [gate], trust_boundaries_nested: [net]}\n"
    "  Inner net: {id: net, technical_assets_inside: [cloud]}\n"
    "security_requirements:\n"
    "  Refuse strangers: The gate shall refuse a pump without a certificate.\n"
    "individual_risk_categories:\n"
    "  Something of ours:\n"
    "    id: ours\n"
    "    description: found by hand\n"
    "    stride: tampering\n"
    "    mitigation: Sign it.\n"
    "    risks_identified:\n"
    "      Paper is swapped: {severity: low, most_relevant_technical_asset: printer}\n"
    "      Upload is read: {severity: high, most_relevant_communication_link: "
    "pump>upload-of-readings}\n"
    "risk_tracking:\n"
    "  ours@printer: {status: mitigated, justification: numbered pages, checked_by: A}\n"
    "  open-door@gate: {status: accepted, justification: for now}\n"
    "  sql@gate: {status: false-positive, justification: no text in statements}\n";

static void threagile_links_are_flows_and_tracked_risks_threats(void)
{
    check_units(read_yaml, text_of(threagile),
        "heading1 [] Pump and its cloud\n"
        "paragraph [Pump and its cloud] What a pump sends.\n"
        "paragraph [Pump and its cloud] Stolen pump: Somebody sends as a pump that he "
        "stole.\n"
        "paragraph [Pump and its cloud] Readings: what the pump measures\n"
        "paragraph [Pump and its cloud] sql@gate: no text in statements\n"
        "heading2 [Pump and its cloud] trust boundaries\n"
#define AT "entry [Pump and its cloud > "
        AT "trust boundaries] Ward {is=trust boundary; id=ward; name=Ward}\n" AT
        "trust boundaries] Cloud {is=trust boundary; id=cloud; name=Cloud}\n" AT
        "trust boundaries] Inner net {is=trust boundary; id=net; name=Inner net; "
        "inside=cloud}\n"
        "heading2 [Pump and its cloud] architecture elements\n" AT
        "architecture elements] at the bedside {is=architecture element; id=pump; "
        "name=Pump; text=at the bedside; inside=ward}\n" AT
        "architecture elements] Printer {is=architecture element; id=printer; "
        "name=Printer; inside=ward; type=external-entity}\n" AT
        "architecture elements] Gate {is=architecture element; id=gate; name=Gate; "
        "inside=cloud}\n" AT
        "architecture elements] Store {is=architecture element; id=architecture-"
        "element/cloud; name=Store; inside=net; type=datastore}\n"
        "heading2 [Pump and its cloud] data flows\n" AT
        "data flows] Upload (of readings) {is=data flow; id=pump>upload-of-readings; "
        "name=Upload (of readings); from=pump; to=gate; protocol=https; "
        "authentication=client-certificate; data_assets_sent=readings; "
        "data_assets_sent=events; crosses=ward; crosses=cloud}\n" AT
        "data flows] on paper {is=data flow; id=pump>print; name=Print; text=on paper; "
        "from=pump; to=printer; protocol=text}\n" AT
        "data flows] Keep {is=data flow; id=gate>keep; name=Keep; from=gate; "
        "to=architecture-element/cloud; authentication=credentials; crosses=net}\n" AT
        "data flows] Lost {is=data flow; id=gate>lost; name=Lost; from=gate}\n"
        "heading2 [Pump and its cloud] threats\n" AT
        "threats] numbered pages {is=threat; id=ours@printer; name=ours@printer; "
        "text=numbered pages; status=mitigated; by=A; element=printer; "
        "mitigated_by=ours@printer/mitigation; severity=low; stride=tampering; "
        "advice=Sign it.}\n" AT
        "threats] for now {is=threat; id=open-door@gate; name=open-door@gate; text=for "
        "now; status=accepted; element=gate}\n" AT
        "threats] found by hand {is=threat; id=ours@pump>upload-of-readings; "
        "name=Upload is read; text=found by hand; severity=high; stride=tampering; "
        "advice=Sign it.; flow=pump>upload-of-readings}\n"
        "heading2 [Pump and its cloud] controls\n" AT
        "controls] numbered pages {is=control; id=ours@printer/mitigation; "
        "name=mitigation of ours@printer; text=numbered pages}\n"
        "heading2 [Pump and its cloud] security requirements\n" AT
        "security requirements] The gate shall refuse a pump without a certificate. "
        "{is=requirement; id=refuse-strangers; name=Refuse strangers; text=The gate "
        "shall refuse a pump without a certificate.}\n");
#undef AT
}

static const char otm[] =
    "{\"otmVersion\": \"0.2.0\", \"project\": {\"name\": \"Pump\", \"id\": \"p\", "
    "\"description\": \"It sends.\"},\n"
    "\"trustZones\": [{\"id\": \"ward\", \"name\": \"Ward\", \"risk\": {\"trustRating\": "
    "30}},\n {\"id\": \"cloud\", \"name\": \"Cloud\", \"risk\": {\"trustRating\": 70}}],\n"
    "\"components\": [{\"id\": \"C-01\", \"name\": \"Pump\", \"type\": \"device\", "
    "\"parent\": {\"trustZone\": \"ward\"}, \"attributes\": {\"os\": \"none\"}},\n"
    " {\"id\": \"host\", \"name\": \"Host\", \"type\": \"vm\", \"parent\": {\"trustZone\": "
    "\"cloud\"}, \"assets\": {\"stored\": [\"r\"]}},\n"
    " {\"id\": \"gate\", \"name\": \"Gate\", \"type\": \"web\", \"parent\": {\"component\": "
    "\"host\"}, \"threats\": [{\"threat\": \"T9\", \"state\": \"exposed\", "
    "\"mitigations\": [{\"mitigation\": \"M1\", \"state\": \"required\"}]}, "
    "{\"threat\": \"T8\", \"state\": \"not applicable\"}]}],\n"
    "\"dataflows\": [{\"id\": \"f\", \"name\": \"Upload\", \"source\": \"C-01\", "
    "\"destination\": \"gate\", \"bidirectional\": true, \"attributes\": {\"protocol\": "
    "\"TLS 1.3\"}, \"threats\": [{\"threat\": \"T9\", \"state\": \"mitigated\", "
    "\"mitigations\": [{\"mitigation\": \"M1\", \"state\": \"implemented\"}]}]}],\n"
    "\"threats\": [{\"id\": \"T9\", \"name\": \"Somebody listens\", \"description\": "
    "\"On the way.\", \"categories\": [\"Information Disclosure\"], \"risk\": "
    "{\"likelihood\": 50, \"impact\": 100}},\n"
    " {\"id\": \"T8\", \"name\": \"Paper burns\"}, {\"id\": \"T7\", \"name\": \"Nobody "
    "met\"}],\n"
    "\"mitigations\": [{\"id\": \"M1\", \"name\": \"Encrypt\", \"riskReduction\": 90}]}";

static void otm_threats_are_met_where_they_are_and_with_their_state(void)
{
    check_seen(read_json, text_of(otm),
        "heading1 1/0 [] Pump\n"
        "paragraph 1/0 [Pump] It sends.\n"
        "paragraph 6/0 [Pump] Paper burns: not applicable\n"
        "heading2 2/0 [Pump] trust boundaries\n"
        "entry 2/0 [Pump > trust boundaries] Ward {is=trust boundary; id=ward; name=Ward; "
        "trustRating=30}\n"
        "entry 3/0 [Pump > trust boundaries] Cloud {is=trust boundary; id=cloud; "
        "name=Cloud; trustRating=70}\n"
        "heading2 4/0 [Pump] architecture elements\n"
        "entry 4/0 [Pump > architecture elements] Pump {is=architecture element; id=C-01; "
        "name=Pump; inside=ward; type=device; os=none}\n"
        "entry 5/0 [Pump > architecture elements] Host {is=architecture element; id=host; "
        "name=Host; inside=cloud; type=vm; stored=r}\n"
        "entry 6/0 [Pump > architecture elements] Gate {is=architecture element; id=gate; "
        "name=Gate; inside=host; type=web}\n"
        "heading2 7/0 [Pump] data flows\n"
        "entry 7/0 [Pump > data flows] Upload {is=data flow; id=f; name=Upload; from=C-01; "
        "to=gate; protocol=TLS 1.3; bidirectional=true; crosses=ward; crosses=cloud}\n"
        "heading2 6/0 [Pump] threats\n"
        "entry 6/0 [Pump > threats] On the way. {is=threat; id=T9@gate; name=Somebody "
        "listens; text=On the way.; status=exposed; categories=Information Disclosure; "
        "likelihood=50; impact=100; element=gate; advice=Encrypt: required}\n"
        "entry 7/0 [Pump > threats] On the way. {is=threat; id=T9@f; name=Somebody "
        "listens; text=On the way.; status=mitigated; categories=Information Disclosure; "
        "likelihood=50; impact=100; flow=f; mitigated_by=M1}\n"
        "entry 9/0 [Pump > threats] Nobody met {is=threat; id=T7; name=Nobody met}\n"
        "heading2 10/0 [Pump] controls\n"
        "entry 10/0 [Pump > controls] Encrypt {is=control; id=M1; name=Encrypt; "
        "riskReduction=90}\n");
    /* The same in YAML, of which JSON is a part. */
    struct seen a = see_read(read_json, text_of(otm)),
                b = see_read(read_yaml, text_of(otm));
    char *x = see_print(&a, false), *y = see_print(&b, false);
    CHECK(strcmp(x, y) == 0 && a.format == FORMAT_OTM && b.format == FORMAT_OTM);
    free(x);
    free(y);
    see_end(&a);
    see_end(&b);
}

/* Boundaries: a box around the store, and a curve between the pump and the gate. */
#define CELL(id, shape, data, rest) \
    "{\"id\": \"" id "\", \"shape\": \"" shape "\", \"data\": {" data "}" rest "}"
#define PLACE(x, y, w, h)                                                       \
    ", \"position\": {\"x\": " #x ", \"y\": " #y "}, \"size\": {\"width\": " #w \
    ", \"height\": " #h "}"
#define ENDS(from, to)                 \
    ", \"source\": {\"cell\": \"" from \
    "\", \"port\": \"q\"}, \"target\": {\"cell\": \"" to "\"}"
#define NAMED(text) "\"name\": \"" text "\""
#define DRAGON(cells)                                                                     \
    "{\"version\": \"2.2.0\", \"summary\": {\"title\": \"Pump\", \"owner\": \"A\"},\n"    \
    "\"detail\": {\"diagrams\": [{\"id\": 0, \"title\": \"All\", \"description\": \"the " \
    "whole\",\n\"cells\": [" cells "]}]}}"
#define NODES                                                                          \
    CELL("box", "trust-boundary-box", NAMED("Database net"), PLACE(290, 90, 120, 120)) \
    ",\n" CELL("pump", "actor", NAMED("Pump"), PLACE(0, 100, 100, 100)) ",\n" CELL(    \
        "gate", "process", NAMED("Gate") ", \"outOfScope\": false",                    \
        PLACE(200, 100, 50, 100)) ",\n" CELL("store", "store", NAMED("Store"),         \
        PLACE(300, 100, 100, 100))

static const char dragon[] = DRAGON(NODES ",\n" CELL("curve", "trust-boundary-curve",
    NAMED("Ward"),
    ", \"source\": {\"x\": 150, \"y\": 0}, \"target\": {\"x\": 150, \"y\": 300}") ",\n" CELL("up",
    "flow",
    NAMED(
        "Upload") ", \"protocol\": \"HTTPS\", \"isEncrypted\": true, \"threats\": ["
                  "{\"id\": \"t1\", \"title\": \"Read on the way\", \"status\": \"Mitigated\", "
                  "\"severity\": \"High\", \"type\": \"Information disclosure\", \"description\": "
                  "\"By the network.\", \"mitigation\": \"TLS with two roots\"},"
                  "{\"id\": \"t2\", \"title\": \"Flooded\", \"status\": \"Open\", \"mitigation\": "
                  "\"a limit\"}, {\"title\": \"Burnt\", \"status\": \"NotApplicable\", "
                  "\"description\": \"of copper\"}]",
    ENDS("pump", "gate")) ",\n" CELL("keep", "flow",
    NAMED("Keep") ", \"isEncrypted\": false",
    ENDS("gate", "store")) ",\n" CELL("round", "flow", NAMED("Out and back"),
    ENDS(
        "pump", "pump") ", \"vertices\": [{\"x\": 180, \"y\": 100}]") ",\n" CELL("note",
    "td-text-block", NAMED("Remark"), PLACE(0, 0, 10, 10)));

static void dragon_boundaries_are_crossed_where_they_are_drawn(void)
{
    check_units(read_json, text_of(dragon),
        "heading1 [] Pump\nparagraph [Pump] Owner: A\nparagraph [Pump] All: the whole\n"
        "paragraph [Pump] Burnt: NotApplicable. of copper\n"
        "heading2 [Pump] trust boundaries\n"
        "entry [Pump > trust boundaries] Database net {is=trust boundary; id=box; "
        "name=Database net}\n"
        "entry [Pump > trust boundaries] Ward {is=trust boundary; id=curve; name=Ward}\n"
        "heading2 [Pump] architecture elements\n"
        "entry [Pump > architecture elements] Pump {is=architecture element; id=pump; "
        "name=Pump}\n"
        "entry [Pump > architecture elements] Gate {is=architecture element; id=gate; "
        "name=Gate; outOfScope=false}\n"
        "entry [Pump > architecture elements] Store {is=architecture element; id=store; "
        "name=Store}\n"
        "heading2 [Pump] data flows\n"
        "entry [Pump > data flows] Upload {is=data flow; id=up; name=Upload; from=pump; "
        "to=gate; protocol=HTTPS; encryption=encrypted; crosses=curve}\n"
        "entry [Pump > data flows] Keep {is=data flow; id=keep; name=Keep; from=gate; "
        "to=store; encryption=not encrypted; crosses=box}\n"
        "entry [Pump > data flows] Out and back {is=data flow; id=round; name=Out and "
        "back; from=pump; to=pump}\n"
        "heading2 [Pump] threats\n"
        "entry [Pump > threats] By the network. {is=threat; id=t1; name=Read on the way; "
        "text=By the network.; status=Mitigated; severity=High; type=Information "
        "disclosure; flow=up; mitigated_by=t1/mitigation}\n"
        "entry [Pump > threats] Flooded {is=threat; id=t2; name=Flooded; status=Open; "
        "flow=up; advice=a limit}\n"
        "heading2 [Pump] controls\n"
        "entry [Pump > controls] TLS with two roots {is=control; id=t1/mitigation; "
        "name=mitigation of Read on the way; text=TLS with two roots}\n");
}

static void what_is_no_threat_model_is_read_as_before(void)
{
    check_units(read_json, TEXT("{\"summary\": {\"title\": \"x\"}, \"detail\": 4}"),
        "entry [] x | 4 {summary.title=x; detail=4}\n");
    check_units(read_yaml, TEXT("technical_assets: [a]\n"),
        "entry [] a {technical_assets=a}\n");
    struct seen s = see_read(read_json,
        TEXT("{\"summary\": {\"title\": \"x\"}, \"detail\": {\"diagrams\": "
             "[{\"diagramJson\": {\"cells\": []}}]}}"));
    CHECK(s.status == OK && noted(&s, NOTE_VERSION)); /* version 1 */
    see_end(&s);
}

static void check_any(reader_fn *reader, struct bytes d)
{
    struct seen s = see_read(reader, d);
    CHECK(s.status == OK);
    see_end(&s);
}

static void a_model_cut_at_any_hundredth_is_read_up_to_there(void)
{
    static const char *const models[] = {otm, dragon};
    for (size_t m = 0; m < 2; m++)
        for (size_t percent = 0; percent < 100; percent++) {
            struct bytes d = text_of(models[m]);
            struct seen s = see_read(read_json, text_upto(d, d.len * percent / 100));
            CHECK(s.status == OK && (percent == 0 || noted(&s, NOTE_MALFORMED)));
            CHECK(percent < 50 || s.corpus.unit_count > 2);
            see_end(&s);
        }
    for (size_t n = 0; n < sizeof threagile - 1; n += 7)
        check_any(read_yaml, text_upto(text_of(threagile), n));
}

/* Behind the value that begins at `at`; the text is well formed. */
static size_t behind_value(struct bytes t, size_t at)
{
    size_t depth = 0;
    bool string = false;
    for (; at < t.len; at++) {
        uint8_t c = t.at[at];
        if (string) {
            at += c == '\\';
            string = c != '"';
        } else if (depth == 0 && memchr(",}]", c, 3)) {
            return at;
        } else {
            string = c == '"';
            depth += c == '{' || c == '[';
            depth -= c == '}' || c == ']';
        }
    }
    return at;
}

static void a_value_of_another_kind_anywhere_is_no_fault(void)
{
    static const char *const others[] = {"17", "\"word\"", "[]", "{}", "null",
        "[[\"a\", {\"id\": 1}], 2]", "{\"id\": {\"x\": [3]}, \"name\": [[]]}"};
    static const char *const models[] = {otm, dragon};
    uint8_t *room = malloc(65536);
    size_t changed = 0;
    for (size_t m = 0; m < 2 && room; m++)
        for (size_t i = 0; models[m][i]; i++) {
            struct bytes t = text_of(models[m]);
            if (!text_starts(text_from(t, i), TEXT("\": ")))
                continue;
            size_t end = behind_value(t, i + 3);
            for (size_t o = 0; o < sizeof others / sizeof others[0]; o++, changed++) {
                struct bytes other = text_of(others[o]);
                memcpy(room, t.at, i + 3);
                memcpy(room + i + 3, other.at, other.len);
                memcpy(room + i + 3 + other.len, t.at + end, t.len - end);
                check_any(
                    read_json, (struct bytes){room, i + 3 + other.len + t.len - end});
            }
        }
    CHECK(changed > 500);
    free(room);
}

static void things_that_lie_in_each_other_end_somewhere(void)
{
    struct seen s = see_read(read_json,
        TEXT("{\"otmVersion\": \"0.9\", \"trustZones\": [{\"id\": \"a\", \"parent\": "
             "{\"trustZone\": \"b\"}}, {\"id\": \"b\", \"parent\": {\"trustZone\": "
             "\"a\"}}], \"components\": [{\"id\": \"c\", \"parent\": {\"component\": "
             "\"c\"}}, {\"id\": \"d\", \"parent\": {\"trustZone\": \"a\"}}], "
             "\"dataflows\": [{\"id\": \"f\", \"source\": \"c\", \"destination\": "
             "\"d\"}]}"));
    CHECK(s.status == OK && s.corpus.unit_count == 9 && noted(&s, NOTE_VERSION));
    see_end(&s);
}

static void hostile_models_end_within_limits(void)
{
    struct bytes deep = many("{\"otmVersion\": ", 50000);
    CHECK(ends_with_note(read_json, deep, NOTE_TOO_DEEP));
    free((void *)(uintptr_t)deep.at);

    /* Each of many flows against each of many boundaries. */
    struct bytes boxes =
        many(CELL("b", "trust-boundary-box", NAMED("b"), PLACE(0, 0, 9, 9)) ",", 5000);
    struct bytes flows = many(
        "," CELL("f", "flow", NAMED("f"),
            ", \"source\": {\"x\": 1e999, \"y\": -1}, \"target\": {\"x\": 4, \"y\": 4}"),
        20000);
    static const char front[] =
        "{\"summary\": {}, \"detail\": {\"diagrams\": [{\"cells\": [",
                      end[] = "]}]}}";
    size_t len = sizeof front + boxes.len + flows.len + sizeof end;
    uint8_t *all = malloc(len);
    if (!all)
        abort();
    size_t n = 0;
    memcpy(all, front, sizeof front - 1);
    n = sizeof front - 1;
    memcpy(all + n, boxes.at, boxes.len - 1);
    n += boxes.len - 1;
    memcpy(all + n, flows.at, flows.len);
    n += flows.len;
    memcpy(all + n, end, sizeof end - 1);
    n += sizeof end - 1;
    CHECK(ends_with_note(read_json, (struct bytes){all, n}, NOTE_TOO_MUCH));
    free(all);
    free((void *)(uintptr_t)boxes.at);
    free((void *)(uintptr_t)flows.at);
}

MAIN(TEST(threagile_links_are_flows_and_tracked_risks_threats),
    TEST(otm_threats_are_met_where_they_are_and_with_their_state),
    TEST(dragon_boundaries_are_crossed_where_they_are_drawn),
    TEST(what_is_no_threat_model_is_read_as_before), TEST(live_in_256_mib),
    TEST(a_model_cut_at_any_hundredth_is_read_up_to_there),
    TEST(a_value_of_another_kind_anywhere_is_no_fault),
    TEST(things_that_lie_in_each_other_end_somewhere),
    TEST(hostile_models_end_within_limits))
