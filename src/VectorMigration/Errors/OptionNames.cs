using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace VectorMigration.Errors;

/// <summary>
/// The options that texts name. A text is written once, with the names that PowerShell has; the command line shows it with its own. A text that is shown by
/// a command that lacks an option names the command that has it, so that no advice leads nowhere.
/// </summary>
internal static partial class OptionNames
{
    /// <summary>The switch of a process that is the command line (its runtime configuration sets it).</summary>
    public const string CommandLineSwitch = "VectorMigration.CommandLine";

    private static readonly bool OnTheCommandLine = AppContext.TryGetSwitch(CommandLineSwitch, out bool set) && set;

    /// <summary>The cmdlets whose work the command line does too.</summary>
    private static readonly FrozenDictionary<string, string> Commands = new Dictionary<string, string>
    {
        ["Get-FaissIndex"] = "vector-migration inspect",
        ["Invoke-VectorMigration"] = "vector-migration migrate",
        ["Test-VectorMigration"] = "vector-migration verify",
        ["Measure-MigrationPerf"] = "vector-migration compare",
        ["Optimize-VectorMigration"] = "vector-migration tune",
        ["New-MigrationReport"] = "vector-migration report",
        ["Get-VectorMigration"] = "vector-migration status",
        ["Watch-VectorMigration"] = "vector-migration watch",
        ["Suspend-VectorMigration"] = "vector-migration pause",
        ["Resume-VectorMigration"] = "vector-migration resume",
        ["Stop-VectorMigration"] = "vector-migration stop",
        ["Set-VectorMigrationPace"] = "vector-migration pace",
        ["New-MigrationPlan"] = "vector-migration plan",
        ["Join-VectorMigration"] = "vector-migration join",
        ["Test-QdrantConnection"] = "vector-migration doctor",
        ["New-MigrationSupportPackage"] = "vector-migration support-package",
    }.ToFrozenDictionary();

    /// <summary>Options whose names differ by more than their form.</summary>
    private static readonly FrozenDictionary<string, string> Renamed = new Dictionary<string, string>
    {
        ["PayloadPath"] = "--payload",
        ["JournalPath"] = "--journal",
        ["LogDirectory"] = "--log-dir",
        ["Skip"] = "--offset",
        ["First"] = "--limit",
        ["Uri"] = "--url",
        ["ApiKeyPath"] = "--api-key-file",
        ["ThrottleLimit"] = "--parallel",
        ["TimeBudgetSec"] = "--budget",
        ["Size"] = "--sizes",
        ["AllowDuplicateId"] = "--allow-duplicate-ids",
        ["TimeoutSec"] = "--timeout",
        ["GiveUpAfterSec"] = "--give-up-after",
        ["NoProgressTimeoutSec"] = "--no-progress-timeout",
        ["WaitIndexedTimeoutSec"] = "--wait-indexed-timeout",
        ["IndexingMode"] = "--indexing",
        ["CaCertificatePath"] = "--ca-certificate",
        ["ManifestPath"] = "--manifest",
        ["PlanPath"] = "--plan",
        ["SliceCount"] = "--slices",
        ["HeartbeatPath"] = "--heartbeat",
        ["MetricsPath"] = "--metrics-file",
        ["OutputPath"] = "--output",
        ["ProgressIntervalSec"] = "--progress-interval",
        ["LogMaxSizeMB"] = "--log-max-size-mb",
        ["RecallQueryCount"] = "--recall-queries",
        ["WhatIf"] = "--dry-run",
        ["Force"] = "--force",
    }.ToFrozenDictionary();

