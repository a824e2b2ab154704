/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/wording.h"

enum {
    SHORT_WORDS = 7
}; /* a sentence of so few words says no condition and no bound */

/*
 * Weights: 3 decides whatever stands beside it; 2 decides unless a sign of testability stands
 * beside it; 1 needs company. A trailing '*' matches any ending of the word.
 */
static const struct {
    const char *phrase;
    uint8_t weight, gap;
    const char *why;
} open_words[] = {
    {"as appropriate", 3, GAP_ESCAPE, "leaves to the reader when it holds"},
    {"where appropriate", 3, GAP_ESCAPE, "leaves to the reader when it holds"},
    {"if appropriate", 3, GAP_ESCAPE, "leaves to the reader when it holds"},
    {"when appropriate", 3, GAP_ESCAPE, "leaves to the reader when it holds"},
    {"where possible", 3, GAP_ESCAPE,
        "can always be answered with: it was not possible"},
    {"if possible", 3, GAP_ESCAPE, "can always be answered with: it was not possible"},
    {"when possible", 3, GAP_ESCAPE,
        "can always be answered with: it was not possible"},
    {"wherever possible", 3, GAP_ESCAPE,
        "can always be answered with: it was not possible"},
    {"as far as", 3, GAP_ESCAPE, "has no end that a test could reach"},
    {"to the extent", 3, GAP_ESCAPE, "has no end that a test could reach"},
    {"as much as", 3, GAP_ESCAPE, "has no end that a test could reach"},
    {"where feasible", 3, GAP_ESCAPE,
        "can always be answered with: it was not feasible"},
    {"if feasible", 3, GAP_ESCAPE, "can always be answered with: it was not feasible"},
    {"practicable", 3, GAP_ESCAPE,
        "can always be answered with: it was not practicable"},
    {"where applicable", 3, GAP_ESCAPE, "leaves to the reader when it holds"},
    {"as applicable", 3, GAP_ESCAPE, "leaves to the reader when it holds"},
    {"if applicable", 3, GAP_ESCAPE, "leaves to the reader when it holds"},
    {"as needed", 3, GAP_ESCAPE, "does not say who needs what"},
    {"if needed", 3, GAP_ESCAPE, "does not say who needs what"},
    {"when needed", 3, GAP_ESCAPE, "does not say who needs what"},
    {"as necessary", 3, GAP_ESCAPE, "does not say for what"},
    {"if necessary", 3, GAP_ESCAPE, "does not say for what"},
    {"where necessary", 3, GAP_ESCAPE, "does not say for what"},
    {"when necessary", 3, GAP_ESCAPE, "does not say for what"},
    {"as required", 2, GAP_ESCAPE, "does not say by what"},
    {"if there is a risk", 3, GAP_ESCAPE, "does not say who judges the risk, and how"},
    {"not limited to", 3, GAP_ESCAPE, "leaves the list open"},
    {"and so on", 3, GAP_ESCAPE, "leaves the list open"},
    {"etc", 3, GAP_ESCAPE, "leaves the list open"},
    {"no longer than necessary", 3, GAP_ESCAPE, "does not say how long"},
    {"not required by", 2, GAP_ESCAPE, "does not say which"},
    {"that are not required", 2, GAP_ESCAPE, "does not say which"},
    {"tbd", 3, GAP_UNFINISHED, "is not finished"},
    {"tbc", 3, GAP_UNFINISHED, "is not finished"},
    {"todo", 3, GAP_UNFINISHED, "is not finished"},
    {"x ms", 3, GAP_UNFINISHED, "has a bound without a number"},
    {"x seconds", 3, GAP_UNFINISHED, "has a bound without a number"},
    {"n seconds", 3, GAP_UNFINISHED, "has a bound without a number"},
    {"of what?", 3, GAP_UNFINISHED, "asks a question"},
    {"secure", 2, GAP_OPEN_WORD, "does not say against what and how"},
    {"securely", 3, GAP_OPEN_WORD, "does not say against what and how"},
    {"security risks", 2, GAP_OPEN_WORD, "does not say which"},
    {"safely", 2, GAP_OPEN_WORD, "does not say what would be unsafe"},
    {"appropriate*", 3, GAP_OPEN_WORD, "means something else to every reader"},
    {"adequate*", 3, GAP_OPEN_WORD, "does not say how much is enough"},
    {"sufficient*", 3, GAP_OPEN_WORD, "does not say how much is enough"},
    {"suitable", 3, GAP_OPEN_WORD, "does not say for what, and who judges"},
    {"reasonable", 3, GAP_OPEN_WORD, "means something else to every reader"},
    {"reasonably", 3, GAP_OPEN_WORD, "means something else to every reader"},
    {"proper", 2, GAP_OPEN_WORD, "does not say what would be improper"},
    {"properly", 3, GAP_OPEN_WORD, "does not say what would be improper"},
    {"correctly", 2, GAP_OPEN_WORD, "does not say what is correct"},
    {"robust*", 3, GAP_OPEN_WORD, "does not say against what"},
    {"resilient", 3, GAP_OPEN_WORD, "does not say against what"},
    {"reliable", 3, GAP_OPEN_WORD, "has no rate that a test could measure"},
    {"reliably", 3, GAP_OPEN_WORD, "has no rate that a test could measure"},
    {"strong", 3, GAP_OPEN_WORD, "names no mechanism and no strength"},
    {"strongly", 2, GAP_OPEN_WORD, "names no mechanism and no strength"},
    {"easy", 3, GAP_OPEN_WORD, "has no measure"},
    {"easily", 3, GAP_OPEN_WORD, "has no measure"},
    {"user friendly", 3, GAP_OPEN_WORD, "has no measure"},
    {"user-friendly", 3, GAP_OPEN_WORD, "has no measure"},
    {"intuitive", 3, GAP_OPEN_WORD, "has no measure"},
    {"simple", 1, GAP_OPEN_WORD, "has no measure"},
    {"fast", 2, GAP_OPEN_WORD, "has no time"},
    {"quickly", 3, GAP_OPEN_WORD, "has no time"},
    {"quick", 2, GAP_OPEN_WORD, "has no time"},
    {"rapid", 3, GAP_OPEN_WORD, "has no time"},
    {"rapidly", 3, GAP_OPEN_WORD, "has no time"},
    {"timely", 3, GAP_OPEN_WORD, "has no time"},
    {"promptly", 3, GAP_OPEN_WORD, "has no time"},
    {"responsive", 2, GAP_OPEN_WORD, "has no time"},
    {"a period of inactivity", 2, GAP_OPEN_WORD, "has no time"},
    {"period of time", 2, GAP_OPEN_WORD, "has no time"},
    {"efficient*", 3, GAP_OPEN_WORD, "has no measure"},
    {"effective", 2, GAP_OPEN_WORD, "has no measure"},
    {"effectively", 3, GAP_OPEN_WORD, "has no measure"},
    {"flexible", 3, GAP_OPEN_WORD, "does not say what may change"},
    {"scalable", 3, GAP_OPEN_WORD, "has no number"},
    {"modern", 3, GAP_OPEN_WORD, "changes with the day"},
    {"state of the art", 3, GAP_OPEN_WORD, "changes with the day"},
    {"state-of-the-art", 3, GAP_OPEN_WORD, "changes with the day"},
    {"best practice*", 3, GAP_OPEN_WORD, "names no practice"},
    {"good practice*", 3, GAP_OPEN_WORD, "names no practice"},
    {"industry standard*", 3, GAP_OPEN_WORD, "names no standard"},
    {"lightweight", 3, GAP_OPEN_WORD, "has no measure"},
    {"compact", 2, GAP_OPEN_WORD, "has no measure"},
    {"significant*", 3, GAP_OPEN_WORD, "has no number"},
    {"substantial*", 3, GAP_OPEN_WORD, "has no number"},
    {"security-relevant", 2, GAP_OPEN_WORD, "does not say which"},
    {"security relevant", 2, GAP_OPEN_WORD, "does not say which"},
    {"relevant", 3, GAP_OPEN_WORD, "does not say which"},
    {"potential", 2, GAP_OPEN_WORD, "does not say which"},
    {"various", 3, GAP_OPEN_WORD, "does not say which"},
    {"several", 2, GAP_OPEN_WORD, "has no number"},
    {"many", 2, GAP_OPEN_WORD, "has no number"},
    {"thousands", 2, GAP_OPEN_WORD, "has no number"},
    {"common", 2, GAP_OPEN_WORD, "does not say which"},
    {"certain", 2, GAP_OPEN_WORD, "does not say which"},
    {"any concerns", 3, GAP_OPEN_WORD, "does not say which"},
    {"any privacy concerns", 3, GAP_OPEN_WORD, "does not say which"},
    {"different conditions", 3, GAP_OPEN_WORD, "does not say which"},
    {"under different", 2, GAP_OPEN_WORD, "does not say which"},
    {"acceptable", 3, GAP_OPEN_WORD, "does not say for whom"},
    {"optimal*", 3, GAP_OPEN_WORD, "has no measure"},
    {"minimal", 2, GAP_OPEN_WORD, "has no bound"},
    {"high quality", 3, GAP_OPEN_WORD, "has no measure"},
    {"high performance", 3, GAP_OPEN_WORD, "has no measure"},
    {"high availability", 2, GAP_OPEN_WORD, "has no rate"},
    {"too high", 3, GAP_OPEN_WORD, "has no bound"},
    {"too low", 3, GAP_OPEN_WORD, "has no bound"},
    {"too long", 3, GAP_OPEN_WORD, "has no bound"},
    {"enough", 2, GAP_OPEN_WORD, "has no bound"},
    {"nearing", 3, GAP_OPEN_WORD, "has no bound"},
    {"near", 1, GAP_OPEN_WORD, "has no bound"},
    {"normal operation", 1, GAP_OPEN_WORD, "does not say what is normal"},
    {"normally", 2, GAP_OPEN_WORD, "does not say what is normal"},
    {"generally", 3, GAP_OPEN_WORD, "does not say when not"},
    {"usually", 3, GAP_OPEN_WORD, "does not say when not"},
    {"typically", 3, GAP_OPEN_WORD, "does not say when not"},
    {"absurd", 3, GAP_OPEN_WORD, "does not say which"},
    {"safety measures", 3, GAP_OPEN_WORD, "does not say which"},
    {"security measures", 3, GAP_OPEN_WORD, "does not say which"},
    {"countermeasures", 2, GAP_OPEN_WORD, "does not say which"},
    {"safeguards", 3, GAP_OPEN_WORD, "does not say which"},
    {"mechanisms", 1, GAP_OPEN_WORD, "does not say which"},
    {"permanent and", 1, GAP_OPEN_WORD, "has no time"},
    {"full confidentiality", 2, GAP_OPEN_WORD, "has no trial"},
    {"confidentiality", 1, GAP_OPEN_WORD, "names a goal, not a behaviour"},
    {"integrity", 1, GAP_OPEN_WORD, "names a goal, not a behaviour"},
    {"isolation", 1, GAP_OPEN_WORD, "names a goal, not a behaviour"},
    {"stability", 2, GAP_OPEN_WORD, "names a goal, not a behaviour"},
    {"principle of least privilege", 3, GAP_OPEN_WORD,
        "names a principle, not a behaviour"},
    {"defence in depth", 2, GAP_OPEN_WORD, "names a principle, not a behaviour"},
    {"defense in depth", 2, GAP_OPEN_WORD, "names a principle, not a behaviour"},
    {"level of access necessary", 3, GAP_OPEN_WORD, "does not say which"},
    {"level of", 1, GAP_OPEN_WORD, "has no number"},
    {"according to", 1, GAP_OPEN_WORD, "points elsewhere"},
    {"facilitate*", 3, GAP_WEAK_VERB, "no trial can fail"},
    {"minimi*", 3, GAP_WEAK_VERB, "has no bound"},
    {"maximi*", 3, GAP_WEAK_VERB, "has no bound"},
    {"optimi*", 3, GAP_WEAK_VERB, "has no measure"},
    {"anticipate*", 3, GAP_WEAK_VERB, "no trial can fail"},
    {"consider", 3, GAP_WEAK_VERB, "no trial can fail"},
    {"be considered", 3, GAP_WEAK_VERB, "no trial can fail"},
    {"take into account", 3, GAP_WEAK_VERB, "no trial can fail"},
    {"strive", 3, GAP_WEAK_VERB, "no trial can fail"},
    {"attempt to", 2, GAP_WEAK_VERB, "no trial can fail"},
    {"be responsible for", 3, GAP_WEAK_VERB, "assigns work and says no behaviour"},
    {"address", 2, GAP_WEAK_VERB, "does not say how"},
    {"mitigate", 2, GAP_WEAK_VERB, "does not say how, nor how far"},
    {"reduce", 2, GAP_WEAK_VERB, "has no bound"},
    {"improve", 3, GAP_WEAK_VERB, "has no bound"},
    {"enhance", 3, GAP_WEAK_VERB, "has no bound"},
    {"limit", 2, GAP_WEAK_VERB, "has no bound"},
    {"avoid", 2, GAP_WEAK_VERB, "does not say what is seen instead"},
    {"handle", 2, GAP_WEAK_VERB, "does not say what is done"},
    {"handles", 2, GAP_WEAK_VERB, "does not say what is done"},
    {"manage", 2, GAP_WEAK_VERB, "does not say what is done"},
    {"cope with", 3, GAP_WEAK_VERB, "does not say what is done"},
    {"deal with", 3, GAP_WEAK_VERB, "does not say what is done"},
    {"support", 2, GAP_WEAK_VERB, "does not say what is done"},
    {"supports", 2, GAP_WEAK_VERB, "does not say what is done"},
    {"guarantee", 2, GAP_WEAK_VERB, "does not say how it is seen"},
    {"interact", 1, GAP_WEAK_VERB, "does not say what is done"},
    {"be able to", 2, GAP_WEAK_VERB, "speaks of ability, not of behaviour"},
    {"be capable of", 2, GAP_WEAK_VERB, "speaks of ability, not of behaviour"},
    {"be designed to", 1, GAP_WEAK_VERB, "speaks of design, not of behaviour"},
    {"protect", 2, GAP_MECHANISM, "does not say against what and how"},
    {"protected", 2, GAP_MECHANISM, "does not say against what and how"},
    {"protects", 2, GAP_MECHANISM, "does not say against what and how"},
    {"safeguard", 2, GAP_MECHANISM, "does not say against what and how"},
    {"authenticate to", 3, GAP_MECHANISM,
        "does not say how, nor what happens without it"},
    {"authenticate with", 2, GAP_MECHANISM,
        "does not say how, nor what happens without it"},
    {"authenticate itself", 2, GAP_MECHANISM,
        "does not say how, nor what happens without it"},
    {"be authenticated", 1, GAP_MECHANISM,
        "does not say how, nor what happens without it"},
    {"trusted channel", 1, GAP_MECHANISM, "names no mechanism"},
    {"be validated", 1, GAP_MECHANISM, "does not say against what"},
    {"be implemented", 1, GAP_WEAK_VERB,
        "says that something is made, not what it does"},
    {"access control", 1, GAP_MECHANISM, "does not say who may do what"},
    {"ensure", 1, GAP_WEAK_VERB, "does not say how it is seen"},
    {"ensures", 1, GAP_WEAK_VERB, "does not say how it is seen"},
    {"be secured", 3, GAP_MECHANISM, "does not say against what and how"},
    {"secured", 2, GAP_MECHANISM, "does not say against what and how"},
    {"be encrypted", 1, GAP_MECHANISM, "names no mechanism"},
};

