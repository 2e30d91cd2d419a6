"""Two texts side by side: what differs is marked, and nothing else is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from tracker.web.merging import marked


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        ("same", "same", "same", "same"),
        ("", "new", "", "<mark>new</mark>"),
        ("by 3 May", "by 4 May", "by <mark>3</mark> May", "by <mark>4</mark> May"),
        ("公安厅", "公安局", "公安<mark>厅</mark>", "公安<mark>局</mark>"),
        ("བོད་ཡིག", "བོད་ཡི", "བོད་ཡི<mark>ག</mark>", "བོད་ཡི"),
        ("شرطة", "شرطي", "<mark>شرطة</mark>", "<mark>شرطي</mark>"),
        ("a <b>", "a <i>", "a &lt;<mark>b</mark>&gt;", "a &lt;<mark>i</mark>&gt;"),
    ],
)
def test_what_differs_is_marked(one: str, other: str, left: str, right: str) -> None:
    assert marked(one, other) == (Markup(left), Markup(right))


TEXTS = st.text(st.sampled_from("ab <&\n公安བོ0 "), max_size=20)


@given(TEXTS, TEXTS)
def test_without_the_marks_both_texts_are_whole(one: str, other: str) -> None:
    unmarked = [
        str(text).replace("<mark>", "").replace("</mark>", "") for text in marked(one, other)
    ]
    assert [str(Markup(text).unescape()) for text in unmarked] == [one, other]
