namespace VectorMigration.Errors;

/// <summary>The id of every error: a reason that never changes, so that scripts may compare it. Each stands here and nowhere else.</summary>
public static partial class ErrorIds
{
    // The index file.
    /// <summary>There is no such index file.</summary>
    public const string IndexNotFound = nameof(IndexNotFound);
    /// <summary>A folder was given where an index file was expected.</summary>
    public const string IndexIsDirectory = nameof(IndexIsDirectory);
    /// <summary>This user may not read the index file.</summary>
    public const string IndexAccessDenied = nameof(IndexAccessDenied);
    /// <summary>The index file cannot be opened or read.</summary>
    public const string IndexUnreadable = nameof(IndexUnreadable);
    /// <summary>The index file has no bytes.</summary>
    public const string IndexEmpty = nameof(IndexEmpty);
    /// <summary>The file is too short for an index.</summary>
    public const string IndexTooShort = nameof(IndexTooShort);
    /// <summary>The index file is cut short.</summary>
    public const string IndexTruncated = nameof(IndexTruncated);
    /// <summary>The index file is damaged.</summary>
    public const string IndexInvalid = nameof(IndexInvalid);
    /// <summary>The index file changed during the run.</summary>
    public const string IndexChanged = nameof(IndexChanged);
    /// <summary>The file, or the object, is not an index.</summary>
    public const string NotAnIndex = nameof(NotAnIndex);
    /// <summary>The index was written on a big-endian machine.</summary>
    public const string BigEndianIndex = nameof(BigEndianIndex);
    /// <summary>The index is of a kind that is not known here.</summary>
    public const string UnknownIndexKind = nameof(UnknownIndexKind);
    /// <summary>The index is of a kind whose vectors cannot be read.</summary>
    public const string UnsupportedIndexKind = nameof(UnsupportedIndexKind);
    /// <summary>The file with the inverted lists is missing.</summary>
    public const string ListFileMissing = nameof(ListFileMissing);
    /// <summary>The file with the inverted lists does not fit the index.</summary>
    public const string ListFileInvalid = nameof(ListFileInvalid);
    /// <summary>An inner id lies outside the id map.</summary>
    public const string IdOutOfRange = nameof(IdOutOfRange);

    // Payload files.
    /// <summary>There is no such payload file.</summary>
    public const string PayloadFileMissing = nameof(PayloadFileMissing);
    /// <summary>A folder was given where a payload file was expected.</summary>
    public const string PayloadIsDirectory = nameof(PayloadIsDirectory);
    /// <summary>The payload file cannot be read.</summary>
    public const string PayloadFileUnreadable = nameof(PayloadFileUnreadable);
    /// <summary>The payload file changed during the run.</summary>
    public const string PayloadFileChanged = nameof(PayloadFileChanged);
    /// <summary>The payload file is not UTF-8 text.</summary>
    public const string PayloadNotUtf8 = nameof(PayloadNotUtf8);
    /// <summary>A line of the payload file is not one JSON object.</summary>
    public const string PayloadRowInvalid = nameof(PayloadRowInvalid);
    /// <summary>A line of the payload file is blank, and more lines follow.</summary>
    public const string PayloadRowBlank = nameof(PayloadRowBlank);
    /// <summary>A line of the payload file is too long.</summary>
    public const string PayloadLineTooLong = nameof(PayloadLineTooLong);
    /// <summary>The payload file has fewer rows than the index has vectors.</summary>
    public const string PayloadTooFewRows = nameof(PayloadTooFewRows);
    /// <summary>The payload source has fewer rows than the run needs.</summary>
    public const string PayloadTooShort = nameof(PayloadTooShort);
    /// <summary>A payload cannot be sent as it is.</summary>
    public const string InvalidPayload = nameof(InvalidPayload);