    /// <summary>Options whose names differ by their form alone: <c>-NoStore</c> and <c>--no-store</c>.</summary>
    private static readonly FrozenSet<string> Alike = new[]
    {
        "Adaptive", "RequestsPerSecond", "RunId",
        "AddAbsent", "AllowDecoded", "AllowPlaintextKey", "AllowWrite",
        "BatchDelay", "BatchSize", "BinaryAs", "Collection", "Compression", "DefaultSegmentNumber",
        "Distance", "From", "Slice",
        "DropPayloadKey", "EventLog",
        "ExcludePayloadField", "FlattenPayload", "HnswEfConstruct", "HnswM", "IdField", "IdFrom", "IdMapping", "IdNamespace", "IdOffset",
        "IndexingThreshold", "LargeInteger", "ListPath", "LogRetentionDays", "MatchQuantization", "MaxSegmentSize", "MergePayload",
        "MetricsListen", "NoStore", "OnBadPart", "OnChanged",
        "OnDisk", "OnDiskPayload", "OnExisting", "OnMissingPayload", "OnSurplusPayload", "OriginalVectors",
        "PayloadByRow", "PayloadField", "PayloadIndex", "PayloadKey", "PayloadLayout", "PayloadType", "Protocol", "Prune", "Quantile", "Quantization",
        "QuantizationAlwaysRam", "Recall",
        "Recreate", "Region", "RenamePayload", "Repair", "ReplicationFactor", "Restart", "Sample", "Scan", "Seed", "ShardKey", "ShardKeyField", "ShardNumber",
        "SkipCertificateCheck",
        "SkipInvalid", "StorePath", "TurboBits", "VectorName", "Verbose", "Verify", "WaitIndexed", "WriteConsistencyFactor", "WriteOrdering",
    }.ToFrozenSet();

    /// <summary>Options, and those that cannot be added where they are given, with the names of both surfaces.</summary>
    private static readonly (string[] Taken, string[] Excluded)[] Exclusive =
    [
        (["-StorePath", "--store-path"], ["-NoStore", "--no-store", "-PayloadPath", "--payload"]),
        (["-PayloadPath", "--payload"], ["-NoStore", "--no-store", "-StorePath", "--store-path"]),
        (["-NoStore", "--no-store"], ["-StorePath", "--store-path"]),
    ];

    /// <summary>Options that take one of a few names, which the command line writes small.</summary>
    private static readonly FrozenSet<string> OfNames = new[]
    {
        "BinaryAs", "Compression", "Distance", "IdFrom", "IdMapping", "IndexingMode", "LargeInteger", "OnChanged", "OnExisting", "OnMissingPayload",
        "OnSurplusPayload",
        "PayloadLayout", "Protocol", "Quantization", "Verify", "WriteOrdering",
    }.ToFrozenSet();

    /// <summary>The text as this process has to show it: with the names of the command line where it is that, otherwise as it is.</summary>
    public static string Here(string text) => OnTheCommandLine ? ForCommandLine(text) : text;

    /// <summary>For what takes different options on each surface: those of PowerShell, or those of the command line where this process is that.</summary>
    public static string Choose(string powerShell, string commandLine) => OnTheCommandLine ? commandLine : powerShell;

    /// <summary>The text with the options and commands of the command line. What stands in single quotes is somebody's own text and stays, and so do the
    /// options that follow a cmdlet which the command line does not have, up to the end of the sentence.</summary>
    public static string ForCommandLine(string text)
    {
        int onlyCmdlet = -1;
        return Names().Replace(text, match =>
        {
            if (match.Groups["cmdlet"] is { Success: true } cmdlet)
            {
                bool isKnown = Commands.TryGetValue(cmdlet.Value, out string? command);
                onlyCmdlet = isKnown ? -1 : match.Index;
                return isKnown ? command! : match.Value;
            }

            return match.Groups["option"] is { Success: true } option && OnCommandLine(option.Value) is string name
                && (onlyCmdlet < 0 || SentenceEnd().IsMatch(text[onlyCmdlet..match.Index]))
                ? name + Value(option.Value, match.Groups["value"].Value)
                : match.Value;
        });
    }

    /// <summary>The option of the command line for a parameter, or null where it has none.</summary>
    public static string? OnCommandLine(string parameter) =>
        Renamed.TryGetValue(parameter, out string? other) ? other : Alike.Contains(parameter) ? "--" + Kebab(parameter) : null;

