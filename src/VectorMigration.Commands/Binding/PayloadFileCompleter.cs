namespace VectorMigration.Commands;

/// <summary>Completes side files with payloads.</summary>
public sealed class PayloadFileCompleter() : FileCompleter(".jsonl", ".ndjson");
