namespace VectorMigration.Vectors;

/// <summary>How truly a vector comes back out of an index. Only <see cref="Approximate"/> needs <c>-AllowDecoded</c>.</summary>
public enum Fidelity : long
{
    /// <summary>The very float32 bits that were added to the index.</summary>
    Exact,

    /// <summary>Differs by rounding only: fp16, bf16, square rotations.</summary>
    RoundingOnly,

    /// <summary>Decoded from codes (PQ, SQ, RaBitQ, …): near the original, not equal to it.</summary>
    Approximate,

    /// <summary>The file does not hold the vectors in any form.</summary>
    NotRecoverable,
}

/// <summary>What kind of codes an index searches by: it decides which quantization of Qdrant comes nearest.</summary>
public enum CodecFamily : long
{
    /// <summary>Components as 16-bit floats (SQfp16, SQbf16).</summary>
    HalfPrecision = 0,

    /// <summary>Each component on a scale of its own (SQ8, SQ6, SQ4).</summary>
    Scalar = 1,

    /// <summary>Codebooks over parts of a vector, or over what others leave (PQ, RQ, LSQ, PRQ, PLSQ).</summary>
    Product = 2,

    /// <summary>One table for all components of a rotated vector (TurboQuant, EDEN).</summary>
    Turbo = 3,

    /// <summary>A bit a component (binary indexes, LSH, RaBitQ).</summary>
    Binary = 4,
}

/// <summary>FAISS's <c>MetricType</c>, with its numbers (faiss/MetricType.h).</summary>
public enum FaissMetric : long
{
    /// <summary>A file of vectors without an index has none.</summary>
    None = -1,

    /// <summary>METRIC_INNER_PRODUCT.</summary>
    InnerProduct = 0,

    /// <summary>METRIC_L2 (FAISS reports the square).</summary>
    L2 = 1,

    /// <summary>METRIC_L1.</summary>
    L1 = 2,

    /// <summary>METRIC_Linf.</summary>
    Linf = 3,

    /// <summary>METRIC_Lp, with the power in <c>metric_arg</c>.</summary>
    Lp = 4,

    /// <summary>METRIC_Canberra.</summary>
    Canberra = 20,

    /// <summary>METRIC_BrayCurtis.</summary>
    BrayCurtis = 21,

    /// <summary>METRIC_JensenShannon.</summary>
    JensenShannon = 22,

    /// <summary>METRIC_Jaccard.</summary>
    Jaccard = 23,

    /// <summary>METRIC_NaNEuclidean.</summary>
    NaNEuclidean = 24,

    /// <summary>METRIC_GOWER since FAISS 1.12; 1.9 to 1.11 used the number for ABS_INNER_PRODUCT.</summary>
    Gower = 25,
}

/// <summary>Qdrant's <c>Distance</c>, with its numbers (collections.proto).</summary>
public enum Distance : long
{
    /// <summary>Cosine: Qdrant normalises the vectors as it stores them.</summary>
    Cosine = 1,

    /// <summary>Euclid.</summary>
    Euclid = 2,

    /// <summary>Dot product.</summary>
    Dot = 3,

    /// <summary>Manhattan.</summary>
    Manhattan = 4,
}

/// <summary>Qdrant's <c>Datatype</c> of stored vectors, with its numbers (collections.proto).</summary>
public enum VectorDatatype : long
{
    /// <summary>The server's default, float32.</summary>
    Default = 0,

    /// <summary>32-bit floats.</summary>
    Float32 = 1,

    /// <summary>Unsigned bytes.</summary>
    Uint8 = 2,

    /// <summary>16-bit floats.</summary>
    Float16 = 3,

    /// <summary>TurboQuant codes of 4 bits a component (servers from 1.19 on): not exact.</summary>
    Turbo4 = 4,

    /// <summary>TurboQuant codes of 8 bits a component (servers from 1.20 on): not exact.</summary>
    Turbo8 = 5,

    /// <summary>TurboQuant codes of 16 bits a component (servers from 1.20 on): not exact.</summary>
    Turbo16 = 6,
}

/// <summary>What the bits of a binary index become in Qdrant.</summary>
public enum BinaryComponent : long
{
    /// <summary>1 and -1 as float32, with the distance Dot.</summary>
    Float32 = 0,

    /// <summary>255 and 0 as bytes (datatype Uint8), with the distance Manhattan: a quarter of the room.</summary>
    Uint8 = 1,
}

