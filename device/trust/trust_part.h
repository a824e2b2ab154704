/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust part: which half of the trust port a role has.
 */
#pragma once

enum trust_part { TRUST_TLS, TRUST_TLS_NEXT /* files only: tls_pair.h */, TRUST_WRAP };
