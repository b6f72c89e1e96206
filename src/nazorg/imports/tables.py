"""Rows out of a file that somebody gave us: .csv, .csv.gz or .xlsx, one row at a time and never the whole file at once.

    with open_table("customers.csv") as table:
        for row_number, cells in table:
            name = as_text(cells["Name"], row=row_number, column="Name")

The file is recognised by its first bytes, not by its name. A text file is read through once before its first row is
given (22 MB: a quarter of a second), so that a broken archive, a NUL byte or a wrong encoding is told before anything
has been written, and so that the encoding is known instead of guessed from a sample.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from nazorg.core.refusals import Refused

from .cells import as_date, as_decimal, as_moment, as_text

__all__ = ["EXTRA", "Table", "as_date", "as_decimal", "as_moment", "as_text", "open_table"]

EXTRA = ""
"""The key under which a row carries the cells that stand beyond the header; a column's name is never empty."""

MAX_BYTES = 2 * 1024**3
"""The most that a file may hold once it is unpacked; a browser's import passes less."""
MAX_COLUMNS = 500
MAX_EXCEL_ROWS = 1_048_576
_CHUNK = 1 << 20
_ROWS_TO_FIND_THE_HEADER = 20
_DELIMITERS = ",;\t"
_NOT_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
_BROKEN_GZIP = (EOFError, zlib.error, gzip.BadGzipFile)
_BROKEN_EXCEL = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    OSError, EOFError, zlib.error, NotImplementedError, SyntaxError,
)


def open_table(path: str | Path, *, max_bytes: int = MAX_BYTES, sheet: str | None = None) -> Table:
    """The table in the file at `path`, its header read. Raises `Refused` when there is no table to be read in it.

    `max_bytes` bounds what the file holds once unpacked. `sheet` names the sheet of a workbook, else its first.
    """
    path = Path(path)
    try:
        with path.open("rb") as handle:
            start = handle.read(8)
    except FileNotFoundError:
        raise Refused(_("There is no file %(path)s.") % {"path": path}, code="no_file")
    except IsADirectoryError:
        raise Refused(_("%(path)s is a folder. Name the file in it.") % {"path": path}, code="no_file")
    except OSError as problem:
        raise Refused(
            _("%(path)s cannot be opened: %(why)s.") % {"path": path, "why": problem.strerror}, code="no_file"
        )
    if not start:
        raise Refused(_("%(name)s is empty.") % {"name": path.name}, code="empty_file")
    if start.startswith(b"PK"):
        return _ExcelTable(path, max_bytes=max_bytes, sheet=sheet)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            _("%(name)s is an old .xls workbook or has a password. Save it as .xlsx without a password, or as .csv.")
            % {"name": path.name},
            code="old_excel",
        )
    return _TextTable(path, max_bytes=max_bytes, packed=start.startswith(b"\x1f\x8b"))


