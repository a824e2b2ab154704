/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/claim.h"

#include "review/clause/phrase.h"

/* What a phrase stands for in a claim. */
enum meaning {
    IS_PROTOCOL,  /* `which`: row of protocols */
    IS_GOOD_FOR,  /* token, session, …: row of holders */
    IS_IDLE,      /* what is measured: time without use */
    IS_ROTATED,   /* time between two rotations */
    IS_LIFETIME,  /* time until it ends */
    IS_MECHANISM, /* row of mechanisms */
    IS_IN_PLACE,
    IS_MISSING, /* planned, or not there */
    IS_NO_PORT,
    IS_PORT,
    IS_INTERFACE, /* row of interfaces */
    IS_CLOSED,
    IS_OPEN,
    IS_REFUSED, /* takes a version out of what is spoken */
    IS_NOT,
    IS_PART, /* `which`: bit of the part */
    IS_BESIDE, /* the sentence is about something else: an attacker, a question, an example */
    IS_FOR_DEVELOPMENT,
};

struct meant {
    const char *phrase;
    uint8_t meaning;
    uint8_t which;
};

static const char *const protocols[] = {"TLS", "DTLS", "WPA", "SNMP", "SSH"};
static const char *const holders[] = {"access token", "refresh token", "token",
    "session", "certificate", "password", "invitation", "one-time code", "cookie",
    "JWT"};
static const char *const mechanisms[] = {"multi-factor sign-in", "certificate pinning",
    "secure boot", "rate limiting", "encryption at rest", "audit log",
    "role-based access", "mutual TLS", "signed updates", "rollback protection",
    "input validation", "key rotation", "network segmentation"};
static const char *const interfaces[] = {
    "JTAG", "SWD", "UART", "debug port", "serial console", "telnet", "SSH access"};

