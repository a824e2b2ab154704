/* SPDX-License-Identifier: Apache-2.0 */
#include "review/model/kinds.h"

static const struct {
    const char *prefix; /* the last part, or a whole prefix of several parts */
    uint8_t kind;
    bool security;
} prefixes[] = {
    {"SEC", ITEM_REQUIREMENT, true},
    {"CSR", ITEM_REQUIREMENT, true},
    {"SECREQ", ITEM_REQUIREMENT, true},
    {"REQ", ITEM_REQUIREMENT, false},
    {"SRS", ITEM_REQUIREMENT, false},
    {"SYS", ITEM_REQUIREMENT, false},
    {"SYRS", ITEM_REQUIREMENT, false},
    {"SWR", ITEM_REQUIREMENT, false},
    {"PRD", ITEM_REQUIREMENT, false},
    {"FUN", ITEM_REQUIREMENT, false},
    {"FR", ITEM_REQUIREMENT, false},
    {"NFR", ITEM_REQUIREMENT, false},
    {"UR", ITEM_REQUIREMENT, false},
    {"UN", ITEM_REQUIREMENT, false},
    {"DES", ITEM_DESIGN, false},
    {"SDD", ITEM_DESIGN, false},
    {"SAD", ITEM_DESIGN, false},
    {"ARC", ITEM_DESIGN, false},
    {"ARCH", ITEM_DESIGN, false},
    {"SI", ITEM_DESIGN, false},
    {"OM", ITEM_DESIGN, false},
    {"TB", ITEM_BOUNDARY, false},
    {"DF", ITEM_FLOW, false},
    {"FLOW", ITEM_FLOW, false},
    {"T", ITEM_THREAT, false},
    {"TH", ITEM_THREAT, false},
    {"THR", ITEM_THREAT, false},
    {"THREAT", ITEM_THREAT, false},
    {"TM", ITEM_THREAT, false},
    {"HS", ITEM_HAZARD, false},
    {"H", ITEM_HAZARD, false},
    {"HAZ", ITEM_HAZARD, false},
    {"VER", ITEM_CASE, false},
    {"VC", ITEM_CASE, false},
    {"TC", ITEM_CASE, false},
    {"TEST", ITEM_CASE, false},
    {"TST", ITEM_CASE, false},
    {"VAL", ITEM_CASE, false},
    {"RES", ITEM_RESULT, false},
    {"SOUP", ITEM_COMPONENT, false},
    {"OTS", ITEM_COMPONENT, false},
    {"CR", ITEM_CREDENTIAL, false},
    {"CRED", ITEM_CREDENTIAL, false},
    {"CTL", ITEM_CONTROL, false},
    {"CTRL", ITEM_CONTROL, false},
    {"DEC", ITEM_DECISION, false},
    {"ADR", ITEM_DECISION, false},
    {"RA", ITEM_DECISION, false},
    {"RVW", ITEM_DECISION, false},
    {"TD", ITEM_DECISION, false},
};

/* Longest and most telling first: "threat mitigation requirements" are threats' requirements. */
static const struct {
    const char *word;
    uint8_t kind;
} words[] = {
    {"requirement", ITEM_REQUIREMENT},
    {"user need", ITEM_REQUIREMENT},
    {"hazard", ITEM_HAZARD},
    {"threat", ITEM_THREAT},
    {"trust boundar", ITEM_BOUNDARY},
    {"trust-boundar", ITEM_BOUNDARY},
    {"boundaries", ITEM_BOUNDARY},
    {"data flow", ITEM_FLOW},
    {"data-flow", ITEM_FLOW},
    {"dataflow", ITEM_FLOW},
    {"flows", ITEM_FLOW},
    {"verification result", ITEM_RESULT},
    {"test result", ITEM_RESULT},
    {"test report", ITEM_RESULT},
    {"verif", ITEM_CASE},
    {"test case", ITEM_CASE},
    {"test", ITEM_CASE},
    {"credential", ITEM_CREDENTIAL},
    {"component", ITEM_COMPONENT},
    {"soup", ITEM_COMPONENT},
    {"dependenc", ITEM_COMPONENT},
    {"third-party", ITEM_COMPONENT},
    {"control", ITEM_CONTROL},
    {"decision", ITEM_DECISION},
    {"tailoring", ITEM_DECISION},
    {"accepted", ITEM_DECISION},
    {"review record", ITEM_DECISION},
    {"architecture", ITEM_DESIGN},
    {"design", ITEM_DESIGN},
    {"software item", ITEM_DESIGN},
    {"mechanism", ITEM_DESIGN},
    {"module", ITEM_DESIGN},
};

