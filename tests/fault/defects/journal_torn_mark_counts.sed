# SPDX-License-Identifier: Apache-2.0
# A mark cell that is not blank counts, whether it checks or not.
/^static enum status marks(/,/^}/ s/&& mark_cell_parse(cell, p.seq, number, &m) == OK)/\&\& (mark_cell_parse(cell, p.seq, number, \&m) == OK || (m = JOURNAL_ACKNOWLEDGED)))/
