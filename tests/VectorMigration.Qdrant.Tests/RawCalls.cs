using Grpc.Core;

namespace VectorMigration.Qdrant.Tests;

/// <summary>Calls of a method that no server has, with bytes as their request.</summary>
internal static class RawCalls
{
    private static readonly Method<byte[], Protocol.HealthCheckReply> Raw = New(static bytes => bytes);
    public static readonly Method<byte[], Protocol.HealthCheckReply> Broken = New(static _ => throw new ArgumentException("a defect"));

    private static Method<byte[], Protocol.HealthCheckReply> New(Func<byte[], byte[]> serializer) => new(
        MethodType.Unary, "a.B", "C",
        Marshallers.Create(serializer, static bytes => bytes),
        Marshallers.Create(static _ => [], Protocol.HealthCheckReply.Parser.ParseFrom));

    public static async Task<GrpcAnswer<Protocol.HealthCheckReply>> CallAsync(
        GrpcTransport transport, byte[] message, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        await transport.CallAsync(
            options => transport.Invoker.AsyncUnaryCall(Raw, null, options, message), timeout ?? TimeSpan.FromSeconds(20), cancellationToken);
}
