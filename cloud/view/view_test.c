/* SPDX-License-Identifier: Apache-2.0 */
/* A whole view between browsers' plain HTTP and a stand-in for store. */
#include "cloud/view/view.h"

#include "cloud/view/view_parse.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define HOST   "Host: localhost:9443\r\n"
#define OURS   "X-Holdfast: 1\r\n"
#define ORIGIN "Origin: https://localhost:9443\r\n"
#define HEX64  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define COOKIE "Cookie: __Host-session=" HEX64 "\r\n"
#define ID     "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0"
#define SPAN   "?device=" ID "&from=1&to=2"

enum order { ORDER_STOP = 'q', ORDER_GO = 'g', ORDER_RELEASE = 'e' };

struct stand_in { /* for store, in view's thread */
    struct hub *hub;
    uint64_t held_for; /* the peer whose sign-in is not answered yet */
    _Atomic unsigned sign_ins, data;
    _Atomic bool holds, refuses, delays;
};

struct scene {
    struct loop *loop;
    struct log log;
    struct hub *hub;
    struct view_process view;
    struct stand_in store;
    char folder[64], http[96], socket[96];
    int orders[2];
    pthread_t thread;
};

static enum status word_of(const struct stand_in *k)
{
    return k->refuses ? REFUSED : k->delays ? AGAIN : OK;
}

static void say_signed_in(struct stand_in *k, uint64_t peer)
{
    uint8_t out[64];
    struct door_signed_in a = {
        .status = word_of(k), .retry_after_s = k->delays ? 7 : 0};
    if (a.status == OK)
        memset(a.token.b, 0xab, sizeof a.token.b);
    (void)!hub_send(
        k->hub, peer, DOOR_SIGNED_IN, door_signed_in_build(&a, ROOM_OF(out)));
}

static enum status store_heard(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    static struct door_device_list devices;
    static struct door_trend_points points;
    static struct door_gap_list gaps;
    static uint8_t out[LIMIT_TALK_BODY];
    struct stand_in *k = ctx;
    struct room room = ROOM_OF(out);
    (void)body;

    if (door == DOOR_SIGN_IN) {
        k->sign_ins++;
        if (k->holds)
            k->held_for = peer;
        else
            say_signed_in(k, peer);
        return OK;
    }
    k->data++;
    devices = (struct door_device_list){.status = word_of(k), .now_utc_ms = 5};
    points = (struct door_trend_points){.status = word_of(k)};
    gaps = (struct door_gap_list){.status = word_of(k)};
    if (door == DOOR_SIGN_OUT)
        return hub_send(
            k->hub, peer, DOOR_DONE, door_done_build((uint8_t)word_of(k), room));
    if (door == DOOR_DEVICES)
        return hub_send(
            k->hub, peer, DOOR_DEVICE_LIST, door_device_list_build(&devices, room));
    if (door == DOOR_TREND)
        return hub_send(
            k->hub, peer, DOOR_TREND_POINTS, door_trend_points_build(&points, room));
    return hub_send(k->hub, peer, DOOR_GAP_LIST, door_gap_list_build(&gaps, room));
}

static void on_order(void *ctx, int fd, uint32_t events)
{
    struct scene *s = ctx;
    char c = 0;
    (void)events;

    if (read(fd, &c, 1) != 1)
        return;
    if (c == ORDER_STOP)
        loop_stop(s->loop);
    if (c == ORDER_GO) {
        hub_free(s->store.hub);
        s->store.hub = NULL;
        unlink(s->socket);
    }
    if (c == ORDER_RELEASE) {
        s->store.holds = false;
        say_signed_in(&s->store, s->store.held_for);
    }
}

static void order(struct scene *s, enum order o)
{
    char c = (char)o;
    CHECK(write(s->orders[1], &c, 1) == 1);
}

static void *run(void *ctx)
{
    struct scene *s = ctx;
    CHECK(loop_run(s->loop) == OK);
    return NULL;
}

static struct sockaddr_un at(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    return a;
}

