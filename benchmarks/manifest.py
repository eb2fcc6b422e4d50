"""How long it takes to read a manifest of 5,000 rows and 16 columns in a worker, and to match its rows to files.

    python benchmarks/manifest.py [ROWS]

Prints processor seconds of reading by format and of matching, and of the whole as a run does it: the worker's and the
run's together, with the way between them. The workbook is written both as Excel saves it (texts in a table of their
own) and as programs do (each text in its cell).
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.declared.tables import as_excel_saves_it
from vidcheck.declared import manifest
from vidcheck.declared.join import match
from vidcheck.declared.layout import DEFAULT
from vidcheck.session import messages
from vidcheck.sources.targets import Target
from vidcheck.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

HEADS = (
    "序号", "作品名称", "类别", "播出时间", "主创人员（或单位）", "播出平台及网址", "联系地址", "联系电话", "电子邮箱", "内容简介（100字以内）",
    "主要创新点（100字以内）", "传播效果（100字以内）", "推荐单位", "完成时间", "视频文件", "提交时间",
)  # fmt: skip
ZONE = ZoneInfo("Asia/Shanghai")


def row(number: int) -> list[str]:
    """One entry as it is declared."""
    return [
        str(number), f"作品{number}", "动画", "2021年12月5日", f"张{number}、李四、王五", f"某某卫视 https://www.example.cn/v/{number}",
        "长沙市岳麓区一号", f"0731-8{number:07}", f"a{number}@example.cn", "内" * 100, "新" * 100, "效" * 100, "某省科技馆",
        "2021.11.5", f"{number:05}.mp4", "2022-04-01 10:00",
    ]  # fmt: skip


def spent(work: Callable[[], object]) -> float:
    """Processor seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Measures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    rows = [list(HEADS), *map(row, range(count))]
    targets = [Target(path=f"entries/{number:05}.mp4", follow=False) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        import openpyxl

        table, text, excel = (Path(folder) / name for name in ("program.xlsx", "entries.csv", "excel.xlsx"))
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("作品")
        for cells in rows:
            sheet.append(cells)
        book.save(table)
        excel.write_bytes(as_excel_saves_it(table.read_bytes()))
        with text.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows(rows)
        for path in (text, excel, table):
            taken = spent(lambda path=path: manifest.read_table(str(path), DEFAULT, ZONE))  # type: ignore[misc]
            print(f"{path.name}: read in {taken:.2f} s")
        told = manifest.read_table(str(text), DEFAULT, ZONE)
        print(f"matched in {spent(lambda: match(told, targets, ['entries'], DEFAULT)):.2f} s")
        for path in (text, excel, table):
            workers = Workers(1)
            workers.submit(messages.warm, deadline=60).result()
            before, start = workers.submit(time.process_time, deadline=60).result(), time.process_time()
            whole = workers.submit(messages.read_manifest, str(path), DEFAULT, ZONE, deadline=120).result()
            found = match(whole, targets, ["entries"], DEFAULT)
            run, worker = (
                time.process_time() - start,
                workers.submit(time.process_time, deadline=60).result() - before,
            )
            print(
                f"{path.name}: {run + worker:.2f} s in all, {worker:.2f} s of them in the worker, {len(found.findings)} findings"
            )
            workers.stop()


if __name__ == "__main__":
    main()