static const struct meant table[] = {
    {"tls", IS_PROTOCOL, 0},
    {"tlsv*", IS_PROTOCOL, 0},
    {"tls1*", IS_PROTOCOL, 0},
    {"dtls", IS_PROTOCOL, 1},
    {"dtlsv*", IS_PROTOCOL, 1},
    {"wpa", IS_PROTOCOL, 2},
    {"wpa2", IS_PROTOCOL, 2},
    {"wpa3", IS_PROTOCOL, 2},
    {"snmp", IS_PROTOCOL, 3},
    {"snmpv*", IS_PROTOCOL, 3},
    {"ssh", IS_PROTOCOL, 4},
    {"sshv*", IS_PROTOCOL, 4},

    {"{access|bearer} token", IS_GOOD_FOR, 0},
    {"refresh token", IS_GOOD_FOR, 1},
    {"token", IS_GOOD_FOR, 2},
    {"{jwt|json web token}", IS_GOOD_FOR, 9},
    {"session", IS_GOOD_FOR, 3},
    {"certificate", IS_GOOD_FOR, 4},
    {"password", IS_GOOD_FOR, 5},
    {"invitation", IS_GOOD_FOR, 6},
    {"{one time|enrolment|pairing} code", IS_GOOD_FOR, 7},
    {"cookie", IS_GOOD_FOR, 8},
    {"{idle|inactivity|inactive|unused}", IS_IDLE, 0},
    {"last {use|activity}", IS_IDLE, 0},
    {"rotat*", IS_ROTATED, 0},
    {"renew*", IS_ROTATED, 0},
    {"expir*", IS_LIFETIME, 0},
    {"valid", IS_LIFETIME, 0},
    {"validity", IS_LIFETIME, 0},
    {"lifetime", IS_LIFETIME, 0},
    {"ttl", IS_LIFETIME, 0},
    {"live", IS_LIFETIME, 0},
    {"{end|ends|ended} after", IS_LIFETIME, 0},

    {"{multi factor|multifactor|two factor|second factor|mfa|2fa|totp}", IS_MECHANISM,
        0},
    {"{certificate|key} pinning", IS_MECHANISM, 1},
    {"pinned {certificate|key}", IS_MECHANISM, 1},
    {"{secure|verified} boot", IS_MECHANISM, 2},
    {"rate {limit|limiting|limits|limiter}", IS_MECHANISM, 3},
    {"encrypt* at rest", IS_MECHANISM, 4},
    {"{disk|storage} encryption", IS_MECHANISM, 4},
    {"audit {log|logging|trail}", IS_MECHANISM, 5},
    {"{rbac|role based access}", IS_MECHANISM, 6},
    {"{mtls|mutual tls|mutual authentication}", IS_MECHANISM, 7},
    {"signed {update|firmware|image}", IS_MECHANISM, 8},
    {"{rollback|downgrade} protection", IS_MECHANISM, 9},
    {"anti rollback", IS_MECHANISM, 9},
    {"input validation", IS_MECHANISM, 10},
    {"key rotation", IS_MECHANISM, 11},
    {"network segmentation", IS_MECHANISM, 12},
    {"=implemented", IS_IN_PLACE, 0},
    {"in place", IS_IN_PLACE, 0},
    {"=enabled", IS_IN_PLACE, 0},
    {"=enforced", IS_IN_PLACE, 0},
    {"mandatory", IS_IN_PLACE, 0},
    {"=required", IS_IN_PLACE, 0},
    {"=deployed", IS_IN_PLACE, 0},
    {"=done", IS_IN_PLACE, 0},
    {"=complete", IS_IN_PLACE, 0},
    {"=completed", IS_IN_PLACE, 0},
    {"planned", IS_MISSING, 0},
    {"future", IS_MISSING, 0},
    {"roadmap", IS_MISSING, 0},
    {"later {release|version|date|milestone}", IS_MISSING, 0},
    {"upcoming", IS_MISSING, 0},
    {"todo", IS_MISSING, 0},
    {"next {release|version|milestone}", IS_MISSING, 0},
    {"not yet", IS_MISSING, 0},
    {"missing", IS_MISSING, 0},
    {"not ~2 {implemented|supported|available|enabled|enforced|built|deployed|done}",
        IS_MISSING, 0},
    {"no {multi factor|mfa|2fa|pinning|secure boot|rate limit|rate limiting|audit log|rbac}",
        IS_MISSING, 0},

    {"no ~1 {open|listening|inbound|incoming} {port|ports|connection|connections|service|"
     "services|socket|sockets}",
        IS_NO_PORT, 0},
    {"{zero|0} {open|listening} {port|ports}", IS_NO_PORT, 0},
    {"not ~2 listen", IS_NO_PORT, 0},
    {"not ~1 open ~2 port", IS_NO_PORT, 0},
    {"{listen|listens|listening} on", IS_PORT, 0},
    {"{open|listening|inbound} ~1 port", IS_PORT, 0},
    {"port ~3 {inbound|listening}", IS_PORT, 0},

    {"jtag", IS_INTERFACE, 0},
    {"swd", IS_INTERFACE, 1},
    {"uart", IS_INTERFACE, 2},
    {"debug {port|interface|access}", IS_INTERFACE, 3},
    {"serial console", IS_INTERFACE, 4},
    {"telnet", IS_INTERFACE, 5},
    {"ssh {access|login|daemon|server}", IS_INTERFACE, 6},
    {"=disabled", IS_CLOSED, 0},
    {"{=fused|=blown|=removed|=locked|=closed|=absent}", IS_CLOSED, 0},
    {"not ~1 {populated|present|accessible|available|enabled|built|exposed}", IS_CLOSED,
        0},
    {"switched off", IS_CLOSED, 0},
    {"{=enabled|=accessible|=available|=open|=active|=exposed}", IS_OPEN, 0},

    {"{refused|refuses|refuse|rejected|rejects|reject|disabled|deprecated|forbidden|below|"
     "older|lower|never|disallowed|removed|dropped}",
        IS_REFUSED, 0},
    {"{not|no|without|nor}", IS_NOT, 0},

    {"{device|firmware|sensor|oximeter|pump|controller|board}", IS_PART, 0},
    {"{cloud|server|backend|back end|service}", IS_PART, 1},
    {"{app|mobile|phone|browser}", IS_PART, 2},
    {"{gateway|hub|router|access point}", IS_PART, 3},

    {"{attacker|attackers|adversary|malicious|hostile|intruder}", IS_BESIDE, 0},
    {"{example|unlike|previously|formerly|before version|competitor|alternative}",
        IS_BESIDE, 0},
    {"{should|could|might|recommend*|consider|ensure|introduce|=if|whether|can be}",
        IS_BESIDE, 0},
    {"{development|prototype|debug build|test build|manufacturing|manufacture|laboratory}",
        IS_FOR_DEVELOPMENT, 0},
};

