# SPDX-License-Identifier: Apache-2.0
# A release is started before the record says so.
/^static bool step(/,/^}/ s/if (keep(u) != OK)$/if (m.act != UPDATE_DO_TRY \&\& keep(u) != OK)/
