"""Whether a title in mail would name a target."""

import pytest

from tracker.notifications.titles import names_target
from tracker.targets.models import TargetKind


@pytest.mark.parametrize(
    ("title", "name", "kind", "told"),
    [
        ("Letter on Roberto Rivas and others", "Roberto Rivas Reyes", TargetKind.PERSON, True),
        ("The RIVAS case", "Roberto Rivas Reyes", TargetKind.PERSON, True),
        ("On rivas’s money", "Roberto Rivas Reyes", TargetKind.PERSON, True),
        ("The rivals of men", "Li Rivas", TargetKind.PERSON, False),
        ("Officials responsible for forced separation", "Wu Yingjie", TargetKind.PERSON, False),
        (
            "List the Public Security Bureau of Lhasa",
            "Public Security Bureau",
            TargetKind.PUBLIC_BODY,
            True,
        ),
        ("Security of the public", "Public Security Bureau", TargetKind.PUBLIC_BODY, False),
        ("西藏自治区公安厅的任务", "公安厅", TargetKind.PUBLIC_BODY, True),
        ("西藏自治区", "公安厅", TargetKind.PUBLIC_BODY, False),
        ("Letter on Mr Wu", "Wu Yingjie", TargetKind.PERSON, True),
        ("Letter on WuYingjie", "Wu Yingjie", TargetKind.PERSON, True),
        ("Wu's men", "Wu Yingjie", TargetKind.PERSON, True),
        ("A wuthering height", "Wu Yingjie", TargetKind.PERSON, False),
        ("Chen Quanguo must be listed", "陈全国", TargetKind.PERSON, True),
        ("陈全国的任务", "Chen Quanguo", TargetKind.PERSON, True),
        ("Кадыров and others", "Рамзан Кадыров", TargetKind.PERSON, True),
        ("Kadyrov and others", "Рамзан Кадыров", TargetKind.PERSON, True),
        ("The Wałęsa file", "Lech Wałęsa", TargetKind.PERSON, True),
        ("What O’Brien did", "Jane O'Brien", TargetKind.PERSON, True),
    ],
)
def test_a_title_names_a_target_by_its_name_and_a_person_by_a_part_of_it(
    title: str, name: str, kind: TargetKind, told: bool
) -> None:
    assert names_target(title, name, kind) is told
