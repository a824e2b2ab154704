/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path rule: a certificate opens the path of its own device and no other.
 */
#pragma once

#include "wire/types.h"

bool path_rule_allows(
    const struct device_id *certificate, const struct device_id *path);
