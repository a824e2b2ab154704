# SPDX-License-Identifier: Apache-2.0
# A release is healthy before the cloud has answered it.
/^void update_sign_seen(/,/^}/ s/update_healthy(u->signs)/(u->signs \& UPDATE_MEASURES) != 0/
