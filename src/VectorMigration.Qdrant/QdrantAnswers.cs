namespace VectorMigration.Qdrant;

/// <summary>
/// The one table of what Qdrant can answer and what follows from it: for an upsert (the engine's outcome) and for every other call (the error
/// that a person meets). The first row that fits counts. Texts and codes: reference/qdrant.md §2.1 to §2.7, from Qdrant 1.16.3 and the sources up to 1.19.
/// </summary>
internal static partial class QdrantAnswers
{
    private const string TryLater = "No acknowledged vector is lost. Check the server's log. Then run the same command again.";

    private const string SlowBatch = "Raise -TimeoutSec, or use a smaller -BatchSize and -ThrottleLimit.";
    private const string SlowServer = "Check that the server is running and not overloaded. If it is only slow, raise -TimeoutSec.";

    private static readonly AnswerRow[] Rows =
    [
        new(null, TransportFault.NoServer, null, WriteOutcome.Retry, ErrorIds.NoServer, ErrorKind.Connection,
            "Check that Qdrant is running, and check host and port (by default 6334 for gRPC, 6333 for REST)."),
        new(null, TransportFault.TlsFailed, null, WriteOutcome.Stop, ErrorIds.TlsFailed, ErrorKind.Connection,
            "Check that the server uses TLS on this port; otherwise use http://. Check that its certificate names this host. For a private CA, pass its "
            + "PEM file with -CaCertificatePath."),
        new(null, TransportFault.RestPort, null, WriteOutcome.Stop, ErrorIds.RestPortGiven, ErrorKind.InvalidArgument,
            "Use the gRPC port of the same server: service.grpc_port in its configuration, 6334 by default. Or use -Protocol Auto or Rest."),
        new(null, TransportFault.NotGrpc, null, WriteOutcome.Stop, ErrorIds.NotGrpc, ErrorKind.InvalidArgument,
            "Check host and port. Qdrant's gRPC port is 6334 by default. A proxy must forward HTTP/2. A server with TLS needs https://."),
        new(null, TransportFault.NotRest, null, WriteOutcome.Stop, ErrorIds.NotRest, ErrorKind.InvalidArgument,
            "Check host and port. Qdrant's REST port is 6333 by default. A proxy must forward requests without redirects."),
        new(null, TransportFault.ProxyFailed, null, WriteOutcome.Retry, ErrorIds.ProxyFailed, ErrorKind.Connection,
            "Check the address and the credentials of the proxy, or add the host to NO_PROXY."),
        new(null, TransportFault.ConnectionLost, null, WriteOutcome.Retry, ErrorIds.ConnectionLost, ErrorKind.Connection, TryLater),
        new(null, TransportFault.Timeout, null, WriteOutcome.Retry, ErrorIds.Timeout, ErrorKind.Timeout, SlowBatch) { OtherCalls = SlowServer },
        new(null, TransportFault.Silent, null, WriteOutcome.Stop, ErrorIds.Timeout, ErrorKind.Timeout,
            "No acknowledged vector is lost. Check that the server is running and reachable. Then run the same command again.")
        {
            OtherCalls = "Check that the server is running and reachable. Then run the same command again.",
        },
        new(null, TransportFault.AnswerTooLarge, null, WriteOutcome.Retry, ErrorIds.AnswerTooLarge, ErrorKind.Server,
            "If a single point is larger than 256 MB, omit the payload file. Then only vectors are compared."),
        new(null, TransportFault.Malformed, null, WriteOutcome.Retry, ErrorIds.MalformedAnswer, ErrorKind.Server,
            "Check that the endpoint is a Qdrant server, and that no proxy changes its answers."),

        new(GrpcCode.Unauthenticated, null, "must provide an api key", WriteOutcome.Stop, ErrorIds.MissingApiKey, ErrorKind.Authentication,
            "Put the API key into QDRANT_API_KEY, or name a file that contains it with -ApiKeyPath."),
        new(GrpcCode.Unauthenticated, null, null, WriteOutcome.Stop, ErrorIds.WrongApiKey, ErrorKind.Authentication,
            "Check that the API key is the one that the server expects."),
        new(GrpcCode.PermissionDenied, null, null, WriteOutcome.Stop, ErrorIds.ReadOnlyKey, ErrorKind.Authentication,
            "Use an API key with write access. To create collections, it needs manage access. Then run the same command again."),

        // A quota answers with the rate limiter's code, but waiting does not help (1.19).
        new(null, null, null, WriteOutcome.Stop, ErrorIds.InsufficientStorage, ErrorKind.ResourceUnavailable,
            "Give the server more disk space or memory, or raise its quota. Then run the same command again to resume.") { Storage = true },
        new(null, null, "no space left", WriteOutcome.Stop, ErrorIds.DiskFull, ErrorKind.ResourceUnavailable,
            "Free disk space on the server. Then run the same command again to resume."),
        new(null, null, "exceeds available disk space", WriteOutcome.Stop, ErrorIds.DiskFull, ErrorKind.ResourceUnavailable,
            "Free disk space on the server. Then run the same command again to resume."),
        new(null, null, "insufficient storage", WriteOutcome.Stop, ErrorIds.InsufficientStorage, ErrorKind.ResourceUnavailable,
            "Give the server more disk space or memory, or raise its quota. Then run the same command again to resume."),
        new(null, null, "out of memory", WriteOutcome.Stop, ErrorIds.OutOfMemory, ErrorKind.ResourceUnavailable,
            "Give the server more memory, or reduce its use of memory with vectors on disk or quantization. Then run the same command again to resume."),

        // One read is answered for each id; the server's own words tell the two limits apart.
        new(GrpcCode.ResourceExhausted, null, "read rate limit exceeded, request larger", WriteOutcome.Split,
            ErrorIds.ReadOverRateLimit, ErrorKind.ResourceUnavailable,
            "Raise the collection's read_rate_limit."),
        new(null, null, "please try to split your request", WriteOutcome.Split, ErrorIds.BatchOverRateLimit, ErrorKind.ResourceUnavailable,
            "Use a -BatchSize below the collection's write_rate_limit."),
        new(null, null, "for \"upsert limit\"", WriteOutcome.Split, ErrorIds.BatchOverLimit, ErrorKind.InvalidArgument,
            "Use a -BatchSize of at most the collection's upsert_max_batchsize."),
        new(null, null, "message length too large", WriteOutcome.Split, ErrorIds.RequestTooLarge, ErrorKind.InvalidArgument, "Use a smaller -BatchSize."),
        new(null, null, "message larger than max", WriteOutcome.Split, ErrorIds.RequestTooLarge, ErrorKind.InvalidArgument, "Use a smaller -BatchSize."),
        new(null, null, null, WriteOutcome.Split, ErrorIds.RequestTooLarge, ErrorKind.InvalidArgument,
            "Use a smaller -BatchSize, or raise the request limit of the proxy.") { HttpStatus = 413 },
        new(GrpcCode.ResourceExhausted, null, "read rate limit exceeded", WriteOutcome.Retry, ErrorIds.RateLimited, ErrorKind.ResourceUnavailable,
            "Raise the collection's read_rate_limit, verify only a sample with -Sample, or wait longer with -NoProgressTimeoutSec.") { RateLimited = true },
        new(GrpcCode.ResourceExhausted, null, "write rate limit exceeded", WriteOutcome.Retry, ErrorIds.RateLimited, ErrorKind.ResourceUnavailable,
            "Raise the collection's write_rate_limit, use a smaller -BatchSize, or wait longer with -NoProgressTimeoutSec.") { RateLimited = true },
        new(GrpcCode.ResourceExhausted, null, null, WriteOutcome.Retry, ErrorIds.RateLimited, ErrorKind.ResourceUnavailable,
            "Raise the rate limit of the server or the proxy, or wait longer with -NoProgressTimeoutSec.") { RateLimited = true, Paced = true },

        new(GrpcCode.NotFound, null, "collection", WriteOutcome.Stop, ErrorIds.CollectionMissing, ErrorKind.NotFound,
            "Check the name of the collection, or create it."),
        new(GrpcCode.NotFound, null, null, WriteOutcome.Stop, ErrorIds.NotFound, ErrorKind.NotFound, "Check the name or id."),
        new(GrpcCode.AlreadyExists, null, null, WriteOutcome.Stop, ErrorIds.CollectionExists, ErrorKind.Conflict,
            "Choose another name, or delete the existing collection if it is not needed."),
        new(GrpcCode.InvalidArgument, null, "alias with the same name already exists", WriteOutcome.Stop, ErrorIds.CollectionExists, ErrorKind.Conflict,
            "Choose another name, or delete the alias."),
        new(GrpcCode.InvalidArgument, null, "collection_name:", WriteOutcome.Stop, ErrorIds.InvalidCollectionName, ErrorKind.InvalidArgument,
            "Use 1 to 255 characters without < > : \" / \\ | ? * or control characters."),
        new(null, null, "vector dimension error", WriteOutcome.Stop, ErrorIds.DimensionMismatch, ErrorKind.Conflict,
            "Use a collection with the dimension of these vectors."),
        new(null, null, "not existing vector name", WriteOutcome.Stop, ErrorIds.VectorNameMissing, ErrorKind.Conflict,
            "With -VectorName, use the name of a vector that the collection has."),
        // Strict mode from 1.18 on: not the batch's fault. The same batch passes once the server has memory or disk again.
        new(GrpcCode.InvalidArgument, null, "resident memory usage is at", WriteOutcome.Stop, ErrorIds.InsufficientStorage, ErrorKind.ResourceUnavailable,
            "Give the server more memory, or raise the collection's max_resident_memory_percent. Then run the same command again to resume."),
        new(GrpcCode.InvalidArgument, null, "disk usage is at", WriteOutcome.Stop, ErrorIds.InsufficientStorage, ErrorKind.ResourceUnavailable,
            "Free disk space on the server, or raise the collection's max_disk_usage_percent. Then run the same command again to resume."),
        new(GrpcCode.InvalidArgument, null, "max points count limit", WriteOutcome.Stop, ErrorIds.CollectionLimitReached, ErrorKind.ResourceUnavailable,
            "Raise the strict-mode limit of the collection. Then run the same command again."),
        new(GrpcCode.InvalidArgument, null, "storage size limit", WriteOutcome.Stop, ErrorIds.CollectionLimitReached, ErrorKind.ResourceUnavailable,
            "Raise the strict-mode limit of the collection. Then run the same command again."),
        new(null, null, "shard key not specified", WriteOutcome.Stop, ErrorIds.CustomSharding, ErrorKind.NotSupported,
            "Name the key with -ShardKey, or the payload field that holds it with -ShardKeyField."),
        new(GrpcCode.InvalidArgument, null, "exact search disabled", WriteOutcome.Reject, ErrorIds.ExactSearchDisabled, ErrorKind.NotSupported,
            "Allow exact search in the strict mode of the collection, or use an approximate search."),
        new(GrpcCode.InvalidArgument, null, null, WriteOutcome.Reject, ErrorIds.RequestRefused, ErrorKind.InvalidData,
            "Correct what the server reports. Then run the same command again."),
        new(GrpcCode.Internal, null, "failed to decode protobuf message", WriteOutcome.Reject, ErrorIds.RequestRefused, ErrorKind.InvalidData,
            "Correct what the server reports. Then run the same command again."),
        new(GrpcCode.OutOfRange, null, null, WriteOutcome.Reject, ErrorIds.RequestRefused, ErrorKind.InvalidData,
            "Correct what the server reports. Then run the same command again."),

        new(GrpcCode.FailedPrecondition, null, null, WriteOutcome.Stop, ErrorIds.StorageLocked, ErrorKind.ResourceUnavailable,
            "The server does not accept writes now. Unlock it. Then run the same command again."),
        new(GrpcCode.Unimplemented, null, null, WriteOutcome.Stop, ErrorIds.NotSupportedByServer, ErrorKind.NotSupported,
            "Use a newer version of Qdrant (1.10 or later)."),
        new(GrpcCode.DataLoss, null, null, WriteOutcome.Stop, ErrorIds.ServerDataLoss, ErrorKind.Server,
            "The server reports damaged data. Check its log first."),
        // A proxy gives the same answer for a lost server and for requests that come too fast.
        new(GrpcCode.Unavailable, null, null, WriteOutcome.Retry, ErrorIds.ServerUnavailable, ErrorKind.Connection,
            TryLater) { HttpStatus = 503, Paced = true },
        new(GrpcCode.Unavailable, null, null, WriteOutcome.Retry, ErrorIds.ServerUnavailable, ErrorKind.Connection, TryLater),
        new(GrpcCode.DeadlineExceeded, null, null, WriteOutcome.Retry, ErrorIds.Timeout, ErrorKind.Timeout, SlowBatch) { OtherCalls = SlowServer },
        new(GrpcCode.Cancelled, null, "timeout expired", WriteOutcome.Retry, ErrorIds.Timeout, ErrorKind.Timeout, SlowBatch) { OtherCalls = SlowServer },
        new(GrpcCode.Cancelled, null, null, WriteOutcome.Retry, ErrorIds.ServerCancelled, ErrorKind.Server, TryLater),
        new(GrpcCode.Aborted, null, null, WriteOutcome.Retry, ErrorIds.ServerAborted, ErrorKind.Server, TryLater),
        new(GrpcCode.Internal, null, null, WriteOutcome.Retry, ErrorIds.ServerError, ErrorKind.Server, TryLater),
        new(null, null, null, WriteOutcome.Retry, ErrorIds.ServerError, ErrorKind.Server, TryLater),
    ];