static void start(struct scene *s)
{
    struct hub_port here = {.path = s->socket,
        .end = STORE_FROM_VIEW,
        .uids = {getuid()},
        .uid_count = 1,
        .heard = store_heard,
        .ctx = &s->store};
    struct hub_port there = {.path = s->socket,
        .end = VIEW_FROM_STORE,
        .heard = view_heard_store,
        .up = view_store_up,
        .gone = view_store_gone,
        .ctx = &s->view};
    struct sockaddr_un a = at(s->http);
    size_t number;

    CHECK(hub_new(&s->hub, s->loop, &s->log) == OK);
    CHECK(hub_new(&s->store.hub, s->loop, &s->log) == OK);
    CHECK(hub_listen(s->store.hub, &here, &number) == OK);
    for (int i = 0; i < LANES; i++)
        CHECK(hub_dial(s->hub, &there, &number) == OK);
    s->view.log = &s->log;
    s->view.loop = s->loop;
    s->view.hub = s->hub;
    s->view.listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CHECK(bind(s->view.listen_fd, (struct sockaddr *)&a, sizeof a) == 0);
    CHECK(listen(s->view.listen_fd, 256) == 0);
    CHECK(view_start(&s->view) == OK);
}

/* people: the user who may knock */
static void scene_open_for(struct scene *s, unsigned people)
{
    *s = (struct scene){.view.people = people};
    signal(SIGPIPE, SIG_IGN);
    snprintf(s->folder, sizeof s->folder, "/tmp/holdfast-view-XXXXXX");
    CHECK(mkdtemp(s->folder) != NULL);
    snprintf(s->socket, sizeof s->socket, "%s/store", s->folder);
    snprintf(s->http, sizeof s->http, "%s/http", s->folder);
    log_open(&s->log, open("/dev/null", O_WRONLY | O_CLOEXEC), "view", true);
    CHECK(pipe(s->orders) == 0 && loop_new(&s->loop) == OK);
    CHECK(loop_watch(s->loop, s->orders[0], EPOLLIN, on_order, s) == OK);
    start(s);
    CHECK(pthread_create(&s->thread, NULL, run, s) == 0);
}

static void scene_close(struct scene *s)
{
    order(s, ORDER_STOP);
    pthread_join(s->thread, NULL);
    view_stop(&s->view);
    hub_free(s->hub);
    hub_free(s->store.hub);
    loop_forget(s->loop, s->orders[0]);
    loop_free(s->loop);
    unlink(s->socket);
    unlink(s->http);
    rmdir(s->folder);
    close(s->log.fd);
    close(s->orders[0]);
    close(s->orders[1]);
}

/* ---- a browser ---- */

static int browser(struct scene *s)
{
    struct timeval bound = {5, 0};
    struct sockaddr_un a = at(s->http);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound) == 0);
    CHECK(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    return fd;
}

