/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/view/view.h"

#include "cloud/talk/routes.h"
#include "cloud/view/pages.h"
#include "cloud/view/view_json.h"
#include "cloud/view/view_parse.h"
#include "core/base/hex.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RETRY_MS = 100 };

struct view_request {
    struct view_process *view;
    struct MHD_Connection *conn;
    struct view_request *next; /* on its lane */
    const struct route *route;
    char target[VIEW_TARGET_MAX]; /* as it came; MHD's own copies are unescaped */
    struct bytes query;
    bool begun;
    uint8_t form[VIEW_FORM_MAX];
    size_t form_len;
    bool too_long, asked;
    uint16_t door;
    char name[DOOR_NAME + 1]; /* of who signs in; empty: not a sign-in */
    uint8_t ask[512];
    size_t ask_len;
    /* the answer, when there is one */
    unsigned status;
    struct session_token token; /* to set (200 of sign-in) */
    bool set_token, drop_token;
    uint32_t retry_after_s;
    uint8_t *json;
    size_t json_len;
};

static enum view_lane lane_of(uint16_t door)
{
    return door == DOOR_SIGN_IN ? LANE_SIGN : LANE_DATA;
}

/* ---- answers ---- */

static const struct {
    const char *name, *value;
} header_fields[] = {
    {"Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=()"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"Cache-Control", "no-store"},
};

/* keep: more may be asked on this connection. Only data keep one, so that people can tell who is
 * signed in from who is not by when it was answered. */
static enum MHD_Result send_response(struct MHD_Connection *conn, unsigned status,
    const char *type, bool keep, struct MHD_Response *r)
{
    bool good = r && (keep || MHD_add_response_header(r, "Connection", "close"));

    for (size_t i = 0; good && i < sizeof header_fields / sizeof header_fields[0]; i++)
        good =
            MHD_add_response_header(r, header_fields[i].name, header_fields[i].value);
    good = good && MHD_add_response_header(r, "Content-Type", type)
        && MHD_queue_response(conn, status, r);
    if (r)
        MHD_destroy_response(r);
    return good ? MHD_YES : MHD_NO;
}

/* The text is never written to; MHD's type has no const. */
static void *as_mhd_wants(const void *at)
{
    void *p;
    memcpy(&p, &at, sizeof p);
    return p;
}

static enum MHD_Result send_static(struct MHD_Connection *conn, unsigned status,
    const char *type, struct bytes content)
{
    return send_response(conn, status, type, false,
        MHD_create_response_from_buffer(
            content.len, as_mhd_wants(content.at), MHD_RESPMEM_PERSISTENT));
}

static enum MHD_Result send_error(struct MHD_Connection *conn, unsigned status)
{
    static const struct {
        unsigned status;
        const char *json;
    } rows[] = {
        {400, "{\"error\":\"not a request of this page\"}"},
        {401, "{\"error\":\"sign in first\"}"},
        {403, "{\"error\":\"not from this page\"}"},
        {404, "{\"error\":\"nothing here\"}"},
        {405, "{\"error\":\"another method\"}"},
        {413, "{\"error\":\"too long\"}"},
        {429, "{\"error\":\"too many tries\"}"},
        {503, "{\"error\":\"the store does not answer\"}"},
    };
    const char *json = "{}";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].status == status)
            json = rows[i].json;
    return send_static(conn, status, "application/json",
        (struct bytes){(const uint8_t *)json, strlen(json)});
}

static enum MHD_Result refuse(
    struct view_request *q, unsigned status, enum reason reason)
{
    LOG(q->view->log, LOG_REFUSE, reason, F_NUM("status", status));
    return send_error(q->conn, status);
}

static enum MHD_Result send_answer(struct view_request *q)
{
    char cookie[160], hex[65], retry[16];

