"""What other rooms may ask of the accounts room."""

from __future__ import annotations

from .actions import (
    audit,
    change_password,
    change_role,
    create_key,
    create_member,
    create_sign_in_link,
    deactivate_member,
    name_company,
    redeem_sign_in_link,
    resume_sending,
    revoke_key,
    rotate_key,
    save_store,
    stop_all_sending,
)
from .models import Member
from .queries import (
    audited,
    installation,
    keys,
    may,
    member_by_email,
    members,
    need,
    person,
    secret,
    store,
    stores,
    write_key_for,
)
from .rules import COMPANY_WIDE, DEEDS, MAY

__all__ = [
    "COMPANY_WIDE",
    "DEEDS",
    "MAY",
    "Member",
    "audit",
    "audited",
    "change_password",
    "change_role",
    "create_key",
    "create_member",
    "create_sign_in_link",
    "deactivate_member",
    "installation",
    "keys",
    "may",
    "member_by_email",
    "members",
    "name_company",
    "need",
    "person",
    "redeem_sign_in_link",
    "resume_sending",
    "revoke_key",
    "rotate_key",
    "save_store",
    "secret",
    "stop_all_sending",
    "store",
    "stores",
    "write_key_for",
]
