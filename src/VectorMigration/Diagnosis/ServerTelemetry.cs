using System.Text.Json;

namespace VectorMigration.Diagnosis;

/// <summary>What a server says of its machine and of itself (<c>GET /telemetry</c>); null where it does not say.</summary>
internal sealed record ServerTelemetry
{
    /// <summary>The resource, with as many details as are needed.</summary>
    public const string Path = "/telemetry?details_level=3";

    /// <summary>It was started to be repaired and loads no collection.</summary>
    public bool? IsInRecovery { get; private init; }

    /// <summary>Memory of its machine in bytes; in a container, that of the host.</summary>
    public long? Memory { get; private init; }

    /// <summary>Memory that it takes, in bytes.</summary>
    public long? ResidentMemory { get; private init; }

    /// <summary>Size of its disks in bytes, used or not.</summary>
    public long? Disk { get; private init; }

    /// <summary>It runs in a container.</summary>
    public bool IsInContainer { get; private init; }

    /// <summary>Versions of the nodes of a cluster, one a node.</summary>
    public IReadOnlyList<string> NodeVersions { get; private init; } = [];

    /// <summary>Reads an answer; null where it is none.</summary>
    public static ServerTelemetry? Read(string body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            if (JsonMembers.At(json.RootElement, "result") is not JsonElement result)
            {
                return null;
            }

            JsonElement? app = JsonMembers.At(result, "app");
            JsonElement? machine = JsonMembers.At(app, "system");
            return new ServerTelemetry
            {
                IsInRecovery = JsonMembers.At(app, "features", "recovery_mode") is { ValueKind: JsonValueKind.True or JsonValueKind.False } mode
                    ? mode.GetBoolean() : null,
                Memory = JsonMembers.Number(machine, "ram_size") * 1024,
                Disk = JsonMembers.Number(machine, "disk_size") * 1000,
                ResidentMemory = JsonMembers.Number(result, "memory", "resident_bytes"),
                IsInContainer = JsonMembers.At(machine, "is_docker") is { ValueKind: JsonValueKind.True },
                NodeVersions = JsonMembers.At(result, "cluster", "peer_metadata") is { ValueKind: JsonValueKind.Object } nodes
                    ? [.. nodes.EnumerateObject().Select(static node => JsonMembers.Text(node.Value, "version")).OfType<string>()] : [],
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