/* Beside one of these a trial decides. A digit is looked for by itself. */
static const char *const decisive[] = {"against replay", "against unauthori*",
    "at least", "at most", "no more than", "not exceed*", "less than", "greater than",
    "both", "error code", "exit code", "status code", "return code", "refuse", "reject",
    "shall not be exported", "non-zero", "exactly", "only if", "every", "at any level",
    "before", "each"};
/* Endings that a noun phrase of these gives back its plain sense: "secure boot" is a mechanism. */
static const char *const names[] = {"secure boot", "secure element", "secure shell",
    "secure channel", "secure storage service", "secure world", "secure enclave",
    "secure mode", "secure hash", "strong pull", "common name", "common criteria",
    "fast boot", "address space", "address bus", "ip address", "mac address",
    "email address", "e-mail address", "address field", "address of", "addresses",
    "rate limit", "lower limit", "upper limit", "alarm limit", "size limit",
    "time limit", "limits of", "limit of", "memory address", "support period",
    "support end", "end of support", "support staff", "technical support",
    "support session", "near field", "process certain", "simple network",
    "significant bit", "significant byte", "default handler", "data integrity field",
    "protected mode", "protected branch", "protected health", "protected memory",
    "memory protection"};

static bool letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || c >= 0x80;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/*
 * A text with the fronts of its words, of two and of three bytes, each as one bit: nearly all
 * of some three hundred phrases are known not to stand in it without a look at it.
 */
