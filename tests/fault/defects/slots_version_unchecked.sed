# SPDX-License-Identifier: Apache-2.0
# The first good sector is taken for the newest.
/^static enum status find_newest(/,/^}/ s/h.version > s->version)/s->version == 0)/
