/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/health.h"

/* Req: HF-UPD-004 "The security counter shall be raised only after a release has shown itself healthy and is what starts from then on." */
bool update_healthy(unsigned signs)
{
    return signs == UPDATE_ALL_SIGNS;
}