    // Vectors and ids.
    /// <summary>The index holds codes, and decoded vectors were not allowed.</summary>
    public const string VectorsNotExact = nameof(VectorsNotExact);
    /// <summary>Qdrant does not take vectors of that many components.</summary>
    public const string DimensionTooLarge = nameof(DimensionTooLarge);
    /// <summary>The vector and the collection have different dimensions.</summary>
    public const string DimensionMismatch = nameof(DimensionMismatch);
    /// <summary>Qdrant does not have the metric of the index.</summary>
    public const string MetricNotSupported = nameof(MetricNotSupported);
    /// <summary>Cosine was asked for, and the vectors are not of unit length.</summary>
    public const string NormsNotUnit = nameof(NormsNotUnit);
    /// <summary>A component is NaN or infinite.</summary>
    public const string NonFiniteComponent = nameof(NonFiniteComponent);

    /// <summary>A vector is so long or so short that Qdrant cannot normalise it for Cosine.</summary>
    public const string NormNotNormalizable = nameof(NormNotNormalizable);
    /// <summary>The id of an input object is negative.</summary>
    public const string NegativeId = nameof(NegativeId);
    /// <summary>The index has negative ids.</summary>
    public const string NegativeIds = nameof(NegativeIds);
    /// <summary>The id of an input object was used before.</summary>
    public const string DuplicateId = nameof(DuplicateId);
    /// <summary>The index has duplicate ids.</summary>
    public const string DuplicateIds = nameof(DuplicateIds);
    /// <summary>The index has too many duplicate ids to keep track of.</summary>
    public const string TooManyDuplicateIds = nameof(TooManyDuplicateIds);
    /// <summary>No vector has this id.</summary>
    public const string IdNotFound = nameof(IdNotFound);
    /// <summary>An input object cannot be read as a vector.</summary>
    public const string UnreadableObject = nameof(UnreadableObject);
    /// <summary>A row of a table has a value in a column whose name is nearly that of a parameter.</summary>
    public const string MistypedColumn = nameof(MistypedColumn);

    // Arguments.
    /// <summary>The command line is wrong.</summary>
    public const string Usage = nameof(Usage);
    /// <summary>A key was given as an argument.</summary>
    public const string KeyAsArgument = nameof(KeyAsArgument);
    /// <summary>A value is outside its range.</summary>
    public const string ValueOutOfRange = nameof(ValueOutOfRange);
    /// <summary>The offset lies beyond the end of the index.</summary>
    public const string OffsetBeyondEnd = nameof(OffsetBeyondEnd);
    /// <summary>There is no such file or folder.</summary>
    public const string PathNotFound = nameof(PathNotFound);
    /// <summary>The path does not lie in the file system.</summary>
    public const string NotAFile = nameof(NotAFile);
    /// <summary>The path stands for several files where one was expected.</summary>
    public const string SeveralFiles = nameof(SeveralFiles);
    /// <summary>The baseline holds no figures of a run.</summary>
    public const string InvalidBaseline = nameof(InvalidBaseline);
    /// <summary>The distance is needed and was not given.</summary>
    public const string DistanceMissing = nameof(DistanceMissing);
    /// <summary>Quantisation was described, but not asked for.</summary>
    public const string QuantizationMissing = nameof(QuantizationMissing);
    /// <summary>A text is no payload index, or two are asked for over one field.</summary>
    public const string PayloadIndexInvalid = nameof(PayloadIndexInvalid);
    /// <summary>The longest wait was given, but not the wait itself.</summary>
    public const string WaitMissing = nameof(WaitMissing);
    /// <summary>A restart was asked for, but no journal was named.</summary>
    public const string RestartWithoutJournal = nameof(RestartWithoutJournal);
    /// <summary>Repair needs the whole index to be verified.</summary>
    public const string RepairNeedsAll = nameof(RepairNeedsAll);
    /// <summary>Hardly any vector is where a repair looks for it, and no journal records where they are.</summary>
    public const string RepairUnrelated = nameof(RepairUnrelated);
    /// <summary>There is no vector to search with.</summary>
    public const string NothingToAsk = nameof(NothingToAsk);
    /// <summary>There are no vectors to tune with.</summary>
    public const string NothingToTune = nameof(NothingToTune);

