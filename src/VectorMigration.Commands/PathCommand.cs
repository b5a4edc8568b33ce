namespace VectorMigration.Commands;

/// <summary>A cmdlet that reads index files.</summary>
public abstract class PathCommand : MigrationCommand
{
    /// <summary>The files.</summary>
    private protected IndexFilesParameters Files { get; } = new();

    /// <summary>Does the work for one file.</summary>
    /// <param name="path">Full path in the file system.</param>
    /// <exception cref="MigrationException">The file is not what it must be.</exception>
    protected abstract void ProcessFile(string path);

    /// <summary>True where a file that cannot be read is one error among others; false where it ends the pipeline.</summary>
    protected virtual bool GoesOn => false;

    /// <inheritdoc/>
    protected sealed override void OnRecord()
    {
        bool literal = ParameterSetName == ParameterSets.LiteralPath;
        foreach (string path in literal ? Files.LiteralPath : Files.Path)
        {
            try
            {
                foreach (string file in IndexPaths.Resolve(this, path, literal))
                {
                    ProcessOne(file);
                }
            }
            catch (MigrationException error) when (GoesOn)
            {
                WriteError(error);
            }
        }
    }

    private void ProcessOne(string file)
    {
        try
        {
            ProcessFile(file);
        }
        catch (MigrationException error) when (GoesOn)
        {
            WriteError(error);
        }
    }
}
