namespace VectorMigration.Diagnosis;

/// <summary>The names of the checks. Scripts compare them, so they never change.</summary>
internal static class CheckNames
{
    public const string HostAddress = "Host address";
    public const string GrpcPort = "gRPC port";
    public const string RestPort = "REST port";
    public const string Protocol = "Protocol";
    public const string Encryption = "Encryption";
    public const string CertificateDate = "Certificate date";
    public const string CertificateAuthority = "Certificate authority";
    public const string CertificateHost = "Certificate host";
    public const string ApiKey = "API key";
    public const string WriteAccess = "Write access";
    public const string ServerVersion = "Server version";
    public const string KnownFault = "Known fault";
    public const string RecoveryMode = "Recovery mode";
    public const string Nodes = "Nodes";
    public const string Cluster = "Cluster";
    public const string Shards = "Shards";
    public const string Collection = "Collection";
    public const string StrictMode = "Strict mode";
    public const string HiddenPoints = "Hidden points";
    public const string UpdateQueue = "Update queue";
    public const string Quotas = "Quotas";
    public const string Clock = "Clock";
    public const string ClientDisk = "Client disk";
    public const string ClientMemory = "Client memory";
    public const string ServerDisk = "Server disk";
    public const string ServerMemory = "Server memory";
    public const string RoundTrip = "Round trip";
    public const string Throughput = "Throughput";
    public const string Index = "Index";
    public const string Plan = "Plan";
    public const string ExistingPoints = "Existing points";
    public const string Duration = "Duration";
}
