# SPDX-License-Identifier: Apache-2.0
# What is erased is programmed before the erase is durable.
/^static enum status make_room(/,/^}/ s/return f->sync(f->board);/return OK;/
