# core/outbox/outbox_answer.c: a configuration is in force that flash did not take
/^static enum status hear_config(/,/^}/s/TRY(outbox_remember(o))/(void)!outbox_remember(o)/
