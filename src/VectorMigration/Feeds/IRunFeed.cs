using VectorMigration.Engine;

namespace VectorMigration.Feeds;

/// <summary>A feed that a run ends when it takes nothing more from it.</summary>
internal interface IRunFeed : IBatchFeed, IAsyncDisposable;
