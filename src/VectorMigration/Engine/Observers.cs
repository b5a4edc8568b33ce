namespace VectorMigration.Engine;

/// <summary>Tells several observers, in order.</summary>
public sealed class CompositeObserver(params IReadOnlyList<IRunObserver> observers) : IRunObserver
{
    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        foreach (IRunObserver observer in observers)
        {
            observer.OnEvent(runEvent);
        }
    }
}

/// <summary>An observer made of a delegate.</summary>
public sealed class DelegateObserver(Action<RunEvent> onEvent) : IRunObserver
{
    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent) => onEvent(runEvent);
}
