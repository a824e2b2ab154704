/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fyaml leak: libfyaml 0.8 forgets 4 KiB of a long quoted scalar that stands before an error. In
 * the program it runs in a child that ends; a fuzz target, which lives on, must not call that
 * a fault of ours. Found by structure_fuzz: `''''...'':[a""0,` with more than 128 quotes.
 */
#pragma once

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}
