namespace VectorMigration.Errors;

/// <summary>Ids of errors of API keys.</summary>
public static partial class ErrorIds
{
    /// <summary>A key would be sent without TLS to another machine.</summary>
    public const string PlaintextKeyRefused = nameof(PlaintextKeyRefused);
    /// <summary>The server wants an API key.</summary>
    public const string MissingApiKey = nameof(MissingApiKey);
    /// <summary>The server does not accept the API key.</summary>
    public const string WrongApiKey = nameof(WrongApiKey);
    /// <summary>The API key may not write.</summary>
    public const string ReadOnlyKey = nameof(ReadOnlyKey);
    /// <summary>The API key holds characters that cannot be sent.</summary>
    public const string InvalidApiKey = nameof(InvalidApiKey);
    /// <summary>The API key file does not hold one key.</summary>
    public const string InvalidApiKeyFile = nameof(InvalidApiKeyFile);
    /// <summary>There is no such key file.</summary>
    public const string ApiKeyFileMissing = nameof(ApiKeyFileMissing);
    /// <summary>The key file cannot be read.</summary>
    public const string ApiKeyFileUnreadable = nameof(ApiKeyFileUnreadable);
    /// <summary>The source of the key holds no key.</summary>
    public const string ApiKeyInvalid = nameof(ApiKeyInvalid);
    /// <summary>The secret that is the key cannot be read from a vault, or is no string.</summary>
    public const string SecretUnavailable = nameof(SecretUnavailable);
}
