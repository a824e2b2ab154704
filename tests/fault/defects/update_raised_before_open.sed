# SPDX-License-Identifier: Apache-2.0
# The counter follows before the release is what starts.
s/case UPDATE_DO_OPEN: return b->open(b->board, b->running);/case UPDATE_DO_OPEN: return counter_follow(u->ports.counter, u->record.release.security_version) == OK ? b->open(b->board, b->running) : BROKEN;/
