/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/words.h"

#include "tests/support/check.h"

static struct bytes stem_of(struct arena *a, const char *word)
{
    uint8_t at[WORD_MAX];
    size_t len = word_stem(text_of(word), at);
    return arena_copy(a, (struct bytes){at, len});
}

static void forms_of_one_word_have_one_stem(void)
{
    static const char *const same[][6] = {
        {"authenticate", "authenticates", "authenticated", "authenticating",
            "authentication", "authentications"},
        {"isolate", "isolates", "isolated", "isolating", "isolation"},
        {"encrypt", "encrypts", "encrypted", "encrypting", "encryption"},
        {"decrypt", "decrypted", "decryption"},
        {"privilege", "privileges", "privileged"},
        {"boundary", "boundaries"},
        {"access", "accesses", "accessed", "accessing"},
        {"policy", "policies"},
        {"key", "keys", "keyed"},
        {"deny", "denies", "denied", "denying"},
        {"verify", "verifies", "verified", "verifying", "verification"},
        {"notify", "notified", "notification", "notifications"},
        {"authorize", "authorise", "authorised", "authorizing", "authorisation",
            "authorization"},
        {"minimize", "minimise", "minimised", "minimising"},
        {"validate", "validated", "validation"},
        {"segment", "segments", "segmented", "segmentation"},
        {"document", "documented", "documentation"},
        {"implement", "implemented", "implementation"},
        {"attest", "attested", "attestation"},
        {"limit", "limits", "limited", "limitation"},
        {"configure", "configured", "configuration", "configurations"},
        {"install", "installed", "installation"},
        {"partition", "partitions", "partitioned"},
        {"provision", "provisioned", "provisioning"},
        {"exception", "exceptions"},
        {"condition", "conditions", "conditioned"},
        {"disable", "disables", "disabled", "disabling"},
        {"sign", "signs", "signed", "signing"},
        {"log", "logs", "logged", "logging"},
        {"pin", "pins", "pinned", "pinning"},
        {"control", "controls", "controlled", "controlling"},
        {"use", "uses", "used", "using"},
        {"store", "stores", "stored", "storing"},
        {"time", "times", "timed", "timing"},
        {"hash", "hashes", "hashed", "hashing"},
        {"patch", "patches", "patched", "patching"},
        {"box", "boxes", "boxed"},
        {"service", "services", "serviced"},
        {"cookie", "cookies"},
        {"proxy", "proxies"},
        {"api", "apis"},
        {"cpu", "cpus"},
        {"status", "status"},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        for (size_t k = 1; k < 6 && same[i][k]; k++)
            if (!text_same(stem_of(a, same[i][0]), stem_of(a, same[i][k]))) {
                printf("# %s: %s, %s: %s\n", same[i][0],
                    (const char *)stem_of(a, same[i][0]).at, same[i][k],
                    (const char *)stem_of(a, same[i][k]).at);
                CHECK(i == SIZE_MAX);
            }
    arena_free(a);
}

static void words_that_only_look_alike_keep_apart(void)
{
    static const char *const apart[][2] = {
        {"port", "portable"},
        {"port", "portal"},
        {"port", "portion"},
        {"log", "logic"},
        {"log", "login"},
        {"test", "testament"},
        {"secure", "security"},
        {"http", "https"},
        {"product", "production"},
        {"except", "exception"},
        {"operate", "operator"},
        {"author", "authorize"},
        {"authentic", "authenticate"},
        {"serve", "server"},
        {"police", "policy"},
        {"general", "generate"},
        {"generic", "generate"},
        {"apply", "application"},
        {"inform", "information"},
        {"state", "station"},
        {"state", "status"},
        {"us", "use"},
        {"us", "used"},
        {"require", "requirement"},
        {"act", "action"},
        {"valid", "validate"},
        {"privileged", "unprivileged"},
        {"authenticated", "unauthenticated"},
        {"embed", "ember"},
        {"bus", "bu"},
        {"tls", "tl"},
        {"aes", "ae"},
        {"dns", "dn"},
        {"host", "hostile"},
        {"import", "important"},
        {"admin", "administration"},
        {"pass", "password"},
        {"user", "use"},
        {"part", "partition"},
        {"code", "codec"},
        {"string", "str"},
        {"direct", "direction"},
        {"edit", "edition"},
        {"session", "sess"},
        {"limit", "limitless"},
        {"access", "accessible"},
        {"mission", "miss"},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        if (text_same(stem_of(a, apart[i][0]), stem_of(a, apart[i][1]))) {
            printf("# %s, %s: %s\n", apart[i][0], apart[i][1],
                (const char *)stem_of(a, apart[i][0]).at);
            CHECK(i == SIZE_MAX);
        }
    arena_free(a);
}

/* Words by blanks, a stop as '.', a question as '?', a cell's end as '|'. */
static struct bytes shown(struct arena *a, const char *text)
{
    struct lexicon *l = lexicon_new(a);
    struct words w = words_of(l, a, text_of(text));
    struct bytes out = TEXT("");
    for (uint32_t i = 0; i < w.count; i++) {
        struct bytes word = lexicon_text(l, w.at[i].exact);
        unsigned marks = w.at[i].marks;
        out = arena_print(a, "%s%s%s%s%s", (const char *)out.at, i ? " " : "",
            (const char *)word.at, marks & MARK_CELL ? "|" : "",
            marks & MARK_QUESTION   ? "?"
                : marks & MARK_STOP ? "."
                                    : "");
    }
    return out;
}

static void a_text_becomes_the_words_that_a_reader_sees(void)
{
    static const char *const cases[][2] = {
        {"Use TLS 1.3, per 5.3.2.", "use tls 1.3 per 5.3.2."},
        {"role-based access-control", "role based access control"},
        {"It doesn't fall back; it won't, can't, isn't.",
            "it does not fall back it will not can not is not."},
        {"the device\xE2\x80\x99s key, the users' keys, we\xE2\x80\x99ll sign",
            "the device key the users keys we will sign"},
        {"Ports, e.g. JTAG, are fused. UART is not.",
            "ports e g jtag are fused. uart is not."},
        {"See fig. 3 and no. 4. No. We do not.", "see fig 3 and no 4. no. we do not."},
        {"It is safe (see above.) Is it?", "it is safe see above. is it?"},
        {"a | b | c", "a| b| c"},
        {"x = a|b", "x a b"},
        {"M\xC3\xBCller \xE2\x80\x9Cyes.\xE2\x80\x9D Then \xE2\x80\x94 \xE2\x89\xA5 5 \xC2\xB5s",
            "m\xC3\xBCller yes. then 5 \xC2\xB5s"},
        {"v1.2 / http://a.b/c?d=e", "v1.2 http a b c d e"},
        {"bad \xC3 \xFF bytes \xE2\x80", "bad bytes"},
        {"ports, files, etc. are closed. Etc. Then",
            "ports files etc are closed. etc. then"},
        {"4. Boundaries of layer 2. Then", "4 boundaries of layer 2. then"},
        {"!!! Note this !!! Then... so", "note this then. so"},
        {"...", ""},
        {"", ""},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes got = shown(a, cases[i][0]), expected = text_of(cases[i][1]);
        CHECK(text_same(got, expected));
        if (!text_same(got, expected))
            printf("# %s\n", (const char *)got.at);
    }
    arena_free(a);
}

static void a_word_knows_its_bytes_in_the_text(void)
{
    struct arena *a = arena_new();
    struct lexicon *l = lexicon_new(a);
    struct bytes text = TEXT("No ports. They don't listen, M\xC3\xBCller said.");
    struct words w = words_of(l, a, text);
    static const char *const seen[] = {
        "No", "ports", "They", "don", "n't", "listen", "M\xC3\xBCller", "said"};
    CHECK(w.count == 8);
    for (uint32_t i = 0; i < w.count && i < 8; i++)
        CHECK(text_same(
            text_upto(text_from(text, w.at[i].at), w.at[i].len), text_of(seen[i])));
    struct span first = words_sentence(&w, 1), second = words_sentence(&w, 2);
    CHECK(first.first == 0 && first.end == 2);
    CHECK(second.first == 2 && second.end == 8);
    arena_free(a);
}

static void numbers_follow_the_order_of_the_texts_and_forms_share_a_stem(void)
{
    struct arena *a = arena_new();
    struct lexicon *l = lexicon_new(a), *again = lexicon_new(a);
    struct bytes text = TEXT("Isolated keys; isolation of KEYS; key isolate");
    struct words w = words_of(l, a, text), same = words_of(again, a, text);
    CHECK(w.count == 7 && same.count == 7);
    for (uint32_t i = 0; i < w.count; i++)
        CHECK(w.at[i].stem == same.at[i].stem && w.at[i].exact == same.at[i].exact);
    CHECK(w.at[0].stem == w.at[2].stem && w.at[2].stem == w.at[6].stem);
    CHECK(w.at[0].exact != w.at[2].exact);
    CHECK(w.at[1].exact == w.at[4].exact && w.at[1].stem == w.at[5].exact);
    CHECK(lexicon_stem(l, w.at[1].exact) == w.at[1].stem);
    CHECK(lexicon_number(l, TEXT("isolation")) == w.at[2].exact);
    arena_free(a);
}

static void many_words_and_long_ones_stay_what_they_are(void)
{
    struct arena *a = arena_new();
    struct lexicon *l = lexicon_new(a);
    struct bytes text = TEXT("");
    for (uint32_t i = 0; i < 9000; i += 3000) {
        struct list many = LIST_OF(uint8_t);
        for (uint32_t k = i; k < i + 3000; k++) {
            char word[16];
            int n = snprintf(word, sizeof word, "w%u ", k);
            for (int c = 0; c < n; c++)
                *(uint8_t *)list_add(&many) = (uint8_t)word[c];
        }
        struct words w = words_of(l, a, (struct bytes){many.at, many.count});
        CHECK(w.count == 3000 && w.at[0].exact == i && w.at[2999].exact == i + 2999);
        list_free(&many);
    }
    CHECK(lexicon_count(l) == 9000);
    CHECK(text_same(lexicon_text(l, 8999), TEXT("w8999")));
    char blob[300];
    memset(blob, 'a', sizeof blob - 1);
    blob[sizeof blob - 1] = 0;
    text = text_of(blob);
    struct words w = words_of(l, a, text);
    CHECK(w.count == 1 && w.at[0].len == 299);
    CHECK(lexicon_text(l, w.at[0].exact).len == WORD_MAX);
    arena_free(a);
}

MAIN(TEST(forms_of_one_word_have_one_stem), TEST(words_that_only_look_alike_keep_apart),
    TEST(a_text_becomes_the_words_that_a_reader_sees),
    TEST(a_word_knows_its_bytes_in_the_text),
    TEST(numbers_follow_the_order_of_the_texts_and_forms_share_a_stem),
    TEST(many_words_and_long_ones_stay_what_they_are))
