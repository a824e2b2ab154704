# SPDX-License-Identifier: Apache-2.0
# file: wire/batch_rules.c
# target: wire/batch_fuzz.c
# Quality has no upper edge any more.
s/ && r->quality <= 100;/;/
s/^ +&& r->quality <= 100;/;/
