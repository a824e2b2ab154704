# device/trust/pin_rule.c: an older set may come back
s/return version > in_force;/return version != in_force;/
