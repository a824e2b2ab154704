/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct packet *packet_new(size_t len)
{
    struct packet *p = calloc(1, sizeof *p + len);
    assert(p != NULL);
    p->len = len;
    return p;
}

static struct packet *copy_of(const struct packet *p)
{
    struct packet *q = packet_new(p->len);
    memcpy(q, p, sizeof *p + p->len);
    return q;
}

static uint32_t trip_ms(struct world *w)
{
    return w->h.delay_ms + draw_below(&w->draw, w->h.jitter_ms + 1);
}

/* Send a packet on its way; the network may lose it, double it, or keep it for hours. */
static void carry(struct world *w, enum moment_kind kind, struct packet *p)
{
    p->sent_ms = w->now_ms;
    if (!w->healed && draw_one_in(&w->draw, w->h.late))
        world_later(w, 60000 + draw_below(&w->draw, 4 * 3600000), kind, p->device,
            p->connection, copy_of(p));
    if (!w->healed && draw_one_in(&w->draw, w->h.twice))
        world_later(w, trip_ms(w) * 3, kind, p->device, p->connection, copy_of(p));
    if (w->partition || (!w->healed && draw_one_in(&w->draw, w->h.loss))) {
        free(p);
        return;
    }
    world_later(w, trip_ms(w), kind, p->device, p->connection, p);
}

/* ---- courier ---- */

static void hand_back(struct actor *a)
{
    if (a->holding)
        outbox_unanswered(&a->st.outbox, &a->nonce);
    a->holding = false;
    a->flight.open = false;
}

static bool take_next(struct actor *a)
{
    struct station *st = &a->st;

    if (a->holding)
        return true;
    enum status s = outbox_next(&st->outbox, ROOM_OF(a->envelope), &a->len, &a->nonce);
    world_power(a);
    if (s != OK || !a->alive)
        return false;
    struct outbox_sent is = {.seq = UINT32_MAX};
    for (size_t i = 0; i < OUTBOX_FLIGHTS; i++)
        if (st->outbox.flights[i].used
            && memcmp(&st->outbox.flights[i].nonce.nonce, &a->nonce, sizeof a->nonce)
                == 0)
            is = st->outbox.flights[i].sent;
    a->holding = true;
    a->flight = (struct flight){
        .open = true, .nonce = a->nonce, .is = is, .drawn_ms = a->world->now_ms};
    watch_sent(a, &is);
    return true;
}

static void dial(struct actor *a)
{
    struct world *w = a->world;

    a->connection++;
    if (w->partition || (!w->healed && draw_one_in(&w->draw, w->h.loss)))
        world_later(w, 500 + draw_below(&w->draw, 9000), AT_GONE, a->number,
            a->connection, NULL);
    else
        world_later(w, trip_ms(w), pins_handshake(a) ? AT_SECURED : AT_GONE, a->number,
            a->connection, NULL);
}

/* Two round trips: what is asked, and what the TPM says. */
static void prove(struct actor *a)
{
    struct world *w = a->world;

    if (w->partition || (!w->healed && draw_one_in(&w->proof_draw, w->h.loss)))
        return; /* never answered: the table's timer ends it */
    uint64_t trips_ms =
        2 * w->h.delay_ms + draw_below(&w->proof_draw, 2 * w->h.jitter_ms + 1);
    world_later(w, trips_ms, AT_PROVED, a->number, a->connection, NULL);
}

void courier_proved(struct actor *a)
{
    struct world *w = a->world;

    if (!w->healed && draw_one_in(&w->proof_draw, w->h.refuse)) {
        w->reached[REACHED_PROOF_REFUSED]++;
        courier_step(a, UPLINK_DENIED, 0);
        return;
    }
    w->proof_taken[a->number] = w->proof_known[a->number] = a->connection;
    courier_step(a, UPLINK_SECURED, 0);
}

