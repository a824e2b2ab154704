# core/outbox/outbox_nonce.c: any nonce at any time will do
s/return false;/return true;/