static void say(int fd, const char *text)
{
    CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Head and first bytes of what comes; the status, 0: none. */
static int hear(int fd, char *out, size_t cap)
{
    ssize_t n = recv(fd, out, cap - 1, 0);
    out[n > 0 ? n : 0] = 0;
    return strncmp(out, "HTTP/1.1 ", 9) == 0 ? atoi(out + 9) : 0;
}

static int ask_full(struct scene *s, const char *text, char *out, size_t cap)
{
    int fd = browser(s);
    say(fd, text);
    int status = hear(fd, out, cap);
    close(fd);
    return status;
}

static int ask(struct scene *s, const char *text)
{
    char out[4096];
    return ask_full(s, text, out, sizeof out);
}

static void sign_in_text(char *out, size_t cap, const char *fields, const char *form)
{
    snprintf(out, cap,
        "POST /api/sign-in HTTP/1.1\r\n" HOST "%sContent-Length: %zu\r\n\r\n%s", fields,
        strlen(form), form);
}

static int sign_in(struct scene *s, const char *fields, const char *form)
{
    char text[4096];
    sign_in_text(text, sizeof text, fields, form);
    return ask(s, text);
}

/* Until store is dialled and asked as often as `want`; a bound, not a wait. */
static bool reaches(_Atomic unsigned *count, unsigned want)
{
    struct timespec moment = {0, 1000000};
    for (int i = 0; i < 5000 && *count < want; i++)
        nanosleep(&moment, NULL);
    return *count >= want;
}

static void until_store_answers(struct scene *s)
{
    struct timespec moment = {0, 5000000};
    for (int i = 0; i < 1000; i++) {
        if (ask(s, "GET /api/devices HTTP/1.1\r\n" HOST COOKIE "\r\n") != 503)
            return;
        nanosleep(&moment, NULL);
    }
    CHECK(0 && "store never answered");
}

static void scene_open(struct scene *s)
{
    scene_open_for(s, getuid());
    until_store_answers(s);
}

/* ---- claims ---- */

static void test_only_people_may_knock_not_even_views_own_user(void)
{
    struct scene s;
    char out[256];

    scene_open_for(&s, getuid() + 1);
    int fd = browser(&s);
    (void)!send(fd, "GET / HTTP/1.1\r\n" HOST "\r\n", 40, MSG_NOSIGNAL);
    CHECK(hear(fd, out, sizeof out) == 0);
    close(fd);
    scene_close(&s);
}

static void test_a_session_gets_what_store_answers(void)
{
    static const char *const good[] = {
        "GET / HTTP/1.1\r\n" HOST "\r\n",
        "GET /app.js HTTP/1.1\r\n" HOST "\r\n",
        "GET /api/devices HTTP/1.1\r\n" HOST COOKIE "\r\n",
        "GET /api/devices?from=64 HTTP/1.1\r\n" HOST COOKIE "\r\n",
        "GET /api/trend" SPAN "&points=9 HTTP/1.1\r\n" HOST COOKIE "\r\n",
        "GET /api/gaps" SPAN " HTTP/1.1\r\n" HOST COOKIE "\r\n",
        "POST /api/sign-out HTTP/1.1\r\n" HOST OURS ORIGIN COOKIE
        "Content-Length: 0\r\n\r\n",
    };
    struct scene s;
    char text[512], out[4096];

    scene_open(&s);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int status = ask(&s, good[i]);
        if (status != 200)
            printf("# %d for %.40s\n", status, good[i]);
        CHECK(status == 200);
    }
    sign_in_text(text, sizeof text, OURS ORIGIN, "name=a&password=b");
    CHECK(ask_full(&s, text, out, sizeof out) == 200);
    CHECK(strstr(out, "__Host-session=abababab") && strstr(out, "SameSite=Strict"));
    CHECK(strstr(out, "Cache-Control: no-store") && strstr(out, "default-src 'none'"));
    scene_close(&s);
}

/* people tells who is signed in by when a connection was answered: strangers keep none. */
static void test_only_data_keep_a_connection(void)
{
    static const char data[] = "GET /api/devices HTTP/1.1\r\n" HOST COOKIE "\r\n";
    static const char *const strangers[] = {"GET /app.css HTTP/1.1\r\n" HOST "\r\n",
        "GET /nothing HTTP/1.1\r\n" HOST "\r\n",
        "GET /api/devices HTTP/1.1\r\n" HOST "\r\n",
        "POST /api/sign-in HTTP/1.1\r\n" HOST OURS ORIGIN
        "Content-Length: 17\r\n\r\nname=a&password=b"};
    char out[65536];
    struct scene s;

    scene_open(&s);
    int fd = browser(&s);
    for (int i = 0; i < 3; i++) {
        say(fd, data);
        CHECK(hear(fd, out, sizeof out) == 200);
    }
    s.store.refuses = true; /* the session ends */
    say(fd, data);
    CHECK(hear(fd, out, sizeof out) == 401 && recv(fd, out, sizeof out, 0) == 0);
    close(fd);
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        ssize_t n;
        fd = browser(&s);
        say(fd, strangers[i]);
        while ((n = recv(fd, out, sizeof out, 0)) > 0)
            ;
        CHECK(n == 0);
        close(fd);
    }
    scene_close(&s);
}