    /// <summary>The cmdlet to name with a parameter that another one lacks, or null where nothing is known of the parameter.</summary>
    public static string? CmdletOf(string parameter) => parameter switch
    {
        "Repair" or "Recall" or "RecallQueryCount" => "Test-VectorMigration",
        "TimeBudgetSec" or "Size" or "Region" => "Optimize-VectorMigration",
        "Scan" => "Get-FaissIndex",
        "RunId" => "Get-VectorMigration",
        "Adaptive" or "RequestsPerSecond" => "Set-VectorMigrationPace",
        "OutputPath" => "New-MigrationReport",
        "From" or "SliceCount" => "New-MigrationPlan",
        "AllowWrite" => "Test-QdrantConnection",
        "ApiKeyPath" or "SecretName" or "VaultName" or "CaCertificatePath" or "Protocol" or "SkipCertificateCheck" or "AllowPlaintextKey" => "Connect-Qdrant",
        _ => OnCommandLine(parameter) is null ? null : "Invoke-VectorMigration",
    };

    /// <summary>The command of the command line to name with an option that another one lacks, or null where nothing is known of the option.</summary>
    public static string? CommandOf(string option) =>
        Renamed.Keys.Concat(Alike).FirstOrDefault(name => OnCommandLine(name) == option) is string parameter
            && CmdletOf(parameter) is string cmdlet ? Commands.GetValueOrDefault(cmdlet) : null;

    /// <summary>The text for one command: an option that it lacks gets the name of the command that has it in front.</summary>
    /// <param name="text">The text, with the names of the surface that shows it.</param>
    /// <param name="has">Whether the command has an option, named as in the text.</param>
    /// <param name="owner">The command that has it, or null.</param>
    public static string ForCommand(string text, Func<string, bool> has, Func<string, string?> owner)
    {
        bool named = false;
        return Mentions().Replace(text, match =>
        {
            if (match.Groups["end"].Success)
            {
                named = false;
            }
            else if (match.Groups["command"].Success)
            {
                named = true;
            }
            else if (match.Groups["option"].Success && !named && !has(match.Value) && owner(match.Value) is string command)
            {
                named = true;
                return $"{command} {match.Value}";
            }

            return match.Value;
        });
    }

    /// <summary>
    /// The next step for a command line that has options already: one that cannot be combined with another that was given says in place of which. What names
    /// that other one itself stays.
    /// </summary>
    /// <param name="text">The next step, with the names of the surface that shows it.</param>
    /// <param name="given">Whether an option was given, named as in the text.</param>
    public static string ForGiven(string text, Func<string, bool> given)
    {
        foreach ((string[] taken, string[] excluded) in Exclusive)
        {
            if (taken.FirstOrDefault(given) is string other && !Mentions().Matches(text).Any(match => taken.Contains(match.Value)))
            {
                text = Mentions().Replace(text, match => excluded.Contains(match.Value) ? $"{match.Value} in place of {other}" : match.Value);
            }
        }

        return text;
    }

    private static string Value(string option, string value) => value.Length == 0 || !OfNames.Contains(option) ? value
        : value.Replace("StoreId", "store", StringComparison.Ordinal).Replace("FaissId", "faiss", StringComparison.Ordinal).ToLowerInvariant();

    private static string Kebab(string name)
    {
        StringBuilder kebab = new(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]))
            {
                kebab.Append('-');
            }

            kebab.Append(char.ToLowerInvariant(name[i]));
        }

        return kebab.ToString();
    }

    [GeneratedRegex(@"(?<!\w)'[^']*'(?!\w)|\b(?<cmdlet>[A-Z][a-z]+-[A-Z][A-Za-z]+)|(?<![\w./\\-])-(?<option>[A-Z][A-Za-z]+)\b"
        + @"(?<value>:? [A-Z][A-Za-z0-9]*(?:(?:,| or) [A-Z][A-Za-z0-9]*)*)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Names();

    [GeneratedRegex(@"[.;:](?= |$)", RegexOptions.CultureInvariant)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"(?<!\w)'[^']*'(?!\w)|(?<end>[.;:](?= |$))|\b(?<command>[A-Z][a-z]+-[A-Z][A-Za-z]+|vector-migration [a-z]+)"
        + @"|(?<option>(?<![\w./\\-])(?:-[A-Z][A-Za-z]+|--[a-z][a-z-]*[a-z]))(?![\w-])", RegexOptions.CultureInvariant)]
    private static partial Regex Mentions();
}