/// <summary>What tells, in an index, the order in which its vectors were added: the row of a vector in a file that has them in that order.</summary>
public enum RowOrder : long
{
    /// <summary>The place in storage order: Flat, graphs, and id maps over them.</summary>
    Position = 0,

    /// <summary>The FAISS id, where the ids are exactly 0 to n − 1: inverted lists, which store list by list.</summary>
    Id = 1,

    /// <summary>The id that lies under an id map: id maps over inverted lists.</summary>
    InnerId = 2,
}

/// <summary>What becomes of a vector for which a payload file with keys has no row.</summary>
public enum MissingPayload : long
{
    /// <summary>The run is refused before the first vector.</summary>
    Fail = 0,

    /// <summary>It is sent without a payload, and counted.</summary>
    Empty = 1,

    /// <summary>It is left out, counted and listed; the run then ends with exit code 4.</summary>
    Skip = 2,
}

/// <summary>What becomes of a row of a payload file with keys that belongs to no vector of the index.</summary>
public enum SurplusPayload : long
{
    /// <summary>The run is refused before the first vector.</summary>
    Fail = 0,

    /// <summary>It is ignored, and counted: the file holds the payloads of several indexes.</summary>
    Ignore = 1,
}

/// <summary>What becomes of whole numbers in payloads that 64 bits with a sign do not hold, which Qdrant's gRPC has no value for.</summary>
public enum LargeInteger : long
{
    /// <summary>They are refused, by line and key.</summary>
    Fail = 0,

    /// <summary>They are kept as texts of the same digits.</summary>
    Text = 1,
}

/// <summary>What becomes of FAISS ids on their way to point ids.</summary>
public enum IdMapping : long
{
    /// <summary>The FAISS id is the point id; negative ids are refused.</summary>
    Keep = 0,

    /// <summary>Every FAISS id becomes a UUIDv5 and stays in the payload as <c>faiss_id</c>.</summary>
    Uuid5 = 1,
}

/// <summary>Which ids become point ids.</summary>
public enum IdOrigin : long
{
    /// <summary>Those of the index.</summary>
    FaissId = 0,

    /// <summary>Those under which the framework's own store keeps its documents.</summary>
    StoreId = 1,
}

/// <summary>Which of a framework's layouts payloads get, where its integrations for Qdrant differ by language.</summary>
public enum PayloadLayout : long
{
    /// <summary>That of the language whose store it is.</summary>
    Default = 0,

    /// <summary>That of the integration for Python.</summary>
    Python = 1,

    /// <summary>That of the integration for JavaScript.</summary>
    JavaScript = 2,
}

/// <summary>The type that a field of a payload gets. Null stays null; of an array each element gets it, unless the type is an array itself.</summary>
public enum PayloadFieldType : long
{
    /// <summary>A whole number of 64 bits: from a number that is whole, or a text of digits.</summary>
    Integer = 0,

    /// <summary>A double: from a number, or a text that is one. A whole number that no double is, is refused.</summary>
    Float = 1,

    /// <summary>True or false: from the words true and false in a text, or the numbers 1 and 0.</summary>
    Bool = 2,

    /// <summary>A moment by RFC 3339: from such a text. Without a zone it is UTC; a date alone is its midnight.</summary>
    Datetime = 3,

    /// <summary>A moment by RFC 3339: from seconds since 1970.</summary>
    Unix = 4,

    /// <summary>A text: from a number or a truth value too.</summary>
    Keyword = 5,

    /// <summary>The same as <see cref="Keyword"/>.</summary>
    Text = 6,

    /// <summary>An array: from a text that is a JSON array.</summary>
    Array = 7,

    /// <summary>A place, <c>{"lon": …, "lat": …}</c>: from such an object, a text "latitude,longitude", or an array [longitude, latitude].</summary>
    Geo = 8,
}

/// <summary>Which proof a migration ends with.</summary>
public enum VerificationMode : long
{
    /// <summary>Read back every vector (and payload) and compare; includes the exact count.</summary>
    Full = 0,

    /// <summary>Exact count only.</summary>
    Count = 1,

    /// <summary>No verification: the result says "not verified".</summary>
    None = 2,

    /// <summary>Read back some vectors (and payloads) picked at random; includes the exact count. The result says what that tells of all.</summary>
    Sample = 3,
}
