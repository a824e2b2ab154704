/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/gate/path_rule.h"

#include <string.h>

/* Req: HF-SEC-001 "a request for any other path, existing or not, shall be answered 403" */
bool path_rule_allows(const struct device_id *certificate, const struct device_id *path)
{
    return memcmp(certificate->b, path->b, sizeof path->b) == 0;
}
