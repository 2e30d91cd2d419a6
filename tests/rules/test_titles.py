"""Whether a title in mail would name a target."""

import pytest

from tracker.core.names import fold
from tracker.notifications.titles import names_target
from tracker.targets.models import TargetKind


@pytest.mark.parametrize(
    ("title", "name", "kind", "told"),
    [
        ("Letter on Roberto Rivas and others", "Roberto Rivas Reyes", TargetKind.PERSON, True),
        ("The RIVAS case", "Roberto Rivas Reyes", TargetKind.PERSON, True),
        ("On rivas’s money", "Roberto Rivas Reyes", TargetKind.PERSON, True),
        ("The rivals of Li", "Li Rivas", TargetKind.PERSON, False),
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
    ],
)
def test_a_title_names_a_target_by_its_name_and_a_person_by_a_part_of_it(
    title: str, name: str, kind: TargetKind, told: bool
) -> None:
    assert names_target(title, fold(name), kind) is told
