"""Pictures as a camera or a program packed them, less what it says beside their points."""

NO_JFIF_THUMBNAIL = b"\x00\x00"
OF_MAKERS_IN_JPEG_2000 = (b"uuid", b"xml ", b"uinf")


def without_boxes(jpeg_2000: bytes) -> bytes:
    """A JPEG 2000 picture without the boxes in which programs write what they know of it (ISO/IEC
    15444-1, annex I); a bare codestream has none."""
    if jpeg_2000[4:8] != b"jP  ":
        return jpeg_2000
    kept, place = [], 0
    while place + 8 <= len(jpeg_2000):
        length = int.from_bytes(jpeg_2000[place : place + 4], "big")
        if length == 1:
            length = int.from_bytes(jpeg_2000[place + 8 : place + 16], "big")
        end = place + length if length else len(jpeg_2000)
        if end < place + 8:
            raise ValueError("a box that is shorter than its head")
        if jpeg_2000[place + 4 : place + 8] not in OF_MAKERS_IN_JPEG_2000:
            kept.append(jpeg_2000[place:end])
        place = end
    return b"".join(kept)


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without its comments, what programs wrote into it and what stands behind its end, its
    points untouched. The marks of JFIF and of Adobe stay: they say how its colours are meant."""
    kept, place, has_points = [jpeg[:2]], 2, False
    while (place := jpeg.find(b"\xff", place)) >= 0 and place + 2 <= len(jpeg):
        marker = jpeg[place + 1]
        if marker == 0xFF:  # one may stand before a marker, to fill
            place += 1
            continue
        if marker == 0xD9:
            kept.append(jpeg[place : place + 2])
            break
        end = place + 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if end < place + 4:
            raise ValueError("a segment that is shorter than its head")
        if marker == 0xDA:  # the points begin
            has_points, end = True, _end_of_points(jpeg, end)
        kept.append(_kept_segment(marker, jpeg[place:end]))
        place = end
    if not has_points:
        raise ValueError("a picture without points")
    return b"".join(kept)


def _kept_segment(marker: int, segment: bytes) -> bytes:
    """A segment as it stays: nothing of one in which a program says something."""
    if marker == 0xE0 and segment[4:9] == b"JFIF\x00" and len(segment) >= 18:
        head = segment[4:16] + NO_JFIF_THUMBNAIL
        return segment[:2] + (len(head) + 2).to_bytes(2, "big") + head
    if marker == 0xEE and segment[4:9] == b"Adobe":
        return segment
    says = 0xE0 <= marker <= 0xEF or marker == 0xFE
    return b"" if says else segment


def _end_of_points(jpeg: bytes, place: int) -> int:
    """Where the next marker stands: a byte of points that looks like one has a zero behind it, and
    the marks at which reading can begin anew belong to the points (ISO/IEC 10918-1, B.1.1)."""
    while (place := jpeg.find(b"\xff", place)) >= 0:
        follows = jpeg[place + 1 : place + 2]
        if follows and follows[0] != 0 and not 0xD0 <= follows[0] <= 0xD7 and follows[0] != 0xFF:
            return place
        place += 1 if follows == b"\xff" else 2
    return len(jpeg)