struct sentence {
    struct bytes text;
    uint64_t fronts[32];
};

/* third 0: a front of two bytes */
static uint32_t front_bit(uint8_t first, uint8_t second, uint8_t third)
{
    return ((lower(first) * 31u + lower(second)) * 37u + lower(third)) % 2048;
}

static bool word_begins(struct bytes text, size_t at)
{
    return at == 0 || (!letter(text.at[at - 1]) && text.at[at - 1] != '-');
}

static void keep_front(struct sentence *s, size_t at, uint8_t third)
{
    uint32_t bit = front_bit(s->text.at[at], s->text.at[at + 1], third);
    s->fronts[bit / 64] |= UINT64_C(1) << bit % 64;
}

static struct sentence sentence_of(struct bytes text)
{
    struct sentence s = {.text = text};
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (!word_begins(text, i))
            continue;
        keep_front(&s, i, 0);
        if (i + 2 < text.len)
            keep_front(&s, i, text.at[i + 2]);
    }
    return s;
}

static bool may_hold(const struct sentence *s, const char *phrase)
{
    uint8_t third = phrase[2] == '*' ? 0 : (uint8_t)phrase[2];
    uint32_t bit = front_bit((uint8_t)phrase[0], (uint8_t)phrase[1], third);
    return s->fronts[bit / 64] >> bit % 64 & 1;
}