    /// <summary>The row for a reply that is not OK.</summary>
    public static AnswerRow Find(GrpcReply reply) => Rows.First(row => row.Fits(reply));

    /// <summary>True where asking again can help: an answer that was too large or no message will be the same again.</summary>
    public static bool IsTransient(GrpcReply reply) =>
        !reply.IsOk && Find(reply).Outcome == WriteOutcome.Retry && reply.Fault != TransportFault.AnswerTooLarge
            && reply.Cause is not Google.Protobuf.InvalidProtocolBufferException;

    /// <summary>The engine's answer for a reply that is not OK.</summary>
    public static WriteAnswer Classify(GrpcReply reply, long bytes)
    {
        AnswerRow row = Find(reply);
        return row.Outcome switch
        {
            WriteOutcome.Retry when row.Paced =>
                WriteAnswer.TooFast(row.ErrorId, row.Kind, reply.Message, row.NextStep, reply.RetryAfter, row.RateLimited, bytes),
            WriteOutcome.Retry => WriteAnswer.Retry(row.ErrorId, row.Kind, reply.Message, row.NextStep, reply.RetryAfter, row.RateLimited, bytes),
            WriteOutcome.Split => WriteAnswer.Split(row.ErrorId, row.Kind, reply.Message, row.NextStep, bytes),
            WriteOutcome.Reject => WriteAnswer.Reject(row.ErrorId, row.Kind, null, reply.Message, row.NextStep, bytes),
            _ => WriteAnswer.Stop(row.ErrorId, row.Kind, Reason(row, reply), resumable: row.ErrorId != ErrorIds.ReadOnlyKey, row.NextStep, bytes),
        };
    }

