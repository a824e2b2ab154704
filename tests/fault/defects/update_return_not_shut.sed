# SPDX-License-Identifier: Apache-2.0
# The new slot may start again after a return.
/^static enum status go_back(/,/^}/ s/TRY(b->shut(b->board, other_slot(u)));//
