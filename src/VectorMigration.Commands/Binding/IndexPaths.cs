using System.Collections.ObjectModel;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Turns what stands for a path in PowerShell (wildcards, drives, PSPath) into full paths of the file system.</summary>
internal static class IndexPaths
{
    /// <summary>
    /// Files that a path stands for: wildcards are expanded unless it is literal. A file that is not there is passed on: whoever opens it says so, with the
    /// same words on both surfaces.
    /// </summary>
    /// <exception cref="MigrationException">Nothing matches the wildcards, or it is not in the file system.</exception>
    public static IReadOnlyList<string> Resolve(PSCmdlet command, string path, bool literal)
    {
        Address.ThrowIfAddress(path);
        ProviderInfo provider;
        Collection<string> found;
        try
        {
            if (literal)
            {
                return [Unresolved(command, path)];
            }

            // A file whose name holds what would be wildcards is meant when it is there: a path out of a table or a result is one file.
            if (WildcardPattern.ContainsWildcardCharacters(path) && Existing(command, path) is string exact)
            {
                return [exact];
            }

            found = command.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider);
        }
        catch (ItemNotFoundException) when (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [Unresolved(command, path)];
        }
        catch (Exception error) when (error is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw NotFound(command, path);
        }

        return provider.Name != "FileSystem" ? throw CommandErrors.NotAFile(path, provider.Name)
            : found.Count == 0 ? throw NotFound(command, path)
            : found;
    }

    /// <summary>The one file that a path stands for.</summary>
    /// <exception cref="MigrationException">It stands for none or several.</exception>
    public static string ResolveOne(PSCmdlet command, string path, bool literal)
    {
        IReadOnlyList<string> found = Resolve(command, path, literal);
        return found.Count == 1 ? found[0] : throw CommandErrors.SeveralFiles(path, found.Count);
    }

    /// <summary>The full path of a file or folder that need not be there.</summary>
    public static string Unresolved(PSCmdlet command, string path)
    {
        string full = Located(command, path);
        FileNames.Require(full);
        return full;
    }

    private static string Located(PSCmdlet command, string path)
    {
        if (string.IsNullOrEmpty(path))
        {
            FileNames.Require(path);
        }

        string full;
        ProviderInfo provider;
        try
        {
            full = command.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (System.Management.Automation.DriveNotFoundException)
        {
            throw CommandErrors.DriveNotFound(path);
        }
        catch (ProviderNotFoundException)
        {
            throw NotFound(command, path);
        }

        return provider.Name == "FileSystem" ? full : throw CommandErrors.NotAFile(path, provider.Name);
    }

    private static string? Existing(PSCmdlet command, string path)
    {
        // With wildcards in it, which Windows has in no name, it is no path there.
        string full = Located(command, path);
        return File.Exists(full) || Directory.Exists(full) ? full : null;
    }

    private static MigrationException NotFound(PSCmdlet command, string path) =>
        CommandErrors.PathNotFound(path, command is MigrationCommand migration && migration.Has("-LiteralPath"));
}
