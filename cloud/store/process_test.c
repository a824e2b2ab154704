/* SPDX-License-Identifier: Apache-2.0 */
/* The doors of the running store over real sockets, all ends in this process. */
#include "cloud/store/process.h"

#include "cloud/store/devices.h"
#include "cloud/store/rig.h"
#include "tests/support/check.h"
#include "wire/release.h"

#include <sys/epoll.h>

struct stage {
    struct rig *rig; /* its database, its devices that seal */
    struct store_process p;
    int gate, view, admin, keys;
    uint8_t in[TALK_HEAD_LEN + LIMIT_TALK_BODY], out[LIMIT_TALK_BODY];
    int keys_listen;
};

static void stop(void *ctx)
{
    loop_stop(((struct stage *)ctx)->p.loop);
}

/* Let the store do what it has to do. */
static void turn(struct stage *s, uint64_t ms)
{
    rig_must(loop_after(s->p.loop, ms, stop, s));
    rig_must(loop_run(s->p.loop));
}

static size_t listen_at(struct stage *s, const char *name, char path[PLACE_MAX],
    enum door_end end, enum status (*heard)(void *, uint64_t, uint16_t, struct bytes))
{
    size_t number;
    snprintf(path, PLACE_MAX, "%.40s.%s", s->rig->path, name);
    struct hub_port port = {.path = path,
        .end = end,
        .uids = {getuid()},
        .uid_count = 1,
        .heard = heard,
        .ctx = &s->p};
    rig_must(hub_listen(s->p.hub, &port, &number));
    return number;
}

static struct stage *stage_new(void)
{
    struct stage *s = calloc(1, sizeof *s);
    size_t number;
    struct store_process *p = &s->p;
    const struct group_ports ports = {
        p, store_answer, store_ask, store_first, store_bury, store_renew};

    s->rig = rig_new();
    p->log = s->rig->log;
    p->store = s->rig->store; /* the process takes the rig's store over */
    p->store.log = &p->log;
    const struct attester_ports attest = {p, store_attested, store_ask_attest};
    rig_must(group_new(&p->group, &p->store, &ports));
    rig_must(attester_new(&p->attester, &p->store, &attest));
    rig_must(loop_new(&p->loop));
    rig_must(hub_new(&p->hub, p->loop, &p->log));
    rig_must(worker_new(&p->worker));
    people_init(&p->people, &p->store);
    snprintf(p->folder, PLACE_MAX, "%s", s->rig->path);
    *strrchr(p->folder, '/') = 0;
    bundles_init(&p->bundles, p->folder);
    rig_must(loop_watch(p->loop, worker_fd(p->worker), EPOLLIN, store_worker_done, p));
    p->gates = listen_at(s, "gate", p->from_gate, STORE_FROM_GATE, store_from_gate);
    listen_at(s, "view", p->from_view, STORE_FROM_VIEW, store_from_view);
    listen_at(s, "admin", p->from_admin, STORE_FROM_ADMIN, store_from_admin);
    snprintf(p->to_keys, PLACE_MAX, "%.40s.keys", s->rig->path);
    rig_must(talk_listen(p->to_keys, &s->keys_listen));
    struct hub_port to_keys = {.path = p->to_keys,
        .end = STORE_FROM_KEYS,
        .heard = store_from_keys,
        .up = store_keys_up,
        .gone = store_keys_gone,
        .ctx = p};
    rig_must(hub_dial(p->hub, &to_keys, &number));
    rig_must(talk_connect(p->from_gate, &s->gate));
    rig_must(talk_connect(p->from_view, &s->view));
    rig_must(talk_connect(p->from_admin, &s->admin));
    turn(s, 5);
    uid_t me = getuid();
    rig_must(talk_accept(s->keys_listen, &me, 1, &s->keys, &me));
    return s;
}

