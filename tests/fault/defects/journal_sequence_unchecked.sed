# SPDX-License-Identifier: Apache-2.0
# Recovery takes the first good sector for the newest.
/^static enum status find_newest(/,/^}/ s/if (h.seq > r->head) {/if (r->head == 0) {/