enum { MEANT = sizeof table / sizeof table[0], LIFETIME_WORDS = 40, VERSIONS_NEAR = 6 };

struct finder {
    struct arena *a;
    const struct corpus *corpus;
    struct lexicon *lexicon;
    struct phrases *phrases;
    struct list hits;    /* struct phrase_hit, of the unit at hand */
    struct list *claims; /* struct claim */
};

/* One sentence, or one row, with what its phrases mean. */
struct said {
    struct finder *f;
    uint32_t unit;
    const struct words *words;
    struct span span;
    struct bytes text;
    uint32_t parts;
};

static const struct phrase_hit *hit_at(const struct finder *f, uint32_t i)
{
    return LIST_AT(&f->hits, const struct phrase_hit, i);
}

static bool within(const struct phrase_hit *h, struct span s)
{
    return h->first >= s.first && h->last < s.end;
}

static const struct phrase_hit *first_of(const struct said *s, enum meaning m)
{
    for (uint32_t i = 0; i < s->f->hits.count; i++) {
        const struct phrase_hit *h = hit_at(s->f, i);
        if (within(h, s->span) && table[h->phrase].meaning == m)
            return h;
    }
    return NULL;
}

static bool has(const struct said *s, enum meaning m)
{
    return first_of(s, m) != NULL;
}

static struct claim *claim(const struct said *s, enum claim_kind kind,
    struct bytes subject, struct bytes value)
{
    struct claim *c = list_add(s->f->claims);
    *c = (struct claim){.kind = (uint8_t)kind,
        .subject = subject,
        .value = value,
        .parts = s->parts,
        .unit = s->unit,
        .sentence = s->text};
    return c;
}

static struct bytes text_of_word(const struct said *s, uint32_t w)
{
    return lexicon_text(s->f->lexicon, s->words->at[w].exact);
}

static bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

/* --- versions --- */

/* Which versions there are, in tenths: what stands behind the name and is none of them is no
 * version ("TLS for 1 seed"). */
static const struct {
    uint8_t least, most;
    bool fraction;
} versions[] = {
    {10, 13, true}, {10, 13, true}, {20, 30, false}, {10, 30, false}, {10, 20, false}};

/* "1.3", "v2", or the tail of "tlsv1.2", "wpa3": in tenths; 0: no version of that protocol. */
static uint32_t version_in(struct bytes w, uint8_t protocol)
{
    size_t i = 0;
    while (i < w.len && !is_digit(w.at[i]))
        i++;
    struct bytes number = text_from(w, i);
    bool fraction = number.len == 3 && number.at[1] == '.' && is_digit(number.at[2]);
    if (!fraction && (number.len != 1 || versions[protocol].fraction))
        return 0;
    uint32_t v = (uint32_t)(number.at[0] - '0') * 10;
    v += fraction ? (uint32_t)(number.at[2] - '0') : 0u;
    return v >= versions[protocol].least && v <= versions[protocol].most ? v : 0;
}

