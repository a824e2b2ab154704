/* SPDX-License-Identifier: Apache-2.0 */
#include "review/model/kinds.h"

/* Names with their lengths: they are compared for each field of each item. */
#define NAME(text)                                \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static const struct {
    struct bytes prefix; /* the last part, or a whole prefix of several parts */
    uint8_t kind;
    bool security;
} prefixes[] = {
    {NAME("SEC"), ITEM_REQUIREMENT, true},
    {NAME("CSR"), ITEM_REQUIREMENT, true},
    {NAME("SECREQ"), ITEM_REQUIREMENT, true},
    {NAME("REQ"), ITEM_REQUIREMENT, false},
    {NAME("SRS"), ITEM_REQUIREMENT, false},
    {NAME("SYS"), ITEM_REQUIREMENT, false},
    {NAME("SYRS"), ITEM_REQUIREMENT, false},
    {NAME("SWR"), ITEM_REQUIREMENT, false},
    {NAME("PRD"), ITEM_REQUIREMENT, false},
    {NAME("FUN"), ITEM_REQUIREMENT, false},
    {NAME("FR"), ITEM_REQUIREMENT, false},
    {NAME("NFR"), ITEM_REQUIREMENT, false},
    {NAME("UR"), ITEM_REQUIREMENT, false},
    {NAME("UN"), ITEM_REQUIREMENT, false},
    {NAME("DES"), ITEM_DESIGN, false},
    {NAME("SDD"), ITEM_DESIGN, false},
    {NAME("SAD"), ITEM_DESIGN, false},
    {NAME("ARC"), ITEM_DESIGN, false},
    {NAME("ARCH"), ITEM_DESIGN, false},
    {NAME("SI"), ITEM_DESIGN, false},
    {NAME("OM"), ITEM_DESIGN, false},
    {NAME("TB"), ITEM_BOUNDARY, false},
    {NAME("DF"), ITEM_FLOW, false},
    {NAME("FLOW"), ITEM_FLOW, false},
    {NAME("T"), ITEM_THREAT, false},
    {NAME("TH"), ITEM_THREAT, false},
    {NAME("THR"), ITEM_THREAT, false},
    {NAME("THREAT"), ITEM_THREAT, false},
    {NAME("TM"), ITEM_THREAT, false},
    {NAME("HS"), ITEM_HAZARD, false},
    {NAME("H"), ITEM_HAZARD, false},
    {NAME("HAZ"), ITEM_HAZARD, false},
    {NAME("VER"), ITEM_CASE, false},
    {NAME("VC"), ITEM_CASE, false},
    {NAME("TC"), ITEM_CASE, false},
    {NAME("TEST"), ITEM_CASE, false},
    {NAME("TST"), ITEM_CASE, false},
    {NAME("VAL"), ITEM_CASE, false},
    {NAME("RES"), ITEM_RESULT, false},
    {NAME("SOUP"), ITEM_COMPONENT, false},
    {NAME("OTS"), ITEM_COMPONENT, false},
    {NAME("CR"), ITEM_CREDENTIAL, false},
    {NAME("CRED"), ITEM_CREDENTIAL, false},
    {NAME("CTL"), ITEM_CONTROL, false},
    {NAME("CTRL"), ITEM_CONTROL, false},
    {NAME("DEC"), ITEM_DECISION, false},
    {NAME("ADR"), ITEM_DECISION, false},
    {NAME("RA"), ITEM_DECISION, false},
    {NAME("RVW"), ITEM_DECISION, false},
    {NAME("TD"), ITEM_DECISION, false},
};