static void send(struct actor *a)
{
    if (!take_next(a)) { /* nothing any more: as good as answered */
        if (a->alive)
            courier_step(a, UPLINK_REPLIED, 0);
        return;
    }
    struct packet *p = packet_new(a->len);
    p->device = a->number;
    p->connection = a->connection;
    p->nonce = a->nonce;
    memcpy(p->bytes, a->envelope, a->len);
    carry(a->world, AT_UP, p);
}

void courier_step(struct actor *a, enum uplink_event ev, uint32_t retry_after_s)
{
    uint32_t random = (uint32_t)draw_u64(&a->world->draw);

    switch (uplink_step(&a->up, ev, a->st.mono_ms, retry_after_s, random)) {
    case UPLINK_NOTHING: break;
    case UPLINK_DIAL: dial(a); break;
    case UPLINK_ATTEST: prove(a); break;
    case UPLINK_SEND: send(a); break;
    case UPLINK_HANG_UP:
        a->connection++;
        hand_back(a);
        break;
    }
}

void courier_reset(struct actor *a)
{
    uplink_init(&a->up);
    a->connection++;
    a->holding = false;
    a->flight.open = false;
}

void courier_poll(struct actor *a)
{
    uint64_t due = uplink_due_ms(&a->up);

    if (due != 0 && a->st.mono_ms >= due)
        courier_step(a, UPLINK_TIMER, 0);
    if (a->alive && !a->holding && a->up.state != UPLINK_WAITING && take_next(a))
        courier_step(a, UPLINK_WANT, 0);
}

/* ---- network and gate ---- */

/* Somebody seals other content under the same identity, and is faster (a cloned device). */
static void clone_first(struct world *w, const struct packet *p)
{
    struct actor *a = w->actor[p->device];
    struct station *st = &a->st;
    static struct batch batch;
    static uint8_t plain[LIMIT_BATCH], envelope[LIMIT_ENVELOPE];
    struct outbox_sent is;
    struct digest digest;
    struct envelope e;
    size_t len;

    if (!a->alive
        || station_open(st, (struct bytes){p->bytes, p->len}, &batch, &is) != OK
        || envelope_parse(ENVELOPE_BATCH, (struct bytes){p->bytes, p->len}, &e) != OK
        || memcmp(&e.epoch, &st->outbox.sealer.epoch, sizeof e.epoch) != 0)
        return;
    struct promise *promise = ledger_find(&w->ledger, p->device, &is);
    if (promise == NULL || promise->stored || promise->acknowledged || promise->clone)
        return;
    struct sealer clone = st->outbox.sealer;
    clone.seals += 1u << 30;
    batch.lost_count = 0;
    batch.records[0].quality ^= 1;
    if (batch.records[0].quality > 100)
        batch.records[0].quality = 0;
    enum status s = batch_build(&batch, ROOM_OF(plain), &len);
    if (s == OK)
        s = seal_batch(&clone, st->crypto, (struct bytes){plain, len},
            ROOM_OF(envelope), &len, &digest);
    assert(s == OK);
    struct nonce nobody = {{0xee}};
    promise->clone = true;
    s = store_receive(
        &w->store, p->device, &nobody, UINT32_MAX, (struct bytes){envelope, len});
    assert(s == OK || s == FULL);
}

void network_commit_due(struct world *w)
{
    if (!w->commit_due)
        world_later(w, LIMIT_GROUP_COMMIT_MS, AT_COMMIT, 0, 0, NULL);
    w->commit_due = true;
}

/* The store takes batches of a device with a TPM only where it knows the connection's proof. */
static bool proved(struct world *w, const struct packet *p)
{
    if (!w->actor[p->device]->tpm)
        return true;
    if (p->connection > w->proof_taken[p->device])
        world_violated(w, "a batch on a connection that proved nothing", p->device, 0);
    if (p->connection == w->proof_known[p->device])
        return true;
    w->reached[REACHED_PROOF_FORGOTTEN]++;
    struct packet *q = packet_new(0);
    q->device = p->device;
    q->connection = p->connection;
    q->nonce = p->nonce;
    q->http = 401;
    carry(w, AT_DOWN, q);
    return false;
}