static void stage_free(struct stage *s)
{
    struct store_process *p = &s->p;
    int fds[] = {s->gate, s->view, s->admin, s->keys, s->keys_listen};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    bundles_close(&p->bundles);
    worker_free(p->worker);
    group_free(p->group);
    attester_free(p->attester);
    hub_free(p->hub);
    loop_free(p->loop);
    unlink(p->from_gate);
    unlink(p->from_view);
    unlink(p->from_admin);
    unlink(p->to_keys);
    s->rig->store.db = p->store.db;
    rig_free(s->rig);
    free(s);
}

/* false: nothing came within two seconds, or the store closed the connection. */
static bool hear(
    struct stage *s, int fd, enum door_end end, uint16_t *door, struct bytes *body)
{
    size_t count;
    const struct talk_door *doors = doors_heard(end, &count);
    for (int i = 0; i < 400; i++) {
        enum status st = talk_recv(fd, doors, count, ROOM_OF(s->in), door, body);
        if (st == OK)
            return true;
        if (st != AGAIN)
            return false;
        turn(s, 5);
    }
    return false;
}

static bool ask(struct stage *s, int fd, enum door door, struct bytes body,
    enum door_end end, enum door expected, struct bytes *answer)
{
    uint16_t got = 0;
    return talk_send(fd, (uint16_t)door, body) == OK && hear(s, fd, end, &got, answer)
        && got == expected;
}

static enum status ask_done(
    struct stage *s, int fd, enum door_end end, enum door door, struct bytes b)
{
    struct bytes answer;
    uint8_t value = BROKEN;
    if (!ask(s, fd, door, b, end, DOOR_DONE, &answer)
        || door_done_parse(answer, &value) != OK)
        return BROKEN;
    return (enum status)value;
}

/* The four doors of view, with this token: their statuses. */
static void view_all(struct stage *s, const struct session_token *t, enum status got[3])
{
    static struct door_device_list list;
    static struct door_trend_points points;
    static struct door_gap_list gaps;
    struct bytes a;
    struct door_devices devices = {.token = *t};
    struct door_span span = {.token = *t,
        .device = s->rig->devices[0].kid.device,
        .to_utc_ms = 2000000000000,
        .points = 10};

    CHECK(ask(s, s->view, DOOR_DEVICES, door_devices_build(&devices, ROOM_OF(s->out)),
        VIEW_FROM_STORE, DOOR_DEVICE_LIST, &a));
    CHECK(door_device_list_parse(a, &list) == OK);
    got[0] = list.status;
    CHECK(ask(s, s->view, DOOR_TREND, door_trend_build(&span, ROOM_OF(s->out)),
        VIEW_FROM_STORE, DOOR_TREND_POINTS, &a));
    CHECK(door_trend_points_parse(a, &points) == OK);
    got[1] = points.status;
    CHECK(ask(s, s->view, DOOR_GAPS, door_gaps_build(&span, ROOM_OF(s->out)),
        VIEW_FROM_STORE, DOOR_GAP_LIST, &a));
    CHECK(door_gap_list_parse(a, &gaps) == OK);
    got[2] = gaps.status;
    if (list.status != OK)
        CHECK(list.count == 0 && points.count == 0 && gaps.count == 0);
    else
        CHECK(list.count == RIG_DEVICES);
}

