using Grpc.Core;

namespace VectorMigration.Qdrant;

/// <summary>
/// The calls that carry vectors, with marshallers that write and read the bytes as they lie in memory. The methods are static: the client keeps what it
/// derives from one by the object itself.
/// </summary>
internal static class HotCalls
{
    /// <summary>Bytes that gRPC puts before every message: compressed flag and length.</summary>
    public const int PrefixLength = 5;

    private const string Service = "qdrant.Points";

    private static readonly Marshaller<UpsertEncoder> Encoded =
        Marshallers.Create<UpsertEncoder>(static (request, context) => request.Encode(context), static _ => throw new NotSupportedException());

    private static readonly Marshaller<Protocol.PointsOperationResponse> Applied =
        Marshallers.Create(Never, static context => Protocol.PointsOperationResponse.Parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    /// <summary><c>Points/Upsert</c>.</summary>
    public static readonly Method<UpsertEncoder, Protocol.PointsOperationResponse> Upsert = new(MethodType.Unary, Service, "Upsert", Encoded, Applied);

    /// <summary><c>Points/UpdateVectors</c>, which has the frame of an upsert.</summary>
    public static readonly Method<UpsertEncoder, Protocol.PointsOperationResponse> UpdateVectors =
        new(MethodType.Unary, Service, "UpdateVectors", Encoded, Applied);

    /// <summary><c>Points/Get</c>.</summary>
    public static readonly Method<GetPointsRequest, RawAnswer> Get = new(
        MethodType.Unary,
        Service,
        "Get",
        Marshallers.Create<GetPointsRequest>(static (request, context) => request.Encode(context), static _ => throw new NotSupportedException()),
        Marshallers.Create(Never, static context => RawAnswer.Copy(context.PayloadAsReadOnlySequence())));

    private static void Never<T>(T message, SerializationContext context) => throw new NotSupportedException();
}
