using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The progress of a run: a few times a second at most, with percent and time left where the total is known, completed at the end.</summary>
internal sealed class RunProgressBar(Cmdlet command, string activity) : CommandProgress(command, activity, id: 6334)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private long lastShown;
    private long phaseStarted = Stopwatch.GetTimestamp();
    private string phase = string.Empty;
    private string? outage;
    private string? waiting;
    private string? paused;
    private long lastDone;
    private long lastTotal;

    /// <summary>A phase begins.</summary>
    public void Start(string name)
    {
        phase = name;
        phaseStarted = Stopwatch.GetTimestamp();
        (lastDone, lastTotal) = (0, 0);
    }

    /// <summary>The server does not answer: that is told in place of the pace, which would go on as if nothing had happened.</summary>
    public void Lose(string text)
    {
        outage = text;
        ShowNow(lastDone, lastTotal);
    }

    /// <summary>A limit of the server holds the run back: that is told in place of the rate, until the run goes on. Null tells nothing.</summary>
    public void Wait(string? text)
    {
        waiting = text;
        ShowNow(lastDone, lastTotal);
    }

    /// <summary>Another session has paused the run: that is told in place of the rate, until it is resumed (null).</summary>
    public void Pause(string? text)
    {
        paused = text;
        ShowNow(lastDone, lastTotal);
    }

    /// <summary>The server answers again.</summary>
    public void Find()
    {
        outage = null;
        ShowNow(lastDone, lastTotal);
    }

    /// <summary>A phase has come so far; a total of 0 or less is unknown.</summary>
    public void Report(long done, long total)
    {
        (lastDone, lastTotal, waiting) = (done, total, null);
        long now = Stopwatch.GetTimestamp();
        if (lastShown != 0 && Stopwatch.GetElapsedTime(lastShown, now) < Interval)
        {
            return;
        }

        ShowNow(done, total);
    }

    private void ShowNow(long done, long total)
    {
        long now = lastShown = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(phaseStarted, now).TotalSeconds;
        double rate = seconds > 0 ? done / seconds : 0;
        string amount = total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {total:N0}") : done.ToString("N0", CultureInfo.InvariantCulture);
        int percent = total > 0 ? (int)Math.Min(100, 100.0 * done / total) : -1;
        if ((outage ?? paused ?? waiting) is string held)
        {
            Show($"{phase}: {amount} vectors, {held}", percent, -1);
            return;
        }

        Show(
            string.Create(CultureInfo.InvariantCulture, $"{phase}: {amount} vectors, {rate:N0}/s"),
            percent,
            total > 0 && rate > 0 ? (int)Math.Min(int.MaxValue, (total - done) / rate) : -1);
    }
}
