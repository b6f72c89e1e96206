"""Makes static/ui/icons.svg: one sprite of the icons named in icons.txt, from a folder of Tabler's outline SVG files.

The whole of Tabler's set is 2 MB; ours is a few kilobytes. Run through `vendor.sh`, or by hand after adding a name:
`python src/nazorg/ui/icons.py path/to/tabler-icons/icons/outline`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
BLANK = re.compile(r'<path\s+stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def names() -> list[str]:
    """The icons that we use, sorted, each once."""
    lines = (line.strip() for line in (HERE / "icons.txt").read_text().splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def sprite(folder: Path) -> str:
    """One SVG file that holds each icon as a symbol named after it."""
    symbols = []
    for name in names():
        shape = BLANK.sub("", SVG.search((folder / f"{name}.svg").read_text()).group(1))
        shape = re.sub(r"\s+", " ", shape).replace("> <", "><").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shape}</symbol>')
    notice = "<!-- Tabler Icons, MIT, see ../vendor/tabler/LICENSE-icons -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{notice}\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    (HERE / "static/ui/icons.svg").write_text(sprite(Path(sys.argv[1])))
