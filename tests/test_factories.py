"""Every model has a factory, and every factory makes a row that either database takes."""

import pytest
from flask import Flask
from sqlalchemy import inspect

from tests.support.factories import FACTORIES, make
from tracker import wiring
from tracker.core.db import Base, db

wiring.register_models()
MODELS = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda m: m.__name__)


def test_every_model_has_a_factory() -> None:
    assert set(MODELS) == set(FACTORIES)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_factory_makes_a_row(context: Flask, model: type[Base]) -> None:
    row = make(model)
    db.session.expire_all()
    assert db.session.get(model, inspect(row).identity) is row
