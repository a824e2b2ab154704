# SPDX-License-Identifier: Apache-2.0
# A release is healthy before the cloud has answered it.
/^static void look_at_health(/,/^}/ s/update_healthy(u->signs)/(u->signs \& UPDATE_MEASURES) != 0/
