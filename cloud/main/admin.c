/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/admin.h"

#include "cloud/main/pinned.h"
#include "cloud/main/pins.h"
#include "cloud/main/ports.h"
#include "cloud/main/release_table.h"
#include "cloud/main/service.h"
#include "cloud/main/settings.h"
#include "cloud/talk/doors.h"
#include "cloud/talk/role.h"
#include "cloud/talk/routes.h"
#include "core/base/hex.h"
#include "core/base/json.h"
#include "core/base/utf8.h"
#include "host/plain_file.h"
#include "wire/enrol.h"
#include "wire/release.h"
#include "wire/service_log.h"
#include "wire/ticket.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MS = 30000 };

struct line { /* to one admin socket, one question at a time */
    int fd;
    enum door_end hears;
    uint8_t out[LIMIT_TALK_BODY];
    uint8_t in[TALK_HEAD_LEN + LIMIT_TALK_BODY];
};

static int no_answer(const char *who)
{
    char what[96];
    snprintf(what, sizeof what, "%s does not answer", who);
    return cli_error(EXIT_ENVIRONMENT, NULL, 0, what,
        "a running `holdfast-cloud serve` with the same --root");
}

static int line_open(struct line *l, const char *root, const char *role)
{
    char path[PLACE_MAX];
    l->hears = strcmp(role, "keys") == 0 ? ADMIN_FROM_KEYS : ADMIN_FROM_STORE;
    if (place_of(root, PLACE_RUN, role, "admin", path) != OK
        || talk_connect(path, &l->fd) != OK)
        return no_answer(role);
    return EXIT_DONE;
}

/* The answer's body borrows from the line. */
static enum status line_ask(struct line *l, enum door door, struct bytes body,
    enum door expected, struct bytes *answer)
{
    size_t count;
    const struct talk_door *doors = doors_heard(l->hears, &count);
    uint16_t got = 0;
    enum status s;

    TRY(talk_send(l->fd, (uint16_t)door, body));
    do {
        struct pollfd p = {.fd = l->fd, .events = POLLIN};
        if (poll(&p, 1, ANSWER_MS) <= 0)
            return BROKEN;
        s = talk_recv(l->fd, doors, count, ROOM_OF(l->in), &got, answer);
    } while (s == AGAIN);
    return s == OK && got != expected ? MALFORMED : s;
}

static enum status line_done(
    struct line *l, enum door door, struct bytes body, enum status *done)
{
    struct bytes answer;
    uint8_t value;
    TRY(line_ask(l, door, body, DOOR_DONE, &answer));
    TRY(door_done_parse(answer, &value));
    *done = (enum status)value;
    return OK;
}

static enum status ask_text(
    struct line *l, enum door door, struct bytes body, struct door_text *out)
{
    struct bytes answer;
    TRY(line_ask(l, door, body, DOOR_TEXT, &answer));
    return door_text_parse(answer, out);
}

static int device_of(const char *text, struct device_id *out)
{
    if (uuid_parse((struct bytes){(const uint8_t *)text, strlen(text)}, out->b) == OK)
        return EXIT_DONE;
    return cli_error(EXIT_USAGE, NULL, 0, "not a device id",
        "a UUID in lower case, as `holdfast-cloud device list` prints it");
}

/* As the doors take it (DOOR_LABEL, DOOR_NAME are one length), so that store has no reason to hang up. */
static int check_text(const char *what, const char *text)
{
    struct bytes b = {(const uint8_t *)text, strlen(text)};

    static_assert(
        (int)DOOR_LABEL == (int)DOOR_NAME, "one text says the length of both");
    if (b.len <= DOOR_LABEL && utf8_shows(b))
        return EXIT_DONE;
    return cli_error(EXIT_USAGE, NULL, 0, what,
        "1 to 64 bytes of UTF-8 that a page can show, not blanks alone");
}

/* ---- device add ---- */