void network_up(struct world *w, struct packet *p)
{
    if (w->now_ms - p->sent_ms > 3600000)
        w->reached[REACHED_HOURS_LATE]++;
    if (w->partition || !w->store_up) {
        world_later(w, trip_ms(w), AT_GONE, p->device, p->connection, NULL);
        return;
    }
    if (!proved(w, p))
        return;
    w->store.utc_ms = world_utc_ms(w);
    if (!w->healed && draw_one_in(&w->draw, w->h.clone))
        clone_first(w, p);
    if (store_receive(&w->store, p->device, &p->nonce, p->connection,
            (struct bytes){p->bytes, p->len})
        != OK)
        return; /* too busy: nothing is said */
    network_commit_due(w);
}

static void put_config(struct world *w, struct answer *a)
{
    if (w->config_version == 0 || draw_one_in(&w->draw, 3))
        return;
    uint32_t version = w->config_version;
    if (!w->healed && draw_one_in(&w->draw, 10))
        version--; /* it does not rise */
    if (version == 0)
        return;
    a->has_config = true;
    a->config = (struct config){.version = version,
        .batch_s = (uint8_t)(10 + version * 7 % 51),
        .ward = "Ward",
        .time_zone = "UTC",
        .has_assignment = true,
        .assignment = {.set = version % 2, .b = {(uint8_t)(version % 2 * version)}}};
}

static void put_pins(struct world *w, uint8_t device, struct answer *a)
{
    struct bytes set = pins_offer(w, device);

    a->pins_len = (uint16_t)set.len;
    if (set.len > 0)
        memcpy(a->pins, set.at, set.len);
}

/* What people have asked for rides in every answer until it is done. */
static void put_life(struct world *w, const struct store_reply *r, struct answer *a)
{
    const struct store_life *l = &w->store.safe[r->device];

    a->ends = l->ends;
    a->order = l->order;
    if (l->wanted <= l->generation)
        return;
    a->renew_to = l->wanted;
    a->m2_len = l->m2 ? 40 : 0;
    memset(a->m2, 0x5a, a->m2_len);
}

static enum status seal_under(struct world *w, const struct store_reply *r,
    const struct answer *a, struct room out, size_t *len)
{
    struct station *st = &w->actor[r->device]->st;
    uint8_t plain[LIMIT_ANSWER];
    struct kid kid = {st->kid.device, r->generation};
    struct key up, down;
    size_t plain_len = 0;

    life_keys(w->actor[r->device], r->generation, &up, &down);
    TRY(answer_build(a, ROOM_OF(plain), &plain_len));
    return seal_answer(st->crypto, &st->entropy, &kid, &down,
        (struct bytes){plain, plain_len}, out, len);
}

/* The store's answer as bytes, under the keys of the batch that it answers. */
static struct packet *sealed(struct world *w, const struct store_reply *r, bool lie)
{
    struct station *st = &w->actor[r->device]->st;
    uint8_t buf[LIMIT_ENVELOPE];
    size_t len = 0;

    struct answer a = station_answer(st, &r->nonce, &r->about, r->outcome);
    a.server_utc_ms = world_utc_ms(w);
    a.store = w->store.id;
    put_config(w, &a);
    put_life(w, r, &a);
    put_pins(w, r->device, &a);
    if (lie)
        switch (draw_below(&w->draw, 3)) {
        case 0: a.verdicts[0].digest.b[7] ^= 0x10; break;
        case 1: a.verdicts[0].digest = (struct digest){{0}}; break;
        default: a.verdicts[0].digest.b[0]++; break;
        }
    if (lie)
        a.verdicts[0].outcome = OUTCOME_STORED;
    enum status s = seal_under(w, r, &a, ROOM_OF(buf), &len);
    assert(s == OK);
    struct packet *p = packet_new(len);
    memcpy(p->bytes, buf, len);
    p->device = r->device;
    p->connection = r->connection;
    p->nonce = p->body_nonce = r->nonce;
    p->about = r->about;
    p->genuine = true;
    p->truthful = !lie;
    p->http = r->http;
    return p;
}

