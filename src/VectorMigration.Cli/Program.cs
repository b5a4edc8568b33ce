using VectorMigration.Cli;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
