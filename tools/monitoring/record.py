#!/usr/bin/env python3
"""Records what the metrics file of a run says every 15 seconds, as input series of `promtool test rules`.

    record.py METRICS-FILE SECONDS NAME >> series.yml

Times are written as seconds since the first sample. The series that docs/monitoring/rules.yml names are recorded. Needs Python 3 and nothing else.
"""
import pathlib
import re
import sys
import textwrap
import time

INTERVAL = 15
RULES = (pathlib.Path(__file__).parents[2] / 'docs/monitoring/rules.yml').read_text(encoding='utf-8')
NAMES = set(re.findall(r'vectormigration_\w+', RULES))
SAMPLE = re.compile(r'^(vectormigration_\w+\{[^}]*\}) (\S+)$')


def read(path):
    try:
        with open(path, encoding='utf-8') as file:
            lines = file.read().split('\n')
    except FileNotFoundError:
        return {}
    return {found[1]: float(found[2]) for found in map(SAMPLE.match, lines) if found}


def text(values):
    """The notation of promtool: equal values in a row as `VxN`, what is missing as `_`."""
    groups = []
    for value in values:
        if groups and groups[-1][0] == value:
            groups[-1][1] += 1
        else:
            groups.append([value, 1])
    def one(value, count):
        if value is None:
            return f'_x{count}' if count > 1 else '_'
        number = f'{value:.3f}'.rstrip('0').rstrip('.')
        return f'{number}x{count - 1}' if count > 1 else number
    return ' '.join(one(value, count) for value, count in groups)


def main(path, seconds, name):
    start = time.time()
    samples = []
    while time.time() - start <= seconds:
        samples.append(read(path))
        time.sleep(max(0, start + INTERVAL * len(samples) - time.time()))
    print(f'  - name: {name}\n    interval: {INTERVAL}s\n    input_series:')
    for series in sorted({series for sample in samples for series in sample}):
        if series.split('{')[0] not in NAMES:
            continue
        values = [sample.get(series) for sample in samples]
        if '_timestamp_seconds{' in series:
            values = [value if value is None or value == 0 else round(value - start, 1) for value in values]
        lines = textwrap.wrap(text(values), 140)
        print(f"      - series: '{series}'\n        values: " + (lines[0] if len(lines) == 1 else '\n          '.join(['>-', *lines])))


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
