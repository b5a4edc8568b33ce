"""FAISS itself: makes an index (make PATH KIND COUNT DIMENSION), or reads one and takes all vectors out of it (read PATH)."""

import json
import sys
import time

import faiss
import numpy


def make(path, kind, count, dimension):
    vectors = numpy.random.default_rng(dimension).random((count, dimension), dtype=numpy.float32)
    if kind == "IVFFlat":
        index = faiss.IndexIVFFlat(faiss.IndexFlatL2(dimension), dimension, 64)
        index.train(vectors[:4096])
        index.add(vectors)
    elif kind == "HNSWFlat":
        # How good the graph is does not matter to whoever reads past it.
        index = faiss.IndexHNSWFlat(dimension, 8)
        index.hnsw.efConstruction = 8
        index.add(vectors)
    else:
        index = faiss.IndexIDMap(faiss.IndexFlatL2(dimension))
        index.add_with_ids(vectors, numpy.arange(count, dtype=numpy.int64) * 3)
    faiss.write_index(index, path)


def read(path):
    started = time.perf_counter()
    index = faiss.read_index(path)
    inner = faiss.downcast_index(index.index) if isinstance(index, faiss.IndexIDMap) else index
    if isinstance(inner, faiss.IndexIVF):
        inner.make_direct_map()
    vectors = inner.reconstruct_n(0, inner.ntotal)
    print(json.dumps({"seconds": time.perf_counter() - started, "vectors": len(vectors)}))


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
else:
    read(sys.argv[2])