    // Connection and key.
    /// <summary>The text is not an endpoint.</summary>
    public const string InvalidEndpoint = nameof(InvalidEndpoint);
    /// <summary>The endpoint is not Qdrant's REST interface.</summary>
    public const string NotRest = nameof(NotRest);
    /// <summary>The endpoint is Qdrant's REST port.</summary>
    public const string RestPortGiven = nameof(RestPortGiven);
    /// <summary>The endpoint does not speak gRPC.</summary>
    public const string NotGrpc = nameof(NotGrpc);
    /// <summary>No server can be reached at the endpoint.</summary>
    public const string NoServer = nameof(NoServer);
    /// <summary>Several endpoints were named that are not nodes of one cluster.</summary>
    public const string NotOneCluster = nameof(NotOneCluster);
    /// <summary>The connection broke.</summary>
    public const string ConnectionLost = nameof(ConnectionLost);
    /// <summary>The connection was closed by this program.</summary>
    public const string ConnectionClosed = nameof(ConnectionClosed);
    /// <summary>The last attempt of this session to connect failed, so it has no default server.</summary>
    public const string NotConnected = nameof(NotConnected);
    /// <summary>The server is unavailable at present.</summary>
    public const string ServerUnavailable = nameof(ServerUnavailable);
    /// <summary>The server did not answer in time.</summary>
    public const string Timeout = nameof(Timeout);
    /// <summary>The TLS connection failed.</summary>
    public const string TlsFailed = nameof(TlsFailed);
    /// <summary>The file of CA certificates cannot be used.</summary>
    public const string CaFileUnusable = nameof(CaFileUnusable);
    /// <summary>The proxy refused, or cannot be reached.</summary>
    public const string ProxyFailed = nameof(ProxyFailed);
    /// <summary>gRPC without TLS cannot go through this proxy.</summary>
    public const string ProxyNeedsTls = nameof(ProxyNeedsTls);

    // Answers of the server.
    /// <summary>The answer cannot be read.</summary>
    public const string MalformedAnswer = nameof(MalformedAnswer);
    /// <summary>The answer is larger than is accepted.</summary>
    public const string AnswerTooLarge = nameof(AnswerTooLarge);
    /// <summary>The request is larger than the server accepts.</summary>
    public const string RequestTooLarge = nameof(RequestTooLarge);
    /// <summary>The server refused the request for what it holds.</summary>
    public const string RequestRefused = nameof(RequestRefused);
    /// <summary>The batch is over the collection's largest batch.</summary>
    public const string BatchOverLimit = nameof(BatchOverLimit);
    /// <summary>The batch alone is over the collection's rate limit.</summary>
    public const string BatchOverRateLimit = nameof(BatchOverRateLimit);
    /// <summary>The read alone is over the collection's rate limit.</summary>
    public const string ReadOverRateLimit = nameof(ReadOverRateLimit);
    /// <summary>The server limits the rate.</summary>
    public const string RateLimited = nameof(RateLimited);
    /// <summary>The server's disk is full.</summary>
    public const string DiskFull = nameof(DiskFull);
    /// <summary>The server is out of memory.</summary>
    public const string OutOfMemory = nameof(OutOfMemory);
    /// <summary>The server's storage or quota is exhausted.</summary>
    public const string InsufficientStorage = nameof(InsufficientStorage);
    /// <summary>The server does not take writes at present.</summary>
    public const string StorageLocked = nameof(StorageLocked);
    /// <summary>What is read back may be a later vector of the same id.</summary>
    public const string VerifyWithDuplicates = nameof(VerifyWithDuplicates);
    /// <summary>A batch of merged payload fields is not read back.</summary>
    public const string VerifyWithMergePayload = nameof(VerifyWithMergePayload);
    /// <summary>A pipeline changed what is in the collection: the index file does not tell what must be there.</summary>
    public const string NotVerifiable = nameof(NotVerifiable);
    /// <summary>The server took the batch and did not apply it in time.</summary>
    public const string UpdateNotApplied = nameof(UpdateNotApplied);
    /// <summary>The server refused the batch as older than what it has.</summary>
    public const string UpdateRejected = nameof(UpdateRejected);
    /// <summary>The server answered with an error of its own.</summary>
    public const string ServerError = nameof(ServerError);
    /// <summary>The server aborted the call.</summary>
    public const string ServerAborted = nameof(ServerAborted);
    /// <summary>The server cancelled the call.</summary>
    public const string ServerCancelled = nameof(ServerCancelled);
    /// <summary>The server reports damaged data.</summary>
    public const string ServerDataLoss = nameof(ServerDataLoss);
    /// <summary>The server is too old for what was asked.</summary>
    public const string ServerTooOld = nameof(ServerTooOld);
    /// <summary>The server does not know this call.</summary>
    public const string NotSupportedByServer = nameof(NotSupportedByServer);
    /// <summary>The collection does not allow exact search.</summary>
    public const string ExactSearchDisabled = nameof(ExactSearchDisabled);
    /// <summary>The server does not have what was asked for.</summary>
    public const string NotFound = nameof(NotFound);

