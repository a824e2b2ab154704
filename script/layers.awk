# SPDX-License-Identifier: Apache-2.0
# awk -f script/layers.awk docs/layers.txt $(git ls-files '*.[ch]')
# Holds each folder to the list of folders that docs/layers.txt lets it include.
function dir(p) { sub("/[^/]*$", "", p); return p }
FNR == NR { sub(":", ""); for (i = 1; i <= NF; i++) may[$1, $i] = 1; known[$1] = 1; next }
FILENAME ~ /^tests\/break\// { nextfile } # each stands in for a file elsewhere
FNR == 1 { here = dir(FILENAME); test = FILENAME ~ /_(test|fuzz)\.c$/
           if (!(here in known)) { print FILENAME ": no rule for " here; bad = 1 } }
/^#include "/ { split($0, q, "\""); to = dir(q[2])
           if (!((here, to) in may) && !(test && to == "tests/support")) {
               print FILENAME ":" FNR ": " here " may not include " to; bad = 1 } }
END { exit bad }