    if (q->status != 200 && q->retry_after_s == 0)
        return send_error(q->conn, q->status);
    struct MHD_Response *r = MHD_create_response_from_buffer(q->json_len,
        q->json ? (void *)q->json : as_mhd_wants("{}"),
        q->json ? MHD_RESPMEM_MUST_COPY : MHD_RESPMEM_PERSISTENT);
    if (r && q->set_token) {
        hex_of(BYTES_OF(q->token.b), (struct room){(uint8_t *)hex, sizeof hex});
        (void)snprintf(cookie, sizeof cookie,
            "__Host-session=%s; Path=/; Secure; HttpOnly; SameSite=Strict", hex);
        (void)!MHD_add_response_header(r, "Set-Cookie", cookie);
        wipe(cookie, sizeof cookie);
        wipe(hex, sizeof hex);
    }
    if (r && q->drop_token)
        (void)!MHD_add_response_header(r, "Set-Cookie",
            "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    if (r && q->retry_after_s > 0) {
        (void)snprintf(retry, sizeof retry, "%u", q->retry_after_s);
        (void)!MHD_add_response_header(r, "Retry-After", retry);
    }
    bool keep = q->status == 200 && lane_of(q->door) == LANE_DATA && !q->drop_token;
    return send_response(q->conn, q->status, "application/json", keep, r);
}

/* ---- store ---- */

static void finish(struct view_request *q, unsigned status)
{
    struct lane *lane = &q->view->lanes[lane_of(q->door)];

    lane->first = q->next;
    lane->waiting--;
    q->status = status;
    MHD_resume_connection(q->conn);
}

static void lane_next(struct view_process *v, struct lane *lane)
{
    while (lane->first && !lane->outstanding) {
        struct view_request *q = lane->first;
        lane->outstanding = lane->store != 0;
        if (lane->store
            && hub_send(
                   v->hub, lane->store, q->door, (struct bytes){q->ask, q->ask_len})
                == OK) {
            wipe(q->ask, sizeof q->ask);
            return;
        }
        lane->outstanding = false;
        finish(q, 503);
    }
}

/* Strangers may sign in: they have a line of their own, and no name may fill it. */
static bool has_place(const struct view_process *v, const struct view_request *q)
{
    const struct lane *lane = &v->lanes[lane_of(q->door)];
    uint32_t same = 0;

    if (q->door != DOOR_SIGN_IN)
        return lane->waiting < VIEW_DATA_WAITING;
    for (const struct view_request *o = lane->first; o; o = o->next)
        same += strcmp(o->name, q->name) == 0 ? 1 : 0;
    return lane->waiting < VIEW_SIGN_WAITING && same < VIEW_SAME_NAME;
}

static enum MHD_Result ask_store(struct view_request *q, enum door door, size_t len)
{
    struct view_process *v = q->view;
    q->door = (uint16_t)door;
    struct lane *lane = &v->lanes[lane_of(q->door)];

    q->ask_len = len;
    if (!lane->store)
        return refuse(q, 503, REASON_LINK_DOWN);
    if (!has_place(v, q))
        return refuse(q, 503, REASON_HTTP_LIMIT);
    q->asked = true;
    lane->waiting++;
    MHD_suspend_connection(q->conn);
    *(lane->first ? &lane->last->next : &lane->first) = q;
    lane->last = q;
    lane_next(v, lane);
    return MHD_YES;
}

static unsigned status_of(enum status s)
{
    return s == OK ? 200 : s == REFUSED ? 401 : s == AGAIN ? 429 : 503;
}

static void keep_json(struct view_request *q, struct bytes json)
{
    q->json = json.len > 0 ? malloc(json.len) : NULL;
    if (q->json)
        memcpy(q->json, json.at, json.len);
    q->json_len = q->json ? json.len : 0;
}

static unsigned take_signed_in(struct view_request *q, struct bytes body)
{
    static const uint8_t ok[] = "{\"ok\":true}";
    struct door_signed_in got;

    if (door_signed_in_parse(body, &got) != OK)
        return 503;
    q->token = got.token;
    q->set_token = got.status == OK;
    q->retry_after_s = got.status == OK ? 0 : got.retry_after_s;
    LOG(q->view->log, got.status == OK ? LOG_INFO : LOG_REFUSE,
        got.status == OK            ? REASON_AUTH_SIGNED_IN
            : got.retry_after_s > 0 ? REASON_AUTH_THROTTLED
                                    : REASON_AUTH_BAD_PASSWORD,
        F_NUM("retry_after_s", got.retry_after_s));
    wipe(&got, sizeof got);
    if (q->set_token)
        keep_json(q, (struct bytes){ok, sizeof ok - 1});
    return q->set_token ? 200 : q->retry_after_s > 0 ? 429 : 401;
}