/* Where the phrase (of two bytes or more) stands as whole words, at or after `from`; *len is
 * what matched. */
static size_t find_phrase(
    const struct sentence *s, size_t from, const char *phrase, size_t *len)
{
    struct bytes text = s->text;
    if (!may_hold(s, phrase))
        return text.len;
    struct bytes p = text_of(phrase);
    bool open_end = p.len && p.at[p.len - 1] == '*';
    if (open_end)
        p.len--;
    while (from < text.len) {
        size_t at = from + text_find_word(text_from(text, from), p);
        if (at >= text.len)
            return text.len;
        size_t end = at + p.len;
        bool begins = word_begins(text, at);
        while (open_end && end < text.len && letter(text.at[end]))
            end++;
        bool ends = end == text.len || !letter(text.at[end]);
        if (begins && ends) {
            *len = end - at;
            return at;
        }
        from = at + 1;
    }
    return text.len;
}

static bool part_of_a_name(const struct sentence *s, size_t at, size_t len)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t n, from = 0;
        while ((from = find_phrase(s, from, names[i], &n)) < s->text.len) {
            if (from <= at && at + len <= from + n)
                return true;
            from++;
        }
    }
    return false;
}

static uint32_t numbers_in(struct bytes text)
{
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.at[i] >= '0' && text.at[i] <= '9';
        bool before = i > 0 && letter(text.at[i - 1]);
        n += digit && !before;
    }
    return n;
}

