# SPDX-License-Identifier: Apache-2.0
# The ring erases before it counts and tells what goes.
/^static enum status make_room(/,/^}/ {
s/^        TRY(tell(j, r, r->tail, losing));$/        TRY(f->erase(f->board, r->first_sector + (uint32_t)(r->tail % r->sector_count)));\
        TRY(tell(j, r, r->tail, losing));/
}
