namespace VectorMigration.Qdrant.Tests;

/// <summary>Every row of the table of answers, by texts that Qdrant writes (reference/qdrant.md §2).</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData(16, "Must provide an API key or an Authorization bearer token", WriteOutcome.Stop, "MissingApiKey")]
    [InlineData(16, "Invalid API key or JWT", WriteOutcome.Stop, "WrongApiKey")]
    [InlineData(7, "Forbidden: Global manage access is required", WriteOutcome.Stop, "ReadOnlyKey")]
    [InlineData(13, "Service internal error: No space left on device: WAL buffer size exceeds available disk space", WriteOutcome.Stop, "DiskFull")]
    [InlineData(13, "WAL buffer size exceeds available disk space", WriteOutcome.Stop, "DiskFull")]
    [InlineData(8, "Insufficient storage: Disk usage is at 95%", WriteOutcome.Stop, "InsufficientStorage")]
    [InlineData(13, "Out of memory, free: 1234", WriteOutcome.Stop, "OutOfMemory")]
    [InlineData(8, "Rate limiting exceeded: Write rate limit exceeded, request larger than rate limiter capacity, please try to split your request",
        WriteOutcome.Split, "BatchOverRateLimit")]
    [InlineData(3, "Bad request: Limit exceeded 151 > 150 for \"upsert limit\". Help: Reduce the \"upsert limit\" parameter to or below 150.",
        WriteOutcome.Split, "BatchOverLimit")]
    [InlineData(11, "Error, decoded message length too large: found 99 bytes, the limit is: 9 bytes", WriteOutcome.Split, "RequestTooLarge")]
    [InlineData(8, "Received message larger than max (5 vs. 4)", WriteOutcome.Split, "RequestTooLarge")]
    [InlineData(8, "Rate limiting exceeded: Write rate limit exceeded: Operation requires 40 tokens but only 20.0 were available. Retry after 12s",
        WriteOutcome.Retry, "RateLimited")]
    [InlineData(5, "Not found: Collection `x` doesn't exist!", WriteOutcome.Stop, "CollectionMissing")]
    [InlineData(5, "Not found: No point with id 999 found", WriteOutcome.Stop, "NotFound")]
    [InlineData(6, "Wrong input: Collection `x` already exists!", WriteOutcome.Stop, "CollectionExists")]
    [InlineData(3, "Wrong input: Can't create collection with name x. Alias with the same name already exists", WriteOutcome.Stop, "CollectionExists")]
    [InlineData(3, "Validation error in body: [collection_name: value \"\" invalid, must be from 1 to 255 characters]", WriteOutcome.Stop,
        "InvalidCollectionName")]
    [InlineData(3, "Wrong input: Vector dimension error: expected dim: 4, got 3", WriteOutcome.Stop, "DimensionMismatch")]
    [InlineData(13, "1 out of 2 shards failed to apply operation. First error captured: Wrong input: Vector dimension error: expected dim: 4, got 3",
        WriteOutcome.Stop, "DimensionMismatch")]
    [InlineData(3, "Wrong input: Not existing vector name error: x", WriteOutcome.Stop, "VectorNameMissing")]
    [InlineData(8, "Rate limiting exceeded: Read rate limit exceeded, request larger than rate limiter capacity, please try to split your request",
        WriteOutcome.Split, "ReadOverRateLimit")]
    [InlineData(8, "Rate limiting exceeded: Read rate limit exceeded: Operation requires 40 tokens but only 20.0 were available. Retry after 12s",
        WriteOutcome.Retry, "RateLimited")]
    [InlineData(8, "too many requests", WriteOutcome.Retry, "RateLimited")]
    [InlineData(3, "Bad request: Resident memory usage is at 91%, above the limit of 90%", WriteOutcome.Stop, "InsufficientStorage")]
    [InlineData(3, "Bad request: Disk usage is at 91%, above the limit of 90%", WriteOutcome.Stop, "InsufficientStorage")]
    [InlineData(3, "Wrong input: Shard key not specified", WriteOutcome.Stop, "CustomSharding")]
    [InlineData(3, "Max points count limit of 10 reached!", WriteOutcome.Stop, "CollectionLimitReached")]
    [InlineData(3, "Max vector storage size limit of 1MB reached!", WriteOutcome.Stop, "CollectionLimitReached")]
    [InlineData(3, "Bad request: Exact search disabled!. Help: Set exact=false.", WriteOutcome.Reject, "ExactSearchDisabled")]
    [InlineData(3, "Unable to parse UUID: zz", WriteOutcome.Reject, "RequestRefused")]
    [InlineData(13, "failed to decode Protobuf message: Struct.fields: Value.kind: recursion limit reached", WriteOutcome.Reject, "RequestRefused")]
    [InlineData(11, "out of range", WriteOutcome.Reject, "RequestRefused")]
    [InlineData(9, "Storage locked: for reasons", WriteOutcome.Stop, "StorageLocked")]
    [InlineData(12, "unknown method", WriteOutcome.Stop, "NotSupportedByServer")]
    [InlineData(15, "checksum mismatch", WriteOutcome.Stop, "ServerDataLoss")]
    [InlineData(14, "shard unavailable", WriteOutcome.Retry, "ServerUnavailable")]
    [InlineData(4, "timeout", WriteOutcome.Retry, "Timeout")]
    [InlineData(1, "Timeout expired", WriteOutcome.Retry, "Timeout")]
    [InlineData(1, "cancelled", WriteOutcome.Retry, "ServerCancelled")]
    [InlineData(10, "aborted", WriteOutcome.Retry, "ServerAborted")]
    [InlineData(13, "Service internal error: Consistency of this update is not guaranteed. Please retry.", WriteOutcome.Retry, "ServerError")]
    [InlineData(2, "what", WriteOutcome.Retry, "ServerError")]
    public void The_server_s_words_decide(int code, string words, WriteOutcome outcome, string errorId)
    {
        GrpcReply reply = GrpcReply.Status((GrpcCode)code, words);
        WriteAnswer answer = QdrantAnswers.Classify(reply, 42);
        (answer.Outcome, answer.ErrorId, answer.Bytes).ShouldBe((outcome, errorId, 42));
        answer.Reason.ShouldBe(errorId == "ReadOnlyKey" ? $"the API key does not have the rights for this. The server answered '{words}'" : words);
        answer.NextStep.ShouldNotBeEmpty();
        answer.RateLimited.ShouldBe(errorId == "RateLimited");
        QdrantAnswers.IsTransient(reply).ShouldBe(outcome == WriteOutcome.Retry);

        // A call that is no batch has no batch size to lower.
        string nextStep = errorId != "Timeout" ? answer.NextStep
            : "Check that the server is running and not overloaded. If it is only slow, raise -TimeoutSec.";
        MigrationException error = QdrantErrors.From(reply, "http://host:6334", "do it", "words");
        (error.ErrorId, error.Kind, error.RecommendedAction, error.Target).ShouldBe((errorId, answer.Kind!.Value, nextStep, "words"));
        error.Message.ShouldContain(words);
        error.Message.ShouldContain("do it");
    }

    /// <summary>The table for people is made of the table that decides: <c>VECTORMIGRATION_WRITE_DOCS=1</c> writes it anew.</summary>
    [Fact]
    public void The_documented_table_is_the_one_that_decides()
    {
        string path = Path.Combine(TestSupport.QdrantServer.RepositoryRoot(), "docs", "answers.md");
        string table = QdrantAnswers.ToMarkdown();
        if (Environment.GetEnvironmentVariable("VECTORMIGRATION_WRITE_DOCS") == "1")
        {
            string before = File.ReadAllText(path);
            File.WriteAllText(path, before[..before.IndexOf("| answer |", StringComparison.Ordinal)] + table);
        }

        File.ReadAllText(path).ShouldEndWith(table);
    }

    [Fact]
    public void Exhausted_storage_is_no_rate_limit_though_it_has_its_code()
    {
        WriteAnswer answer = QdrantAnswers.Classify(GrpcReply.Status(GrpcCode.ResourceExhausted, "quota", insufficientStorage: true), 0);
        (answer.Outcome, answer.ErrorId, answer.Resumable).ShouldBe((WriteOutcome.Stop, "InsufficientStorage", true));
    }

    [Fact]
    public void The_announced_wait_is_handed_on()
    {
        WriteAnswer answer = QdrantAnswers.Classify(GrpcReply.Status(GrpcCode.ResourceExhausted, "slow down", TimeSpan.FromSeconds(12)), 0);
        (answer.After, answer.RateLimited).ShouldBe((TimeSpan.FromSeconds(12), true));
    }

    [Fact]
    public void A_proxy_that_finds_the_body_too_large_means_smaller_batches() =>
        QdrantAnswers.Classify(GrpcReply.Status(GrpcCode.ResourceExhausted, "HTTP 413", httpStatus: 413), 0).Outcome.ShouldBe(WriteOutcome.Split);

    // The enums are internal to the assembly, so the theory takes their names.
    [Theory]
    [InlineData(nameof(TransportFault.NoServer), WriteOutcome.Retry, "NoServer", "Check that Qdrant is running")]
    [InlineData(nameof(TransportFault.TlsFailed), WriteOutcome.Stop, "TlsFailed", "certificate")]
    [InlineData(nameof(TransportFault.RestPort), WriteOutcome.Stop, "RestPortGiven", "6334")]
    [InlineData(nameof(TransportFault.NotGrpc), WriteOutcome.Stop, "NotGrpc", "6334")]
    [InlineData(nameof(TransportFault.ProxyFailed), WriteOutcome.Retry, "ProxyFailed", "NO_PROXY")]
    [InlineData(nameof(TransportFault.ConnectionLost), WriteOutcome.Retry, "ConnectionLost", "again")]
    [InlineData(nameof(TransportFault.Timeout), WriteOutcome.Retry, "Timeout", "timeout")]
    [InlineData(nameof(TransportFault.AnswerTooLarge), WriteOutcome.Retry, "AnswerTooLarge", "omit the payload file")]
    [InlineData(nameof(TransportFault.Malformed), WriteOutcome.Retry, "MalformedAnswer", "proxy")]
    public void What_happens_to_the_connection_is_classified_too(string fault, WriteOutcome outcome, string errorId, string nextStep)
    {
        GrpcReply reply = GrpcReply.Failed(Enum.Parse<TransportFault>(fault), "what happened");
        WriteAnswer answer = QdrantAnswers.Classify(reply, 0);
        (answer.Outcome, answer.ErrorId).ShouldBe((outcome, errorId));
        answer.NextStep.ShouldContain(nextStep);
        MigrationException error = QdrantErrors.From(reply, "http://host:6334", "do it", null);
        (error.ErrorId, error.Kind, error.Target).ShouldBe((errorId, answer.Kind!.Value, "http://host:6334"));
        error.Message.ShouldContain("http://host:6334");
    }

    [Theory]
    [InlineData(0, WriteOutcome.Retry, "MalformedAnswer")]
    [InlineData(1, WriteOutcome.Retry, "UpdateNotApplied")]
    [InlineData(2, WriteOutcome.Ok, "")]
    [InlineData(3, WriteOutcome.Retry, "UpdateRejected")]
    [InlineData(4, WriteOutcome.Retry, "UpdateNotApplied")]
    [InlineData(9, WriteOutcome.Retry, "MalformedAnswer")]
    public void Only_Completed_is_done(int status, WriteOutcome outcome, string errorId)
    {
        WriteAnswer answer = QdrantAnswers.Classify((Protocol.UpdateStatus)status, 7);
        (answer.Outcome, answer.ErrorId, answer.Bytes).ShouldBe((outcome, errorId, 7));
    }

    [Fact]
    public void Long_words_are_cut_and_control_characters_do_not_reach_a_terminal()
    {
        GrpcReply reply = GrpcReply.Status(GrpcCode.Internal, "a\u001b[31m\r\n" + new string('x', 5_000));
        reply.Message.ShouldNotContain("\u001b");
        reply.Message.ShouldNotContain("\n");
        reply.Message.Length.ShouldBeLessThan(1_100);
    }

    [Theory]
    [InlineData("1.16.3", 1, 16, 3)]
    [InlineData("1.17.0-dev", 1, 17, 0)]
    [InlineData("2.0", 2, 0, 0)]
    public void Versions_are_read(string text, int major, int minor, int patch) =>
        ServerVersion.TryParse(text).ShouldBe(new ServerVersion(major, minor, patch));

    [Theory]
    [InlineData("")]
    [InlineData("dev")]
    [InlineData("1")]
    [InlineData("a.b.c")]
    public void Other_versions_are_unknown(string text) => ServerVersion.TryParse(text).ShouldBeNull();
}