static int read_cert(const char *root, const char *file, uint8_t *at, uint16_t *len)
{
    char path[PLACE_MAX];
    if (place_of(root, PLACE_VAR, "keys/public", file, path) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--root is too long", "a shorter path");
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(at, 1, LIMIT_CERT, f) : 0;
    if (f)
        fclose(f);
    if (n == 0)
        return cli_error(EXIT_ENVIRONMENT, path, 0, "cannot be read",
            "root or holdfast-keys as user");
    *len = (uint16_t)n;
    return EXIT_DONE;
}

static_assert((int)PIN_CERT_MAX <= (int)LIMIT_CERT, "a pin fits into a bundle");

/*
 * An authority that a published set takes out is in no new bundle: its first two stand for init's.
 * store hands the set out and is believed nothing: who signed it is looked at here.
 * Req: HF-PIN-004 "An invitation shall name the authorities of the newest published pin set"
 */
static int take_published(const char *root, struct bundle *b)
{
    static struct line l;
    static struct signed_pins p;
    struct bytes set = {0};

    int code = line_open(&l, root, "store");
    if (code != EXIT_DONE)
        return code;
    enum status s = line_ask(&l, DOOR_PINS, (struct bytes){0}, DOOR_PINS_ARE, &set);
    close(l.fd);
    if (s != OK)
        return no_answer("store");
    if (set.len == 0)
        return EXIT_DONE;
    if (!pins_signed_set(set, &b->pins, &p))
        return cli_error(EXIT_NO, NULL, 0,
            "store has a pin set that pins.key signed not",
            "a set of `holdfast-cloud pins publish`");
    memcpy(b->ca_active.at, p.set.pins[0].der, p.set.pins[0].len);
    b->ca_active.len = p.set.pins[0].len;
    memcpy(b->ca_backup.at, p.set.pins[1].der, p.set.pins[1].len);
    b->ca_backup.len = p.set.pins[1].len;
    return EXIT_DONE;
}

static int fill_bundle(
    const char *root, int64_t port, int64_t enrol_port, struct bundle *b)
{
    struct settings set;
    struct ports bound;
    int code = settings_read(root, &set);
    if (code != EXIT_DONE)
        return code;
    bool running = ports_read(root, &bound) == OK;
    int64_t device_port = running ? bound.device : set.device_port;
    int64_t enrol = running ? bound.enrol : set.enrol_port;
    b->port = (uint16_t)(port ? port : device_port);
    b->enrol_port = (uint16_t)(enrol_port ? enrol_port : enrol);
    snprintf(b->name, sizeof b->name, "%s", set.name);
    snprintf(b->address, sizeof b->address, "%s", set.address);
    code = read_cert(root, "server-ca-active.crt", b->ca_active.at, &b->ca_active.len);
    if (code == EXIT_DONE)
        code =
            read_cert(root, "server-ca-backup.crt", b->ca_backup.at, &b->ca_backup.len);
    if (code == EXIT_DONE)
        code = service_pinned(root, &b->service);
    if (code == EXIT_DONE)
        code = pinned_read(root, "pins.pub", &b->pins);
    if (code == EXIT_DONE)
        code = take_published(root, b);
    return code;
}

static int write_bundle(int fd, const char *path, const struct bundle *b)
{
    static uint8_t text[LIMIT_CONF_FILE];
    size_t len = 0;
    bool ok = bundle_build(b, ROOM_OF(text), &len) == OK
        && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    wipe(text, sizeof text);
    return ok
        ? EXIT_DONE
        : cli_error(EXIT_ENVIRONMENT, path, 0, "cannot be written", "room on the disk");
}

/* A line to keys that has answered: before there is a device that could be left without its keys. */
static int keys_open(struct line *l, const char *root)
{
    struct bytes answer;

    int code = line_open(l, root, "keys");
    if (code != EXIT_DONE)
        return code;
    if (line_ask(l, DOOR_ENROL_OPEN, (struct bytes){0}, DOOR_DONE, &answer) == OK)
        return EXIT_DONE;
    close(l->fd);
    return no_answer("keys");
}

static int invite(struct line *keys, struct bundle *b)
{
    struct door_invite ask = {.kid = b->kid, .expires_utc_s = b->expires_utc_s};
    struct door_invited got = {0};
    struct bytes answer;

    struct bytes body = door_invite_build(&ask, ROOM_OF(keys->out));
    enum status s = line_ask(keys, DOOR_INVITE, body, DOOR_INVITED, &answer);
    if (s == OK)
        s = door_invited_parse(answer, &got);
    wipe(keys->in, sizeof keys->in);
    if (s != OK)
        return no_answer("keys");
    if (!got.ok)
        return cli_error(
            EXIT_NO, NULL, 0, "keys refused the invitation", "at most 1,024 open ones");
    b->secret = got.secret;
    b->s = got.s;
    wipe(&got, sizeof got);
    return EXIT_DONE;
}

static int make_device(const char *root, const char *label, struct kid *kid)
{
    static struct line l;
    struct door_device_new ask = {0};
    struct door_device_made made = {.status = BROKEN};
    struct bytes answer;

    snprintf(ask.label, sizeof ask.label, "%s", label);
    int code = line_open(&l, root, "store");
    if (code != EXIT_DONE)
        return code;
    struct bytes body = door_device_new_build(&ask, ROOM_OF(l.out));
    if (line_ask(&l, DOOR_DEVICE_NEW, body, DOOR_DEVICE_MADE, &answer) != OK
        || door_device_made_parse(answer, &made) != OK)
        code = no_answer("store");
    else if (made.status != OK)
        code = cli_error(EXIT_INTERNAL, NULL, 0, "store could not add the device",
            "a writable database");
    close(l.fd);
    *kid = made.kid;
    return code;
}

/* Nobody has its bundle, so it is nobody's: store forgets it, and says so in an event. */
static int take_back(const char *root, const struct kid *kid, int code)
{
    static struct line l;
    enum status done = BROKEN;

    if (line_open(&l, root, "store") != EXIT_DONE)
        return code;
    (void)!line_done(&l, DOOR_DEVICE_DROP,
        door_device_id_build(&kid->device, ROOM_OF(l.out)), &done);
    close(l.fd);
    return code;
}

static int make_invited(
    const char *root, const char *label, int fd, const char *path, struct bundle *b)
{
    static struct line keys;

    int code = keys_open(&keys, root);
    if (code != EXIT_DONE)
        return code;
    code = make_device(root, label, &b->kid);
    if (code == EXIT_DONE) {
        code = invite(&keys, b);
        if (code == EXIT_DONE)
            code = write_bundle(fd, path, b);
        if (code != EXIT_DONE)
            code = take_back(root, &b->kid, code);
    }
    close(keys.fd);
    return code;
}

static void print_added(const struct bundle *b, const char *bundle, bool json)
{
    char id[UUID_TEXT];
    uuid_of(b->kid.device.b, id);
    if (json)
        printf("{\"device\":\"%s\",\"generation\":%u,\"expires_utc_s\":%llu}\n", id,
            b->kid.generation, (unsigned long long)b->expires_utc_s);
    else
        printf("device %s added; carry %s to it, then: holdfast-oximeter enrol %s\n",
            id, bundle, bundle);
}

int admin_device_add(const char *root, const char *label, const char *bundle,
    int64_t port, int64_t enrol_port, int64_t hours, bool json)
{
    static struct bundle b;

    int code = check_text("LABEL", label);
    if (code == EXIT_DONE)
        code = fill_bundle(root, port, enrol_port, &b);
    if (code != EXIT_DONE)
        return code;
    int fd = open(bundle, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return cli_error(
            EXIT_USAGE, bundle, 0, strerror(errno), "a new file that may be written");
    b.expires_utc_s = (uint64_t)time(NULL) + (uint64_t)hours * 3600;
    code = make_invited(root, label, fd, bundle, &b);
    close(fd);
    if (code == EXIT_DONE)
        print_added(&b, bundle, json);
    else
        unlink(bundle);
    wipe(&b.secret, sizeof b.secret);
    return code;
}

/* ---- acts ---- */

static int act(const char *root, enum door door, struct bytes body, struct line *l,
    const char *refused, const char *expected)
{
    enum status done = BROKEN;
    int code = line_open(l, root, "store");
    if (code != EXIT_DONE)
        return code;
    enum status s = line_done(l, door, body, &done);
    close(l->fd);
    wipe(l->out, sizeof l->out);
    if (s != OK)
        return no_answer("store");
    if (done == REFUSED)
        return cli_error(EXIT_NO, NULL, 0, refused, expected);
    return done == OK ? EXIT_DONE
                      : cli_error(EXIT_INTERNAL, NULL, 0, "store could not do it",
                          "a writable database");
}

int admin_device_revoke(const char *root, const char *id)
{
    static struct line l;
    struct device_id device;
    int code = device_of(id, &device);
    if (code != EXIT_DONE)
        return code;
    return act(root, DOOR_DEVICE_REVOKE, door_device_id_build(&device, ROOM_OF(l.out)),
        &l, "no such device, or it is revoked already",
        "the id of a device that is not revoked");
}

int admin_device_renew(const char *root, const char *id)
{
    static struct line l;
    struct device_id device;
    int code = device_of(id, &device);
    if (code != EXIT_DONE)
        return code;
    return act(root, DOOR_DEVICE_RENEW, door_device_id_build(&device, ROOM_OF(l.out)),
        &l, "no such device, it is revoked, or it is asked already",
        "the id of a device that may send");
}

int admin_device_clear(const char *root, const char *id)
{
    static struct line l;
    struct device_id device;
    int code = device_of(id, &device);
    if (code != EXIT_DONE)
        return code;
    return act(root, DOOR_DEVICE_CLEAR, door_device_id_build(&device, ROOM_OF(l.out)),
        &l, "no such device, it is revoked, or nothing is suspected of it",
        "the id of a device that `device list` marks");
}

int admin_device_end(const char *root, const char *id)
{
    static struct line l;
    struct device_id device;
    int code = device_of(id, &device);
    if (code != EXIT_DONE)
        return code;
    return act(root, DOOR_DEVICE_END, door_device_id_build(&device, ROOM_OF(l.out)), &l,
        "no such device, it is revoked, or it is told already",
        "the id of a device that may send");
}

int admin_pins_publish(const char *root, const char *path)
{
    static struct line l;
    static uint8_t set[LIMIT_PIN_SET + 1];
    size_t len = 0;
    int code = pins_read(root, path, ROOM_OF(set), &len);
    if (code != EXIT_DONE)
        return code;
    return act(root, DOOR_PINS_PUBLISH, (struct bytes){set, len}, &l,
        "a later set is published already, or two of its authorities share a key",
        "a set with a higher version, as `holdfast-cloud pins make` makes it");
}

int admin_device_configure(const char *root, const char *id, int64_t batch_s,
    const char *ward, const char *zone)
{
    static struct line l;
    struct door_config_set ask = {.batch_s = (uint8_t)batch_s};
    int code = device_of(id, &ask.device);
    if (code != EXIT_DONE)
        return code;
    code = check_text("--ward", ward);
    if (code == EXIT_DONE)
        code = check_text("--zone", zone);
    if (code != EXIT_DONE)
        return code;
    snprintf(ask.ward, sizeof ask.ward, "%s", ward);
    snprintf(ask.time_zone, sizeof ask.time_zone, "%s", zone);
    return act(root, DOOR_CONFIG_SET, door_config_set_build(&ask, ROOM_OF(l.out)), &l,
        "no such device, or it is revoked", "the id of a device that is not revoked");
}

/* The whole of a short file; 0: it cannot be read, is empty, or is longer than cap - 1. */
static size_t short_file(const char *path, struct room out)
{
    FILE *f = plain_file_open(path);
    size_t len = f ? fread(out.at, 1, out.cap, f) : 0;

    if (f)
        fclose(f);
    return len < out.cap ? len : 0;
}

int admin_ticket_send(const char *root, const char *path)
{
    static struct line l;
    uint8_t ticket[LIMIT_TICKET + 1];
    struct signed_ticket parsed;
    size_t len = short_file(path, ROOM_OF(ticket));

    if (ticket_parse((struct bytes){ticket, len}, &parsed) != OK)
        return cli_error(EXIT_USAGE, path, 0, "is no service ticket",
            "a whole ticket file of `holdfast-cloud service ticket`");
    return act(root, DOOR_TICKET_SEND, (struct bytes){ticket, len}, &l,
        "its time is over, or it is for no live device of this cloud",
        "a ticket that is good still, for a device of `device list`");
}

struct statement {
    size_t len;
    uint8_t text[LIMIT_RELEASE + 1];
    struct signed_release is; /* borrows */
};

/* What it says is looked at, so that a wrong file is told from a release that is not wanted. */
static int read_statement(const char *path, struct statement *s)
{
    s->len = short_file(path, ROOM_OF(s->text));
    if (s->len == 0)
        return cli_error(EXIT_USAGE, path, 0,
            "cannot be read, is empty, or is longer than a statement",
            "what `holdfast-cloud release sign` made");
    return release_parse((struct bytes){s->text, s->len}, &s->is) == OK
        ? EXIT_DONE
        : cli_error(EXIT_USAGE, path, 0, "is no statement of a release",
            "what `holdfast-cloud release sign` made");
}

static int not_added(enum status done, const char *path)
{
    if (done == REFUSED)
        return cli_error(EXIT_NO, path, 0,
            "is no newer than a release of its class that was added before",
            "a higher --security, or the same and a higher --release");
    if (done == FULL)
        return cli_error(EXIT_NO, path, 0,
            "is for a new class of devices, and every place is taken",
            "a free place: `holdfast-cloud release end CLASS` of one without devices");
    return cli_error(
        EXIT_INTERNAL, NULL, 0, "store could not do it", "a writable database");
}

/* The statement alone, on a line of its own. */
static int add_alone(struct line *l, const struct statement *s, const char *path)
{
    enum status done = BROKEN;

    if (line_done(l, DOOR_RELEASE_ADD, (struct bytes){s->text, s->len}, &done) != OK)
        return no_answer("store");
    return done == OK ? EXIT_DONE : not_added(done, path);
}

/* Piece by piece, each when store has the one before on its disk. */
static enum status put_pieces(struct line *l, FILE *f, enum status *done)
{
    static uint8_t piece[LIMIT_PIECE];
    enum status s = OK;
    struct door_bundle head = {0};

    *done = OK;
    for (; s == OK && *done == OK && head.number < LIMIT_PIECES; head.number++) {
        size_t n = fread(piece, 1, sizeof piece, f);
        if (n == 0)
            break;
        s = line_done(l, DOOR_BUNDLE_PUT,
            door_bundle_build(&head, (struct bytes){piece, n}, ROOM_OF(l->out)), done);
    }
    return s;
}

static int put_bundle(struct line *l, FILE *f, const char *path)
{
    enum status done = BROKEN;

    if (put_pieces(l, f, &done) != OK)
        return no_answer("store");
    if (done == AGAIN) /* 3 and not 1: nothing is wrong with what was asked */
        return cli_error(EXIT_ENVIRONMENT, path, 0,
            "another `release add --bundle` is under way",
            "the same command again when that one has ended");
    if (done == REFUSED)
        return cli_error(EXIT_ENVIRONMENT, path, 0,
            "another `release add --bundle` took its place, as this one stood still",
            "the same command again when that one has ended");
    return done == OK ? EXIT_DONE
                      : cli_error(EXIT_INTERNAL, path, 0, "store could not keep it",
                          "room on the disk of store for one bundle more");
}

struct carried {
    const char *path; /* NULL: none */
    FILE *file;
};

static int carry(struct line *l, const struct statement *s, const char *path,
    const struct carried *bundle)
{
    enum status done = BROKEN;

    int code = put_bundle(l, bundle->file, bundle->path);
    if (code != EXIT_DONE)
        return code;
    if (line_done(l, DOOR_BUNDLE_KEEP, (struct bytes){s->text, s->len}, &done) != OK)
        return no_answer("store");
    if (done == REFUSED)
        return cli_error(EXIT_NO, bundle->path, 0,
            "is not the bundle of this statement, or the statement is no newest release of its class",
            "both files as `holdfast-cloud release sign` had and made them, of the newest release");
    return done == OK ? EXIT_DONE : not_added(done, path);
}

/* Which number it has got is what the next step needs. */
static int print_release(
    struct line *l, const struct statement *s, bool carried, bool json)
{
    const struct release_version *v = &s->is.release.version;
    struct door_list ask = {0};
    struct door_text t = {.status = BROKEN};
    struct bytes found = {0};
    char version[32];

    (void)snprintf(version, sizeof version, "%u.%u.%u", v->major, v->minor, v->patch);
    do {
        struct bytes body = door_list_build(&ask, ROOM_OF(l->out));
        if (ask_text(l, DOOR_LIST_RELEASES, body, &t) != OK || t.status != OK)
            return no_answer("store");
        found = release_table_find(t.text, s->is.release.product, version);
        ask.cursor = t.next_cursor;
    } while (found.len == 0 && ask.cursor);
    if (found.len == 0) /* another administrator was faster with a newer one */
        return EXIT_DONE;
    if (json) {
        fwrite(found.at, 1, found.len, stdout);
        putchar('\n');
        return EXIT_DONE;
    }
    release_table_added(found, carried);
    return EXIT_DONE;
}

static int add(
    const char *root, const char *path, const struct carried *bundle, bool json)
{
    static struct line l;
    struct statement s;

    int code = read_statement(path, &s);
    if (code == EXIT_DONE)
        code = line_open(&l, root, "store");
    if (code != EXIT_DONE)
        return code;
    code = bundle->path ? carry(&l, &s, path, bundle) : add_alone(&l, &s, path);
    if (code == EXIT_DONE)
        code = print_release(&l, &s, bundle->path != NULL, json);
    close(l.fd);
    return code;
}

int admin_release_add(const char *root, const char *path, const char *bundle, bool json)
{
    struct carried c = {bundle, bundle ? plain_file_open(bundle) : NULL};

    if (bundle && !c.file)
        return cli_error(EXIT_USAGE, bundle, 0, "cannot be read",
            "the bundle that the statement is about");
    int code = add(root, path, &c, json);
    if (c.file)
        fclose(c.file);
    return code;
}

int admin_release_roll(
    const char *root, const char *release, int64_t percent, bool stopped)
{
    static struct line l;
    int64_t number = 0;

    if (!cli_number_of(release, &number) || number < 1)
        return cli_error(EXIT_USAGE, NULL, 0, "NUMBER",
            "a number as `holdfast-cloud release list` prints it");
    struct door_release_roll ask = {(uint64_t)number, (uint8_t)percent, stopped};
    return act(root, DOOR_RELEASE_ROLL, door_release_roll_build(&ask, ROOM_OF(l.out)),
        &l,
        "no such release, a newer one of its class is there, or its class was ended",
        "the newest of its class in `holdfast-cloud release list`");
}

/* What keeps a class from its end, and so what is to be done before. */
static int not_ended(const char *product, const struct door_class_ended *e)
{
    char what[160], why[96], id[UUID_TEXT], stop[64];
    const char *expected = "a class of `holdfast-cloud release list` that is not ended";

    uuid_of(e->device.b, id);
    (void)snprintf(why, sizeof why, "there is none");
    if (e->reason == REASON_RELEASE_ROLLING) {
        (void)snprintf(why, sizeof why, "release %llu is being rolled out",
            (unsigned long long)e->release);
        (void)snprintf(stop, sizeof stop, "`holdfast-cloud release stop %llu` before",
            (unsigned long long)e->release);
        expected = stop;
    } else if (e->reason == REASON_RELEASE_IN_USE) {
        (void)snprintf(why, sizeof why, "device %s is of it", id);
        expected = "each device of it (`device list`) revoked or decommissioned before";
    } else if (e->reason == REASON_RELEASE_OFFERED) {
        (void)snprintf(why, sizeof why, "device %s has not answered its offer", id);
        expected = "two minutes more after its next batch, or it revoked";
    }
    (void)snprintf(what, sizeof what, "class %s stays: %s", product, why);
    return cli_error(EXIT_NO, NULL, 0, what, expected);
}

static void print_ended(
    const char *product, const struct door_class_ended *e, bool json)
{
    if (json)
        printf("{\"product\":\"%s\",\"releases\":%llu,\"classes\":%llu}\n", product,
            (unsigned long long)e->releases, (unsigned long long)e->classes);
    else
        printf("class %s is ended (releases: %llu); %llu of %u places are taken\n",
            product, (unsigned long long)e->releases, (unsigned long long)e->classes,
            (unsigned)LIMIT_CLASSES);
}

int admin_release_end(const char *root, const char *product, bool json)
{
    static struct line l;
    struct door_class_end ask = {{0}};
    struct door_class_ended ended = {.status = BROKEN};
    struct bytes answer;

    size_t len = strlen(product);
    memcpy(ask.product, product, len < sizeof ask.product ? len : 0);
    if (!log_word_holds(ask.product))
        return cli_error(
            EXIT_USAGE, NULL, 0, "CLASS", "a word of 1 to 32 of a-z 0-9 . _ -");
    int code = line_open(&l, root, "store");
    if (code != EXIT_DONE)
        return code;
    struct bytes body = door_class_end_build(&ask, ROOM_OF(l.out));
    if (line_ask(&l, DOOR_CLASS_END, body, DOOR_CLASS_ENDED, &answer) != OK
        || door_class_ended_parse(answer, &ended) != OK)
        code = no_answer("store");
    else if (ended.status == REFUSED)
        code = not_ended(product, &ended);
    else if (ended.status != OK)
        code = cli_error(
            EXIT_INTERNAL, NULL, 0, "store could not do it", "a writable database");
    else
        print_ended(product, &ended, json);
    close(l.fd);
    return code;
}

static int read_password(char *out, size_t cap)
{
    char line[LIMIT_PASSWORD + 2];
    if (!fgets(line, sizeof line, stdin))
        line[0] = 0;
    size_t n = strcspn(line, "\n");
    bool whole = line[n] == '\n' || feof(stdin);
    line[n] = 0;
    bool good = whole && n >= 8 && n < cap
        && utf8_printable((struct bytes){(const uint8_t *)line, n});
    snprintf(out, cap, "%s", line);
    wipe(line, sizeof line);
    if (good)
        return EXIT_DONE;
    return cli_error(EXIT_USAGE, NULL, 0, "the password on standard input",
        "one line of 8 to 128 bytes of UTF-8 without control characters");
}

int admin_user_add(const char *root, const char *name)
{
    static struct line l;
    struct door_sign_in ask = {0};

    int code = check_text("NAME", name);
    if (code != EXIT_DONE)
        return code;
    snprintf(ask.name, sizeof ask.name, "%s", name);
    code = read_password(ask.password, sizeof ask.password);
    if (code == EXIT_DONE)
        code = act(root, DOOR_USER_ADD, door_sign_in_build(&ask, ROOM_OF(l.out)), &l,
            "the name is taken", "a new name");
    wipe(&ask, sizeof ask);
    return code;
}

int admin_user_remove(const char *root, const char *name)
{
    static struct line l;
    struct door_user_remove ask = {0};

    int code = check_text("NAME", name);
    if (code != EXIT_DONE)
        return code;
    snprintf(ask.name, sizeof ask.name, "%s", name);
    return act(root, DOOR_USER_REMOVE, door_user_remove_build(&ask, ROOM_OF(l.out)), &l,
        "no such person", "a name of `holdfast-cloud user list`");
}

/* ---- looks ---- */

static void print_plain(struct bytes json)
{
    /* {"a":"b","c":1} as a=b c=1: the same fields for people */
    for (size_t i = 0; i < json.len; i++) {
        char c = (char)json.at[i];
        if (c == '{' || c == '}' || c == '"')
            continue;
        putchar(c == ',' ? ' ' : c == ':' && i && json.at[i - 1] == '"' ? '=' : c);
    }
}

static void print_text(struct bytes text, bool json, bool newline)
{
    if (json)
        fwrite(text.at, 1, text.len, stdout);
    else
        print_plain(text);
    if (newline)
        putchar('\n');
}

/* refused: what it means when store says so, for the doors at which it may. */
static int ask_once(const char *root, enum door door, struct bytes body, struct line *l,
    const char *refused, bool json)
{
    struct door_text t = {.status = BROKEN};
    int code = line_open(l, root, "store");
    if (code != EXIT_DONE)
        return code;
    enum status s = ask_text(l, door, body, &t);
    close(l->fd);
    if (s != OK)
        return no_answer("store");
    if (t.status == REFUSED && refused != NULL)
        return cli_error(
            EXIT_NO, NULL, 0, refused, "the id of a device of `device list`");
    if (t.status != OK)
        return cli_error(
            EXIT_INTERNAL, NULL, 0, "store could not answer", status_name(t.status));
    print_text(t.text, json, true);
    return EXIT_DONE;
}

int admin_status(const char *root, bool json)
{
    static struct line l;
    return ask_once(root, DOOR_STATUS, (struct bytes){0}, &l, NULL, json);
}

int admin_content(const char *root, const char *id, bool json)
{
    static struct line l;
    struct device_id device = {0};
    int code = id ? device_of(id, &device) : EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    return ask_once(root, DOOR_CONTENT, door_device_id_build(&device, ROOM_OF(l.out)),
        &l, NULL, json);
}

int admin_receipt(const char *root, const char *id, bool json)
{
    static struct line l;
    struct device_id device;
    int code = device_of(id, &device);
    if (code != EXIT_DONE)
        return code;
    return ask_once(root, DOOR_RECEIPT, door_device_id_build(&device, ROOM_OF(l.out)),
        &l, "no such device, or it was never told to give up its keys", json);
}

int admin_list(const char *root, const char *what, const char *id, bool json)
{
    static struct line l;
    struct door_list ask = {0};
    struct door_text t = {.status = BROKEN};
    bool logs = strcmp(what, "logs") == 0;
    bool of_device = logs || strcmp(what, "batches") == 0;
    enum door door = logs               ? DOOR_LIST_LOGS
        : of_device                     ? DOOR_LIST_BATCHES
        : strcmp(what, "events") == 0   ? DOOR_LIST_EVENTS
        : strcmp(what, "users") == 0    ? DOOR_LIST_USERS
        : strcmp(what, "releases") == 0 ? DOOR_LIST_RELEASES
        : strcmp(what, "offers") == 0   ? DOOR_LIST_OFFERS
                                        : DOOR_LIST_DEVICES;

    int code = id ? device_of(id, &ask.device) : EXIT_DONE;
    if (code == EXIT_DONE)
        code = line_open(&l, root, "store");
    if (code != EXIT_DONE)
        return code;
    do {
        struct bytes body = of_device ? door_list_batches_build(&ask, ROOM_OF(l.out))
                                      : door_list_build(&ask, ROOM_OF(l.out));
        if (ask_text(&l, door, body, &t) != OK || t.status != OK)
            code = no_answer("store");
        else if (!json && door == DOOR_LIST_RELEASES)
            release_table_releases(t.text, ask.cursor == 0);
        else if (!json && door == DOOR_LIST_OFFERS)
            release_table_devices(t.text, ask.cursor == 0);
        else
            print_text(t.text, json, false);
        ask.cursor = t.next_cursor;
    } while (code == EXIT_DONE && ask.cursor);
    close(l.fd);
    return code;
}

int admin_routes(bool json)
{
    for (size_t i = 0; i < ROUTE_TOTAL; i++) {
        const struct route *r = &routes[i];
        if (!r->method)
            continue;
        printf(json
                ? "{\"method\":\"%s\",\"path\":\"%s\",\"role\":\"%s\",\"who\":\"%s\"}\n"
                : "%-6s %-28s %-6s %s\n",
            r->method, r->path, r->role, r->who);
    }
    return EXIT_DONE;
}