/* A list of store as the page's JSON; the large structs live for this call only. */
static unsigned take_list(struct view_request *q, uint16_t door, struct bytes body)
{
    union {
        struct door_device_list devices;
        struct door_trend_points trend;
        struct door_gap_list gaps;
    } *got = malloc(sizeof *got);
    uint8_t *text = malloc(VIEW_JSON_MAX);
    struct room room = {text, VIEW_JSON_MAX};
    struct bytes json = {0};
    enum status s = got && text ? OK : BROKEN;

    if (s == OK && door == DOOR_DEVICE_LIST
        && (s = door_device_list_parse(body, &got->devices)) == OK
        && (s = got->devices.status) == OK)
        json = view_devices_json(&got->devices, room);
    else if (s == OK && door == DOOR_TREND_POINTS
        && (s = door_trend_points_parse(body, &got->trend)) == OK
        && (s = got->trend.status) == OK)
        json = view_trend_json(&got->trend, room);
    else if (s == OK && door == DOOR_GAP_LIST
        && (s = door_gap_list_parse(body, &got->gaps)) == OK
        && (s = got->gaps.status) == OK)
        json = view_gaps_json(&got->gaps, room);
    keep_json(q, json);
    free(text);
    free(got);
    if (s == REFUSED)
        LOG(q->view->log, LOG_REFUSE, REASON_AUTH_NO_SESSION, F_NUM("door", door));
    return s == OK && q->json_len == 0 ? 503 : status_of(s);
}

static void settle(struct view_request *q, uint16_t door, struct bytes b)
{
    static const uint8_t ok[] = "{\"ok\":true}";
    uint8_t done;

    switch (door) {
    case DOOR_SIGNED_IN: finish(q, take_signed_in(q, b)); return;
    case DOOR_DONE:
        q->drop_token = true;
        keep_json(q, (struct bytes){ok, sizeof ok - 1});
        finish(q, door_done_parse(b, &done) == OK ? 200 : 503);
        return;
    default: finish(q, take_list(q, door, b));
    }
}

/* Which answer each question has. */
static uint16_t answer_of(uint16_t door)
{
    switch (door) {
    case DOOR_SIGN_IN: return DOOR_SIGNED_IN;
    case DOOR_SIGN_OUT: return DOOR_DONE;
    case DOOR_DEVICES: return DOOR_DEVICE_LIST;
    case DOOR_TREND: return DOOR_TREND_POINTS;
    case DOOR_GAPS: return DOOR_GAP_LIST;
    default: return 0;
    }
}

static void run_http(struct view_process *v)
{
    (void)!MHD_run(v->daemon);
}

enum status view_heard_store(void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    struct view_process *v = ctx;

    for (int i = 0; i < LANES; i++) {
        struct lane *lane = &v->lanes[i];
        if (lane->store != peer)
            continue;
        struct view_request *q = lane->first;
        if (!lane->outstanding || !q || answer_of(q->door) != door)
            return REFUSED;
        lane->outstanding = false;
        settle(q, door, body);
        lane_next(v, lane);
        run_http(v);
        return OK;
    }
    return REFUSED;
}

void view_store_up(void *ctx, uint64_t peer)
{
    struct view_process *v = ctx;
    for (int i = 0; i < LANES; i++) {
        if (v->lanes[i].store)
            continue;
        v->lanes[i].store = peer;
        return;
    }
}

static void tell_who_waited(void *ctx)
{
    struct view_process *v = ctx;
    for (int i = 0; i < LANES; i++)
        lane_next(v, &v->lanes[i]);
    run_http(v);
}

/* It can be told from within hub_send() and so from within MHD: the rest is for later. */
void view_store_gone(void *ctx, uint64_t peer)
{
    struct view_process *v = ctx;
    for (int i = 0; i < LANES; i++) {
        struct lane *lane = &v->lanes[i];
        if (lane->store != peer)
            continue;
        lane->store = 0;
        lane->outstanding = false;
    }
    if (loop_after(v->loop, 0, tell_who_waited, v) != OK)
        loop_stop(v->loop);
}

/* ---- requests ---- */

static struct bytes field(struct MHD_Connection *conn, const char *name)
{
    const char *v = MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name);
    return (struct bytes){(const uint8_t *)v, v ? strlen(v) : 0};
}

