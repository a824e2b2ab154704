/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/judge.h"

#include "core/update/update_limits.h"
#include "wire/event.h"

#include <string.h>

/* Req: HF-UPD-003 "A device shall refuse a release of another product class, of a security version below the one that it has confirmed, or of the same security version that is not newer." */
uint8_t update_judge(const struct release *r, const struct update_self *self,
    uint64_t counter, const struct update_record *record)
{
    uint64_t least =
        counter > self->security_version ? counter : self->security_version;

    if (strcmp(r->product, self->product) != 0)
        return EVENT_UPDATE_CLASS;
    if (r->security_version < least)
        return EVENT_UPDATE_ROLLBACK;
    if (r->security_version == least
        && release_version_order(r->version, self->version) <= 0)
        return EVENT_UPDATE_OLDER;
    /* The counter never falls: a slip of the pen must not close all later releases out. */
    if (r->security_version - counter > UPDATE_LEAP)
        return EVENT_UPDATE_LEAP;
    if (update_tries(record, &r->bundle_digest) >= LIMIT_UPDATE_TRIES)
        return EVENT_UPDATE_TRIED;
    return 0;
}
