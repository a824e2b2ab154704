# SPDX-License-Identifier: Apache-2.0
# The walk follows the length of a torn record into the next sector.
/^static struct point after(/,/^}/ s/return end.seq == p.seq ? end : (struct point){p.seq + 1, 0};/return end;/