/* A script's POST always bears an Origin (Fetch, 3.2), and no other page can add X-Holdfast. */
static bool from_our_page(struct MHD_Connection *conn)
{
    struct bytes mark = field(conn, "X-Holdfast");
    return mark.len == 1 && mark.at[0] == '1'
        && view_same_origin(field(conn, "Origin"), field(conn, "Host"));
}

static enum MHD_Result sign_in(struct view_request *q)
{
    struct door_sign_in form;

    if (view_sign_in_parse((struct bytes){q->form, q->form_len}, &form) != OK)
        return refuse(q, 400, REASON_HTTP_MALFORMED);
    struct bytes body = door_sign_in_build(&form, ROOM_OF(q->ask));
    memcpy(q->name, form.name, sizeof q->name);
    wipe(&form, sizeof form);
    wipe(q->form, sizeof q->form);
    return ask_store(q, DOOR_SIGN_IN, body.len);
}

/* What the request asks of store, in q->ask; false: its query is not of the one form. */
static bool put_question(
    struct view_request *q, const struct session_token *token, enum door *door)
{
    struct door_span span = {.token = *token};
    struct door_devices devices = {.token = *token};
    struct room out = ROOM_OF(q->ask);
    enum status s;

    switch (q->route - routes) {
    case ROUTE_SIGN_OUT:
        *door = DOOR_SIGN_OUT;
        s = q->query.len == 0 ? OK : MALFORMED;
        q->ask_len = s == OK ? door_token_build(token, out).len : 0;
        break;
    case ROUTE_DEVICES:
        *door = DOOR_DEVICES;
        s = view_from_parse(q->query, &devices.from);
        q->ask_len = s == OK ? door_devices_build(&devices, out).len : 0;
        break;
    case ROUTE_TREND:
        *door = DOOR_TREND;
        s = view_trend_parse(q->query, &span);
        q->ask_len = s == OK ? door_trend_build(&span, out).len : 0;
        break;
    default:
        *door = DOOR_GAPS;
        s = view_gaps_parse(q->query, &span);
        q->ask_len = s == OK ? door_gaps_build(&span, out).len : 0;
    }
    wipe(&span, sizeof span);
    wipe(&devices, sizeof devices);
    return s == OK;
}

/* Req: HF-SEC-011 "No reading, and nothing about a device or a person, shall be served without a valid session" */
static enum MHD_Result with_session(struct view_request *q)
{
    struct session_token token;
    enum door door;

    if (view_cookie_parse(field(q->conn, "Cookie"), &token) != OK) {
        LOG(q->view->log, LOG_REFUSE, REASON_AUTH_NO_SESSION,
            F_WORD("route", q->route->path));
        return send_error(q->conn, 401);
    }
    bool good = put_question(q, &token, &door);
    wipe(&token, sizeof token);
    return good ? ask_store(q, door, q->ask_len)
                : refuse(q, 400, REASON_HTTP_MALFORMED);
}

static enum MHD_Result send_page(struct MHD_Connection *conn, const char *path)
{
    for (size_t i = 0; i < page_count; i++)
        if (strcmp(pages[i].path, path) == 0)
            return send_static(conn, 200, pages[i].type, pages[i].content);
    return send_error(conn, 404);
}

static enum MHD_Result serve(struct view_request *q)
{
    bool data = strncmp(q->route->path, "/api/", 5) == 0;

    if (strcmp(q->route->method, "POST") == 0 && !from_our_page(q->conn))
        return refuse(q, 403, REASON_HTTP_ORIGIN);
    if (q->too_long)
        return refuse(q, 413, REASON_HTTP_LIMIT);
    if (data && q->route != &routes[ROUTE_SIGN_IN])
        return with_session(q);
    if (q->query.len > 0)
        return refuse(q, 400, REASON_HTTP_MALFORMED);
    return data ? sign_in(q) : send_page(q->conn, q->route->path);
}

/* -> the route, or NULL with *status. */
static const struct route *route_of(
    const char *method, struct bytes path, unsigned *status)
{
    *status = 404;
    for (size_t i = 0; i < ROUTE_TOTAL; i++) {
        if (strcmp(routes[i].role, "view") != 0 || strlen(routes[i].path) != path.len
            || memcmp(routes[i].path, path.at, path.len) != 0)
            continue;
        *status = 405;
        if (strcmp(routes[i].method, method) == 0)
            return &routes[i];
    }
    return NULL;
}

