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

enum { RETRY_MS = 100, TREND_SPAN_MAX_MS = 8 * 24 * 3600 * 1000 };

struct view_request {
    struct view_process *view;
    struct MHD_Connection *conn;
    struct view_request *next; /* on its lane */
    const struct route *route;
    uint8_t form[VIEW_FORM_MAX];
    size_t form_len;
    bool too_long, asked;
    uint16_t door;
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

static enum MHD_Result send_response(struct MHD_Connection *conn, unsigned status,
    const char *type, struct MHD_Response *r)
{
    bool good = r != NULL;

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
    return send_response(conn, status, type,
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
    return send_response(q->conn, q->status, "application/json", r);
}

/* ---- store ---- */

static void finish(struct view_request *q, unsigned status)
{
    q->status = status;
    q->view->waiting--;
    MHD_resume_connection(q->conn);
}

static void lane_next(struct view_process *v, struct lane *lane)
{
    while (lane->first && !lane->outstanding) {
        struct view_request *q = lane->first;
        if (lane->store
            && hub_send(
                   v->hub, lane->store, q->door, (struct bytes){q->ask, q->ask_len})
                == OK) {
            lane->outstanding = true;
            wipe(q->ask, sizeof q->ask);
            return;
        }
        lane->first = q->next;
        finish(q, 503);
    }
}

static enum MHD_Result ask_store(struct view_request *q, uint16_t door, size_t len)
{
    struct view_process *v = q->view;
    struct lane *lane = &v->lanes[door == DOOR_SIGN_IN ? LANE_SIGN : LANE_DATA];

    if (!lane->store || v->waiting >= VIEW_WAITING)
        return send_error(q->conn, 503);
    q->door = door;
    q->ask_len = len;
    q->asked = true;
    v->waiting++;
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

static void settle(
    struct view_process *v, struct view_request *q, uint16_t door, struct bytes b)
{
    static const uint8_t ok[] = "{\"ok\":true}";
    uint8_t done;
    (void)v;

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
        lane->first = q->next;
        lane->outstanding = false;
        settle(v, q, door, body);
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

void view_store_gone(void *ctx, uint64_t peer)
{
    struct view_process *v = ctx;
    for (int i = 0; i < LANES; i++) {
        struct lane *lane = &v->lanes[i];
        if (lane->store != peer)
            continue;
        lane->store = 0;
        lane->outstanding = false;
        lane_next(v, lane); /* tells all that waited */
    }
    run_http(v);
}

/* ---- requests ---- */

static struct bytes field(
    struct MHD_Connection *conn, enum MHD_ValueKind kind, const char *name)
{
    const char *v = MHD_lookup_connection_value(conn, kind, name);
    return (struct bytes){(const uint8_t *)v, v ? strlen(v) : 0};
}

static bool from_our_page(struct MHD_Connection *conn)
{
    struct bytes mark = field(conn, MHD_HEADER_KIND, "X-Holdfast"),
                 origin = field(conn, MHD_HEADER_KIND, "Origin"),
                 host = field(conn, MHD_HEADER_KIND, "Host");
    return mark.len == 1 && mark.at[0] == '1'
        && (origin.len == 0 || view_same_origin(origin, host));
}

static bool number_of(
    struct view_request *q, const char *name, uint64_t most, uint64_t *out)
{
    return view_number_parse(field(q->conn, MHD_GET_ARGUMENT_KIND, name), most, out)
        == OK;
}

static enum MHD_Result ask_span(
    struct view_request *q, const struct session_token *token)
{
    struct door_span span = {.token = *token};
    uint64_t points = 0;
    bool trend = q->route == &routes[ROUTE_TREND];

    if (uuid_parse(field(q->conn, MHD_GET_ARGUMENT_KIND, "device"), span.device.b) != OK
        || !number_of(q, "from", INT64_MAX, &span.from_utc_ms)
        || !number_of(q, "to", INT64_MAX, &span.to_utc_ms)
        || span.from_utc_ms > span.to_utc_ms
        || span.to_utc_ms - span.from_utc_ms > TREND_SPAN_MAX_MS
        || (trend && (!number_of(q, "points", DOOR_POINTS, &points) || points == 0)))
        return send_error(q->conn, 400);
    span.points = (uint16_t)points;
    struct bytes body = trend ? door_trend_build(&span, ROOM_OF(q->ask))
                              : door_gaps_build(&span, ROOM_OF(q->ask));
    wipe(&span, sizeof span);
    return ask_store(q, trend ? DOOR_TREND : DOOR_GAPS, body.len);
}

static enum MHD_Result sign_in(struct view_request *q)
{
    struct door_sign_in form;

    if (view_sign_in_parse((struct bytes){q->form, q->form_len}, &form) != OK)
        return send_error(q->conn, 400);
    struct bytes body = door_sign_in_build(&form, ROOM_OF(q->ask));
    wipe(&form, sizeof form);
    wipe(q->form, sizeof q->form);
    return ask_store(q, DOOR_SIGN_IN, body.len);
}

/* Req: HF-SEC-011 "No page and no data shall be served without a valid session" */
static enum MHD_Result with_session(struct view_request *q)
{
    struct session_token token;

    if (view_cookie_parse(field(q->conn, MHD_HEADER_KIND, "Cookie"), &token) != OK) {
        LOG(q->view->log, LOG_REFUSE, REASON_AUTH_NO_SESSION,
            F_WORD("route", q->route->path));
        return send_error(q->conn, 401);
    }
    enum MHD_Result r;
    if (q->route == &routes[ROUTE_SIGN_OUT]) {
        r = ask_store(q, DOOR_SIGN_OUT, door_token_build(&token, ROOM_OF(q->ask)).len);
    } else if (q->route == &routes[ROUTE_DEVICES]) {
        struct door_devices ask = {.token = token};
        uint64_t from = 0;
        (void)!number_of(q, "from", UINT32_MAX, &from);
        ask.from = (uint32_t)from;
        r = ask_store(q, DOOR_DEVICES, door_devices_build(&ask, ROOM_OF(q->ask)).len);
    } else {
        r = ask_span(q, &token);
    }
    wipe(&token, sizeof token);
    return r;
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
    if (strcmp(q->route->method, "POST") == 0 && !from_our_page(q->conn))
        return send_error(q->conn, 403);
    if (q->too_long)
        return send_error(q->conn, 413);
    if (strncmp(q->route->path, "/api/", 5) != 0)
        return send_page(q->conn, q->route->path);
    return q->route == &routes[ROUTE_SIGN_IN] ? sign_in(q) : with_session(q);
}

/* -> the route, or NULL with *status. */
static const struct route *route_of(
    const char *method, const char *path, unsigned *status)
{
    *status = 404;
    for (size_t i = 0; i < ROUTE_TOTAL; i++) {
        if (strcmp(routes[i].role, "view") != 0 || strcmp(routes[i].path, path) != 0)
            continue;
        *status = 405;
        if (strcmp(routes[i].method, method) == 0)
            return &routes[i];
    }
    return NULL;
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *conn, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_len,
    void **state)
{
    struct view_request *q = *state;
    unsigned status;
    (void)version;

    if (!q) {
        const struct route *route = route_of(method, url, &status);
        if (!route)
            return send_error(conn, status);
        q = calloc(1, sizeof *q);
        if (!q)
            return MHD_NO;
        q->view = ctx;
        q->conn = conn;
        q->route = route;
        *state = q;
        return MHD_YES;
    }
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
        || (who.uid != v->people && who.uid != getuid())) {
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
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)VIEW_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)16384, MHD_OPTION_END);
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
    for (int i = 0; i < LANES; i++) {
        v->lanes[i].store = 0;
        v->lanes[i].outstanding = false;
        lane_next(v, &v->lanes[i]);
    }
    MHD_stop_daemon(v->daemon);
    v->daemon = NULL;
}