/* Longest and most telling first: "threat mitigation requirements" are threats' requirements. */
static const struct {
    struct bytes word;
    uint8_t kind;
} words[] = {
    {NAME("requirement"), ITEM_REQUIREMENT},
    {NAME("user need"), ITEM_REQUIREMENT},
    {NAME("hazard"), ITEM_HAZARD},
    {NAME("threat"), ITEM_THREAT},
    {NAME("trust boundar"), ITEM_BOUNDARY},
    {NAME("trust-boundar"), ITEM_BOUNDARY},
    {NAME("boundaries"), ITEM_BOUNDARY},
    {NAME("data flow"), ITEM_FLOW},
    {NAME("data-flow"), ITEM_FLOW},
    {NAME("dataflow"), ITEM_FLOW},
    {NAME("flows"), ITEM_FLOW},
    {NAME("verification result"), ITEM_RESULT},
    {NAME("test result"), ITEM_RESULT},
    {NAME("test report"), ITEM_RESULT},
    {NAME("verif"), ITEM_CASE},
    {NAME("test case"), ITEM_CASE},
    {NAME("test"), ITEM_CASE},
    {NAME("credential"), ITEM_CREDENTIAL},
    {NAME("component"), ITEM_COMPONENT},
    {NAME("soup"), ITEM_COMPONENT},
    {NAME("dependenc"), ITEM_COMPONENT},
    {NAME("third-party"), ITEM_COMPONENT},
    {NAME("control"), ITEM_CONTROL},
    {NAME("decision"), ITEM_DECISION},
    {NAME("tailoring"), ITEM_DECISION},
    {NAME("accepted"), ITEM_DECISION},
    {NAME("review record"), ITEM_DECISION},
    {NAME("architecture"), ITEM_DESIGN},
    {NAME("design"), ITEM_DESIGN},
    {NAME("software item"), ITEM_DESIGN},
    {NAME("mechanism"), ITEM_DESIGN},
    {NAME("module"), ITEM_DESIGN},
};

