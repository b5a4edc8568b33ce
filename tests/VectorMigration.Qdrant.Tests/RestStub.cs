using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace VectorMigration.Qdrant.Tests;

/// <summary>A stub of the REST interface, for answers that the real server or a proxy before it cannot be made to give at will.</summary>
internal sealed class RestStub : IAsyncDisposable
{
    private readonly WebApplication app;

    private RestStub(WebApplication app) => this.app = app;

    public const string Health = """{"title":"qdrant - vector search engine","version":"1.16.3","commit":"c"}""";

    public const string Completed = """{"result":{"operation_id":0,"status":"completed"},"status":"ok","time":0.1}""";

    public Uri Uri => new(app.Urls.First());

    public ConcurrentQueue<(string Line, string Body, string Key)> Requests { get; } = [];

    public static async Task<RestStub> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        WebApplication app = builder.Build();
        RestStub stub = new(app);
        app.Run(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            HttpRequest request = context.Request;
            string key = request.Headers["api-key"].ToString();
            stub.Requests.Enqueue(($"{request.Method} {request.Path}{request.QueryString}", await reader.ReadToEndAsync(), key));
            await answer(context);
        });
        await app.StartAsync();
        return stub;
    }

    /// <summary>Answers <c>GET /</c> as Qdrant, and everything else as told.</summary>
    public static Task<RestStub> BehindHealthAsync(Func<HttpContext, Task> answer) =>
        StartAsync(context => context.Request.Path == "/" ? JsonAsync(context, 200, Health) : answer(context));

    public static Task JsonAsync(HttpContext context, int status, string json) => TextAsync(context, status, json, "application/json");

    public static async Task TextAsync(HttpContext context, int status, string text, string type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(text);
    }

    public QdrantStore Store(QdrantProtocol protocol = QdrantProtocol.Rest, string? key = null) => Samples.Store(Uri, key, protocol: protocol);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
