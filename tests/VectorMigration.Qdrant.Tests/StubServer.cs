using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace VectorMigration.Qdrant.Tests;

/// <summary>
/// A stub of the protocol on Kestrel, for answers that the real server cannot be made to give: broken frames, odd trailers, servers of other versions.
/// </summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private StubServer(WebApplication app) => this.app = app;

    public Uri Uri => new(app.Urls.First());

    public List<RecordedCall> Calls { get; } = [];

    public static async Task<StubServer> StartAsync(Func<HttpContext, byte[], Task> answer, HttpProtocols protocols = HttpProtocols.Http2, int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = protocols));
        WebApplication app = builder.Build();
        StubServer server = new(app);
        app.Run(async context =>
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            byte[] message = body.Length >= 5 ? body.ToArray()[5..] : [];
            lock (server.Calls)
            {
                server.Calls.Add(new RecordedCall(context.Request.Path, context.Request.Headers.ToDictionary(
                    static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), message));
            }

            await answer(context, message);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>A server that says it has this version and answers every upsert with this status.</summary>
    public static Task<StubServer> StartVersionAsync(string version, Protocol.UpdateStatus status) =>
        StartAsync((context, _) => context.Request.Path.Value switch
    {
        "/qdrant.Qdrant/HealthCheck" => OkAsync(context, new Protocol.HealthCheckReply { Title = "qdrant stub", Version = version }),
        _ => OkAsync(context, new Protocol.PointsOperationResponse { Result = new Protocol.UpdateResult { Status = status } }),
    });

    public static async Task OkAsync(HttpContext context, IMessage message)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(Frame(message.ToByteArray()));
        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Trailers-only: the status in the headers, no body.</summary>
    public static Task FailAsync(HttpContext context, int status, string message, params (string Name, string Value)[] more)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = message;
        foreach ((string name, string value) in more)
        {
            context.Response.Headers[name] = value;
        }

        return Task.CompletedTask;
    }

    public static byte[] Frame(byte[] message, byte flag = 0)
    {
        byte[] frame = new byte[message.Length + 5];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>A call as the stub saw it.</summary>
internal sealed record RecordedCall(string Path, Dictionary<string, string> Headers, byte[] Message);
