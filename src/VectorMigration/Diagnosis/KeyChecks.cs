using System.Globalization;
using VectorMigration.Errors;

namespace VectorMigration.Diagnosis;

/// <summary>What the server makes of the API key.</summary>
internal static class KeyChecks
{
    /// <summary>A token that ends sooner may end within a run.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromHours(24);

    /// <summary>The key as the server takes it.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="hasKey">A key is sent.</param>
    /// <param name="expiresAt">When the key, a token, expires; null where it does not.</param>
    /// <param name="refusal">Why the server refuses the key; null where it does not.</param>
    /// <param name="isOpen">The server answers without a key; null where that is not known.</param>
    /// <param name="now">The time.</param>
    public static ConnectionCheck Key(Uri endpoint, bool hasKey, DateTimeOffset? expiresAt, MigrationException? refusal, bool? isOpen, DateTimeOffset now)
    {
        if (expiresAt is DateTimeOffset end && end <= now)
        {
            return ConnectionCheck.Fail(
                CheckNames.ApiKey, string.Create(CultureInfo.InvariantCulture, $"The API key is a token that expired at {end:yyyy-MM-dd HH:mm} UTC."),
                "Create a new token.");
        }

        bool isExpired = refusal?.Message.Contains("ExpiredSignature", StringComparison.Ordinal) == true;
        if (isExpired && refusal is { ErrorId: ErrorIds.ReadOnlyKey })
        {
            return ConnectionCheck.Fail(CheckNames.ApiKey, "The server says that the API key, a token, has expired.",
                "Create a new token, and compare the clocks of both machines.");
        }

        if (refusal is { ErrorId: ErrorIds.MissingApiKey or ErrorIds.WrongApiKey })
        {
            return ConnectionCheck.Fail(CheckNames.ApiKey, refusal);
        }

        if (isOpen == true)
        {
            return endpoint.IsLoopback
                ? ConnectionCheck.Pass(CheckNames.ApiKey, "The server requires no API key. It is reached on this machine.")
                : ConnectionCheck.Warn(
                    CheckNames.ApiKey, "The server requires no API key. Anyone who reaches it can read and delete everything.",
                    "Set an API key at the server (service.api_key), or check that only trusted machines reach it.");
        }

        return expiresAt is DateTimeOffset soon && soon - now < Soon
            ? ConnectionCheck.Warn(
                CheckNames.ApiKey, string.Create(CultureInfo.InvariantCulture, $"The API key is a token that expires at {soon:yyyy-MM-dd HH:mm} UTC."),
                "Use a token that is valid beyond the end of the run.")
            : ConnectionCheck.Pass(CheckNames.ApiKey, hasKey ? "The server accepts the API key." : "The server requires no API key.");
    }

    /// <summary>Whether the key may do what a run does.</summary>
    /// <param name="collection">The collection; null where none was named.</param>
    /// <param name="creates">The run would create the collection.</param>
    /// <param name="missing">The right that is missing; null where none is.</param>
    public static ConnectionCheck Write(string? collection, bool creates, MigrationException? missing) => missing is null
        ? ConnectionCheck.Pass(CheckNames.WriteAccess, collection is null ? "A run may create collections."
            : creates ? $"A run may create the collection '{collection}'." : $"A run may write to the collection '{collection}'.")
        : ConnectionCheck.Fail(CheckNames.WriteAccess, missing);
}