static void test_every_refusal_has_its_status_and_asks_store_nothing(void)
{
    static const struct {
        int status;
        const char *what, *text;
    } cases[] = {
        {401, "no cookie", "GET /api/devices HTTP/1.1\r\n" HOST "\r\n"},
        {401, "odd cookie",
            "GET /api/gaps" SPAN " HTTP/1.1\r\n" HOST
            "Cookie: __Host-session=00\r\n\r\n"},
        {403, "sign-out without origin",
            "POST /api/sign-out HTTP/1.1\r\n" HOST OURS COOKIE
            "Content-Length: 0\r\n\r\n"},
        {404, "nothing", "GET /nothing HTTP/1.1\r\n" HOST "\r\n"},
        {404, "gate's route", "POST /v1/enrol HTTP/1.1\r\n" HOST "\r\n"},
        {404, "escaped path", "GET /%61pp.js HTTP/1.1\r\n" HOST "\r\n"},
        {404, "a longer path", "GET /app.js/x HTTP/1.1\r\n" HOST "\r\n"},
        {405, "put", "PUT / HTTP/1.1\r\n" HOST "\r\n"},
        {405, "sign-in by GET", "GET /api/sign-in HTTP/1.1\r\n" HOST "\r\n"},
        {400, "page with a query", "GET /?x HTTP/1.1\r\n" HOST "\r\n"},
        {400, "sign-out with a query",
            "POST /api/sign-out?x HTTP/1.1\r\n" HOST OURS ORIGIN COOKIE
            "Content-Length: 0\r\n\r\n"},
        {400, "a bare question mark",
            "GET /api/devices? HTTP/1.1\r\n" HOST COOKIE "\r\n"},
        {400, "cut by %00",
            "GET /api/devices?from=1%00 HTTP/1.1\r\n" HOST COOKIE "\r\n"},
        {400, "cut name", "GET /api/devices?from%00=1 HTTP/1.1\r\n" HOST COOKIE "\r\n"},
        {400, "twice",
            "GET /api/devices?from=1&from=2 HTTP/1.1\r\n" HOST COOKIE "\r\n"},
        {400, "trend without points",
            "GET /api/trend" SPAN " HTTP/1.1\r\n" HOST COOKIE "\r\n"},
        {400, "trend cut by %00",
            "GET /api/trend" SPAN "&points=9%00 HTTP/1.1\r\n" HOST COOKIE "\r\n"},
        {400, "gaps with points",
            "GET /api/gaps" SPAN "&points=9 HTTP/1.1\r\n" HOST COOKIE "\r\n"},
    };
    struct scene s;

    scene_open(&s);
    unsigned before = s.store.data;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int status = ask(&s, cases[i].text);
        if (status != cases[i].status)
            printf("# %s: %d\n", cases[i].what, status);
        CHECK(status == cases[i].status);
    }
    CHECK(s.store.data == before && s.store.sign_ins == 0);
    scene_close(&s);
}

/* Req: HF-SEC-011: a page of somebody else must not act for who is signed in. */
static void test_a_post_that_our_page_did_not_make_is_refused(void)
{
    static const char *const fields[] = {"", OURS, ORIGIN, OURS "Origin: null\r\n",
        OURS "Origin: \r\n", OURS "Origin: http://localhost:9443\r\n",
        OURS "Origin: https://localhost\r\n", "X-Holdfast: 2\r\n" ORIGIN,
        OURS "Origin: https://evil.example\r\n"};
    static const char form[] = "name=a&password=b";
    struct scene s;

    scene_open(&s);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        int status = sign_in(&s, fields[i], form);
        if (status != 403)
            printf("# %zu: %d\n", i, status);
        CHECK(status == 403);
    }
    CHECK(s.store.sign_ins == 0);
    CHECK(sign_in(&s, OURS ORIGIN, form) == 200);
    scene_close(&s);
}

static void test_forms_of_another_shape_or_size_are_refused(void)
{
    char long_form[VIEW_FORM_MAX + 2];
    struct scene s;

    memset(long_form, 'a', sizeof long_form - 1);
    long_form[sizeof long_form - 1] = 0;
    scene_open(&s);
    CHECK(sign_in(&s, OURS ORIGIN, "") == 400);
    CHECK(sign_in(&s, OURS ORIGIN, "name=a%00&password=b") == 400);
    CHECK(sign_in(&s, OURS ORIGIN, long_form) == 413);
    long_form[VIEW_FORM_MAX] = 0;
    CHECK(sign_in(&s, OURS ORIGIN, long_form) == 400);
    CHECK(s.store.sign_ins == 0);
    scene_close(&s);
}

static void test_what_store_refuses_is_told_in_its_status(void)
{
    static const char devices[] = "GET /api/devices HTTP/1.1\r\n" HOST COOKIE "\r\n";
    static const char form[] = "name=a&password=b";
    struct scene s;
    char text[512], out[4096];

    scene_open(&s);
    s.store.refuses = true;
    CHECK(ask(&s, devices) == 401 && sign_in(&s, OURS ORIGIN, form) == 401);
    s.store.refuses = false;
    s.store.delays = true;
    sign_in_text(text, sizeof text, OURS ORIGIN, form);
    CHECK(ask_full(&s, text, out, sizeof out) == 429);
    CHECK(strstr(out, "Retry-After: 7\r\n") && !strstr(out, "Set-Cookie"));
    scene_close(&s);
}

