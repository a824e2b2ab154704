# SPDX-License-Identifier: Apache-2.0
# A slot counts as soon as its head is there.
/^static enum status load(/,/^}/ s/== h->body_check ? OK : AGAIN/== h->body_check ? OK : OK/