    /// <summary>Why a call was not carried out: mostly the server's own words.</summary>
    public static string Reason(AnswerRow row, GrpcReply reply) =>
        row.ErrorId == ErrorIds.ReadOnlyKey ? $"the API key does not have the rights for this. The server answered '{reply.Message}'" : reply.Message;

    /// <summary>
    /// The engine's answer for an upsert that was carried out, by its UpdateStatus: only Completed is done, unless it was not to be waited for.
    /// </summary>
    public static WriteAnswer Classify(Protocol.UpdateStatus status, long bytes, bool waits = true) => status switch
    {
        Protocol.UpdateStatus.Acknowledged when !waits => WriteAnswer.Ok(bytes),
        Protocol.UpdateStatus.Completed => WriteAnswer.Ok(bytes),
        Protocol.UpdateStatus.Acknowledged => WriteAnswer.Retry(ErrorIds.UpdateNotApplied, ErrorKind.Server,
            "the server has logged the batch but not applied it", TryLater, bytes: bytes),
        Protocol.UpdateStatus.WaitTimeout => WriteAnswer.Retry(ErrorIds.UpdateNotApplied, ErrorKind.Timeout,
            "the server did not apply the batch in time", SlowBatch, bytes: bytes),
        Protocol.UpdateStatus.ClockRejected =>
            WriteAnswer.Retry(ErrorIds.UpdateRejected, ErrorKind.Server, "the server rejected the batch as older than its data", TryLater, bytes: bytes),
        _ =>
            WriteAnswer.Retry(ErrorIds.MalformedAnswer, ErrorKind.Server, $"the server answered with the unknown status {(int)status}", TryLater, bytes: bytes),
    };
}