static void sign_in_as(int fd, unsigned name)
{
    char form[64], text[512];
    snprintf(form, sizeof form, "name=stranger%u&password=b", name);
    sign_in_text(text, sizeof text, OURS ORIGIN, form);
    say(fd, text);
}

/* Attack: as many strangers as there are connections sign in at once and store is slow. */
static void test_strangers_who_sign_in_never_keep_out_who_is_signed_in(void)
{
    static const char devices[] = "GET /api/devices HTTP/1.1\r\n" HOST COOKIE "\r\n";
    enum { STRANGERS = 200 };
    int fd[STRANGERS];
    char out[1024];
    struct scene s;

    scene_open(&s);
    s.store.holds = true;
    for (unsigned i = 0; i < STRANGERS; i++) {
        fd[i] = browser(&s);
        sign_in_as(fd[i], i);
    }
    CHECK(reaches(&s.store.sign_ins, 1));
    unsigned refused = VIEW_SIGN_WAITING, served = 0;
    while (refused < STRANGERS && hear(fd[refused], out, sizeof out) == 503)
        refused++;
    CHECK(refused == STRANGERS);
    while (served < 20 && ask(&s, devices) == 200)
        served++;
    CHECK(served == 20);
    order(&s, ORDER_RELEASE); /* who has a place is served in turn */
    for (unsigned i = 0; i < VIEW_SIGN_WAITING; i++)
        CHECK(hear(fd[i], out, sizeof out) == 200);
    CHECK(s.store.sign_ins == VIEW_SIGN_WAITING);
    for (unsigned i = 0; i < STRANGERS; i++)
        close(fd[i]);
    scene_close(&s);
}

static void test_one_name_cannot_fill_the_line_for_signing_in(void)
{
    int fd[VIEW_SAME_NAME + 2];
    char out[1024];
    struct scene s;

    scene_open(&s);
    s.store.holds = true;
    for (unsigned i = 0; i < VIEW_SAME_NAME + 2; i++) {
        fd[i] = browser(&s);
        sign_in_as(fd[i], i <= VIEW_SAME_NAME ? 1 : 2);
    }
    CHECK(hear(fd[VIEW_SAME_NAME], out, sizeof out) == 503);
    order(&s, ORDER_RELEASE);
    for (unsigned i = 0; i < VIEW_SAME_NAME + 2; i++) {
        CHECK(i == VIEW_SAME_NAME || hear(fd[i], out, sizeof out) == 200);
        close(fd[i]);
    }
    scene_close(&s);
}

static void test_who_waits_when_store_goes_away_is_told_and_the_page_stays(void)
{
    int fd[3];
    char out[1024];
    struct scene s;

    scene_open(&s);
    s.store.holds = true;
    for (unsigned i = 0; i < 3; i++) {
        fd[i] = browser(&s);
        sign_in_as(fd[i], i);
    }
    CHECK(reaches(&s.store.sign_ins, 1));
    order(&s, ORDER_GO);
    for (unsigned i = 0; i < 3; i++) {
        CHECK(hear(fd[i], out, sizeof out) == 503);
        close(fd[i]);
    }
    CHECK(ask(&s, "GET /api/devices HTTP/1.1\r\n" HOST COOKIE "\r\n") == 503);
    CHECK(sign_in(&s, OURS ORIGIN, "name=a&password=b") == 503);
    CHECK(ask(&s, "GET / HTTP/1.1\r\n" HOST "\r\n") == 200);
    scene_close(&s);
}

MAIN(TEST(test_only_people_may_knock_not_even_views_own_user),
    TEST(test_a_session_gets_what_store_answers),
    TEST(test_only_data_keep_a_connection),
    TEST(test_every_refusal_has_its_status_and_asks_store_nothing),
    TEST(test_a_post_that_our_page_did_not_make_is_refused),
    TEST(test_forms_of_another_shape_or_size_are_refused),
    TEST(test_what_store_refuses_is_told_in_its_status),
    TEST(test_strangers_who_sign_in_never_keep_out_who_is_signed_in),
    TEST(test_one_name_cannot_fill_the_line_for_signing_in),
    TEST(test_who_waits_when_store_goes_away_is_told_and_the_page_stays))