static const struct {
    struct bytes name;
    uint8_t self; /* ITEM_KINDS: any */
    uint8_t link;
    bool turned;
    uint8_t names; /* kind of what is named */
} senses[] = {
    {NAME("parent"), ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {NAME("parents"), ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {NAME("derived from"), ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {NAME("derives from"), ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {NAME("is derived from"), ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {NAME("refers to"), ITEM_KINDS, LINK_REFERS, false, ITEM_KINDS},
    {NAME("relates to"), ITEM_KINDS, LINK_REFERS, false, ITEM_KINDS},
    {NAME("links to"), ITEM_KINDS, LINK_REFERS, false, ITEM_KINDS},
    {NAME("traces to"), ITEM_KINDS, LINK_REFERS, false, ITEM_KINDS},
    {NAME("refines"), ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {NAME("children"), ITEM_KINDS, LINK_PARENT, true, ITEM_REQUIREMENT},
    {NAME("design"), ITEM_REQUIREMENT, LINK_SATISFIES, true, ITEM_DESIGN},
    {NAME("design output"), ITEM_REQUIREMENT, LINK_SATISFIES, true, ITEM_DESIGN},
    {NAME("allocated"), ITEM_REQUIREMENT, LINK_SATISFIES, true, ITEM_DESIGN},
    {NAME("allocated to"), ITEM_REQUIREMENT, LINK_SATISFIES, true, ITEM_DESIGN},
    {NAME("satisfied by"), ITEM_KINDS, LINK_SATISFIES, true, ITEM_DESIGN},
    {NAME("implemented by"), ITEM_KINDS, LINK_SATISFIES, true, ITEM_DESIGN},
    {NAME("implemented in"), ITEM_KINDS, LINK_SATISFIES, true, ITEM_DESIGN},
    {NAME("satisfies"), ITEM_KINDS, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {NAME("implements"), ITEM_KINDS, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {NAME("fulfils"), ITEM_KINDS, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {NAME("verified by"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("verification"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("verify"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("verification case"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("test"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("tests"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("tested by"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("test case"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("test cases"), ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("verifies"), ITEM_KINDS, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {NAME("covers"), ITEM_KINDS, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {NAME("requirement"), ITEM_RESULT, LINK_RESULT, false, ITEM_REQUIREMENT},
    {NAME("property.requirement"), ITEM_RESULT, LINK_RESULT, false, ITEM_REQUIREMENT},
    {NAME("property.requirements"), ITEM_RESULT, LINK_RESULT, false, ITEM_REQUIREMENT},
    {NAME("property.control"), ITEM_RESULT, LINK_RESULT, false, ITEM_CONTROL},
    {NAME("property.case"), ITEM_RESULT, LINK_RESULT, false, ITEM_CASE},
    {NAME("property.test"), ITEM_RESULT, LINK_RESULT, false, ITEM_CASE},
    {NAME("name"), ITEM_RESULT, LINK_RESULT, false, ITEM_CASE},
    {NAME("class"), ITEM_RESULT, LINK_RESULT, false, ITEM_CASE},
    {NAME("requirement"), ITEM_CASE, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {NAME("requirements"), ITEM_CASE, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {NAME("requirement"), ITEM_CONTROL, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {NAME("requirements"), ITEM_CONTROL, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {NAME("requirement"), ITEM_DESIGN, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {NAME("requirements"), ITEM_DESIGN, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {NAME("requirement"), ITEM_COMPONENT, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {NAME("requirements"), ITEM_COMPONENT, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {NAME("requirement"), ITEM_THREAT, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("requirements"), ITEM_THREAT, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("requirements"), ITEM_HAZARD, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("threat"), ITEM_KINDS, LINK_MITIGATES, false, ITEM_THREAT},
    {NAME("threats"), ITEM_KINDS, LINK_MITIGATES, false, ITEM_THREAT},
    {NAME("mitigates"), ITEM_KINDS, LINK_MITIGATES, false, ITEM_THREAT},
    {NAME("mitigations"), ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("mitigation"), ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("mitigated by"), ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("countermeasures"), ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("contained by"), ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("controls"), ITEM_HAZARD, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {NAME("controls"), ITEM_THREAT, LINK_MITIGATES, true, ITEM_CONTROL},
    {NAME("controls"), ITEM_BOUNDARY, LINK_CROSSES, true, ITEM_REQUIREMENT},
    {NAME("requirements"), ITEM_BOUNDARY, LINK_CROSSES, true, ITEM_REQUIREMENT},
    {NAME("threats"), ITEM_BOUNDARY, LINK_CROSSES, true, ITEM_THREAT},
    {NAME("threats"), ITEM_HAZARD, LINK_LEADS, true, ITEM_THREAT},
    {NAME("hazards"), ITEM_THREAT, LINK_LEADS, false, ITEM_HAZARD},
    {NAME("hazard"), ITEM_THREAT, LINK_LEADS, false, ITEM_HAZARD},
    {NAME("leads to"), ITEM_KINDS, LINK_LEADS, false, ITEM_HAZARD},
    {NAME("hazards"), ITEM_KINDS, LINK_MITIGATES, false, ITEM_HAZARD},
    {NAME("hazard"), ITEM_REQUIREMENT, LINK_MITIGATES, false, ITEM_HAZARD},
    {NAME("hazardous situation"), ITEM_KINDS, LINK_MITIGATES, false, ITEM_HAZARD},
    {NAME("hazardous situations"), ITEM_KINDS, LINK_MITIGATES, false, ITEM_HAZARD},
    {NAME("causes"), ITEM_HAZARD, LINK_LEADS, true, ITEM_THREAT},
    {NAME("causes.security"), ITEM_HAZARD, LINK_LEADS, true, ITEM_THREAT},
    {NAME("boundary"), ITEM_KINDS, LINK_CROSSES, false, ITEM_BOUNDARY},
    {NAME("boundaries"), ITEM_KINDS, LINK_CROSSES, false, ITEM_BOUNDARY},
    {NAME("trust boundary"), ITEM_KINDS, LINK_CROSSES, false, ITEM_BOUNDARY},
    {NAME("flow"), ITEM_THREAT, LINK_REFERS, false, ITEM_FLOW},
    {NAME("flows"), ITEM_THREAT, LINK_REFERS, false, ITEM_FLOW},
    {NAME("element"), ITEM_THREAT, LINK_REFERS, false, ITEM_DESIGN},
    {NAME("from"), ITEM_FLOW, LINK_REFERS, false, ITEM_DESIGN},
    {NAME("to"), ITEM_FLOW, LINK_REFERS, false, ITEM_DESIGN},
    {NAME("crosses"), ITEM_FLOW, LINK_CROSSES, false, ITEM_BOUNDARY},
    {NAME("credential"), ITEM_KINDS, LINK_USES, false, ITEM_CREDENTIAL},
    {NAME("credentials"), ITEM_KINDS, LINK_USES, false, ITEM_CREDENTIAL},
    {NAME("components"), ITEM_KINDS, LINK_USES, false, ITEM_COMPONENT},
    {NAME("depends"), ITEM_COMPONENT, LINK_USES, false, ITEM_COMPONENT},
    {NAME("used by"), ITEM_KINDS, LINK_USES, true, ITEM_DESIGN},
    {NAME("about"), ITEM_KINDS, LINK_ABOUT, false, ITEM_KINDS},
    {NAME("decides"), ITEM_KINDS, LINK_ABOUT, false, ITEM_KINDS},
    {NAME("component"), ITEM_DECISION, LINK_ABOUT, false, ITEM_COMPONENT},
    {NAME("decision"), ITEM_KINDS, LINK_ABOUT, true, ITEM_DECISION},
    {NAME("negative test"), ITEM_CREDENTIAL, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("revocation test"), ITEM_CREDENTIAL, LINK_VERIFIES, true, ITEM_CASE},
    {NAME("leak test"), ITEM_CREDENTIAL, LINK_VERIFIES, true, ITEM_CASE},
};

static const struct {
    uint8_t self, other, link;
    bool turned;
} ends[] = {
    {ITEM_REQUIREMENT, ITEM_THREAT, LINK_MITIGATES, false},
    {ITEM_REQUIREMENT, ITEM_HAZARD, LINK_MITIGATES, false},
    {ITEM_REQUIREMENT, ITEM_BOUNDARY, LINK_CROSSES, false},
    {ITEM_REQUIREMENT, ITEM_CASE, LINK_VERIFIES, true},
    {ITEM_REQUIREMENT, ITEM_DESIGN, LINK_SATISFIES, true},
    {ITEM_DESIGN, ITEM_REQUIREMENT, LINK_SATISFIES, false},
    {ITEM_CODE, ITEM_REQUIREMENT, LINK_SATISFIES, false},
    {ITEM_CODE, ITEM_CONTROL, LINK_SATISFIES, false},
    {ITEM_DESIGN, ITEM_CREDENTIAL, LINK_USES, false},
    {ITEM_DESIGN, ITEM_COMPONENT, LINK_USES, false},
    {ITEM_DESIGN, ITEM_BOUNDARY, LINK_CROSSES, false},
    {ITEM_FLOW, ITEM_BOUNDARY, LINK_CROSSES, false},
    {ITEM_FLOW, ITEM_CREDENTIAL, LINK_USES, false},
    {ITEM_THREAT, ITEM_HAZARD, LINK_LEADS, false},
    {ITEM_THREAT, ITEM_REQUIREMENT, LINK_MITIGATES, true},
    {ITEM_THREAT, ITEM_CONTROL, LINK_MITIGATES, true},
    {ITEM_THREAT, ITEM_BOUNDARY, LINK_CROSSES, false},
    {ITEM_HAZARD, ITEM_THREAT, LINK_LEADS, true},
    {ITEM_HAZARD, ITEM_REQUIREMENT, LINK_MITIGATES, true},
    {ITEM_CASE, ITEM_REQUIREMENT, LINK_VERIFIES, false},
    {ITEM_CASE, ITEM_CONTROL, LINK_VERIFIES, false},
    {ITEM_CASE, ITEM_THREAT, LINK_VERIFIES, false},
    {ITEM_RESULT, ITEM_CASE, LINK_RESULT, false},
    {ITEM_RESULT, ITEM_REQUIREMENT, LINK_RESULT, false},
    {ITEM_RESULT, ITEM_CONTROL, LINK_RESULT, false},
    {ITEM_CONTROL, ITEM_REQUIREMENT, LINK_VERIFIES, false},
    {ITEM_CONTROL, ITEM_THREAT, LINK_MITIGATES, false},
    {ITEM_CONTROL, ITEM_CASE, LINK_VERIFIES, true},
    {ITEM_COMPONENT, ITEM_COMPONENT, LINK_USES, false},
    {ITEM_COMPONENT, ITEM_BOUNDARY, LINK_CROSSES, false},
    {ITEM_CREDENTIAL, ITEM_REQUIREMENT, LINK_MITIGATES, true},
};

static const struct bytes id_names[] = {NAME("id"), NAME("uid"), NAME("identifier"),
    NAME("req id"), NAME("requirement id"), NAME("req"), NAME("requirement no"),
    NAME("no"), NAME("no."), NAME("nr"), NAME("key"), NAME("ref"), NAME("number"),
    NAME("#"), NAME("item id"), NAME("test id"), NAME("threat id"), NAME("case id"),
    NAME("hazard id"), NAME("control id"), NAME("requirement")};
static const struct bytes text_names[] = {NAME("text"), NAME("requirement"),
    NAME("requirement text"), NAME("statement"), NAME("description"), NAME("shall"),
    NAME("specification"), NAME("threat"), NAME("situation"),
    NAME("hazardous situation"), NAME("title"), NAME("name"), NAME("summary"),
    NAME("what"), NAME("how"), NAME("credential"), NAME("boundary"), NAME("control"),
    NAME("effect"), NAME("hazard"), NAME("procedure"), NAME("pass criteria")};
static const struct bytes title_names[] = {
    NAME("title"), NAME("name"), NAME("summary"), NAME("short name")};

static const struct bytes standards[] = {NAME("SHA"), NAME("SHA2"), NAME("SHA3"),
    NAME("AES"), NAME("ISO"), NAME("IEC"), NAME("EN"), NAME("RFC"), NAME("TLS"),
    NAME("SSL"), NAME("UTF"), NAME("CVE"), NAME("CWE"), NAME("CAPEC"), NAME("MDCG"),
    NAME("MDR"), NAME("GSPR"), NAME("FIPS"), NAME("NIST-SP"), NAME("SP"), NAME("P"),
    NAME("X"), NAME("HTTP"), NAME("USB"), NAME("RSA"), NAME("ECDSA"), NAME("ED"),
    NAME("BLAKE"), NAME("CRC"), NAME("RS"), NAME("COVID"), NAME("ASTM"), NAME("IEEE"),
    NAME("ANSI"), NAME("UL"), NAME("AAMI-TIR"), NAME("TIR"), NAME("IMDRF"),
    NAME("GDPR"), NAME("HIPAA"), NAME("FDA"), NAME("QSR"), NAME("CFR"), NAME("ETSI"),
    NAME("ASVS"), NAME("A"), NAME("C"), NAME("WPA"), NAME("BSI-TR"), NAME("TR"),
    NAME("CBC"), NAME("GCM"), NAME("HMAC-SHA"), NAME("HKDF-SHA"), NAME("AES-GCM"),
    NAME("BCP"), NAME("DO"), NAME("ITU"), NAME("ISO-IEC"), NAME("BS"), NAME("DIN"),
    NAME("GHSA"), NAME("MD"), NAME("SHAKE"), NAME("CHACHA"), NAME("PKCS"), NAME("UTC"),
    NAME("GMT"), NAME("BY"), NAME("CC-BY"), NAME("BSD"), NAME("GPL"), NAME("LGPL"),
    NAME("MPL"), NAME("AGPL"), NAME("APACHE"), NAME("MIT"), NAME("PEP"), NAME("EPSG"),
    NAME("JIS")};

static bool among(struct bytes t, const struct bytes *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (t.len == list[i].len && text_same_word(t, list[i]))
            return true;
    return false;
}
#define AMONG(t, list) among(t, list, sizeof(list) / sizeof((list)[0]))

/* Field names with '_' or '-' for a blank are the same name. */
static struct bytes plain(struct bytes name, struct room room)
{
    size_t n = name.len < room.cap ? name.len : room.cap;
    for (size_t i = 0; i < n; i++)
        room.at[i] = name.at[i] == '_' || name.at[i] == '-' ? ' '
            : name.at[i] >= 'A' && name.at[i] <= 'Z'        ? name.at[i] | 0x20
                                                            : name.at[i];
    return (struct bytes){room.at, n};
}

/* Both are in small letters; nearly all names differ in length or in their first letter. */
static bool is_called(struct bytes plain_name, struct bytes name)
{
    return plain_name.len == name.len && plain_name.at[0] == name.at[0]
        && text_same(plain_name, name);
}

/* Take the last part off: "HF-SEC" -> "SEC", and "HF" is left. */
static struct bytes take_last_part(struct bytes *prefix)
{
    struct bytes all = *prefix;
    for (size_t i = all.len; i > 0; i--)
        if (all.at[i - 1] == '-' || all.at[i - 1] == '_') {
            *prefix = text_upto(all, i - 1);
            return text_from(all, i);
        }
    *prefix = text_upto(all, 0);
    return all;
}

enum item_kind kind_of_prefix(
    const struct rules *rules, struct bytes prefix, bool *security)
{
    *security = text_find(prefix, TEXT("SEC")) < prefix.len;
    for (uint32_t i = 0; i < rules->prefix_count; i++)
        if (text_same(rules->prefix[i].prefix, prefix)) {
            *security = rules->prefix[i].security;
            return (enum item_kind)rules->prefix[i].kind;
        }
    while (prefix.len) { /* the last part tells most: HF-SEC, REQ-AUTHZ */
        struct bytes part = take_last_part(&prefix);
        for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
            if (text_same(part, prefixes[i].prefix)) {
                *security |= prefixes[i].security;
                return (enum item_kind)prefixes[i].kind;
            }
    }
    return ITEM_KINDS;
}

enum item_kind kind_of_words(struct bytes name)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_find_word(name, words[i].word) < name.len)
            return (enum item_kind)words[i].kind;
    return ITEM_KINDS;
}

bool sense_of_field(enum item_kind self, struct bytes name, struct sense *out)
{
    uint8_t room[64];
    struct bytes want = plain(name, ROOM_OF(room));
    if (self == ITEM_DECISION && text_same_word(want, TEXT("decision")))
        return false;   /* what was decided: "accepted" */
    bool known = false; /* a row for this kind of item goes before one for all */
    for (size_t i = 0; i < sizeof senses / sizeof senses[0]; i++)
        if (is_called(want, senses[i].name)
            && (senses[i].self == self || (!known && senses[i].self == ITEM_KINDS))) {
            *out = (struct sense){senses[i].link, senses[i].turned};
            known = true;
            if (senses[i].self == self)
                break;
        }
    return known;
}

enum item_kind kind_of_field(struct bytes name)
{
    uint8_t room[64];
    struct bytes want = plain(name, ROOM_OF(room));
    for (size_t i = 0; i < sizeof senses / sizeof senses[0]; i++)
        if (is_called(want, senses[i].name))
            return (enum item_kind)senses[i].names;
    return ITEM_KINDS;
}

struct sense sense_of_ends(enum item_kind self, enum item_kind other)
{
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends[i].self == self && ends[i].other == other)
            return (struct sense){ends[i].link, ends[i].turned};
    if (self == ITEM_DECISION)
        return (struct sense){LINK_ABOUT, false};
    return (struct sense){LINK_REFERS, false};
}

bool field_is_id(struct bytes name)
{
    uint8_t room[64];
    return AMONG(plain(name, ROOM_OF(room)), id_names);
}

bool field_is_text(struct bytes name)
{
    uint8_t room[64];
    return AMONG(plain(name, ROOM_OF(room)), text_names);
}

bool field_is_title(struct bytes name)
{
    return AMONG(name, title_names);
}

bool word_is_standard(struct bytes prefix)
{
    return AMONG(prefix, standards);
}

uint8_t principles_of(struct bytes value)
{
    static const struct {
        const char *name;
        uint8_t bit;
        bool whole; /* an abbreviation: only the whole value */
    } names[] = {
        {"least privilege", PRINCIPLE_LEAST_PRIVILEGE, false},
        {"LP", PRINCIPLE_LEAST_PRIVILEGE, true},
        {"defence in depth", PRINCIPLE_DEFENCE_IN_DEPTH, false},
        {"defense in depth", PRINCIPLE_DEFENCE_IN_DEPTH, false},
        {"defence-in-depth", PRINCIPLE_DEFENCE_IN_DEPTH, false},
        {"defense-in-depth", PRINCIPLE_DEFENCE_IN_DEPTH, false},
        {"DID", PRINCIPLE_DEFENCE_IN_DEPTH, true},
        {"fail secure", PRINCIPLE_FAIL_SECURE, false},
        {"fail-secure", PRINCIPLE_FAIL_SECURE, false},
        {"FS", PRINCIPLE_FAIL_SECURE, true},
        {"input validation", PRINCIPLE_INPUT_VALIDATION, false},
        {"IV", PRINCIPLE_INPUT_VALIDATION, true},
    };
    uint8_t bits = 0;
    struct bytes part;
    while (text_next_part(&value, &part))
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            struct bytes n = text_of(names[i].name);
            if (names[i].whole ? text_same(part, n)
                               : text_find_word(part, n) < part.len)
                bits |= names[i].bit;
        }
    return bits;
}
