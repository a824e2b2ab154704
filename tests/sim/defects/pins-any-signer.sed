# device/trust/pin_rule_signature.c: whoever signs a pin set is believed
s/signed_, &p->signature) == OK;/signed_, \&p->signature) != BROKEN;/