class Table:
    """A header and rows. Each `for` starts at the first row again, so a preview and an import can share one table.

    A row is `(row_number, cells)`: the number is the one that a spreadsheet shows (the header of a plain file being
    row 1), and `cells` is a dict by column. Rows in which every cell is empty are passed over and counted in
    `blank_rows`. A row with more cells than the header carries the rest as a list under `EXTRA`; a shorter one has
    None in its last columns. Cells are raw: convert them with `as_text`, `as_decimal`, `as_date` and `as_moment`.
    """

    kind: str
    encoding: str | None = None
    delimiter: str | None = None

    def __init__(self, path: Path):
        self.path = path
        self.name = path.name
        self.blank_rows = 0
        self._header_row, self.columns = self._find_header()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self) -> None:
        """Let go of the file; nothing to do for a table that is not being read."""

    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""
        raise NotImplementedError

    def _rows(self) -> Iterator[tuple[int, list]]:
        """Row numbers and raw cells, header and title rows included."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[tuple[int, dict]]:
        self.blank_rows = 0
        columns, width = self.columns, len(self.columns)
        for number, cells in self._rows():
            if number <= self._header_row:
                continue
            if len(cells) == width:
                row = dict(zip(columns, cells, strict=True))
            else:
                row = dict(zip(columns, cells + [None] * (width - len(cells)), strict=False))
                extra = [cell for cell in cells[width:] if not _empty(cell)]
                if extra:
                    row[EXTRA] = extra
            if all(map(_empty, row.values())):
                self.blank_rows += 1
                continue
            yield number, row

    def _find_header(self) -> tuple[int, tuple[str, ...]]:
        """The first row that names columns: a title above it fills one cell only, while the header fills as many as its table."""
        candidates = []
        for number, cells in self._rows():
            while cells and _empty(cells[-1]):
                cells = cells[:-1]
            if cells:
                candidates.append((number, cells))
            if number >= _ROWS_TO_FIND_THE_HEADER:
                break
        self.close()
        if not candidates:
            raise Refused(_("%(name)s has no rows.") % {"name": self.name}, code="empty_file")
        widest = max(sum(not _empty(cell) for cell in cells) for _number, cells in candidates)
        header = candidates[0]
        if widest > 1:
            header = next(row for row in candidates if sum(not _empty(cell) for cell in row[1]) > 1)
        number, cells = header
        if len(cells) > MAX_COLUMNS:
            raise Refused(
                _("%(name)s has %(count)d columns; %(limit)d is the most. Is it one table with a header?")
                % {"name": self.name, "count": len(cells), "limit": MAX_COLUMNS},
                code="too_many_columns",
            )
        columns: list[str] = []
        for position, cell in enumerate(cells, 1):
            name = as_text(cell, row=number, column=str(position), max_length=200)
            name = " ".join(name.split()) or _("column %(position)d") % {"position": position}
            if name in columns:
                raise Refused(
                    _("%(name)s: the header in row %(row)d has “%(column)s” twice. Give each column its own name.")
                    % {"name": self.name, "row": number, "column": name},
                    code="double_column",
                )
            columns.append(name)
        return number, tuple(columns)


def _empty(cell) -> bool:
    return cell is None or cell == "" or (isinstance(cell, str) and not cell.strip())


class _TextTable(Table):
    """A .csv file, perhaps packed by gzip."""

    kind = "csv"

    def __init__(self, path: Path, *, max_bytes: int, packed: bool):
        self.path, self._packed = path, packed
        self._size = max(path.stat().st_size, 1)
        self._raw = None
        self._done = 0.0
        self.name = path.name
        self.encoding, first_lines = self._survey(max_bytes)
        self.delimiter = _delimiter(first_lines)
        super().__init__(path)

    def progress(self) -> float:
        if self._raw is not None:
            self._done = min(self._raw.tell() / self._size, 1.0)
        return self._done

    def close(self) -> None:
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    @contextmanager
    def _bytes(self):
        """The unpacked bytes; `_raw` is the file itself, whose position is the progress."""
        self.close()
        raw = self._raw = self.path.open("rb")
        try:
            with gzip.GzipFile(fileobj=raw) if self._packed else raw as unpacked:
                yield unpacked
        except _BROKEN_GZIP:
            raise Refused(
                _("%(name)s is damaged: it cannot be unpacked to its end. Fetch or make it again.") % {"name": self.name},
                code="damaged",
            )
        finally:
            raw.close()
            if self._raw is raw:
                self._raw = None

    def _survey(self, max_bytes: int) -> tuple[str, str]:
        """The encoding and the first lines, after one look at every byte."""
        size, start, encoding, odd = 0, b"", "utf-8", False
        decoder = codecs.getincrementaldecoder("utf-8")()
        with self._bytes() as unpacked:
            while chunk := unpacked.read(_CHUNK):
                if not size:
                    start = chunk
                    if chunk.startswith(codecs.BOM_UTF8):
                        encoding = "utf-8-sig"
                    elif chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                        encoding = "utf-16"
                        decoder = codecs.getincrementaldecoder("utf-16")()
                size += len(chunk)
                if size > max_bytes:
                    raise Refused(
                        _("%(name)s holds more than %(limit)d MB. Split it into smaller files.")
                        % {"name": self.name, "limit": max_bytes // 1024**2},
                        code="too_large",
                    )
                if encoding != "utf-16" and b"\0" in chunk:
                    raise Refused(
                        _("%(name)s is not a text file: it holds NUL bytes. Save the table as .csv (UTF-8) or .xlsx.")
                        % {"name": self.name},
                        code="nul_byte",
                    )
                if decoder:
                    try:
                        text = decoder.decode(chunk)
                        if encoding == "utf-16" and "\0" in text:
                            raise UnicodeDecodeError("utf-16", b"\0", 0, 1, "NUL")
                    except UnicodeDecodeError:
                        decoder = None
                if not encoding.startswith("utf-16"):
                    odd = odd or not _NOT_IN_CP1252.isdisjoint(chunk)
        if decoder:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                decoder = None
        if not decoder:
            if encoding == "utf-16":
                raise Refused(
                    _("%(name)s is not a text file that can be read. Save the table as .csv (UTF-8) or .xlsx.")
                    % {"name": self.name},
                    code="encoding",
                )
            # What Windows calls ANSI is Latin-1 with a euro sign and quotes where Latin-1 has control characters.
            encoding = "latin-1" if odd else "cp1252"
        return encoding, start.decode(encoding, errors="replace")

    def _rows(self) -> Iterator[tuple[int, list]]:
        number = 0
        with self._bytes() as unpacked:
            text = io.TextIOWrapper(unpacked, encoding=self.encoding, newline="")
            # Strict, for a quote in the wrong place otherwise swallows rows without a word.
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            while True:
                number += 1
                try:
                    cells = next(reader, None)
                except csv.Error as problem:
                    raise Refused(
                        _(
                            "%(name)s, row %(row)d (line %(line)d): the row cannot be read (%(why)s)."
                            " Is a quote missing, or is one not doubled?"
                        )
                        % {"name": self.name, "row": number, "line": reader.line_num, "why": problem},
                        code="broken_row", row=number,
                    )
                if cells is None:
                    self._done = 1.0
                    return
                yield number, cells


def _delimiter(first_lines: str) -> str:
    """The sign between cells: the one that parts the first lines into the most cells, alike in the most of them."""
    lines = first_lines.splitlines()[: _ROWS_TO_FIND_THE_HEADER + 1]
    if len(lines) > 1 and len(lines) <= _ROWS_TO_FIND_THE_HEADER and not first_lines.endswith(("\n", "\r")):
        lines = lines[:-1]  # it may have been cut in the middle

    def alike(delimiter: str) -> tuple[int, int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            return 0, 0, 0
        wide = [width for width in widths if width > 1]
        if not wide:
            return 0, 0, 0
        usual = max(set(wide), key=lambda width: (wide.count(width), width))
        return wide.count(usual), usual, -_DELIMITERS.index(delimiter)

    best = max(_DELIMITERS, key=alike)
    return best if alike(best)[0] else ","


class _ExcelTable(Table):
    """One sheet of an .xlsx workbook, read row by row."""

    kind = "xlsx"

    def __init__(self, path: Path, *, max_bytes: int, sheet: str | None):
        self._sheet, self._workbook = sheet, None
        self._last_row = self._row = 0
        self.name = path.name
        try:
            with zipfile.ZipFile(path) as archive:
                # The directory tells the unpacked sizes, so a bomb is refused before it is opened.
                size = sum(member.file_size for member in archive.infolist())
                is_workbook = "xl/workbook.xml" in archive.namelist()
        except _BROKEN_EXCEL:
            raise self._damaged()
        if not is_workbook:
            raise Refused(
                _("%(name)s is an archive, not a workbook. Unpack it and import the .csv or .xlsx in it.")
                % {"name": self.name},
                code="archive",
            )
        if size > max_bytes:
            raise Refused(
                _("%(name)s holds more than %(limit)d MB. Split it into smaller files.")
                % {"name": self.name, "limit": max_bytes // 1024**2},
                code="too_large",
            )
        super().__init__(path)

    def _damaged(self) -> Refused:
        return Refused(
            _("%(name)s is damaged or no workbook. Open it in a spreadsheet program and save it again as .xlsx.")
            % {"name": self.name},
            code="damaged",
        )

    def progress(self) -> float:
        return min(self._row / self._last_row, 1.0) if self._last_row else 0.0

    def close(self) -> None:
        if self._workbook is not None:
            self._workbook.close()
            self._workbook = None

    def _rows(self) -> Iterator[tuple[int, list]]:
        self.close()
        try:
            self._workbook = workbook = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
            sheets = {sheet.title: sheet for sheet in workbook.worksheets}
        except _BROKEN_EXCEL:
            raise self._damaged()
        if not sheets or (self._sheet is not None and self._sheet not in sheets):
            self.close()
            raise Refused(
                _("%(name)s has no sheet “%(sheet)s”. Its sheets: %(sheets)s.")
                % {"name": self.name, "sheet": self._sheet or "", "sheets": ", ".join(sheets) or "–"},
                code="no_sheet",
            )
        sheet = sheets[self._sheet] if self._sheet is not None else next(iter(sheets.values()))
        try:
            # Some programs write a wrong size into the sheet, and openpyxl would cut the rows to it.
            self._last_row = sheet.max_row or 0
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > MAX_EXCEL_ROWS:  # a forged row number makes openpyxl count empty rows up to it
                    raise self._damaged()
                self._row = number
                yield number, list(cells)
            self._row = self._last_row = max(self._row, 1)
        except _BROKEN_EXCEL:
            raise self._damaged()
        finally:
            self.close()