static bool refused_near(const struct said *s, uint32_t word)
{
    for (uint32_t i = 0; i < s->f->hits.count; i++) {
        const struct phrase_hit *h = hit_at(s->f, i);
        uint8_t m = table[h->phrase].meaning;
        if (within(h, s->span) && (m == IS_REFUSED || m == IS_NOT)
            && h->first + VERSIONS_NEAR > word && h->last < word + VERSIONS_NEAR)
            return true;
    }
    return false;
}

static bool goes_on(struct bytes w)
{
    static const char *const links[] = {
        "or", "and", "v", "version", "to", "least", "at"};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (text_same(w, text_of(links[i])))
            return true;
    return false;
}

/* The least version that the sentence says is spoken. */
static void take_versions(const struct said *s, const struct phrase_hit *h)
{
    uint8_t which = table[h->phrase].which;
    uint32_t least = 0;
    for (uint32_t w = h->first; w < s->span.end; w++) {
        struct bytes word = text_of_word(s, w);
        uint32_t v = version_in(word, which);
        if (v && !refused_near(s, w) && (!least || v < least))
            least = v;
        if (!v && w > h->last && !goes_on(word))
            break;
    }
    if (!least)
        return;
    struct claim *c = claim(s, CLAIM_VERSION, text_of(protocols[which]),
        versions[which].fraction ? arena_print(s->f->a, "%u.%u", least / 10, least % 10)
                                 : arena_print(s->f->a, "%u", least / 10));
    c->order = least;
}

/* --- lifetimes --- */