    // Stores.
    /// <summary>Several indexes or stores would fit.</summary>
    public const string StoreAmbiguous = nameof(StoreAmbiguous);

    // Collections and aliases.
    /// <summary>There is no such collection.</summary>
    public const string CollectionMissing = nameof(CollectionMissing);
    /// <summary>The collection exists already.</summary>
    public const string CollectionExists = nameof(CollectionExists);
    /// <summary>The collection differs from what the index needs.</summary>
    public const string CollectionDiffers = nameof(CollectionDiffers);
    /// <summary>The collection was replaced during the run.</summary>
    public const string CollectionReplaced = nameof(CollectionReplaced);
    /// <summary>A limit of the collection's strict mode is reached.</summary>
    public const string CollectionLimitReached = nameof(CollectionLimitReached);
    /// <summary>The name cannot be the name of a collection.</summary>
    public const string InvalidCollectionName = nameof(InvalidCollectionName);
    /// <summary>The collection cannot have these settings.</summary>
    public const string InvalidCollectionSettings = nameof(InvalidCollectionSettings);
    /// <summary>The collection has no vector of that name.</summary>
    public const string VectorNameMissing = nameof(VectorNameMissing);
    /// <summary>Ids that are to be sent have points of others in the collection.</summary>
    public const string PointsExist = nameof(PointsExist);
    /// <summary>Another run is writing the same ids to the collection.</summary>
    public const string ConcurrentRun = nameof(ConcurrentRun);
    /// <summary>A collection was to be deleted, and nobody agreed to that.</summary>
    public const string RecreateNotAgreed = nameof(RecreateNotAgreed);
    /// <summary>A sync was asked for together with what it cannot be combined with.</summary>
    public const string SyncUnsupported = nameof(SyncUnsupported);

    /// <summary>Points were to be pruned without a sync.</summary>
    public const string PruneNeedsSync = nameof(PruneNeedsSync);

    /// <summary>Points were to be pruned, and nothing tells which of them are this migration's.</summary>
    public const string PruneNeedsRecord = nameof(PruneNeedsRecord);

    /// <summary>Points were to be pruned after an index that has less than half of what was written.</summary>
    public const string PruneSourceTooSmall = nameof(PruneSourceTooSmall);

    /// <summary>Points were to be pruned, and nobody agreed to that.</summary>
    public const string PruneNotAgreed = nameof(PruneNotAgreed);