static void test_every_door_of_view_asks_for_the_session(void)
{
    struct stage *s = stage_new();
    struct door_sign_in who = {"nurse", "correct horse"};
    struct door_signed_in in;
    struct session_token none = {{0}};
    enum status got[3];
    struct bytes a;

    CHECK(ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_USER_ADD,
              door_sign_in_build(&who, ROOM_OF(s->out)))
        == OK);
    view_all(s, &none, got);
    for (int i = 0; i < 3; i++)
        CHECK(got[i] == REFUSED);
    CHECK(ask(s, s->view, DOOR_SIGN_IN, door_sign_in_build(&who, ROOM_OF(s->out)),
        VIEW_FROM_STORE, DOOR_SIGNED_IN, &a));
    CHECK(door_signed_in_parse(a, &in) == OK && in.status == OK);
    view_all(s, &in.token, got);
    for (int i = 0; i < 3; i++)
        CHECK(got[i] == OK);
    CHECK(ask_done(s, s->view, VIEW_FROM_STORE, DOOR_SIGN_OUT,
              door_token_build(&in.token, ROOM_OF(s->out)))
        == OK);
    view_all(s, &in.token, got);
    for (int i = 0; i < 3; i++)
        CHECK(got[i] == REFUSED);
    who.password[0] = 'C';
    CHECK(ask(s, s->view, DOOR_SIGN_IN, door_sign_in_build(&who, ROOM_OF(s->out)),
        VIEW_FROM_STORE, DOOR_SIGNED_IN, &a));
    CHECK(door_signed_in_parse(a, &in) == OK && in.status == REFUSED);
    CHECK(group_commit(s->p.group) == OK);
    s->rig->store.db = s->p.store.db;
    CHECK(rig_count(s->rig, "SELECT sum(count) FROM event WHERE code = 'auth.session'")
        == 6);
    CHECK(rig_count(s->rig, "SELECT sum(count) FROM event WHERE code = 'auth.password'")
        == 1);
    stage_free(s);
}

static void test_a_door_of_another_role_ends_the_connection(void)
{
    static const struct {
        const char *what;
        int from; /* 0 gate, 1 view */
        enum door door;
        size_t len;
    } rows[] = {
        {"gate revokes", 0, DOOR_DEVICE_REVOKE, 16},
        {"gate reads devices", 0, DOOR_DEVICES, 36},
        {"view adds a user", 1, DOOR_USER_ADD, 20},
        {"view ingests", 1, DOOR_INGEST, 60},
        {"view lists events", 1, DOOR_LIST_EVENTS, 8},
        {"gate sends a short ingest", 0, DOOR_INGEST, 52},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage *s = stage_new();
        uint16_t door;
        struct bytes body;
        int fd = rows[i].from ? s->view : s->gate;
        memset(s->out, 1, sizeof s->out);
        CHECK(talk_send(fd, (uint16_t)rows[i].door, (struct bytes){s->out, rows[i].len})
            == OK);
        CHECK(!hear(
            s, fd, rows[i].from ? VIEW_FROM_STORE : GATE_FROM_STORE, &door, &body));
        turn(s, 5);
        CHECK(talk_send(fd, DOOR_ADMIT, (struct bytes){s->out, 20}) == BROKEN);
        stage_free(s);
    }
}

static void answer_key(struct stage *s)
{
    const struct rig_device *d = &s->rig->devices[0];
    uint16_t door = 0;
    struct bytes body;
    struct door_key key = {.found = true};

    CHECK(hear(s, s->keys, KEYS_FROM_STORE, &door, &body));
    if (door == DOOR_EPOCH_KEY) {
        struct door_epoch e;
        CHECK(door_epoch_parse(body, &e) == OK);
        rig_must(epoch_key(
            rig_crypto(s->rig), &s->rig->s, &e.kid, &d->up, &e.epoch, &key.key));
    } else {
        CHECK(door == DOOR_DOWN_KEY);
        key.key = d->down;
    }
    CHECK(talk_send(s->keys, DOOR_KEY, door_key_build(&key, ROOM_OF(s->out))) == OK);
}

