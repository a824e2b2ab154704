# SPDX-License-Identifier: Apache-2.0
# A release is healthy before the cloud has answered it.
/^void update_sign_seen(/,/^}/ s/u->signs == UPDATE_ALL_SIGNS/(u->signs \& UPDATE_MEASURES) != 0/