    /// <summary>A merge was asked for without the name of a vector.</summary>
    public const string MergeNeedsVectorName = nameof(MergeNeedsVectorName);
    /// <summary>A merge was asked for together with a payload.</summary>
    public const string MergeTakesNoPayload = nameof(MergeTakesNoPayload);
    /// <summary>Absent points were to be added without a merge.</summary>
    public const string AddAbsentNeedsMerge = nameof(AddAbsentNeedsMerge);
    /// <summary>Fields of payloads were to be merged, but no merge was asked for.</summary>
    public const string MergePayloadNeedsMerge = nameof(MergePayloadNeedsMerge);
    /// <summary>A namespace of ids was given, but they do not become UUIDs.</summary>
    public const string IdNamespaceNeedsUuid5 = nameof(IdNamespaceNeedsUuid5);
    /// <summary>Ids cannot be shifted that far.</summary>
    public const string IdOffsetOutOfRange = nameof(IdOffsetOutOfRange);
    /// <summary>There is no such alias.</summary>
    public const string AliasMissing = nameof(AliasMissing);
    /// <summary>An alias was given where the name of a collection was expected.</summary>
    public const string AliasGiven = nameof(AliasGiven);
    /// <summary>The name of an alias is the name of a collection.</summary>
    public const string NameIsCollection = nameof(NameIsCollection);
    /// <summary>The server failed to index the collection.</summary>
    public const string IndexingFailed = nameof(IndexingFailed);
    /// <summary>The collection is not fully indexed yet.</summary>
    public const string IndexingUnfinished = nameof(IndexingUnfinished);

    /// <summary>The collection has custom sharding, where every write has to name a shard key.</summary>
    public const string CustomSharding = nameof(CustomSharding);
    /// <summary>The collection hides points, of which a count or a sample proves nothing.</summary>
    public const string ProofNeedsVisiblePoints = nameof(ProofNeedsVisiblePoints);
    /// <summary>The server has still to apply what it has taken.</summary>
    public const string UpdatesPending = nameof(UpdatesPending);

    // The run.
    /// <summary>The server refuses every batch with the same words.</summary>
    public const string EveryBatchRefused = nameof(EveryBatchRefused);
    /// <summary>The run was stopped on request.</summary>
    public const string Interrupted = nameof(Interrupted);
    /// <summary>The upload ended before the pipeline did.</summary>
    public const string UploadEnded = nameof(UploadEnded);
    /// <summary>A batch failed, and its result holds no reason.</summary>
    public const string BatchFailed = nameof(BatchFailed);
    /// <summary>Not everything is in the collection.</summary>
    public const string MigrationIncomplete = nameof(MigrationIncomplete);
    /// <summary>Something failed that nothing here foresees.</summary>
    public const string UnexpectedFailure = nameof(UnexpectedFailure);
    /// <summary>This machine is big-endian.</summary>
    public const string BigEndianMachine = nameof(BigEndianMachine);
    /// <summary>No batch was acknowledged while settings were tried.</summary>
    public const string TuningNoAnswer = nameof(TuningNoAnswer);

