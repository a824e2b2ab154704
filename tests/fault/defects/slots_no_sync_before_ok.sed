# SPDX-License-Identifier: Apache-2.0
# A write says OK before it has synced.
/^static enum status store(/,/^}/ s/return f->sync(f->board);/return OK;/