static void replace(struct packet **p, const void *bytes, size_t len)
{
    struct packet *q = packet_new(len);

    q->device = (*p)->device;
    q->connection = (*p)->connection;
    q->nonce = (*p)->nonce;
    q->http = 200;
    if (len > 0)
        memcpy(q->bytes, bytes, len);
    free(*p);
    *p = q;
}

/* What a gate that has fallen may do to an answer. */
static void lie_about(struct world *w, struct packet **p, const struct store_reply *r)
{
    static const char portal[] = "<html><body>Welcome to Guest-WiFi</body></html>";
    struct actor *a = w->actor[r->device];
    struct packet *old = a->old;

    switch (draw_below(&w->draw, 6)) {
    case 0:
        w->reached[REACHED_PORTAL]++;
        replace(p, portal, sizeof portal - 1);
        break;
    case 1:
        w->reached[REACHED_MANGLED]++;
        (*p)->bytes[draw_below(&w->draw, (uint32_t)(*p)->len)] ^=
            (uint8_t)(1u << draw_below(&w->draw, 8));
        (*p)->genuine = false;
        (*p)->http = 200;
        break;
    case 2: {
        struct store_reply other = *r;
        other.device = (uint8_t)((r->device + 1) % DEVICES);
        other.generation = w->actor[other.device]->life.generation;
        struct packet *q = sealed(w, &other, false);
        w->reached[REACHED_OTHER_DEVICE]++;
        replace(p, q->bytes, q->len);
        free(q);
        break;
    }
    case 3:
        w->reached[REACHED_OTHER_DIGEST]++;
        free(*p);
        *p = sealed(w, r, true);
        (*p)->http = 200;
        break;
    case 4: /* keep it back, to play it back */
        free(a->old);
        a->old = *p;
        *p = NULL;
        break;
    default:
        if (old == NULL)
            break;
        if (memcmp(&old->about, &r->about, sizeof r->about) == 0)
            w->reached[REACHED_OLD_ANSWER]++;
        struct packet *q = copy_of(old);
        q->nonce = r->nonce; /* courier hands it over as the answer to this one */
        q->connection = r->connection;
        q->http = 200;
        free(*p);
        *p = q;
        break;
    }
}

void network_answer(void *world, const struct store_reply *reply)
{
    struct world *w = world;

    if (reply->connection == UINT32_MAX || w->crash_after_commit)
        return;
    struct promise *promise = ledger_find(&w->ledger, reply->device, &reply->about);
    if (promise != NULL
        && (reply->outcome == OUTCOME_CONFLICT || reply->outcome == OUTCOME_SCHEMA))
        promise->refused = true;
    struct packet *p;
    if (reply->http == 200 || reply->http == 503) {
        p = sealed(w, reply, false);
        if (!w->healed && draw_one_in(&w->draw, w->h.lie))
            lie_about(w, &p, reply);
    } else {
        p = packet_new(0);
        p->device = reply->device;
        p->connection = reply->connection;
        p->nonce = reply->nonce;
        p->http = reply->http;
    }
    if (p == NULL)
        return;
    if (p->http == 503)
        p->retry_after_s =
            draw_one_in(&w->draw, 20) ? UINT32_MAX : draw_below(&w->draw, 120);
    carry(w, AT_DOWN, p);
}

void network_down(struct world *w, struct packet *p)
{
    struct actor *a = w->actor[p->device];

    if (!a->alive || w->partition)
        return;
    watch_answer(a, p);
    if (!a->alive || p->connection != a->connection || a->up.state != UPLINK_BUSY)
        return;
    bool counted = !a->flight.open;
    if (p->http != 200) {
        courier_step(a, UPLINK_DENIED, p->retry_after_s);
        return;
    }
    if (!counted)
        outbox_unanswered(&a->st.outbox, &a->nonce);
    a->holding = false;
    a->flight.open = false;
    courier_step(a, UPLINK_REPLIED, 0);
}
