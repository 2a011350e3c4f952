#!/usr/bin/env python3
"""How like the real rows drawn ones are, by SDMetrics' own quality report: ours, and CTGAN and TVAE where they are installed.

    Benchmarks/synthesis.py PROGRAM DATA [--rows 1000] [--seeds 3] [--setting NAME=OPTIONS]… [--peers]

DATA holds tables/student_placements (with SDMetrics' metadata and its shipped synthetic table) and tabular/penguins. Each set is trained on
as it stands, then rows are drawn with `generate`; columns that name rows are left out. Score, column shapes and column pair trends are those of
QualityReport; "equal" counts drawn rows that are equal to a training row in every column. Needs the packages sdmetrics and pandas;
--peers needs ctgan. Prints a table in Markdown, means over seeds.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import tempfile
import time
import warnings

import pandas as pd
from sdmetrics.reports.single_table import QualityReport

warnings.filterwarnings("ignore")


def placements(folder):
    folder = os.path.join(folder, "tables/student_placements")
    with open(os.path.join(folder, "metadata.json")) as file:
        metadata = json.load(file)["tables"]["student_placements"]
    tables = [pd.read_csv(os.path.join(folder, f"student_placements_{k}.csv")) for k in ("real", "synthetic")]
    return "student_placements", "student_id", metadata, *tables


def penguins(folder):
    table = pd.read_csv(os.path.join(folder, "tabular/penguins/penguins.csv"))
    kinds = {c: "numerical" if pd.api.types.is_numeric_dtype(table[c]) else "categorical" for c in table}
    return "penguins", None, {"columns": {c: {"sdtype": k} for c, k in kinds.items()}}, table, None


def prepared(table, metadata, identifier):
    table = table.drop(columns=[identifier] if identifier in table else [])
    for name, kind in metadata["columns"].items():
        if name in table and kind["sdtype"] == "datetime":
            table[name] = pd.to_datetime(table[name])
        elif name in table and kind["sdtype"] == "boolean":
            table[name] = table[name].map(lambda v: str(v).lower() in ("true", "1"))
    return table


def judged(real, drawn, metadata):
    metadata = {"columns": {c: k for c, k in metadata["columns"].items() if c in real}}
    report = QualityReport()
    report.generate(real, drawn[real.columns], metadata, verbose=False)
    parts = report.get_properties().set_index("Property")["Score"]
    known = set(real.astype(str).itertuples(index=False, name=None))
    equal = sum(row in known for row in drawn[real.columns].astype(str).itertuples(index=False, name=None))
    return report.get_score(), parts["Column Shapes"], parts["Column Pair Trends"], equal


def ours(program, table, rows, options, seed):
    with tempfile.TemporaryDirectory() as folder:
        source, model, out = (os.path.join(folder, name) for name in ("t.csv", "m.safetensors", "o.csv"))
        table.to_csv(source, index=False)
        fit = [] if "--prior" in options or "variational" in options else ["--fit", source]
        for command in (
            [program, "train", source, "-o", model, "--seed", str(seed + 1), "--quiet"] + options,
            [program, "generate", model, "-n", str(rows), "--seed", str(seed + 1), "-o", out, "--quiet"] + fit,
        ):
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                raise SystemExit(f"{' '.join(command)}: {run.stderr[-400:]}")
        return pd.read_csv(out)


def peer(kind, table, rows, seed):
    """Of gaps and dates CTGAN's package knows nothing: numbers get their median, dates count days, and gaps a column of their own."""
    import numpy as np
    import torch
    from ctgan import CTGAN, TVAE

    torch.manual_seed(seed)
    np.random.seed(seed)
    plain, dates, gaps = table.copy(), [], []
    for name in table:
        if pd.api.types.is_datetime64_any_dtype(table[name]):
            dates.append(name)
            plain[name] = (table[name] - pd.Timestamp(0)).dt.days.astype(float)
        if plain[name].isna().any():
            if pd.api.types.is_numeric_dtype(plain[name]):
                gaps.append(name)
                plain[f"{name} is missing"] = plain[name].isna().astype(str)
                plain[name] = plain[name].fillna(plain[name].median())
            else:
                plain[name] = plain[name].fillna("missing")
    words = [c for c in plain if not pd.api.types.is_numeric_dtype(plain[c]) or plain[c].dtype == bool]
    plain[words] = plain[words].astype(str)
    model = (CTGAN if kind == "CTGAN" else TVAE)(epochs=300)
    model.fit(plain, words)
    drawn = model.sample(rows)
    for name in gaps:
        drawn.loc[drawn[f"{name} is missing"] == "True", name] = np.nan
    for name in dates:
        drawn[name] = pd.Timestamp(0) + pd.to_timedelta(drawn[name].round(), unit="D")
    for name in table:
        if table[name].dtype == bool:
            drawn[name] = drawn[name] == "True"
        elif name in words:
            drawn[name] = drawn[name].replace("missing", np.nan)
    return drawn[table.columns]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--setting", action="append", default=[])
    parser.add_argument("--peers", action="store_true")
    arguments = parser.parse_args()
    settings = dict(s.split("=", 1) for s in arguments.setting or ["ours=--fields auto --family variational"])
    print("| set | rows from | score | shapes | pairs | equal | seconds |\n|---|---|---|---|---|---|---|")
    for read in (placements, penguins):
        name, identifier, metadata, real, shipped = read(arguments.data)
        copies = real.drop(columns=[identifier] if identifier else []).duplicated().sum()
        truth = prepared(real, metadata, identifier)

        def tell(who, drawn):
            times, figures = [], []
            for seed in range(arguments.seeds):
                start = time.time()
                table = drawn(seed)
                times.append(time.time() - start)
                figures.append(judged(truth, prepared(table, metadata, identifier), metadata))
            means = [statistics.mean(f[i] for f in figures) for i in range(4)]
            print(
                f"| {name} | {who} | {means[0]:.4f} | {means[1]:.4f} | {means[2]:.4f} | {means[3]:.1f} | "
                f"{statistics.mean(times):.1f} |", flush=True)

        print(f"| {name} | {len(real)} real rows, {copies} of them copies | | | | | |")
        half = len(real) // 2
        order = real.sample(frac=1, random_state=0)
        a, b = (prepared(part, metadata, identifier) for part in (order[:half], order[half:]))
        bound = judged(a, b, metadata)
        print(f"| {name} | one half against the other | {bound[0]:.4f} | {bound[1]:.4f} | {bound[2]:.4f} | | |")
        if shipped is not None:
            figures = judged(truth, prepared(shipped, metadata, identifier), metadata)
            print(f"| {name} | SDMetrics' shipped table | {figures[0]:.4f} | {figures[1]:.4f} | {figures[2]:.4f} | {figures[3]} | |")
        for setting, options in settings.items():
            tell(setting, lambda seed: ours(arguments.program, real, arguments.rows, shlex.split(options), seed))
        if arguments.peers:
            for kind in ("TVAE", "CTGAN"):
                tell(kind, lambda seed: peer(kind, truth, arguments.rows, seed))


main()
