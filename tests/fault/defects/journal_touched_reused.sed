# SPDX-License-Identifier: Apache-2.0
# Recovery goes on behind the last whole head of the newest sector.
/^static enum status ring_open(/i\
static uint32_t resume(const struct journal *j, const struct journal_ring *r)\
{\
    struct point p = {r->head, 0};\
    struct record_head h;\
    uint32_t used = j->flash->sector_len;\
    while (r->head > 0 && find(j, r, r->head, &p, &h) == OK) {\
        p = after(j, p, h.len);\
        used = p.at == 0 ? j->flash->sector_len : p.at;\
    }\
    return used;\
}\

/^static enum status ring_open(/,/^}/ s/r->used = j->flash->sector_len;/r->used = resume(j, r);/