/// <summary>One row: what it fits (null fits all) and what follows.</summary>
/// <param name="Code">gRPC status.</param>
/// <param name="Fault">Transport fault; rows without one fit answers of the server only.</param>
/// <param name="Fragment">Lower-case part of the server's words.</param>
/// <param name="Outcome">For an upsert.</param>
/// <param name="ErrorId">PascalCase reason.</param>
/// <param name="Kind">Kind of error.</param>
/// <param name="NextStep">What the operator does next.</param>
internal sealed record AnswerRow(GrpcCode? Code, TransportFault? Fault, string? Fragment, WriteOutcome Outcome, string ErrorId, ErrorKind Kind, string NextStep)
{
    /// <summary>What the operator does next where the call was no upsert; null for the same.</summary>
    public string? OtherCalls { get; init; }

    /// <summary>Fits answers that carry the mark of exhausted storage only.</summary>
    public bool Storage { get; init; }

    /// <summary>Fits answers with this HTTP status only; 0 fits all.</summary>
    public int HttpStatus { get; init; }

    /// <summary>The target limits the rate.</summary>
    public bool RateLimited { get; init; }

    /// <summary>Requests come too fast, and nobody tells the rate: the distance between them is to be found.</summary>
    public bool Paced { get; init; }

    /// <summary>Whether the row is for this reply.</summary>
    public bool Fits(GrpcReply reply) =>
        (Code is null || Code == reply.Code)
        && (Fault ?? TransportFault.None) == reply.Fault
        && (!Storage || reply.InsufficientStorage)
        && (HttpStatus == 0 || HttpStatus == reply.HttpStatus)
        && (Fragment is null || reply.Message.Contains(Fragment, StringComparison.OrdinalIgnoreCase));
}
