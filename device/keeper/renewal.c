/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/renewal.h"

#include "core/seal/kid.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

static enum status drop(const struct renewal_place *p)
{
    return unlink(p->record) == 0 || errno == ENOENT ? OK : BROKEN;
}

static bool follows(const struct kid *next, const struct kid *in_use)
{
    struct kid wanted = {in_use->device, in_use->generation + 1};
    return kid_equal(next, &wanted);
}

enum status renewal_open(
    struct renewal *r, const struct renewal_place *p, const struct kid *in_use)
{
    const char *why = NULL;

    r->begun = false;
    enum status s = enrolment_read(p->record, p->owner, p->trust, &r->record, &why);
    if (s == AGAIN)
        return OK;
    if (s != OK)
        return s;
    if (!follows(&r->record.kid, in_use)) {
        wipe(&r->record, sizeof r->record);
        return drop(p);
    }
    r->begun = true;
    return OK;
}

enum status renewal_begin(struct renewal *r, const struct renewal_place *p,
    const struct kid *in_use, const uint8_t tls_public[P256_PUBLIC_LEN])
{
    struct identity_record id;
    struct key secret;
    const char *why = NULL;

    assert(!r->begun);
    TRY(identity_read(p->identity, p->owner, p->trust, &id, &why));
    r->record = (struct enrolment_record){
        .kid = {in_use->device, in_use->generation + 1}, .cloud = id.cloud};
    enum status s = kid_equal(&id.kid, in_use) ? OK : REFUSED;
    if (s == OK)
        s = renew_secret(p->crypto, &id.up, &r->record.kid, &secret);
    if (s == OK)
        s = enrol_begin(p->crypto, p->entropy, &id.cloud, &r->record.kid, &secret,
            tls_public, r->record.m1, &r->record.keys);
    if (s == OK)
        s = enrolment_write(p->record, p->owner, p->group, p->trust, &r->record);
    wipe(&secret, sizeof secret);
    wipe(&id, sizeof id);
    if (s != OK)
        wipe(&r->record, sizeof r->record);
    r->begun = s == OK;
    return s;
}

enum status renewal_check(const struct renewal *r, const struct crypto *crypto,
    struct bytes m2, struct bytes *cert_der)
{
    assert(r->begun);
    enum status s =
        enrol_check(crypto, &r->record.keys.ok, BYTES_OF(r->record.m1), m2, cert_der);
    return s == MALFORMED ? REFUSED : s;
}

/* Of all that can be BROKEN on the way to a write, nothing has changed an identity. */
static enum status unchanged(enum status s)
{
    return s == BROKEN ? REFUSED : s;
}

static bool stays(const struct renewal_place *p, const struct kid *before)
{
    struct identity_record id;
    const char *why = NULL;

    bool same = identity_read(p->identity, p->owner, p->trust, &id, &why) == OK
        && kid_equal(&id.kid, before);
    wipe(&id, sizeof id);
    return same;
}

/* Req: HF-FLASH-002 "no keys run that a cut of power could take back" */
enum status renewal_use(
    struct renewal *r, const struct renewal_place *p, struct identity_record *out)
{
    struct identity_record id;
    const char *why = NULL;

    assert(r->begun);
    TRY(unchanged(identity_read(p->identity, p->owner, p->trust, &id, &why)));
    struct kid before = id.kid;
    id.kid = r->record.kid;
    id.up = r->record.keys.up;
    id.down = r->record.keys.down;
    enum status s = identity_write(p->identity, p->owner, p->group, p->trust, &id);
    if (s == OK) {
        (void)drop(p); /* else at the next start */
        wipe(r, sizeof *r);
        *out = id;
    } else {
        s = stays(p, &before) ? unchanged(s) : BROKEN;
    }
    wipe(&id, sizeof id);
    return s;
}