static void test_batch_goes_gate_store_keys_and_back_and_its_generation_is_confirmed(
    void)
{
    struct stage *s = stage_new();
    struct rig_device *d = &s->rig->devices[0];
    static struct rig_sealed sealed;
    struct door_ingest head = {77, d->kid.device, d->kid.device, rig_nonce(77), 0, 0};
    struct door_ingested back;
    struct bytes body, answer;
    struct answer opened;
    uint16_t door = 0;
    uint8_t one[1];

    rig_seal(s->rig, d, rig_batch(4, 30, s->rig->utc_ms), &sealed);
    struct bytes b = door_ingest_build(
        &head, (struct bytes){sealed.bytes, sealed.len}, ROOM_OF(s->out));
    CHECK(talk_send(s->gate, DOOR_INGEST, b) == OK);
    answer_key(s);
    answer_key(s);
    CHECK(hear(s, s->gate, GATE_FROM_STORE, &door, &body) && door == DOOR_INGESTED);
    CHECK(door_ingested_parse(body, &back, &answer) == OK);
    CHECK(back.ticket == 77 && back.http_status == 200);
    struct rig_answer kept = {77, 200, 0, answer.len, {0}};
    memcpy(kept.sealed, answer.at, answer.len);
    CHECK(rig_verdict(s->rig, d, &kept, &opened) == OUTCOME_STORED);
    CHECK(opened.verdicts[0].seq == 4);
    CHECK(hear(s, s->keys, KEYS_FROM_STORE, &door, &body) && door == DOOR_FIRST_BATCH);
    CHECK(talk_send(s->keys, DOOR_DONE, door_done_build(OK, ROOM_OF(one))) == OK);
    turn(s, 30);
    s->rig->store.db = s->p.store.db;
    CHECK(rig_count(s->rig, "SELECT sum(told_first) FROM device") == 1);
    stage_free(s);
}

static bool attest(struct stage *s, const struct rig_device *d, struct bytes said)
{
    const struct door_attest head = {
        .ticket = 5, .peer = d->kid.device, .path = d->kid.device, .connection = 1};

    return talk_send(
               s->gate, DOOR_ATTEST, door_attest_build(&head, said, ROOM_OF(s->out)))
        == OK;
}

static uint16_t attested(struct stage *s, struct bytes *asked)
{
    struct door_attested back = {0};
    struct bytes body;
    uint16_t door = 0;

    CHECK(hear(s, s->gate, GATE_FROM_STORE, &door, &body) && door == DOOR_ATTESTED);
    CHECK(door_attested_parse(body, &back, asked) == OK && back.ticket == 5);
    return back.http_status;
}

static const struct attest_quote a_quote = {.said = {(const uint8_t *)"said", 4},
    .signature = {(const uint8_t *)"signature", 9}};

static void test_attestation_goes_gate_store_keys_and_back(void)
{
    struct stage *s = stage_new();
    const struct rig_device *d = &s->rig->devices[0];
    const struct door_attest_key none = {.found = false};
    uint8_t text[ATTEST_QUOTE_MAX];
    struct bytes body, asked;
    struct kid kid;
    uint16_t door = 0;

    CHECK(attest(s, d, (struct bytes){0}) && attested(s, &asked) == 204);
    s->p.store.require_tpm = true;
    s->p.store.boots.registers = 1u << 11;
    CHECK(attest(s, d, (struct bytes){0}) && attested(s, &asked) == 200);
    CHECK(asked.len == ATTEST_ASK_LEN);
    CHECK(attest(s, d, attest_quote_build(&a_quote, ROOM_OF(text))));
    CHECK(hear(s, s->keys, KEYS_FROM_STORE, &door, &body) && door == DOOR_ATTEST_KEY);
    CHECK(door_kid_parse(body, &kid) == OK && kid.generation == 1
        && memcmp(&kid.device, &d->kid.device, sizeof kid.device) == 0);
    body = door_attest_key_build(&none, ROOM_OF(s->out));
    CHECK(talk_send(s->keys, DOOR_ATTEST_KEY_IS, body) == OK);
    CHECK(attested(s, &asked) == 403 && asked.len == 0);
    turn(s, 30);
    s->rig->store.db = s->p.store.db;
    CHECK(rig_count(s->rig, "SELECT count(*) FROM event WHERE code = 'attest.unknown'")
        == 1);
    stage_free(s);
}

static enum status tell(struct stage *s, enum reason reason, const struct rig_device *d)
{
    struct door_enrol_said v = {reason, true, true, d->kid.device};
    return talk_send(
        s->keys, DOOR_ENROL_SAID, door_enrol_said_build(&v, ROOM_OF(s->out)));
}

