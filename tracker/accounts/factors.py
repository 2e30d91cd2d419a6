"""Second factors of accounts: passkeys, apps that show codes, codes for when both are lost.

Codes of apps follow RFC 6238, as OWASP ASVS 5.0 (6.5) asks: a step of 30 seconds, one step of
tolerance, each code taken once. Recovery codes have 120 bits; the database has their digests.
"""

from collections.abc import Collection

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from tracker.accounts import totp
from tracker.accounts.models import FactorKind, RecoveryCode, SecondFactor, User
from tracker.accounts.secret_words import code_digest, new_code
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import now
from tracker.history import actions as history

MOST = 10  # factors of an account
CODES = 10


def has_any(user_id: int) -> bool:
    """Whether an account has a second factor."""
    found = select(SecondFactor.id).where(SecondFactor.user_id == user_id).limit(1)
    return db.session.scalar(found) is not None


def of(user_id: int) -> list[SecondFactor]:
    """The second factors of an account, passkeys first, in the order in which they were added."""
    return list(
        db.session.scalars(
            select(SecondFactor)
            .where(SecondFactor.user_id == user_id)
            .order_by(SecondFactor.kind, SecondFactor.id)
        )
    )


def counts(user_ids: Collection[int]) -> dict[int, int]:
    """How many second factors accounts have; those without are left out."""
    found = db.session.execute(
        select(SecondFactor.user_id, func.count())
        .where(SecondFactor.user_id.in_(user_ids))
        .group_by(SecondFactor.user_id)
    )
    return {row[0]: row[1] for row in found}


def codes_left(user_id: int) -> int:
    """How many recovery codes of an account are unused."""
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return db.session.scalar(left) or 0


def add_app(user: User, secret: str, code: str, label: str, secret_key: str) -> SecondFactor:
    """Add an app that shows codes, once it has shown the right one. Raises `Refused` for a wrong
    one, or for too many factors."""
    step = totp.step_of(secret, code, now(), after=0)
    if step is None:
        raise Refused(
            {"code": "That is not the code of this moment. Type the one that the app shows now."}
        )
    if any(totp.unseal(each.key, secret_key) == secret for each in _apps(user)):
        raise Refused({"code": "This app is added already."})
    sealed = totp.seal(secret, secret_key)
    return _add(user, SecondFactor(kind=FactorKind.TOTP, label=label, key=sealed, counter=step))


def add_passkey(
    user: User, credential_id: str, public_key: str, counter: int, label: str
) -> SecondFactor:
    """Add a passkey whose answer was checked. Raises `Refused` for one that is an account's."""
    return _add(
        user,
        SecondFactor(
            kind=FactorKind.PASSKEY,
            label=label,
            credential_id=credential_id,
            key=public_key,
            counter=counter,
        ),
    )


def _add(user: User, factor: SecondFactor) -> SecondFactor:
    if len(of(user.id)) >= MOST:
        raise Refused(f"An account has at most {MOST} second factors. Remove one first.")
    intake = Intake()
    name = "Give it a name by which you know it."
    factor.label = intake.text("label", factor.label, SecondFactor.label, missing=name)
    intake.done()
    factor.user_id = user.id
    try:
        with db.session.begin_nested():
            db.session.add(factor)
    except IntegrityError:
        raise Refused("That passkey is in use already.") from None
    body = {"after": {"kind": factor.kind, "label": factor.label}}
    history.record("user.factor_added", actor_id=user.id, body=body)
    return factor


def remove(user: User, factor_id: int, *, is_demanded: bool) -> SecondFactor | None:
    """Take a factor from its account, and with the last one the recovery codes; nothing for one
    that is gone, or another person's. Raises `Refused` for the last one of an account that must
    have one."""
    held = of(user.id)
    factor = next((each for each in held if each.id == factor_id), None)
    if factor is None:
        return None
    if len(held) == 1:
        if is_demanded:
            raise Refused("Your account must have a second factor. Add another one first.")
        _forget_codes(user.id)
    db.session.delete(factor)
    body = {"before": {"kind": factor.kind, "label": factor.label}}
    history.record("user.factor_removed", actor_id=user.id, body=body)
    return factor


def reset(user: User, *, actor_id: int | None) -> None:
    """Take all factors and codes from an account whose person has lost them."""
    count = len(of(user.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    _forget_codes(user.id)
    body = {"after": {"person": user.id, "count": count}}
    history.record("user.factors_reset", actor_id=actor_id, body=body)


def new_codes(user: User) -> list[str]:
    """Ten new recovery codes, to be shown once; those of before are void. Raises `Refused` for an
    account without a second factor, which has nothing to recover."""
    if not has_any(user.id):
        raise Refused("Add a passkey or an app first: the codes stand in for them.")
    _forget_codes(user.id)
    codes = [new_code() for _ in range(CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, digest=code_digest(code)) for code in codes)
    history.record("user.codes_made", actor_id=user.id)
    return codes


def use_code(user: User, typed: str) -> bool:
    """Take a recovery code, however it was typed; whether it was one, which it is no more."""
    used = db.session.scalars(
        delete(RecoveryCode)
        .where(RecoveryCode.user_id == user.id, RecoveryCode.digest == code_digest(typed))
        .returning(RecoveryCode.id)
    ).all()
    if used:
        history.record("user.code_used", actor_id=user.id)
    return bool(used)


def use_app(user: User, typed: str, secret_key: str) -> bool:
    """Take a code of one of the account's apps; whether it was one, which is not taken again, of
    whatever app that shows the same."""
    taken = False
    for factor in _apps(user):
        secret = totp.unseal(factor.key, secret_key)
        step = totp.step_of(secret, typed, now(), after=factor.counter) if secret else None
        if step is not None and _advance(factor, step, is_later=True):
            taken = True
    return taken


def _apps(user: User) -> list[SecondFactor]:
    return [factor for factor in of(user.id) if factor.kind is FactorKind.TOTP]


def use_passkey(factor: SecondFactor, counter: int) -> bool:
    """Keep that a passkey has signed, as its checked answer says."""
    return _advance(factor, counter, is_later=False)


def _advance(factor: SecondFactor, counter: int, *, is_later: bool) -> bool:
    """In one statement, so that of two requests with one code one gets in."""
    moved = update(SecondFactor).where(SecondFactor.id == factor.id)
    if is_later:
        moved = moved.where(SecondFactor.counter < counter)
    moved = moved.values(counter=counter, last_used_at=now()).returning(SecondFactor.id)
    rows = db.session.execute(moved.execution_options(synchronize_session=False)).all()
    return bool(rows)


def _forget_codes(user_id: int) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
