/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Screen role: draws what measure shows; holds no secret and is waited for by nobody.
 */
#pragma once

#include "device/talk/role.h"

/* spec: "terminal", "none", or "png:DIR": DIR/screen.png is the newest frame. */
bool screen_spec_good(const char *spec);
int screen_main(struct role_env *env, const char *spec); /* exit code */
