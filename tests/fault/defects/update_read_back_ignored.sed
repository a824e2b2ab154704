# SPDX-License-Identifier: Apache-2.0
# What reads back otherwise counts as written.
/^void update_done(/,/^}/ s/on(u, how == 0 ? UPDATE_ON_GOOD : UPDATE_ON_BAD, how);/on(u, how == 0 || wrote ? UPDATE_ON_GOOD : UPDATE_ON_BAD, wrote ? 0 : how);/
