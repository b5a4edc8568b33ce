using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Runs where tinyproxy and nginx are; where one is not, the test is told as skipped, with how to get it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TinyproxyTheoryAttribute : TheoryAttribute
{
    public TinyproxyTheoryAttribute()
    {
        if (Tinyproxy.Program is null || Nginx.Program is null)
        {
            Skip = "NOT RUN: tinyproxy and nginx are not both installed (apt-get install tinyproxy nginx-light).";
        }
    }
}

/// <summary>A forward proxy that asks for a user and a password.</summary>
internal sealed class Tinyproxy : IDisposable
{
    private readonly Process process;
    private readonly string folder;

    private Tinyproxy(Process process, string folder, int port)
    {
        this.process = process;
        this.folder = folder;
        Port = port;
    }

    /// <summary>Where it is; null where it is not.</summary>
    public static string? Program { get; } = ((string[])["/usr/bin/tinyproxy", "/usr/sbin/tinyproxy"]).FirstOrDefault(File.Exists);

    public int Port { get; }

    public static Tinyproxy Start(string folder, string user, string password)
    {
        Directory.CreateDirectory(folder);
        int port = Nginx.FreePort();
        string configuration = Path.Combine(folder, "tinyproxy.conf");
        File.WriteAllText(configuration, $"""
            Port {port}
            Listen 127.0.0.1
            Timeout 60
            LogLevel Connect
            LogFile "{folder}/log"
            PidFile "{folder}/pid"
            MaxClients 100
            BasicAuth {user} {password}

            """);
        Process process = Process.Start(new ProcessStartInfo(Program!, ["-d", "-c", configuration])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        Tinyproxy proxy = new(process, folder, port);
        proxy.AwaitListening();
        return proxy;
    }

    public string Log() => File.ReadAllText(Path.Combine(folder, "log"));

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void AwaitListening()
    {
        for (int i = 0; i < 400; i++)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"tinyproxy ended: {process.StandardError.ReadToEnd()}");
            }

            try
            {
                using TcpClient client = new();
                client.Connect(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(25);
            }
        }

        throw new TimeoutException("tinyproxy does not listen.");
    }
}