static uint64_t unit_seconds(struct bytes w)
{
    static const struct {
        const char *name;
        uint32_t seconds;
    } units[] = {{"s", 1}, {"sec", 1}, {"second", 1}, {"seconds", 1}, {"min", 60},
        {"minute", 60}, {"minutes", 60}, {"h", 3600}, {"hour", 3600}, {"hours", 3600},
        {"d", 86400}, {"day", 86400}, {"days", 86400}, {"week", 604800},
        {"weeks", 604800}, {"month", 2592000}, {"months", 2592000}, {"year", 31536000},
        {"years", 31536000}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (text_same(w, text_of(units[i].name)))
            return units[i].seconds;
    return 0;
}

static uint64_t number_in(struct bytes w, size_t *digits)
{
    static const char *const words[] = {"zero", "one", "two", "three", "four", "five",
        "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};
    uint64_t n = 0;
    for (*digits = 0; *digits < w.len && *digits < 9 && is_digit(w.at[*digits]);
         ++*digits)
        n = n * 10 + w.at[*digits] - '0';
    for (size_t i = 0; *digits == 0 && i < sizeof words / sizeof words[0]; i++)
        if (text_same(w, text_of(words[i]))) {
            *digits = w.len;
            return i;
        }
    return n;
}

/* "8 h", "30 minutes", "90d", "a week": seconds at this word, and the words that it takes. */
static uint64_t duration_at(const struct said *s, uint32_t w, uint32_t *taken)
{
    struct bytes one = text_of_word(s, w);
    size_t digits;
    uint64_t n = number_in(one, &digits);
    *taken = 1;
    if (digits && digits < one.len)
        return n * unit_seconds(text_from(one, digits));
    if (w + 1 >= s->span.end)
        return 0;
    bool a = text_same(one, TEXT("a")) || text_same(one, TEXT("an"));
    *taken = 2;
    return (digits ? n : a ? 1 : 0) * unit_seconds(text_of_word(s, w + 1));
}

/* The one holder that the words name; several: *sure is false. -1: none. */
static int holder_in(const struct said *s, bool *sure)
{
    const struct phrase_hit *holder = NULL;
    *sure = true;
    for (uint32_t i = 0; i < s->f->hits.count; i++) {
        const struct phrase_hit *h = hit_at(s->f, i);
        if (!within(h, s->span) || table[h->phrase].meaning != IS_GOOD_FOR
            || (holder && h->first <= holder->last)) /* "token" inside "access token" */
            continue;
        *sure &= !holder || table[h->phrase].which == table[holder->phrase].which;
        holder = h;
    }
    return holder ? table[holder->phrase].which : -1;
}

/* The headings above name it where the unit does not: "Default expiration: 1 hour". */
static int holder_above(const struct said *s)
{
    struct finder *f = s->f;
    struct list own = f->hits;
    uint32_t heading = f->corpus->units[s->unit].heading;
    bool sure = true;
    int which = -1;
    f->hits = LIST_OF(struct phrase_hit);
    if (heading != UNIT_NONE) {
        struct words w = words_of(f->lexicon, f->a, f->corpus->units[heading].text);
        phrases_find(f->phrases, &w, &f->hits);
        which =
            holder_in(&(struct said){.f = f, .words = &w, .span = {0, w.count}}, &sure);
    }
    list_free(&f->hits);
    f->hits = own;
    return sure ? which : -1;
}

/* One duration in so many words, or 0. */
static uint64_t only_duration(const struct said *s)
{
    uint64_t seconds = 0;
    uint32_t taken;
    for (uint32_t w = s->span.first; w < s->span.end; w++) {
        uint64_t d = duration_at(s, w, &taken);
        if (d && seconds)
            return 0;
        if (d) {
            seconds = d;
            w += taken - 1;
        }
    }
    return seconds;
}

static struct bytes duration_text(struct arena *a, uint64_t seconds)
{
    static const struct {
        unsigned seconds;
        const char *name;
    } units[] = {{86400, "days"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    size_t i = 0;
    while (seconds % units[i].seconds)
        i++;
    return arena_print(
        a, "%u %s", (unsigned)(seconds / units[i].seconds), units[i].name);
}

/* Taken from a whole short unit: "JWTs expire. Default: 8 hours." */
static void take_lifetime(const struct said *s)
{
    bool sure = false;
    if (s->span.end - s->span.first > LIFETIME_WORDS || has(s, IS_BESIDE))
        return;
    const char *what = has(s, IS_ROTATED) ? "time between rotations"
        : has(s, IS_IDLE)                 ? "time without use"
        : has(s, IS_LIFETIME)             ? "lifetime"
                                          : NULL;
    uint64_t seconds = what ? only_duration(s) : 0;
    int holder = seconds ? holder_in(s, &sure) : -1;
    if (seconds && holder < 0)
        holder = holder_above(s);
    if (holder < 0 || !sure)
        return;
    struct claim *c =
        claim(s, CLAIM_LIFETIME, arena_print(s->f->a, "%s, %s", holders[holder], what),
            duration_text(s->f->a, seconds));
    c->order = seconds;
}

/* --- states, ports, interfaces --- */

static void take_state(const struct said *s, const struct phrase_hit *h)
{
    bool missing = has(s, IS_MISSING), there = has(s, IS_IN_PLACE);
    if (missing == there && !missing)
        return;
    if (!missing && has(s, IS_NOT))
        return;
    struct claim *c = claim(s, CLAIM_STATE, text_of(mechanisms[table[h->phrase].which]),
        missing ? TEXT("planned or missing") : TEXT("in place"));
    c->order = missing;
}

static void take_ports(const struct said *s)
{
    bool none = has(s, IS_NO_PORT);
    if (!none && (!has(s, IS_PORT) || has(s, IS_NOT)))
        return;
    struct claim *c = claim(
        s, CLAIM_PORTS, TEXT("ports that listen"), none ? TEXT("none") : TEXT("some"));
    c->order = none;
}

static void take_interface(const struct said *s, const struct phrase_hit *h)
{
    bool closed = has(s, IS_CLOSED), open = has(s, IS_OPEN) && !has(s, IS_NOT);
    if (closed == open)
        return;
    struct claim *c =
        claim(s, CLAIM_INTERFACE, text_of(interfaces[table[h->phrase].which]),
            closed ? TEXT("closed") : TEXT("open"));
    c->order = closed;
}

static void take_sentence(struct said *s)
{
    uint32_t seen = 0; /* mechanisms and interfaces: each once a sentence */
    if (has(s, IS_BESIDE))
        return;
    for (uint32_t i = 0; i < s->f->hits.count; i++) {
        const struct phrase_hit *h = hit_at(s->f, i);
        if (within(h, s->span) && table[h->phrase].meaning == IS_PART)
            s->parts |= 1u << table[h->phrase].which;
    }
    for (uint32_t i = 0; i < s->f->hits.count; i++) {
        const struct phrase_hit *h = hit_at(s->f, i);
        uint32_t bit = 1u << table[h->phrase].which;
        if (!within(h, s->span))
            continue;
        switch ((enum meaning)table[h->phrase].meaning) {
        case IS_PROTOCOL: take_versions(s, h); break;
        case IS_MECHANISM:
            if (!(seen & bit))
                take_state(s, h);
            seen |= bit;
            break;
        case IS_INTERFACE:
            if (!(seen & bit << 16) && !has(s, IS_FOR_DEVELOPMENT))
                take_interface(s, h);
            seen |= bit << 16;
            break;
        default: break;
        }
    }
    take_ports(s);
}

static bool is_prose(const struct unit *u)
{
    return u->kind == UNIT_PARAGRAPH || u->kind == UNIT_ITEM || u->kind == UNIT_ROW
        || u->kind == UNIT_ENTRY;
}

static bool asks(const struct words *w, struct span s)
{
    return (w->at[s.end - 1].marks & MARK_QUESTION) != 0;
}

/* What is said needs something that it is said of: the other meanings only tell how. */
static bool claims_something(const struct finder *f)
{
    static const uint32_t subjects = 1u << IS_PROTOCOL | 1u << IS_MECHANISM
        | 1u << IS_INTERFACE | 1u << IS_NO_PORT | 1u << IS_PORT | 1u << IS_ROTATED
        | 1u << IS_IDLE | 1u << IS_LIFETIME;
    for (uint32_t i = 0; i < f->hits.count; i++)
        if (subjects >> table[hit_at(f, i)->phrase].meaning & 1)
            return true;
    return false;
}

static void take_unit(struct finder *f, uint32_t unit)
{
    const struct unit *u = &f->corpus->units[unit];
    struct words words = words_peek(f->lexicon, u->text);
    f->hits.count = 0;
    phrases_find(f->phrases, &words, &f->hits);
    if (!claims_something(f)) /* most units: nothing is kept of them */
        return;
    words = words_of(f->lexicon, f->a, u->text);
    for (uint32_t w = 0; w < words.count;) {
        struct span span = u->kind == UNIT_ROW ? (struct span){0, words.count}
                                               : words_sentence(&words, w);
        const struct word *first = &words.at[span.first],
                          *last = &words.at[span.end - 1];
        struct said s = {.f = f,
            .unit = unit,
            .words = &words,
            .span = span,
            .text = {u->text.at + first->at, last->at + last->len - first->at}};
        if (!asks(&words, span))
            take_sentence(&s);
        w = span.end > w ? span.end : w + 1;
    }
    struct said whole = {.f = f,
        .unit = unit,
        .words = &words,
        .span = {0, words.count},
        .text = u->text};
    if (!asks(&words, whole.span))
        take_lifetime(&whole);
}

void claims_find(struct arena *a, const struct corpus *corpus, struct lexicon *lexicon,
    struct list *out)
{
    struct bytes texts[MEANT];
    for (uint32_t i = 0; i < MEANT; i++)
        texts[i] = text_of(table[i].phrase);
    struct finder f = {.a = a,
        .corpus = corpus,
        .lexicon = lexicon,
        .phrases = phrases_new(a, lexicon, texts, MEANT),
        .hits = LIST_OF(struct phrase_hit),
        .claims = out};
    for (uint32_t u = 0; u < corpus->unit_count; u++)
        if (is_prose(&corpus->units[u]))
            take_unit(&f, u);
    phrases_free(f.phrases);
    list_free(&f.hits);
}
