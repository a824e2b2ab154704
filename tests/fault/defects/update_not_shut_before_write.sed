# SPDX-License-Identifier: Apache-2.0
# A slot that may start is written.
s/case UPDATE_DO_SHUT: return .*/case UPDATE_DO_SHUT: return OK;/