/* Req: HF-TPM-016 "shall be an event with its reason" */
static void test_what_keys_tells_of_an_enrolment_disturbs_no_answer_it_owes(void)
{
    static const struct door_attest_key none;
    struct stage *s = stage_new();
    struct rig_device *d = &s->rig->devices[0];
    uint8_t text[ATTEST_QUOTE_MAX];
    struct bytes asked, body;
    uint16_t door = 0;

    s->p.store.require_tpm = true;
    s->p.store.boots.registers = 1u << 11;
    CHECK(attest(s, d, (struct bytes){0}) && attested(s, &asked) == 200);
    CHECK(attest(s, d, attest_quote_build(&a_quote, ROOM_OF(text))));
    CHECK(hear(s, s->keys, KEYS_FROM_STORE, &door, &body) && door == DOOR_ATTEST_KEY);
    CHECK(tell(s, REASON_ATTEST_MAKER, &s->rig->devices[1]) == OK);
    body = door_attest_key_build(&none, ROOM_OF(s->out));
    CHECK(talk_send(s->keys, DOOR_ATTEST_KEY_IS, body) == OK);
    CHECK(attested(s, &asked) == 403);
    turn(s, 30);
    s->rig->store.db = s->p.store.db;
    CHECK(rig_count(s->rig, "SELECT count(*) FROM event WHERE code = 'attest.unknown'")
        == 1);
    CHECK(rig_count(s->rig, "SELECT count(*) FROM event WHERE code = 'attest.maker'")
        == 1);
    CHECK(rig_count(s->rig, "SELECT count(*) FROM device WHERE attest = 'maker'") == 1);
    /* what is no news of an enrolment ends the connection */
    CHECK(tell(s, REASON_DEVICE_REVOKED, d) == OK);
    CHECK(!hear(s, s->keys, KEYS_FROM_STORE, &door, &body));
    CHECK(rig_count(s->rig, "SELECT count(*) FROM event WHERE code = 'device.revoked'")
        == 0);
    stage_free(s);
}

static void test_revocation_tells_gates_and_keys_and_keys_again_until_it_confirms(void)
{
    struct stage *s = stage_new();
    struct rig_device *d = &s->rig->devices[0];
    uint16_t door = 0;
    struct bytes body;
    uid_t me = getuid();
    uint8_t one[1];

    CHECK(ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_DEVICE_REVOKE,
              BYTES_OF(d->kid.device.b))
        == OK);
    CHECK(hear(s, s->gate, GATE_FROM_STORE, &door, &body) && door == DOOR_CLOSE_DEVICE);
    CHECK(memcmp(body.at, d->kid.device.b, 16) == 0);
    CHECK(hear(s, s->keys, KEYS_FROM_STORE, &door, &body) && door == DOOR_TOMBSTONE);
    close(s->keys); /* keys dies before it has confirmed */
    s->keys = -1;
    for (int i = 0; i < 100 && s->keys < 0; i++) {
        turn(s, 10);
        if (talk_accept(s->keys_listen, &me, 1, &s->keys, &me) != OK)
            s->keys = -1;
    }
    CHECK(hear(s, s->keys, KEYS_FROM_STORE, &door, &body) && door == DOOR_TOMBSTONE);
    CHECK(talk_send(s->keys, DOOR_DONE, door_done_build(OK, ROOM_OF(one))) == OK);
    turn(s, 30);
    s->rig->store.db = s->p.store.db;
    CHECK(rig_count(s->rig, "SELECT sum(told_grave) FROM device") == 1);
    struct door_admit admit = {5, d->kid.device};
    struct door_admitted admitted = {0, true};
    CHECK(ask(s, s->gate, DOOR_ADMIT, door_admit_build(&admit, ROOM_OF(s->out)),
        GATE_FROM_STORE, DOOR_ADMITTED, &body));
    CHECK(door_admitted_parse(body, &admitted) == OK && !admitted.admitted);
    CHECK(ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_DEVICE_REVOKE,
              BYTES_OF(d->kid.device.b))
        == REFUSED);
    stage_free(s);
}

