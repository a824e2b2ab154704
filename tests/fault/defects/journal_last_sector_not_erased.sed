# SPDX-License-Identifier: Apache-2.0
# A record of several sectors erases all but the last.
/^static enum status make_room(/,/^}/ s/seq <= last; seq++)/seq < last; seq++)/
