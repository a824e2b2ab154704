# SPDX-License-Identifier: Apache-2.0
# A mark is programmed into the first cell, whatever is in it.
/^static enum status marks(/,/^}/ s/\*free_cell = i + 1;/*free_cell = 0;/
