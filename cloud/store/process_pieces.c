/* SPDX-License-Identifier: Apache-2.0 */
/* The doors of bundles: pieces come in from the command line, and go out by gate. */
#include "cloud/store/events.h"
#include "cloud/store/process.h"
#include "cloud/store/releases.h"

enum { LATER_S = 1 };

static uint16_t status_of(enum status s)
{
    return s == OK ? 200 : s == REFUSED ? 404 : s == AGAIN ? 429 : 503;
}

static enum status give(
    struct store_process *p, const struct door_piece *ask, struct room out, size_t *len)
{
    if (!piece_rate_take(&p->bundles.rate, &ask->peer, store_mono_ms(&p->store)))
        return AGAIN;
    TRY(release_gives(&p->store, &ask->peer, &ask->bundle));
    return bundles_read(&p->bundles, &ask->bundle, ask->number, out, len);
}

/* One answer for all that is not offered: what there is, is told to nobody. */
enum status store_take_piece(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_piece ask;
    uint8_t piece[LIMIT_PIECE], out[LIMIT_PIECE + 8];
    size_t len = 0;

    TRY(door_piece_parse(body, &ask));
    enum status s = give(p, &ask, ROOM_OF(piece), &len);
    struct door_ingested head = {ask.ticket, status_of(s), s == AGAIN ? LATER_S : 0};
    if (s == REFUSED) {
        LOG(&p->log, LOG_REFUSE, REASON_UPDATE_FETCH, F_DEV(&ask.peer),
            F_NUM("piece", ask.number));
        if (db_begin(&p->store.db) == OK)
            (void)!event_add(
                &p->store, LOG_REFUSE, REASON_UPDATE_FETCH, &ask.peer, "piece");
    }
    store_send(p, peer, DOOR_PIECE_GIVEN,
        door_ingested_build(
            &head, (struct bytes){piece, s == OK ? len : 0}, ROOM_OF(out)));
    return OK;
}

enum status store_put_bundle(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_bundle head;
    struct bytes piece;

    TRY(door_bundle_parse(body, &head, &piece));
    const struct bundle_piece put = {
        peer, store_mono_ms(&p->store), head.number, piece};
    enum status s = bundles_put(&p->bundles, &put);
    if (s == AGAIN || s == REFUSED) {
        struct release_act act = store_act_of(p, peer);
        act.reason = s == AGAIN ? REASON_RELEASE_BUSY : REASON_RELEASE_BUNDLE;
        if (db_begin(&p->store.db) == OK)
            (void)!release_refused(&p->store, &act);
    }
    store_send_done(p, peer, s);
    return OK;
}

/* For a release that is new, or for the newest one, which came without its bundle. The file
 * first: a bundle of no release harms nothing, and goes with the next. */
static enum status keep(struct store_process *p, uint64_t peer, struct bytes statement,
    struct release_act *act)
{
    struct signed_release r;
    uint64_t number = 0;

    enum status s = release_add(&p->store, statement, act);
    if (s == REFUSED && act->reason == REASON_RELEASE_OLDER)
        s = release_is_newest(&p->store, statement, &number);
    TRY(s);
    TRY(release_parse(statement, &r));
    act->reason = REASON_RELEASE_BUNDLE;
    TRY(bundles_keep(&p->bundles, peer, &r.release));
    if (number != 0)
        act->release = number;
    return release_carried(&p->store, act);
}

/* Once what needs them is committed: a bundle of a newer release of its class has come, or will. */
void store_trim_bundles(struct store_process *p)
{
    if (releases_newest(&p->store) == OK)
        bundles_trim(&p->bundles, &p->store.newest);
}

void store_admin_gone(void *ctx, uint64_t peer)
{
    struct store_process *p = ctx;

    bundles_gone(&p->bundles, peer);
}

enum status store_keep_bundle(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct release_act act = store_act_of(p, peer);
    enum status s = store_begin_alone(p);

    if (s == OK)
        s = store_end_act(p, keep(p, peer, body, &act), &act);
    if (s == OK)
        store_trim_bundles(p);
    store_send_done(p, peer, s);
    return OK;
}