/* "IF … THEN", "When …,": a condition and something that follows. */
static bool has_condition(const struct sentence *s)
{
    static const char *const words[] = {
        "if", "when", "while", "after", "once", "upon", "during"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t len, at = find_phrase(s, 0, words[i], &len);
        bool front = at < 3, anywhere = i < 2; /* "while in transit" is no condition */
        if (at < s->text.len && (front || anywhere))
            return true;
    }
    return false;
}

static uint32_t signs_of_a_trial(const struct sentence *s)
{
    struct bytes text = s->text;
    uint32_t signs = numbers_in(text) ? 1 : 0;
    for (size_t i = 0; i < sizeof decisive / sizeof decisive[0]; i++) {
        size_t len;
        if (find_phrase(s, 0, decisive[i], &len) < text.len) {
            signs++;
            break;
        }
    }
    signs +=
        text_find(text, TEXT("`")) < text.len || text_find(text, TEXT("\"")) < text.len;
    signs += has_condition(s);
    return signs;
}

/* "protect against replay", "protected by TLS 1.3", "authenticate to the cloud with a certificate" */
static bool says_how(const struct sentence *s, size_t from)
{
    static const char *const ways[] = {
        "against", "by", "using", "with", "through", "via"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        size_t len;
        if (find_phrase(s, from, ways[i], &len) < s->text.len)
            return true;
    }
    return false;
}

