using VectorMigration.TestSupport;

namespace VectorMigration.Qdrant.Tests;

/// <summary>The store over gRPC.</summary>
public sealed class GrpcStoreTests(QdrantServerFixture fixture) : StoreTests(fixture, QdrantProtocol.Grpc);

/// <summary>The same over REST.</summary>
public sealed class RestStoreTests(QdrantServerFixture fixture) : StoreTests(fixture, QdrantProtocol.Rest);

/// <summary>Reading over gRPC.</summary>
public sealed class GrpcReadingTests(QdrantServerFixture fixture) : ReadingTests(fixture, QdrantProtocol.Grpc);

/// <summary>The same over REST.</summary>
public sealed class RestReadingTests(QdrantServerFixture fixture) : ReadingTests(fixture, QdrantProtocol.Rest);
