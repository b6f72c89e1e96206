"""Import in the browser: a file, its columns, a trial, the import, its error file. For administrators only."""

import io
import zipfile
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.imports.import_house import checksums, open_house
from tests.masters import somebody

from nazorg.catalogue.models import Product
from nazorg.imports import actions, tasks
from nazorg.imports.models import ImportRun
from nazorg.suite.models import ActiveApp
from nazorg.suite.queries import forget_active_apps

PRODUCTS = "Artikelcode;Naam;Prijs;Kleur\nKT-1;Kettle;1.049,90;red\nTS-1;Toaster;abc;blue\nMX-1;Mixer;12,5;\n"


@pytest.fixture
def ada(db, settings, tmp_path):
    open_house()
    settings.MEDIA_ROOT = tmp_path
    client = Client()
    client.force_login(somebody("ada"))
    return client


def upload(client, content=PRODUCTS, name="products.csv", kind="products"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(reverse("imports:new"), {"kind": kind, "file": SimpleUploadedFile(name, content)})


def jobs():
    return list(ProcrastinateJob.objects.filter(task_name__startswith="imports.", status="todo").order_by("id").values_list("task_name", "args"))


def columns_of(run, **more):
    names = run.options["columns"]
    return {f"column_{i}": run.options["map"].get(name, "") for i, name in enumerate(names)} | {"decimal": run.options["decimal"], "days": run.options["days"]} | more


def test_from_the_file_to_the_report(ada):
    answer = upload(ada)
    run = ImportRun.objects.get()
    assert answer.url == reverse("imports:columns", args=[run.pk])
    page = ada.get(answer.url).content.decode()
    assert "1.049,90" in page
    assert "semicolons" in page
    assert run.options["map"] == {"Artikelcode": "code", "Naam": "name", "Prijs": "price"}
    assert run.options["decimal"] == ","

    answer = ada.post(answer.url, columns_of(run))
    assert answer.status_code == 303
    assert jobs() == [("imports.check", {"run_id": run.pk})]
    page = ada.get(run.get_absolute_url()).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert ada.get(reverse("imports:progress", args=[run.pk]), headers={"HX-Request": "true"}).status_code == 200

    tasks.check(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.check_result["imported"], run.check_result["refused"]) == ("checked", 2, 1)
    assert not Product.objects.filter(code="KT-1").exists()
    assert "HX-Redirect" in ada.get(reverse("imports:progress", args=[run.pk]), headers={"HX-Request": "true"}).headers
    page = ada.get(run.get_absolute_url()).content.decode()
    assert "nothing has been written yet" in page
    assert "is not a number" in page

    assert ada.post(reverse("imports:start", args=[run.pk])).status_code == 303
    tasks.carry_out(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.counts["imported"], run.made_by.username) == ("done", 2, "ada")
    assert Product.objects.get(code="KT-1").price == D("1049.90")
    assert not run.file
    errors = ada.get(reverse("imports:errors", args=[run.pk]))
    assert errors["Content-Disposition"] == 'attachment; filename="products-errors.csv"'
    assert "TS-1;Toaster;abc;blue;Row 3, column “Prijs”" in errors.content.decode()
    assert "Error file" in ada.get(run.get_absolute_url()).content.decode()
    assert "products.csv" in ada.get(reverse("imports:runs")).content.decode()


def test_a_job_that_runs_twice_changes_nothing(ada):
    upload(ada)
    run = ImportRun.objects.get()
    ada.post(reverse("imports:columns", args=[run.pk]), columns_of(run))
    tasks.check(run_id=run.pk)
    tasks.check(run_id=run.pk)
    ada.post(reverse("imports:start", args=[run.pk]))
    tasks.carry_out(run_id=run.pk)
    before = checksums()
    tasks.carry_out(run_id=run.pk)
    tasks.check(run_id=run.pk)
    assert checksums() == before
    assert "cannot become" in ada.post(reverse("imports:start", args=[run.pk]), follow=True).content.decode()


def test_columns_that_do_not_fit_are_told_on_the_page(ada):
    upload(ada)
    run = ImportRun.objects.get()
    answer = ada.post(reverse("imports:columns", args=[run.pk]), columns_of(run, column_0=""))
    assert answer.status_code == 422
    assert "No column gives: Code" in answer.content.decode()
    assert "both mapped to" in ada.post(reverse("imports:columns", args=[run.pk]), columns_of(run, column_1="code")).content.decode()
    assert ada.post(reverse("imports:columns", args=[run.pk]), columns_of(run, decimal="x")).status_code == 422
    assert jobs() == []


@pytest.mark.parametrize("content, words", [
    (b"", "is empty"), (b"PK\x03\x04 broken", "is damaged or no workbook"), (b"name\0,code\n", "not a text file"), (b"\xd0\xcf\x11\xe0 old", "old .xls workbook"),
    (b"\x1f\x8b broken", "is damaged"), (b"a,a\n1,2\n", "twice"), (b"\n\n\n", "has no rows"), ("zip", "is an archive"),
])
def test_a_wrong_file_gets_a_sentence_with_its_own_name_and_leaves_nothing(ada, tmp_path, content, words):
    if content == "zip":
        box = io.BytesIO()
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("readme.txt", "hello")
        content = box.getvalue()
    answer = upload(ada, content, "my products.csv")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "my products.csv" in page
    assert not ImportRun.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_over_the_limit_gets_a_sentence(ada, monkeypatch):
    monkeypatch.setattr(actions, "LIMIT", 2**20)
    answer = upload(ada, b"code,name\n" + b"a" * (2**20 + 1))
    assert answer.status_code == 422
    assert "is larger than 1 MB" in answer.content.decode()


def test_what_a_switched_off_app_keeps_is_not_imported(ada):
    ActiveApp.objects.filter(slug="invoicing").delete()
    forget_active_apps()
    answer = upload(ada, "number,customer\n1,2\n", kind="invoices")
    assert answer.status_code == 422
    assert "switched off" in answer.content.decode()


def test_only_administrators_import(ada):
    upload(ada)
    run = ImportRun.objects.get()
    nora = Client()
    nora.force_login(somebody("nora"))
    for name in ("runs", "new"):
        assert nora.get(reverse(f"imports:{name}")).status_code == 403
    for name in ("run", "columns", "progress", "errors"):
        assert nora.get(reverse(f"imports:{name}", args=[run.pk])).status_code == 404
    assert nora.post(reverse("imports:start", args=[run.pk])).status_code == 404
    assert upload(nora).status_code == 403
    assert Client().get(reverse("imports:runs")).status_code == 302


def test_a_list_of_one_and_of_fifty_asks_as_many_questions(ada):
    def questions(count):
        ImportRun.objects.bulk_create([ImportRun(kind="products", file_name=f"{i}.csv", made_at=timezone.now(), made_by=somebody("ada"), state="done") for i in range(count)])
        with CaptureQueriesContext(connection) as asked:
            assert ada.get(reverse("imports:runs")).status_code == 200
        return len(asked)

    ada.get(reverse("imports:runs"))
    assert questions(1) == questions(49)