static void test_answer_of_keys_that_nobody_asked_for_ends_the_connection(void)
{
    struct stage *s = stage_new();
    struct door_key key = {.found = true, .key = {{1}}};
    uint16_t door;
    struct bytes body;

    CHECK(talk_send(s->keys, DOOR_KEY, door_key_build(&key, ROOM_OF(s->out))) == OK);
    CHECK(!hear(s, s->keys, KEYS_FROM_STORE, &door, &body));
    stage_free(s);
}

/* Signed by nobody: the store does not judge that, devices do. */
static struct bytes a_release(uint16_t patch, uint8_t room[LIMIT_RELEASE])
{
    static const struct signature nobodys = {{7}};
    struct release r = {.product = "holdfast-oximeter",
        .version = {1, 0, patch},
        .bundle_len = 100,
        .bundle_digest = {{0xab, 0xcd, 0, 0, 0, 0, 0, (uint8_t)patch, 0xff}},
        .part_count = 1};
    uint8_t payload[SIGN1_PAYLOAD_MAX];

    r.parts[0].len = 10;
    return release_build(release_payload_build(&r, ROOM_OF(payload)), &nobodys,
        (struct room){room, LIMIT_RELEASE});
}

static enum status roll(
    struct stage *s, uint64_t release, uint8_t percent, bool stopped)
{
    struct door_release_roll ask = {release, percent, stopped};

    return ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_RELEASE_ROLL,
        door_release_roll_build(&ask, ROOM_OF(s->out)));
}

static enum status end_class(struct stage *s, const char *product)
{
    struct door_class_end wish = {{0}};
    struct door_class_ended got = {.status = BROKEN};
    struct bytes answer;

    (void)snprintf(wish.product, sizeof wish.product, "%s", product);
    if (!ask(s, s->admin, DOOR_CLASS_END, door_class_end_build(&wish, ROOM_OF(s->out)),
            ADMIN_FROM_STORE, DOOR_CLASS_ENDED, &answer))
        return BROKEN;
    return door_class_ended_parse(answer, &got) == OK ? got.status : BROKEN;
}

static enum status put(struct stage *s, int admin, uint32_t number)
{
    static const uint8_t piece[100];
    struct door_bundle head = {number};

    return ask_done(s, admin, ADMIN_FROM_STORE, DOOR_BUNDLE_PUT,
        door_bundle_build(&head, BYTES_OF(piece), ROOM_OF(s->out)));
}

/* Rows of this reason whose request says exactly this and then who asked. */
static uint64_t told(struct stage *s, const char *code, const char *what)
{
    char sql[256];

    s->rig->store.db = s->p.store.db;
    (void)snprintf(sql, sizeof sql,
        "SELECT count(*) FROM event WHERE code = '%s' AND device IS NULL"
        " AND request = '%suid %u'",
        code, what, (unsigned)getuid());
    return rig_count(s->rig, sql);
}

static uint64_t told_in_all(struct stage *s)
{
    return rig_count(
        s->rig, "SELECT sum(count) FROM event WHERE code LIKE 'release.%'");
}

/* Req: HF-UPD-018 "Each act of an administrator on a release" */
static void test_every_act_on_a_release_is_told_once_with_what_and_who(void)
{
    struct stage *s = stage_new();
    uint8_t one[LIMIT_RELEASE];

    CHECK(ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_RELEASE_ADD, a_release(1, one))
        == OK);
    CHECK(roll(s, 1, 25, false) == OK && roll(s, 1, 0, true) == OK);
    CHECK(told(s, "release.added", "release 1 bundle abcd000000000001 ") == 1);
    CHECK(told(s, "release.rolled_out", "release 1 bundle abcd000000000001 percent 25 ")
        == 1);
    CHECK(told(s, "release.stopped", "release 1 bundle abcd000000000001 ") == 1);
    CHECK(end_class(s, "holdfast-oximeter") == OK);
    CHECK(told(s, "release.ended", "class holdfast-oximeter ") == 1);
    CHECK(told_in_all(s) == 4);
    stage_free(s);
}

