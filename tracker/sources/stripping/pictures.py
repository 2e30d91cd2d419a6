"""Pictures, drawn anew from their points."""

import io

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from tracker.sources.filetypes import FileType
from tracker.sources.stripping.cannot import CannotStrip

MOST_PIXELS = 60_000_000  # of all frames together
FORMATS = {
    FileType.PNG: "PNG",
    FileType.JPEG: "JPEG",
    FileType.WEBP: "WEBP",
    FileType.GIF: "GIF",
}


def stripped_picture(content: bytes, format_: str) -> bytes:
    damaged = "This picture cannot be opened. Save it anew with another program, and choose that."
    too_large = (
        f"This picture has more than {MOST_PIXELS // 1_000_000} million points. Make it smaller."
    )
    try:
        opened = Image.open(io.BytesIO(content), formats=[format_])
        frames = 1 if opened.format == "MPO" else getattr(opened, "n_frames", 1)
        if opened.width * opened.height * frames > MOST_PIXELS:
            raise CannotStrip(too_large)
        return _drawn_anew(opened, format_, frames)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise CannotStrip(too_large) from None
    except CannotStrip:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError):
        raise CannotStrip(damaged) from None


def _drawn_anew(opened: Image.Image, format_: str, frames: int) -> bytes:
    """The points alone, the right way up, saved without anything that was said beside them."""
    file = io.BytesIO()
    if frames > 1:
        shown = [_bare(frame.copy()) for frame in ImageSequence.Iterator(opened)]
        beat = {"duration": opened.info.get("duration", 100), "loop": opened.info.get("loop", 0)}
        shown[0].save(file, format_, save_all=True, append_images=shown[1:], **beat)
        return file.getvalue()
    # by way of its points: the picture that was opened remembers what it was opened with
    picture = _bare(ImageOps.exif_transpose(opened))
    quality = {"quality": 92} if format_ in ("JPEG", "WEBP") else {}
    picture.save(file, format_, **quality)
    return file.getvalue()


def _bare(picture: Image.Image) -> Image.Image:
    """A picture of the same points, of which nothing else is known but which are transparent."""
    picture.load()
    if picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"):
        picture = picture.convert("RGB")
    made = Image.new(picture.mode, picture.size)
    palette = picture.getpalette("RGB") if picture.mode == "P" else None
    if palette:
        made.putpalette(palette)
    made.paste(picture)
    if "transparency" in picture.info and picture.mode in ("P", "L", "RGB"):
        made.info["transparency"] = picture.info["transparency"]
    return made