    // Journal, logs, earlier runs.
    /// <summary>Another run uses the journal.</summary>
    public const string JournalInUse = nameof(JournalInUse);
    /// <summary>The journal is damaged.</summary>
    public const string JournalCorrupt = nameof(JournalCorrupt);
    /// <summary>The journal is of a version that is not known here.</summary>
    public const string JournalVersion = nameof(JournalVersion);
    /// <summary>The journal belongs to other options.</summary>
    public const string JournalDiffers = nameof(JournalDiffers);
    /// <summary>The file is not a journal.</summary>
    public const string JournalForeign = nameof(JournalForeign);
    /// <summary>A folder was given where a journal was expected.</summary>
    public const string JournalIsDirectory = nameof(JournalIsDirectory);
    /// <summary>The journal cannot be read.</summary>
    public const string JournalUnreadable = nameof(JournalUnreadable);
    /// <summary>The journal cannot be written.</summary>
    public const string JournalUnwritable = nameof(JournalUnwritable);
    /// <summary>A journal needs vectors that come from an index.</summary>
    public const string JournalNeedsIndex = nameof(JournalNeedsIndex);
    /// <summary>The vectors come from another index than the journal's.</summary>
    public const string JournalOtherIndex = nameof(JournalOtherIndex);
    /// <summary>The journal's collection is gone.</summary>
    public const string JournalCollectionMissing = nameof(JournalCollectionMissing);
    /// <summary>The journal's collection was replaced by another of the same name.</summary>
    public const string JournalCollectionReplaced = nameof(JournalCollectionReplaced);
    /// <summary>The collection has fewer points than the journal acknowledged.</summary>
    public const string JournalPointsMissing = nameof(JournalPointsMissing);
    /// <summary>The report cannot be written.</summary>
    public const string ReportUnwritable = nameof(ReportUnwritable);
    /// <summary>The support package cannot be written.</summary>
    public const string SupportPackageUnwritable = nameof(SupportPackageUnwritable);
    /// <summary>The log cannot be written.</summary>
    public const string LogUnwritable = nameof(LogUnwritable);
    /// <summary>Metrics cannot be served at what was given as an address.</summary>
    public const string MetricsAddressInvalid = nameof(MetricsAddressInvalid);
    /// <summary>Metrics cannot be served at the address: the port is in use, or the address is another machine's.</summary>
    public const string MetricsAddressUnavailable = nameof(MetricsAddressUnavailable);
    /// <summary>This system has no Windows event log, or does not open it.</summary>
    public const string EventLogUnavailable = nameof(EventLogUnavailable);
    /// <summary>A line of the log is damaged.</summary>
    public const string DamagedLog = nameof(DamagedLog);
    /// <summary>The file is neither a log nor the summary of a run.</summary>
    public const string NotARun = nameof(NotARun);
    /// <summary>There is no such run.</summary>
    public const string RunNotFound = nameof(RunNotFound);
    /// <summary>No run is under way where one was expected.</summary>
    public const string RunNotUnderWay = nameof(RunNotUnderWay);
    /// <summary>Several runs are under way, and none was named.</summary>
    public const string SeveralRunsUnderWay = nameof(SeveralRunsUnderWay);
    /// <summary>The run cannot be reached from this session.</summary>
    public const string RunNotSteerable = nameof(RunNotSteerable);
    /// <summary>The run does not do what was asked for.</summary>
    public const string SteeringRefused = nameof(SteeringRefused);
    /// <summary>The program that is to be started at the end of a run cannot be.</summary>
    public const string EndProgramUnusable = nameof(EndProgramUnusable);
    /// <summary>The log or summary cannot be read.</summary>
    public const string RunUnreadable = nameof(RunUnreadable);
    /// <summary>The run sent nothing, so there is nothing to measure.</summary>
    public const string NothingSent = nameof(NothingSent);

    // Local servers.
    /// <summary>There is no Qdrant program.</summary>
    public const string QdrantBinaryMissing = nameof(QdrantBinaryMissing);
    /// <summary>The Qdrant program cannot be started.</summary>
    public const string QdrantBinaryUnusable = nameof(QdrantBinaryUnusable);
    /// <summary>The storage folder cannot be used.</summary>
    public const string StorageFolderUnusable = nameof(StorageFolderUnusable);
    /// <summary>Another program uses the port.</summary>
    public const string PortInUse = nameof(PortInUse);
    /// <summary>The local server ended while it started.</summary>
    public const string LocalServerFailed = nameof(LocalServerFailed);
    /// <summary>The local server was not ready in time.</summary>
    public const string LocalServerNotReady = nameof(LocalServerNotReady);
    /// <summary>This session has no such local server.</summary>
    public const string LocalServerMissing = nameof(LocalServerMissing);
    /// <summary>The local server could not be stopped.</summary>
    public const string LocalServerStillRuns = nameof(LocalServerStillRuns);
    /// <summary>An address was given where a file is read.</summary>
    public const string PathIsAddress = nameof(PathIsAddress);
    /// <summary>Bits are to be stored in some form, but the index holds none.</summary>
    public const string NotABinaryIndex = nameof(NotABinaryIndex);
}
