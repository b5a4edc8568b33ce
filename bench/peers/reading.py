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
    elif kind == "IDMap":
        index = faiss.IndexIDMap(faiss.IndexFlatL2(dimension))
        index.add_with_ids(vectors, numpy.arange(count, dtype=numpy.int64) * 3)
    else:
        index = coded(kind, vectors)
    faiss.write_index(index, path)


def coded(kind, vectors):
    """A coded kind by the name that the factory gives it. Its codes are random and it is hardly trained: whoever decodes does as much with good ones."""
    count, dimension = vectors.shape
    index = faiss.index_factory(dimension, kind)
    inner = index
    if isinstance(index, faiss.IndexPreTransform):
        for i in range(index.chain.size()):
            transform = faiss.downcast_VectorTransform(index.chain.at(i))
            if isinstance(transform, faiss.OPQMatrix):
                transform.niter, transform.niter_pq, transform.niter_pq_0 = 1, 1, 1
        inner = faiss.downcast_index(index.index)
    if hasattr(inner, "pq"):
        inner.pq.cp.niter = 1
        inner.do_polysemous_training = False
    if isinstance(inner, faiss.IndexHNSW):
        inner.hnsw.efConstruction = 8
    if hasattr(inner, "rq"):
        inner.rq.train_type, inner.rq.max_beam_size = faiss.ResidualQuantizer.Train_default, 1
    index.train(vectors[:1024])
    random = numpy.random.default_rng(count)
    if isinstance(inner, faiss.IndexIVF):
        halves = isinstance(inner, faiss.IndexIVFScalarQuantizer) and inner.sq.qtype == faiss.ScalarQuantizer.QT_fp16
        for part, ids in enumerate(numpy.array_split(numpy.arange(count, dtype=numpy.int64), inner.nlist)):
            codes = random.integers(0, 256, len(ids) * inner.code_size, dtype=numpy.uint8)
            if halves:
                codes = vectors[ids].astype(numpy.float16).view(numpy.uint8).ravel()
            inner.invlists.add_entries(part, len(ids), faiss.swig_ptr(ids), faiss.swig_ptr(codes))
    elif hasattr(inner, "sq") or isinstance(inner, (faiss.IndexFastScan, faiss.IndexHNSW)):
        # Quickly made, and random bytes would be halves that are no numbers.
        index.add(vectors)
    else:
        faiss.copy_array_to_vector(random.integers(0, 256, count * inner.sa_code_size(), dtype=numpy.uint8), inner.codes)
    inner.ntotal = index.ntotal = count
    return index


def read(path):
    started = time.perf_counter()
    index = faiss.read_index(path)
    inner = faiss.downcast_index(index.index) if isinstance(index, faiss.IndexIDMap) else index
    lists = faiss.downcast_index(inner.index) if isinstance(inner, faiss.IndexPreTransform) else inner
    if isinstance(lists, faiss.IndexIVF):
        lists.make_direct_map()
    vectors = inner.reconstruct_n(0, inner.ntotal)
    print(json.dumps({"seconds": time.perf_counter() - started, "vectors": len(vectors)}))


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
else:
    read(sys.argv[2])
