namespace VectorMigration.Fuzzing;

/// <summary>A damaged file.</summary>
/// <param name="Number">Number of the case within its seed.</param>
/// <param name="Mutation">How it was damaged.</param>
/// <param name="Path">Path it is read under: files of inverted lists are looked for beside it.</param>
/// <param name="Bytes">The file.</param>
/// <param name="Told">What was done to which file.</param>
internal readonly record struct FuzzCase(long Number, Mutation Mutation, string Path, ReadOnlyMemory<byte> Bytes, string Told);