/* Req: HF-UPD-018 "one that is refused with its cause" */
static void test_every_refused_act_on_a_release_is_told_once_with_its_cause(void)
{
    struct stage *s = stage_new();
    uint8_t one[LIMIT_RELEASE], two[LIMIT_RELEASE];
    int other = -1;

    struct bytes first = a_release(1, one), second = a_release(2, two);
    CHECK(ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_RELEASE_ADD, first) == OK);
    CHECK(ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_RELEASE_ADD, second) == OK);
    CHECK(ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_RELEASE_ADD, first) == REFUSED);
    CHECK(told(s, "release.older", "bundle abcd000000000001 ") == 1);
    CHECK(ask_done(
              s, s->admin, ADMIN_FROM_STORE, DOOR_RELEASE_ADD, (struct bytes){one, 20})
        == REFUSED);
    CHECK(told(s, "release.malformed", "") == 1);
    CHECK(roll(s, 3, 10, false) == REFUSED && roll(s, 1, 10, false) == REFUSED);
    CHECK(told(s, "release.unknown", "release 3 percent 10 ") == 1);
    CHECK(told(s, "release.superseded", "release 1 bundle abcd000000000001 percent 10 ")
        == 1);
    CHECK(put(s, s->admin, 0) == OK);
    rig_must(talk_connect(s->p.from_admin, &other));
    CHECK(put(s, other, 0) == AGAIN && told(s, "release.busy", "") == 1);
    CHECK(put(s, s->admin, 7) == REFUSED && told(s, "release.bundle", "") == 1);
    CHECK(put(s, s->admin, 0) == OK);
    CHECK(ask_done(s, s->admin, ADMIN_FROM_STORE, DOOR_BUNDLE_KEEP, second) == REFUSED);
    CHECK(told(s, "release.bundle", "bundle abcd000000000002 ") == 1);
    CHECK(roll(s, 2, 1, false) == OK && end_class(s, "holdfast-oximeter") == REFUSED);
    CHECK(told(s, "release.rolling", "class holdfast-oximeter ") == 1);
    CHECK(end_class(s, "no-such") == REFUSED && end_class(s, "No") == REFUSED);
    CHECK(told(s, "release.unknown", "class no-such ") == 1);
    CHECK(told(s, "release.unknown", "") == 1); /* what is no class is not repeated */
    CHECK(roll(s, 2, 0, true) == OK && end_class(s, "holdfast-oximeter") == OK);
    CHECK(roll(s, 2, 10, false) == REFUSED);
    CHECK(
        told(s, "release.class", "release 2 bundle abcd000000000002 percent 10 ") == 1);
    CHECK(told_in_all(s) == 2 + 7 + 1 + 1 + 2 + 2 + 1);
    CHECK(rig_count(s->rig, "SELECT count(*) FROM release WHERE percent > 0") == 0);
    close(other);
    stage_free(s);
}

MAIN(TEST(test_every_door_of_view_asks_for_the_session),
    TEST(test_a_door_of_another_role_ends_the_connection),
    TEST(test_batch_goes_gate_store_keys_and_back_and_its_generation_is_confirmed),
    TEST(test_attestation_goes_gate_store_keys_and_back),
    TEST(test_what_keys_tells_of_an_enrolment_disturbs_no_answer_it_owes),
    TEST(test_revocation_tells_gates_and_keys_and_keys_again_until_it_confirms),
    TEST(test_answer_of_keys_that_nobody_asked_for_ends_the_connection),
    TEST(test_every_act_on_a_release_is_told_once_with_what_and_who),
    TEST(test_every_refused_act_on_a_release_is_told_once_with_its_cause))