static const struct {
    const char *name;
    uint8_t self; /* ITEM_KINDS: any */
    uint8_t link;
    bool turned;
    uint8_t names; /* kind of what is named */
} senses[] = {
    {"parent", ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {"parents", ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {"derived from", ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {"refines", ITEM_KINDS, LINK_PARENT, false, ITEM_REQUIREMENT},
    {"children", ITEM_KINDS, LINK_PARENT, true, ITEM_REQUIREMENT},
    {"design", ITEM_REQUIREMENT, LINK_SATISFIES, true, ITEM_DESIGN},
    {"design output", ITEM_REQUIREMENT, LINK_SATISFIES, true, ITEM_DESIGN},
    {"allocated", ITEM_REQUIREMENT, LINK_SATISFIES, true, ITEM_DESIGN},
    {"allocated to", ITEM_REQUIREMENT, LINK_SATISFIES, true, ITEM_DESIGN},
    {"satisfied by", ITEM_KINDS, LINK_SATISFIES, true, ITEM_DESIGN},
    {"implemented by", ITEM_KINDS, LINK_SATISFIES, true, ITEM_DESIGN},
    {"implemented in", ITEM_KINDS, LINK_SATISFIES, true, ITEM_DESIGN},
    {"satisfies", ITEM_KINDS, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {"implements", ITEM_KINDS, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {"fulfils", ITEM_KINDS, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {"verified by", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"verification", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"verify", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"verification case", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"test", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"tests", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"tested by", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"test case", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"test cases", ITEM_KINDS, LINK_VERIFIES, true, ITEM_CASE},
    {"verifies", ITEM_KINDS, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {"covers", ITEM_KINDS, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {"requirement", ITEM_RESULT, LINK_RESULT, false, ITEM_REQUIREMENT},
    {"property.requirement", ITEM_RESULT, LINK_RESULT, false, ITEM_REQUIREMENT},
    {"property.requirements", ITEM_RESULT, LINK_RESULT, false, ITEM_REQUIREMENT},
    {"property.control", ITEM_RESULT, LINK_RESULT, false, ITEM_CONTROL},
    {"property.case", ITEM_RESULT, LINK_RESULT, false, ITEM_CASE},
    {"property.test", ITEM_RESULT, LINK_RESULT, false, ITEM_CASE},
    {"name", ITEM_RESULT, LINK_RESULT, false, ITEM_CASE},
    {"class", ITEM_RESULT, LINK_RESULT, false, ITEM_CASE},
    {"requirement", ITEM_CASE, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {"requirements", ITEM_CASE, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {"requirement", ITEM_CONTROL, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {"requirements", ITEM_CONTROL, LINK_VERIFIES, false, ITEM_REQUIREMENT},
    {"requirement", ITEM_DESIGN, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {"requirements", ITEM_DESIGN, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {"requirement", ITEM_COMPONENT, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {"requirements", ITEM_COMPONENT, LINK_SATISFIES, false, ITEM_REQUIREMENT},
    {"requirement", ITEM_THREAT, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"requirements", ITEM_THREAT, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"requirements", ITEM_HAZARD, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"threat", ITEM_KINDS, LINK_MITIGATES, false, ITEM_THREAT},
    {"threats", ITEM_KINDS, LINK_MITIGATES, false, ITEM_THREAT},
    {"mitigates", ITEM_KINDS, LINK_MITIGATES, false, ITEM_THREAT},
    {"mitigations", ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"mitigation", ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"mitigated by", ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"countermeasures", ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"contained by", ITEM_KINDS, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"controls", ITEM_HAZARD, LINK_MITIGATES, true, ITEM_REQUIREMENT},
    {"controls", ITEM_THREAT, LINK_MITIGATES, true, ITEM_CONTROL},
    {"controls", ITEM_BOUNDARY, LINK_CROSSES, true, ITEM_REQUIREMENT},
    {"requirements", ITEM_BOUNDARY, LINK_CROSSES, true, ITEM_REQUIREMENT},
    {"threats", ITEM_BOUNDARY, LINK_CROSSES, true, ITEM_THREAT},
    {"threats", ITEM_HAZARD, LINK_LEADS, true, ITEM_THREAT},
    {"hazards", ITEM_THREAT, LINK_LEADS, false, ITEM_HAZARD},
    {"hazard", ITEM_THREAT, LINK_LEADS, false, ITEM_HAZARD},
    {"leads to", ITEM_KINDS, LINK_LEADS, false, ITEM_HAZARD},
    {"hazards", ITEM_KINDS, LINK_MITIGATES, false, ITEM_HAZARD},
    {"hazard", ITEM_REQUIREMENT, LINK_MITIGATES, false, ITEM_HAZARD},
    {"hazardous situation", ITEM_KINDS, LINK_MITIGATES, false, ITEM_HAZARD},
    {"hazardous situations", ITEM_KINDS, LINK_MITIGATES, false, ITEM_HAZARD},
    {"causes", ITEM_HAZARD, LINK_LEADS, true, ITEM_THREAT},
    {"causes.security", ITEM_HAZARD, LINK_LEADS, true, ITEM_THREAT},
    {"boundary", ITEM_KINDS, LINK_CROSSES, false, ITEM_BOUNDARY},
    {"boundaries", ITEM_KINDS, LINK_CROSSES, false, ITEM_BOUNDARY},
    {"trust boundary", ITEM_KINDS, LINK_CROSSES, false, ITEM_BOUNDARY},
    {"crosses", ITEM_FLOW, LINK_CROSSES, false, ITEM_BOUNDARY},
    {"credential", ITEM_KINDS, LINK_USES, false, ITEM_CREDENTIAL},
    {"credentials", ITEM_KINDS, LINK_USES, false, ITEM_CREDENTIAL},
    {"components", ITEM_KINDS, LINK_USES, false, ITEM_COMPONENT},
    {"depends", ITEM_COMPONENT, LINK_USES, false, ITEM_COMPONENT},
    {"used by", ITEM_KINDS, LINK_USES, true, ITEM_DESIGN},
    {"about", ITEM_KINDS, LINK_ABOUT, false, ITEM_KINDS},
    {"decides", ITEM_KINDS, LINK_ABOUT, false, ITEM_KINDS},
    {"component", ITEM_DECISION, LINK_ABOUT, false, ITEM_COMPONENT},
    {"decision", ITEM_KINDS, LINK_ABOUT, true, ITEM_DECISION},
    {"negative test", ITEM_CREDENTIAL, LINK_VERIFIES, true, ITEM_CASE},
    {"revocation test", ITEM_CREDENTIAL, LINK_VERIFIES, true, ITEM_CASE},
    {"leak test", ITEM_CREDENTIAL, LINK_VERIFIES, true, ITEM_CASE},
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

static const char *const id_names[] = {"id", "uid", "identifier", "req id",
    "requirement id", "req", "requirement no", "no", "no.", "nr", "key", "ref",
    "number", "#", "item id", "test id", "threat id", "case id", "hazard id",
    "control id", "requirement"};
static const char *const text_names[] = {"text", "requirement", "requirement text",
    "statement", "description", "shall", "specification", "threat", "situation",
    "hazardous situation", "title", "name", "summary", "what", "how", "credential",
    "boundary", "control", "effect", "hazard", "procedure", "pass criteria"};
static const char *const title_names[] = {"title", "name", "summary", "short name"};

static const char *const standards[] = {"SHA", "SHA2", "SHA3", "AES", "ISO", "IEC",
    "EN", "RFC", "TLS", "SSL", "UTF", "CVE", "CWE", "CAPEC", "MDCG", "MDR", "GSPR",
    "FIPS", "NIST-SP", "SP", "P", "X", "HTTP", "USB", "RSA", "ECDSA", "ED", "BLAKE",
    "CRC", "RS", "COVID", "ASTM", "IEEE", "ANSI", "UL", "AAMI-TIR", "TIR", "IMDRF",
    "GDPR", "HIPAA", "FDA", "QSR", "CFR", "ETSI", "ASVS", "A", "C", "WPA", "BSI-TR",
    "TR", "CBC", "GCM", "HMAC-SHA", "HKDF-SHA", "AES-GCM", "BCP", "DO", "ITU",
    "ISO-IEC", "BS", "DIN", "GHSA", "MD", "SHAKE", "CHACHA", "PKCS", "UTC", "GMT", "BY",
    "CC-BY", "BSD", "GPL", "LGPL", "MPL", "AGPL", "APACHE", "MIT", "PEP", "EPSG",
    "JIS"};

static bool among(struct bytes t, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_same_word(t, text_of(list[i])))
            return true;
    return false;
}
#define AMONG(t, list) among(t, list, sizeof(list) / sizeof((list)[0]))

/* Field names with '_' or '-' for a blank are the same name. */
static struct bytes plain(struct bytes name, struct room room)
{
    size_t n = name.len < room.cap ? name.len : room.cap;
    for (size_t i = 0; i < n; i++)
        room.at[i] = name.at[i] == '_' || name.at[i] == '-' ? ' ' : name.at[i];
    return (struct bytes){room.at, n};
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
            if (text_same(part, text_of(prefixes[i].prefix))) {
                *security |= prefixes[i].security;
                return (enum item_kind)prefixes[i].kind;
            }
    }
    return ITEM_KINDS;
}

enum item_kind kind_of_words(struct bytes name)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_find_word(name, text_of(words[i].word)) < name.len)
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
        if (text_same_word(want, text_of(senses[i].name))
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
        if (text_same_word(want, text_of(senses[i].name)))
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
    while (value.len) {
        size_t comma = text_find(value, TEXT(","));
        struct bytes part = text_trim(text_upto(value, comma));
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            struct bytes n = text_of(names[i].name);
            if (names[i].whole ? text_same(part, n)
                               : text_find_word(part, n) < part.len)
                bits |= names[i].bit;
        }
        value = text_from(value, comma + 1);
    }
    return bits;
}
