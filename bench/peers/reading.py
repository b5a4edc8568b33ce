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
    elif kind.startswith("B"):
        index = binary(kind, count, dimension)
        faiss.write_index_binary(index, path)
        return
    else:
        index = coded(kind, vectors)
    faiss.write_index(index, path)


def binary(kind, count, dimension):
    """A binary index of random bits by the name that the factory gives it."""
    codes = numpy.random.default_rng(count).integers(0, 256, (count, dimension // 8), dtype=numpy.uint8)
    index = faiss.index_binary_factory(dimension, kind)
    if isinstance(index, faiss.IndexBinaryHNSW):
        index.hnsw.efConstruction = 8
    index.train(codes[:4096])
    index.add(codes)
    return index


# What the factory has no name for.
SCALARS = {
    "SQ8 uniform": faiss.ScalarQuantizer.QT_8bit_uniform,
    "SQ4 uniform": faiss.ScalarQuantizer.QT_4bit_uniform,
    "SQ8 direct": faiss.ScalarQuantizer.QT_8bit_direct,
}


def made(kind, dimension):
    if kind in SCALARS:
        return faiss.IndexScalarQuantizer(dimension, SCALARS[kind])
    return faiss.index_factory(dimension, kind)


def train_little(inner):
    """Whoever decodes does as much with codes and tables that are good."""
    if hasattr(inner, "pq"):
        inner.pq.cp.niter = 1
        inner.do_polysemous_training = False
    if isinstance(inner, faiss.IndexIVFPQR):
        inner.refine_pq.cp.niter = 1
    if isinstance(inner, faiss.IndexHNSW):
        inner.hnsw.efConstruction = 8
        train_little(faiss.downcast_index(inner.storage))
    if isinstance(inner, faiss.IndexRefine):
        train_little(faiss.downcast_index(inner.base_index))
    for name in ("rq", "lsq", "prq", "plsq"):
        if hasattr(inner, name):
            additive_little(getattr(inner, name), isinstance(inner, faiss.IndexFastScan))


def additive_little(quantizer, trained):
    """Codebooks that were never trained, because training them takes minutes, or, with a table of norms beside them, that are hastily trained."""
    parts = getattr(quantizer, "nsplits", 1)
    for each in [faiss.downcast_AdditiveQuantizer(quantizer.subquantizer(i)) for i in range(parts)] if parts > 1 else []:
        additive_little(each, trained)
    if not trained:
        entries = sum(1 << quantizer.nbits.at(i) for i in range(quantizer.nbits.size()))
        random = numpy.random.default_rng(entries).random(entries * quantizer.d // parts, dtype=numpy.float32)
        faiss.copy_array_to_vector(random, quantizer.codebooks)
        quantizer.is_trained = True
    if isinstance(quantizer, faiss.ResidualQuantizer):
        quantizer.train_type, quantizer.max_beam_size, quantizer.cp.niter = faiss.ResidualQuantizer.Train_default, 1, 1
    elif isinstance(quantizer, faiss.LocalSearchQuantizer):
        quantizer.train_iters = quantizer.train_ils_iters = quantizer.encode_ils_iters = quantizer.icm_iters = quantizer.nperts = 1


def coded(kind, vectors):
    """A coded kind by the name that the factory gives it. Its codes are random where they can be put in, and it is hardly trained."""
    count, dimension = vectors.shape
    index = made(kind, dimension)
    inner = index
    if isinstance(index, faiss.IndexPreTransform):
        for i in range(index.chain.size()):
            transform = faiss.downcast_VectorTransform(index.chain.at(i))
            if isinstance(transform, faiss.OPQMatrix):
                transform.niter, transform.niter_pq, transform.niter_pq_0 = 1, 1, 1
        inner = faiss.downcast_index(index.index)
    train_little(inner)
    if isinstance(inner, (faiss.IndexResidualQuantizer, faiss.IndexLocalSearchQuantizer, faiss.IndexProductResidualQuantizer,
                          faiss.IndexProductLocalSearchQuantizer)):
        inner.is_trained = index.is_trained = True
    else:
        index.train(vectors[:4096 if kind.endswith("x12") else 1024])
    random = numpy.random.default_rng(count)
    fast = isinstance(inner, (faiss.IndexFastScan, faiss.IndexIVFFastScan))
    if isinstance(inner, faiss.IndexIVF) and not fast and not isinstance(inner, (faiss.IndexIVFFlat, faiss.IndexIVFPQR)):
        halves = isinstance(inner, faiss.IndexIVFScalarQuantizer) and inner.sq.qtype == faiss.ScalarQuantizer.QT_fp16
        for part, ids in enumerate(numpy.array_split(numpy.arange(count, dtype=numpy.int64), inner.nlist)):
            codes = random.integers(0, 256, len(ids) * inner.code_size, dtype=numpy.uint8)
            if halves:
                codes = vectors[ids].astype(numpy.float16).view(numpy.uint8).ravel()
            inner.invlists.add_entries(part, len(ids), faiss.swig_ptr(ids), faiss.swig_ptr(codes))
    elif hasattr(inner, "codes") and not isinstance(inner, (faiss.IndexFlat, faiss.IndexScalarQuantizer)) and not fast:
        faiss.copy_array_to_vector(random.integers(0, 256, count * inner.sa_code_size(), dtype=numpy.uint8), inner.codes)
    else:
        # Quickly made, or made of several parts; and random bytes would be floats and halves that are no numbers.
        if isinstance(index, faiss.IndexIDMap):
            index.add_with_ids(vectors, numpy.arange(count, dtype=numpy.int64) * 3)
        else:
            index.add(vectors)
    inner.ntotal = index.ntotal = count
    return index


def read(path):
    with open(path, "rb") as file:
        is_binary = file.read(2) == b"IB"
    started = time.perf_counter()
    if is_binary:
        index = faiss.read_index_binary(path)
        # The graph has no vectors of its own, and stays alive while its storage is read.
        storage = faiss.downcast_IndexBinary(index.storage) if isinstance(index, faiss.IndexBinaryHNSW) else index
        # FAISS 1.7.3 writes each vector's bytes as far apart as it has bits.
        bits = numpy.empty((index.ntotal, index.d), dtype=numpy.uint8)
        storage.reconstruct_n(0, index.ntotal, faiss.swig_ptr(bits))
        bits = bits[:, :index.d // 8].copy()
        vectors = numpy.empty((index.ntotal, index.d), dtype=numpy.float32)
        faiss.binary_to_real(vectors.size, faiss.swig_ptr(bits), faiss.swig_ptr(vectors))
    else:
        index = faiss.read_index(path)
        inner = faiss.downcast_index(index.index) if isinstance(index, faiss.IndexIDMap) else index
        vectors = inner.reconstruct_n(0, inner.ntotal)
    print(json.dumps({"seconds": time.perf_counter() - started, "vectors": len(vectors)}))


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
else:
    read(sys.argv[2])
