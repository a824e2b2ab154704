/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Init: draw every key of a new cloud, on an empty root, without a running service.
 *
 * The server authorities' private keys go to offline/ and are read by no process of ours again.
 */
#pragma once

int init_cloud(const char *root, const char *name, const char *address);
