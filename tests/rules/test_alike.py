"""When two names are likely one."""

import pytest

from tracker.targets.rules import are_alike

ALIKE = [
    ("Wu Yingjie", "Wu Yingjie"),
    ("WU, Yingjie", "wu yingjie"),
    ("Yingjie Wu", "Wu Yingjie"),
    ("吴英杰", "Wu Yingjie"),
    ("吴英杰", "Yingjie WU"),
    ("Wu Ying-jie", "Wu Yingjie"),
    ("Wu Yinjie", "Wu Yingjie"),
    ("Wu Yingjjie", "Wu Yingjie"),
    ("Wo Yingjie", "Wu Yingjie"),
    ("Kadyrov", "Кадыров"),
    ("Søren Ødegård", "Soren Odegard"),
    ("ཁྲོན་ཆོན་ཀོ", "ཁྲོན་ཆོན་ཀོ།"),
]
OTHERS = [
    ("Wu Yingjie", "Wu Yingling"),
    ("Wu Yingjie", "Wu"),
    ("Wu Yingjie", "Wu Yingjie of Lhasa"),
    ("Li", "Lu"),  # of short names a letter makes another
    ("Wu", "吴英杰"),
    ("Ministry of Public Security", "Ministry of State Security"),
    ("", ""),
    ("---", "..."),
    ("Bureau No. 1", "Bureau No. 25"),
]


@pytest.mark.parametrize(("name", "other"), ALIKE)
def test_names_that_may_be_one(name: str, other: str) -> None:
    assert are_alike(name, other)
    assert are_alike(other, name)


@pytest.mark.parametrize(("name", "other"), OTHERS)
def test_names_that_are_two(name: str, other: str) -> None:
    assert not are_alike(name, other)
    assert not are_alike(other, name)
