# core/outbox/outbox_take.c: readings that fill no merged record are dropped
/^static enum status close_all(/,/^}/s/i < o->left_over_count/i < o->left_over_count \&\& i > 250/
