# SPDX-License-Identifier: Apache-2.0
# The count of lost records is not kept on flash.
/^static enum status put_sector_heads(/,/^}/ s/\.lost = r->lost,/.lost = 0,/
