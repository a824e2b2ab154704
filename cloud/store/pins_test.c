/* SPDX-License-Identifier: Apache-2.0 */
/* Pin sets at the store: which are handed out to devices. */
#include "cloud/store/look.h"
#include "cloud/store/rig.h"
#include "wire/pins.h"

#include "tests/support/check.h"
#include "tests/support/pki.h"

enum { ONE, OTHER, TWIN, LEAF, CERTS }; /* twin: of the key of one */

static struct pki_key certs[CERTS];

static void make_certs(void)
{
    pki_authority_known(&certs[ONE], "one", 1);
    pki_authority_known(&certs[OTHER], "other", 2);
    pki_authority_known(&certs[TWIN], "twin", 1);
    pki_issue(&certs[LEAF], &certs[ONE],
        &(struct pki_wish){"leaf", "DNS:a", "serverAuth", 1, 4000000000});
}

/* Signed by nobody: the store does not judge that, devices do. */
static enum status publish(struct rig *r, uint32_t version, int first, int second)
{
    static const struct signature signature = {{7}};
    static uint8_t payload[PINS_PAYLOAD_MAX], whole[LIMIT_PIN_SET];
    const int which[] = {first, second};
    struct pin_set s = {.version = version, .count = 2};

    for (int i = 0; i < 2; i++) {
        const struct pki_key *c = &certs[which[i]];
        s.pins[i].len = (uint16_t)c->cert_len;
        memcpy(s.pins[i].der, c->cert_der, c->cert_len);
    }
    struct bytes body = pins_payload_build(&s, ROOM_OF(payload));
    CHECK(db_begin(&r->store.db) == OK);
    enum status got =
        pins_publish(&r->store, pins_build(body, &signature, ROOM_OF(whole)));
    CHECK(db_commit(&r->store.db) == OK);
    return got;
}

/* Req: HF-PIN-003 "made, handed out and taken only if each certificate in it is of an authority" */
static void test_a_set_that_a_device_could_not_rely_on_is_handed_out_to_nobody(void)
{
    struct rig *r = rig_new();

    make_certs();
    CHECK(publish(r, 1, ONE, TWIN) == REFUSED);
    CHECK(publish(r, 1, ONE, LEAF) == REFUSED);
    CHECK(publish(r, 1, LEAF, OTHER) == REFUSED);
    CHECK(r->store.pins_version == 0);
    CHECK(publish(r, 1, TWIN, OTHER) == OK && r->store.pins_version == 1);
    CHECK(publish(r, 1, ONE, OTHER) == REFUSED); /* not later */
    for (int i = 0; i < CERTS; i++)
        pki_free(&certs[i]);
    rig_free(r);
}

static void test_the_set_in_force_on_a_device_is_shown_as_its_newest_batch_says(void)
{
    static struct rig_sealed sealed;
    static struct answer answer;
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];
    const uint64_t taken_ms[] = {r->utc_ms - 120000, r->utc_ms - 30000,
        r->utc_ms - 60000}; /* the last one was held */
    uint8_t mem[16384];
    size_t len = 0;
    uint64_t next = 0;

    for (uint32_t i = 0; i < 3; i++) {
        struct batch *b = rig_batch(i, 5, taken_ms[i]);
        b->pins_version = i == 1 ? 7 : 0;
        rig_seal(r, d, b, &sealed);
        CHECK(rig_verdict(r, d, rig_send(r, d, &sealed), &answer) == OUTCOME_STORED);
    }
    CHECK(look_list_devices(&r->store, 0, ROOM_OF(mem), &len, &next) == OK);
    mem[len] = 0;
    CHECK(strstr((const char *)mem, "\"pins\":7") != NULL);
    CHECK(strstr((const char *)mem, "\"pins\":null")
        != NULL); /* the others say nothing */
    rig_free(r);
}

MAIN(TEST(test_a_set_that_a_device_could_not_rely_on_is_handed_out_to_nobody),
    TEST(test_the_set_in_force_on_a_device_is_shown_as_its_newest_batch_says))
