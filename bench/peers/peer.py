"""Sends the vectors of a Flat index with Qdrant's official Python client over gRPC: python3 peer.py REST GRPC INDEX COUNT DIMENSION."""

import json
import sys
import time
import uuid

import numpy
from qdrant_client import QdrantClient, models

rest, grpc, index, count, dimension = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
HEAD_BYTES = 45
vectors = numpy.fromfile(index, dtype="<f4", count=count * dimension, offset=HEAD_BYTES).reshape(count, dimension)
client = QdrantClient(host="127.0.0.1", port=rest, grpc_port=grpc, prefer_grpc=True)
collection = f"peer-{uuid.uuid4()}"
client.create_collection(collection, vectors_config=models.VectorParams(size=dimension, distance=models.Distance.EUCLID))
cpu, started = time.process_time(), time.perf_counter()
client.upload_collection(collection, vectors=vectors, ids=range(count), batch_size=256, parallel=1, wait=True)
seconds, used = time.perf_counter() - started, time.process_time() - cpu
there = client.count(collection, exact=True).count
client.delete_collection(collection)
if there != count:
    raise SystemExit(f"{there} of {count} points arrived")
print(json.dumps({"seconds": seconds, "cpu": used}))
