"""Rows out of a file that somebody gave us, and a sentence for every file that holds none."""

import gzip
import tracemalloc
import zipfile

import openpyxl
import pytest

from nazorg.core.refusals import Refused
from nazorg.imports.tables import EXTRA, open_table


@pytest.fixture
def file(tmp_path):
    def write(content: bytes | str, name="in.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def workbook(path, *rows, sheets=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, cells in (sheets or {}).items():
        book.create_sheet(name).append(cells)
    book.save(path)
    return path


@pytest.mark.parametrize("content, encoding, delimiter", [
    ("name,price\nCafé,1\n".encode(), "utf-8", ","),
    ("name;price\r\nCafé;1\r\n".encode("utf-8-sig"), "utf-8-sig", ";"),
    ("name\tprice\nCafé\t1\n".encode("utf-16"), "utf-16", "\t"),
    ("name;price\nCafé;1\n".encode("cp1252"), "cp1252", ";"),
    ("name;price\nCafé;1\n\x81;2\n".encode("latin-1"), "latin-1", ";"),
])
def test_encodings_and_delimiters(file, content, encoding, delimiter):
    with open_table(file(content)) as table:
        assert (table.encoding, table.delimiter, table.columns) == (encoding, delimiter, ("name", "price"))
        assert next(iter(table)) == (2, {"name": "Café", "price": "1"})


def test_ansi_keeps_its_euro_sign(file):
    assert list(open_table(file("a;b\n€ 5;x\n".encode("cp1252")))) == [(2, {"a": "€ 5", "b": "x"})]


def test_a_delimiter_inside_quotes_parts_nothing(file):
    table = open_table(file('name;note\n"a, b, c";"say ""hi""; twice"\n"two\nlines";\n'))
    assert list(table) == [
        (2, {"name": "a, b, c", "note": 'say "hi"; twice'}), (3, {"name": "two\nlines", "note": ""}),
    ]


def test_titles_above_the_header_blank_rows_and_rows_of_another_width(file):
    table = open_table(file("Customers of May\n\n a  name ,price,\nx,1\n,,\ny\nz,2,more\n"))
    assert table.columns == ("a name", "price")
    assert list(table) == [
        (4, {"a name": "x", "price": "1"}),
        (6, {"a name": "y", "price": None}),
        (7, {"a name": "z", "price": "2", EXTRA: ["more"]}),
    ]
    assert table.blank_rows == 1


def test_a_single_column(file):
    assert [row["email"] for _n, row in open_table(file("email\nida@example.org\n"))] == ["ida@example.org"]


def test_a_header_alone_is_an_empty_table(file):
    table = open_table(file("a,b\n"))
    assert table.columns == ("a", "b")
    assert list(table) == []


def test_progress_goes_from_nothing_to_all_and_a_table_can_be_read_twice(file):
    path = file(gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * 7919 % 10007) for n in range(60_000))), "in.csv.gz")
    table = open_table(path)
    assert table.progress() == 0
    seen = [table.progress() for _row in table]
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[len(seen) // 2] < 1
    assert table.progress() == 1
    assert sum(1 for _row in table) == 60_000


@pytest.mark.parametrize("content, code", [
    (b"", "empty_file"),
    (b"\n\n ,\n", "empty_file"),
    (b"a,b\n1,\x00\n", "nul_byte"),
    (b"%PDF-1.7\x00\x01", "nul_byte"),
    (b"\xff\xfea\x00b\x00\x00", "encoding"),
    (b"a,b\n1,\"never closed\n2,3\n", "broken_row"),
    (b'a,b\n1,"x"y\n', "broken_row"),
    (b"a,b\n1," + b"x" * 200_000 + b"\n", "broken_row"),
    (b"a,b,a\n1,2,3\n", "double_column"),
    (",".join(f"c{n}" for n in range(600)).encode(), "too_many_columns"),
    (gzip.compress(b"a,b\n" + bytes(range(65, 90)) * 999, mtime=0)[:-20], "damaged"),
    (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-8] + b"12345678", "damaged"),
    (b"\x1f\x8bnothing", "damaged"),
    (b"PK\x03\x04nothing", "damaged"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
])
def test_a_broken_file_is_refused_in_a_sentence(file, content, code):
    with pytest.raises(Refused) as refused:
        list(open_table(file(content)))
    assert refused.value.code == code
    assert str(refused.value).startswith("in.csv")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Refused, match="There is no file"):
        open_table(tmp_path / "none.csv")
    with pytest.raises(Refused, match="is a folder"):
        open_table(tmp_path)


def test_a_file_that_unpacks_to_too_much(file, tmp_path):
    with pytest.raises(Refused, match="more than 1 MB"):
        open_table(file(gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000)), max_bytes=1024**2)
    path = workbook(tmp_path / "in.xlsx", ["a"], *[["x" * 50 + str(n)] for n in range(50_000)])
    with pytest.raises(Refused, match="more than 1 MB"):
        open_table(path, max_bytes=1024**2)


def test_excel_keeps_its_own_types(tmp_path):
    path = workbook(tmp_path / "in.xlsx", ["The shop"], [], ["Code", "Price", None], [22423.0, 2.55], [], ["85123A", None, None])
    table = open_table(path)
    assert table.columns == ("Code", "Price")
    assert list(table) == [(4, {"Code": 22423, "Price": 2.55}), (6, {"Code": "85123A", "Price": None})]
    assert table.progress() == 1


def test_excel_by_sheet(tmp_path):
    path = workbook(tmp_path / "in.xlsx", ["a", "b"], sheets={"Orders": ["number", "total"]})
    assert open_table(path, sheet="Orders").columns == ("number", "total")
    with pytest.raises(Refused, match="no sheet “May”. Its sheets: Sheet, Orders"):
        open_table(path, sheet="May")


def test_excel_that_is_cut_or_something_else(file, tmp_path):
    path = workbook(tmp_path / "whole.xlsx", ["a", "b"], [1, 2])
    with pytest.raises(Refused, match="damaged"):
        open_table(file(path.read_bytes()[:-400], "cut.xlsx"))
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("in.csv", "a,b\n")
    with pytest.raises(Refused, match="an archive, not a workbook"):
        open_table(tmp_path / "in.zip")
    with zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as archive, zipfile.ZipFile(path) as whole:
        for name in whole.namelist():
            archive.writestr(name, b"<broken" if "sheet1" in name else whole.read(name))
    with pytest.raises(Refused, match="damaged"):
        list(open_table(tmp_path / "odd.xlsx"))


def test_memory_stays_flat(file):
    path = file(b"a,b,c\n" + b"".join(b"%d,some text,%d\n" % (n, n) for n in range(100_000)))
    tracemalloc.start()
    try:
        assert sum(1 for _row in open_table(path)) == 100_000
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024**2
