/* SPDX-License-Identifier: Apache-2.0 */
/*
 * World: devices, a network that does its worst, and a store, in one process under one seed.
 *
 * Nothing here knows the time of day; the same seed is the same run. A run ends with the first
 * violation of an oracle (watch.c), or with none.
 */
#pragma once

#include "core/uplink/uplink.h"
#include "tests/sim/ledger.h"
#include "tests/sim/life.h"
#include "tests/sim/rotation.h"
#include "tests/sim/store.h"

enum { DEVICES = 2, RUNS_MAX = 256 };

enum reached {
#define REACHED(name, what) REACHED_##name,
#include "tests/sim/reached.def"
#undef REACHED
    REACHED_COUNT
};

struct packet { /* an envelope on its way up, or an answer on its way down */
    uint8_t device;
    uint32_t connection;
    uint64_t sent_ms;
    struct nonce nonce; /* of the transmission it is (said to be) about */
    uint16_t http;
    uint32_t retry_after_s;
    bool genuine;  /* the bytes are as the store sealed them, for this device */
    bool truthful; /* and speak of what was sent under body_nonce */
    struct nonce body_nonce;
    struct outbox_sent about;
    size_t len;
    uint8_t bytes[];
};

struct flight { /* what keeper should still believe an answer to */
    bool open;
    struct nonce nonce;
    struct outbox_sent is;
    uint64_t drawn_ms;
};

enum { MEASURE_HOLDS = 512 };

/* What measure knows: the readings that keeper has not said to be settled. It outlives keeper. */
struct measure {
    uint64_t run, next,
        kept; /* of the device; number of the next one; below it: settled */
    uint32_t first, count;
    struct reading held[MEASURE_HOLDS]; /* ring */
};

struct actor {
    struct world *world;
    uint8_t number;
    struct station st;
    bool powered;        /* measure runs */
    bool alive;          /* and so does keeper */
    uint32_t told_fault; /* of this start of keeper */
    long failed;         /* flash calls, as last looked */
    struct measure measure;
    uint64_t next;                    /* keeper's: number that is expected */
    uint64_t run_sealed, run_missing; /* readings of the device's run */
    uint32_t maybe_missing;           /* told to an outbox that could not say OK */
    uint64_t maybe_next;
    bool shown; /* readings of this run were shown, and not kept */
    uint64_t boot_ms, mono_base_ms;
    uint32_t run, period_ms, counter;
    uint64_t alarm_until_ms;

    struct uplink up;
    bool tpm; /* it proves what it is on each connection */
    uint32_t connection;
    bool holding;
    struct nonce nonce;
    size_t len;
    uint8_t envelope[LIMIT_ENVELOPE];
    struct flight flight;
    struct packet *old; /* a genuine answer that was kept back */

    struct life life;
    struct pins_held pins;
    uint32_t generation_of[RUNS_MAX];
    struct epoch epochs[RUNS_MAX];
    uint32_t taken, sealed; /* readings of this run */
    uint32_t drops;         /* told to outbox, and on flash when it said OK */
    uint32_t drops_maybe;   /* it did not: power was lost */
    uint32_t config_version;
    uint32_t twice_maybe;        /* the store has read it, and the device cannot know */
    uint32_t declared[RUNS_MAX]; /* by start count, as the store has opened */
    uint32_t first_open;         /* promises before this are done with */
    uint64_t answer_sealed_ms;   /* newest answer that counted */
    struct outbox_sent last_stored;
    bool synchronised, synchronised_at_end;
};

struct
    hazards { /* drawn for each seed; 0: never; else once in so many minutes or times */
    uint32_t loss, twice, late, delay_ms, jitter_ms;
    uint32_t cut, cut_again, drops, alarm;
    uint32_t crash, restore, partition, partition_min, refuse;
    uint32_t lie, clone, schema, not_now, config, step;
    uint32_t renew, end, copy;
    uint32_t rotate, pin_lie;
    uint32_t anew;
    uint32_t fault;
};

struct world {
    uint64_t seed, now_ms, order;
    struct draw draw;
    /* Streams of their own: what else is drawn does not hang on proofs, pins, new identities, faults. */
    struct draw proof_draw, pin_draw, anew_draw, fault_draw;
    struct hazards h;
    bool healed, trace, partition, store_up, crash_after_commit, commit_due;
    uint64_t partition_since_ms, not_now_until_ms;
    int64_t utc_step_ms;
    uint32_t config_version;
    struct actor *actor[DEVICES];
    struct copy copy[DEVICES];
    struct rotation rotation;
    uint32_t proof_taken[DEVICES],
        proof_known[DEVICES]; /* newest connection; 0: none */
    struct store store;
    struct ledger ledger;
    struct moment *heap;
    size_t heap_len, heap_cap;
    char violation[160]; /* "": none */
    uint64_t reached[REACHED_COUNT];
};

/* Run one seed; reached[] is added to. Empty text: no violation. */
const char *world_run(struct world *w, uint64_t seed, bool trace);
void world_free(struct world *w);

/* world.c */
enum moment_kind {
    AT_TAKE,
    AT_POLL,
    AT_SECURED,
    AT_PROVED,
    AT_GONE,
    AT_UP,
    AT_DOWN,
    AT_COMMIT,
    AT_MINUTE,
    AT_DEVICE_UP,
    AT_STORE_UP,
    AT_PARTITION_END,
    AT_LAST_READING,
    AT_ANEW,
};
void world_later(struct world *w, uint64_t in_ms, enum moment_kind kind, uint8_t device,
    uint32_t connection, struct packet *packet);
void world_violated(struct world *w, const char *what, uint8_t device, uint32_t seq);
void world_starts_anew(
    struct actor *a); /* keeper, after a write that may have been kept */
void world_power(
    struct actor *a); /* look whether power has gone, or flash has failed */
uint64_t world_utc_ms(const struct world *w);

/* courier.c: uplink and network */
void courier_poll(struct actor *a);
void courier_step(struct actor *a, enum uplink_event ev, uint32_t retry_after_s);
void courier_reset(struct actor *a);
void courier_proved(struct actor *a);
void network_up(struct world *w, struct packet *p);
void network_down(struct world *w, struct packet *p);
void network_commit_due(struct world *w);
void network_answer(void *world, const struct store_reply *reply);

/* watch.c: the oracles */
void watch_told(void *actor, const struct outbox_told *told);
void watch_opened(void *world, const struct store_row *row);
void watch_committed(void *world, const struct store_row *row);
void watch_restore(struct world *w);
void watch_suspected(void *world, uint8_t device);
void watch_changed(
    struct actor *a); /* new keys, a new epoch, in the same run of keeper */
/* Before the first start under another identity: what the journal holds of the one before. */
void watch_anew(struct actor *a);
void watch_boot(struct actor *a);
void watch_failed_start(struct actor *a);
void watch_stopped(struct actor *a);
void watch_sent(struct actor *a, const struct outbox_sent *is);
void watch_answer(struct actor *a, const struct packet *p); /* hands it to the outbox */
void watch_state(struct actor *a);
void watch_end(struct world *w);