/* The target before MHD takes it apart: a path or a query has one spelling, without escapes. */
static void *on_target(void *ctx, const char *target, struct MHD_Connection *conn)
{
    struct view_request *q = calloc(1, sizeof *q);
    size_t len = strlen(target);

    if (!q)
        return NULL;
    q->view = ctx;
    q->conn = conn;
    if (len < sizeof q->target) /* else it is empty and so nothing here */
        memcpy(q->target, target, len + 1);
    return q;
}

static enum MHD_Result begin(struct view_request *q, const char *method)
{
    struct bytes path = {(const uint8_t *)q->target, strcspn(q->target, "?")};
    unsigned status;

    q->query = (struct bytes){path.at + path.len, strlen(q->target) - path.len};
    q->route = route_of(method, path, &status);
    q->begun = true;
    if (q->route)
        return MHD_YES;
    return refuse(
        q, status, status == 405 ? REASON_HTTP_METHOD : REASON_HTTP_MALFORMED);
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *conn, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_len,
    void **state)
{
    struct view_request *q = *state;
    (void)ctx, (void)conn, (void)url, (void)version;

    if (!q)
        return MHD_NO;
    if (!q->begun)
        return begin(q, method);
    if (q->status != 0)
        return send_answer(q);
    if (*upload_len > 0) {
        q->too_long = q->too_long || *upload_len > sizeof q->form - q->form_len;
        if (!q->too_long) {
            memcpy(q->form + q->form_len, upload, *upload_len);
            q->form_len += *upload_len;
        }
        *upload_len = 0;
        return MHD_YES;
    }
    return q->asked ? MHD_YES : serve(q);
}

static void completed(void *ctx, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode why)
{
    struct view_request *q = *state;
    (void)ctx, (void)conn, (void)why;

    if (!q)
        return;
    free(q->json);
    wipe(q, sizeof *q);
    free(q);
    *state = NULL;
}

/* ---- connections from people ---- */

static void on_people(void *ctx, int fd, uint32_t events)
{
    struct view_process *v = ctx;
    struct ucred who;
    socklen_t len = sizeof who;
    (void)events;

    int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (peer < 0)
        return;
    if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0
        || who.uid != v->people) {
        LOG(v->log, LOG_REFUSE, REASON_TALK_PEER, F_NUM("uid", who.uid));
        (void)close(peer);
        return;
    }
    struct sockaddr_storage nobody = {.ss_family = AF_UNIX};
    if (MHD_add_connection(v->daemon, peer, (struct sockaddr *)&nobody, sizeof nobody)
        != MHD_YES)
        return; /* MHD has closed it */
    run_http(v);
}

static void on_http(void *ctx, int fd, uint32_t events)
{
    (void)fd, (void)events;
    run_http(ctx);
}

/* MHD looks after its own time-outs when it runs. */
static void tick(void *ctx)
{
    struct view_process *v = ctx;
    run_http(v);
    if (loop_after(v->loop, RETRY_MS, tick, v) != OK)
        loop_stop(v->loop);
}

enum status view_start(struct view_process *v)
{
    v->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL,
        NULL, handle, v, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, v, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)VIEW_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, 60u,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16384, MHD_OPTION_END);
    if (!v->daemon)
        return BROKEN;
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(v->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info)
        return BROKEN;
    v->mhd_fd = info->epoll_fd;
    TRY(loop_watch(v->loop, v->mhd_fd, (uint32_t)EPOLLIN, on_http, v));
    TRY(loop_watch(v->loop, v->listen_fd, (uint32_t)EPOLLIN, on_people, v));
    return loop_after(v->loop, RETRY_MS, tick, v);
}

void view_stop(struct view_process *v)
{
    if (!v->daemon)
        return;
    loop_cancel(v->loop, tick, v);
    loop_cancel(v->loop, tell_who_waited, v);
    loop_forget(v->loop, v->mhd_fd);
    loop_forget(v->loop, v->listen_fd);
    (void)close(v->listen_fd);
    for (int i = 0; i < LANES; i++) {
        v->lanes[i].store = 0;
        v->lanes[i].outstanding = false;
        lane_next(v, &v->lanes[i]);
    }
    MHD_stop_daemon(v->daemon);
    v->daemon = NULL;
}
