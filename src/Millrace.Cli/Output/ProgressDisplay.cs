using System.Diagnostics;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Spectre.Console;

namespace Millrace.Cli;

/// <summary>
/// Shows how a run gets on: a bar on a terminal, a plain line every ten seconds elsewhere, JSON lines with <c>--json</c>.
/// Everything goes to standard error, so that standard output holds results only.
/// </summary>
internal sealed class ProgressDisplay : IAsyncDisposable
{
    private static readonly TimeSpan LinePace = TimeSpan.FromSeconds(10);

    // A run that ends sooner than this needs no bar, and drawing one would be most of its time.
    private static readonly TimeSpan BarDelay = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan BarPace = TimeSpan.FromMilliseconds(100);

    private readonly Pipeline _pipeline;
    private readonly RunProgress _progress;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;
    private Action<string> _write;

    public ProgressDisplay(Pipeline pipeline, RunProgress progress, bool json)
    {
        _pipeline = pipeline;
        _progress = progress;
        _write = text => JsonOutput.WriteOr(
            Console.Error, json, new JsonObject { ["notice"] = new JsonObject { ["job"] = pipeline.Job, ["text"] = text } }, $"{pipeline.Job}: {text}");
        progress.Noticed += Show;
        bool terminal = !json && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        _loop = terminal ? DrawBarAsync() : WriteLinesAsync(json);
    }

    public async ValueTask DisposeAsync()
    {
        _progress.Noticed -= Show;
        _stop.SetResult();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Show(string text) => _write(text);

    // False when the run has ended. A signal, not a cancellation: an exception at the end of each run would cost more than a small run.
    private async Task<bool> PauseAsync(TimeSpan time)
        => await Task.WhenAny(_stop.Task, Task.Delay(time)).ConfigureAwait(false) != _stop.Task;

    private async Task DrawBarAsync()
    {
        if (!await PauseAsync(BarDelay).ConfigureAwait(false))
        {
            return;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        _write = text => console.WriteLine($"{_pipeline.Job}: {text}");
        await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async drawing =>
            {
                ProgressTask task = drawing.AddTask(Markup.Escape(Line()));
                do
                {
                    (long done, long? total) = Share();
                    task.IsIndeterminate = total is null;
                    task.MaxValue = total ?? 1;
                    task.Value = done;
                    task.Description = Markup.Escape(Line());
                }
                while (await PauseAsync(BarPace).ConfigureAwait(false));
            }).ConfigureAwait(false);
    }

    private async Task WriteLinesAsync(bool json)
    {
        while (await PauseAsync(LinePace).ConfigureAwait(false))
        {
            await Console.Error.WriteLineAsync(json ? Document().ToJsonString() : $"{Line()}{PlainShare()}").ConfigureAwait(false);
        }
    }

    private string Line()
    {
        double seconds = Math.Max(Stopwatch.GetElapsedTime(_started).TotalSeconds, 1e-3);
        long rows = _progress.Rows;
        string line = $"{_pipeline.Job}: {Figures.Count(rows, "row")}, {Figures.Count((long)(rows / seconds))} rows/s, {Figures.Bytes(_progress.BytesRead / seconds)}/s";
        line += _progress.Lag is { } lag ? $", {Figures.Behind(lag)}" : "";
        return _progress.BadRows > 0 ? $"{line}, {Figures.Count(_progress.BadRows)} bad" : line;
    }

    private string PlainShare()
    {
        (long done, long? total) = Share();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
        if (total is not > 0 || done == 0)
        {
            return $", {_progress.Stage}, {Figures.Time(elapsed)}";
        }

        double share = Math.Min(1, (double)done / total.Value);
        return $", {share * 100:0} %, {Figures.Time(elapsed * ((1 - share) / share))} left";
    }

    private (long Done, long? Total) Share()
    {
        (long done, long? total) = _progress.TotalBytes is > 0
            ? (_progress.BytesRead, _progress.TotalBytes)
            : (_progress.Rows, _progress.TotalRows);

        // A run that follows has no end: once it has caught up there is nothing left of which it could be a share.
        return (done, _pipeline.Follows && done >= total ? null : total);
    }

    private JsonObject Document() => new()
    {
        ["progress"] = new JsonObject
        {
            ["job"] = _pipeline.Job,
            ["stage"] = _progress.Stage,
            ["rows"] = _progress.Rows,
            ["bad_rows"] = _progress.BadRows,
            ["bytes_read"] = _progress.BytesRead,
            ["total_bytes"] = _progress.TotalBytes,
            ["behind"] = _progress.Lag is { } lag ? RunSummary.LagJson(lag) : null,
            ["seconds"] = Math.Round(Stopwatch.GetElapsedTime(_started).TotalSeconds, 1),
        },
    };
}
