/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/hex.h"
#include "core/base/json.h"
#include "core/outbox/outbox_entry.h"
#include "device/keeper/store.h"
#include "device/main/verbs.h"
#include "device/talk/place.h"
#include "host/crypto.h"
#include "wire/envelope.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct look {
    struct store store;
    struct host_crypto *crypto;
    bool json, print;
    uint64_t whole, bad;
    uint8_t record[JOURNAL_RECORD_MAX];
};

static const char *mark_word(enum journal_mark mark)
{
    switch (mark) {
    case JOURNAL_UNMARKED: return "held";
    case JOURNAL_ACKNOWLEDGED: return "acknowledged";
    case JOURNAL_SET_ASIDE: return "set_aside";
    }
    return "held";
}

struct line {
    const struct entry *entry;
    const struct envelope *envelope;
    const struct digest *digest;
    const struct journal_place *place;
    enum journal_mark mark;
};

static void print_json(const struct line *l)
{
    uint8_t text[1024];
    char id[UUID_TEXT];
    struct json j = json_over(ROOM_OF(text));

    uuid_of(l->envelope->kid.device.b, id);
    json_object(&j);
    json_key(&j, "ring");
    json_str(&j, l->place->ring == JOURNAL_ALARM ? "alarm" : "routine");
    json_key(&j, "number");
    json_u64(&j, l->place->number);
    json_key(&j, "device");
    json_str(&j, id);
    json_key(&j, "generation");
    json_u64(&j, l->envelope->kid.generation);
    json_key(&j, "epoch");
    json_hex(&j, BYTES_OF(l->envelope->epoch.b));
    json_key(&j, "seq");
    json_u64(&j, l->entry->seq);
    json_key(&j, "digest");
    json_hex(&j, BYTES_OF(l->digest->b));
    json_key(&j, "start");
    json_u64(&j, l->entry->start_count);
    json_key(&j, "readings");
    json_u64(&j, l->entry->readings);
    json_key(&j, "lost");
    json_u64(&j, l->entry->lost_count);
    json_key(&j, "utc_ms");
    if (l->entry->has_utc)
        json_u64(&j, l->entry->utc_ms);
    else
        json_null(&j);
    json_key(&j, "bytes");
    json_u64(&j, l->entry->envelope.len);
    json_key(&j, "mark");
    json_str(&j, mark_word(l->mark));
    json_object_end(&j);
    if (json_done(&j))
        printf("%.*s\n", (int)j.w.len, (const char *)text);
}

static void print_text(const struct line *l)
{
    char digest[17];

    hex_of((struct bytes){l->digest->b, 8},
        (struct room){(uint8_t *)digest, sizeof digest});
    printf("%-7s %8llu  start %5u  seq %6u  readings %4u  %5zu bytes  %s  %s\n",
        l->place->ring == JOURNAL_ALARM ? "alarm" : "routine",
        (unsigned long long)l->place->number, l->entry->start_count, l->entry->seq,
        l->entry->readings, l->entry->envelope.len, digest, mark_word(l->mark));
}

static enum status look_at(struct look *k, const struct journal_place *place)
{
    struct line l = {.place = place};
    struct entry entry;
    struct envelope envelope;
    struct digest digest;
    const struct crypto *crypto = host_crypto_port(k->crypto);
    size_t len = 0;

    TRY(journal_read(&k->store.journal, place, ROOM_OF(k->record), &len, &l.mark));
    TRY(entry_parse((struct bytes){k->record, len}, &entry));
    TRY(envelope_parse(ENVELOPE_BATCH, entry.envelope, &envelope));
    TRY(crypto->sha256(crypto->board, entry.envelope, &digest));
    l.entry = &entry;
    l.envelope = &envelope;
    l.digest = &digest;
    if (k->print && k->json)
        print_json(&l);
    else if (k->print)
        print_text(&l);
    return OK;
}

static void walk(struct look *k)
{
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++) {
        struct journal_place place = journal_first((enum journal_class)ring);
        enum journal_mark mark;
        size_t len = 0;
        while (journal_next(&k->store.journal, &place, &len, &mark) == OK) {
            if (look_at(k, &place) == OK)
                k->whole++;
            else
                k->bad++;
        }
    }
}

static int look(const struct cli_args *a, struct look *k)
{
    char path[PLACE_MAX];

    if (place_of(cli_word(a, "root", "/"), PLACE_JOURNAL, path) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--root", "a shorter path");
    if (host_crypto_new(&k->crypto) != OK)
        return EXIT_INTERNAL;
    enum status s = store_open_to_read(&k->store, path);
    if (s != OK) {
        host_crypto_free(k->crypto);
        return cli_error(EXIT_ENVIRONMENT, path, 0, "no journal, or not readable",
            "a device that has run, and the right to read it");
    }
    walk(k);
    k->bad += journal_damaged(&k->store.journal);
    store_close(&k->store);
    host_crypto_free(k->crypto);
    return EXIT_DONE;
}

int verb_journal_list(const struct cli_args *a)
{
    static struct look k;

    k.print = true;
    k.json = cli_given(a, "json");
    return look(a, &k);
}

int verb_journal_verify(const struct cli_args *a)
{
    static struct look k;

    int code = look(a, &k);
    if (code != EXIT_DONE)
        return code;
    printf(cli_given(a, "json") ? "{\"whole\":%llu,\"damaged\":%llu}\n"
                                : "%llu batches whole, %llu damaged\n",
        (unsigned long long)k.whole, (unsigned long long)k.bad);
    return k.bad == 0 ? EXIT_DONE : EXIT_NO;
}
