/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process: the running store: its parts, its sockets, and who answers which door.
 *
 * Not here: set-up and confinement (store_role.c), what the doors do (the modules).
 */
#pragma once

#include "cloud/attest/policy_files.h"
#include "cloud/store/asks.h"
#include "cloud/store/attester.h"
#include "cloud/store/bundles.h"
#include "cloud/store/group.h"
#include "cloud/store/people.h"
#include "cloud/store/release_acts.h"
#include "cloud/store/worker.h"
#include "cloud/talk/hub.h"
#include "cloud/talk/life.h"
#include "cloud/talk/role.h"
#include "host/crypto.h"

struct store_process {
    const struct role_args *args;
    struct log log;
    struct loop *loop;
    struct life life;
    struct hub *hub;
    struct host_crypto *crypto;
    struct store store;
    struct group *group;
    struct attester *attester;
    struct known known;
    struct people people;
    struct worker *worker;
    struct asks asks;
    struct bundles bundles;
    uint64_t keys_peer; /* 0: keys is not there */
    size_t gates;       /* hub's number of the port that gates come to */
    bool commit_armed;
    char folder[PLACE_MAX], database[PLACE_MAX];
    char run[PLACE_MAX], keys_run[PLACE_MAX];
    char from_gate[PLACE_MAX], from_view[PLACE_MAX], from_admin[PLACE_MAX],
        to_keys[PLACE_MAX];
    uint8_t out[LIMIT_TALK_BODY];
};

/* The doors, as hub wants them; ctx is the process. */
enum status store_from_gate(void *ctx, uint64_t peer, uint16_t door, struct bytes body);
enum status store_from_view(void *ctx, uint64_t peer, uint16_t door, struct bytes body);
enum status store_from_admin(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body);
void store_admin_gone(void *ctx, uint64_t peer);
enum status store_from_keys(void *ctx, uint64_t peer, uint16_t door, struct bytes body);
void store_keys_up(void *ctx, uint64_t peer);
void store_keys_gone(void *ctx, uint64_t peer);
void store_worker_done(void *ctx, int fd, uint32_t events);

/* process_pieces.c */
enum status store_take_piece(struct store_process *p, uint64_t peer, struct bytes body);
enum status store_put_bundle(struct store_process *p, uint64_t peer, struct bytes body);
void store_trim_bundles(struct store_process *p);
enum status store_keep_bundle(
    struct store_process *p, uint64_t peer, struct bytes body);

/* Shared by the doors' files. */
bool store_ask(
    void *ctx, enum door door, const struct kid *kid, const struct epoch *epoch);
void store_first(void *ctx, const struct kid *kid);
void store_bury(
    void *ctx, const struct device_id *device); /* its row says so: all are told */
void store_renew(void *ctx, const struct kid *kid, const struct door_m1 *m1);
bool store_ask_attest(void *ctx, const struct kid *kid);
void store_attested(
    void *ctx, uint64_t gate, const struct door_attested *head, struct bytes asked);
void store_answer(
    void *ctx, uint64_t peer, const struct door_ingested *head, struct bytes sealed);
void store_arm(struct store_process *p); /* a commit within LIMIT_GROUP_COMMIT_MS */
/* Commit what is open, then begin a transaction of one's own. */
MUST_USE enum status store_begin_alone(struct store_process *p);
/* OK: commit; else roll back. What the act came to. */
MUST_USE enum status store_end_alone(struct store_process *p, enum status s);
/* What an act on a release came to, in the transaction that it began: kept, or undone and then told
 * with its cause. */
MUST_USE enum status store_end_act(
    struct store_process *p, enum status s, const struct release_act *act);
/* An act of this peer. */
struct release_act store_act_of(const struct store_process *p, uint64_t peer);
void store_send(
    struct store_process *p, uint64_t peer, enum door door, struct bytes body);
void store_send_done(struct store_process *p, uint64_t peer, enum status s);