/* "Require authentication", "encrypt", "authenticate" name what is done only where a way is told. */
static uint32_t weight_here(
    size_t entry, const struct sentence *s, size_t at, size_t len)
{
    uint32_t weight = open_words[entry].weight;
    if (part_of_a_name(s, at, len))
        return 0;
    if (open_words[entry].gap == GAP_MECHANISM && says_how(s, at + len))
        return 0;
    return weight;
}

static uint32_t blanks_in(struct bytes text)
{
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.at[i] == ' ';
    return n;
}

static void keep_word(struct wording *w, struct bytes word)
{
    for (uint32_t i = 0; i < w->word_count; i++)
        if (w->words[i].at <= word.at
            && word.at + word.len <= w->words[i].at + w->words[i].len)
            return; /* part of a longer phrase */
    if (w->word_count < WORDING_WORDS)
        w->words[w->word_count++] = word;
}

struct wording wording_of(struct bytes text)
{
    struct wording w = {0};
    struct sentence s = sentence_of(text);
    uint32_t heaviest = 0, sum = 0;
    for (size_t i = 0; i < sizeof open_words / sizeof open_words[0]; i++) {
        if (!may_hold(&s, open_words[i].phrase)) /* nearly all of them */
            continue;
        size_t len = 0, at = find_phrase(&s, 0, open_words[i].phrase, &len);
        if (at == text.len)
            continue;
        uint32_t weight = weight_here(i, &s, at, len), count = w.word_count;
        if (!weight)
            continue;
        keep_word(&w, (struct bytes){text.at + at, len});
        if (w.word_count > count)
            sum += weight;
        if (weight > heaviest) {
            heaviest = weight;
            w.gap = (enum wording_gap)open_words[i].gap;
            w.why = open_words[i].why;
        }
    }
    if (text.len && (text_find(text, TEXT("?")) < text.len)) {
        heaviest = 3;
        w.gap = GAP_UNFINISHED;
        w.why = "asks a question";
        keep_word(&w, text_upto(text_from(text, text_find(text, TEXT("?"))), 1));
    }
    uint32_t signs = signs_of_a_trial(&s);
    w.vague = heaviest >= 3 || (heaviest == 2 && sum >= 2 + signs)
        || (heaviest == 1 && sum >= 3 + signs)
        || (heaviest == 1 && signs == 0 && (sum >= 2 || blanks_in(text) < SHORT_WORDS));
    if (!w.vague)
        w = (struct wording){0};
    return w;
}

uint32_t wording_parts(struct bytes text)
{
    static const char *const joints[] = {"and shall", "and must", "and should",
        "and shall not", "; shall", "as well as", "and also", "and display*",
        "and log*", "and store*", "and send*", "and record*", "and notify",
        "and refuse", "and reject"};
    struct sentence s = sentence_of(text);
    uint32_t parts = 1, shalls = 0;
    size_t len, from = 0;
    while ((from = find_phrase(&s, from, "shall", &len)) < text.len) {
        shalls++;
        from += len;
    }
    for (size_t i = 0; i < sizeof joints / sizeof joints[0]; i++)
        parts += find_phrase(&s, 0, joints[i], &len) < text.len;
    uint32_t semicolons = 0;
    for (size_t i = 0; i < text.len; i++)
        semicolons += text.at[i] == ';';
    parts += semicolons;
    return shalls > parts ? shalls : parts;
}
