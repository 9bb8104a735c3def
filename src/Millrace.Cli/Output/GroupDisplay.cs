using System.Diagnostics;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sdk;
using Spectre.Console;

namespace Millrace.Cli;

/// <summary>
/// Shows how a run of several streams gets on: a bar for each that runs and one for all on a terminal, a plain line every ten
/// seconds elsewhere, JSON lines with <c>--json</c>. Everything goes to standard error.
/// </summary>
internal sealed class GroupDisplay : IAsyncDisposable
{
    private static readonly TimeSpan LinePace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BarDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BarPace = TimeSpan.FromMilliseconds(150);

    private readonly StreamGroup _group;
    private readonly GroupProgress _progress;
    private readonly bool _json;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;
    private Action<string> _write = Console.Error.WriteLine;

    public GroupDisplay(StreamGroup group, GroupProgress progress, bool json)
    {
        _group = group;
        _progress = progress;
        _json = json;
        progress.Begun += Listen;
        bool terminal = !json && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        _loop = terminal ? DrawBarsAsync() : WriteLinesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _progress.Begun -= Listen;
        _stop.SetResult();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Listen(GroupMember run) => run.Progress.Noticed += text => _write(_json
        ? new JsonObject { ["notice"] = new JsonObject { ["job"] = _group.Job, ["stream"] = run.Stream, ["text"] = text } }.ToJsonString()
        : $"{run.Stream}: {text}");

    // False when the run has ended.
    private async Task<bool> PauseAsync(TimeSpan time)
        => await Task.WhenAny(_stop.Task, Task.Delay(time)).ConfigureAwait(false) != _stop.Task;

    private async Task DrawBarsAsync()
    {
        if (!await PauseAsync(BarDelay).ConfigureAwait(false))
        {
            return;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        _write = text => console.WriteLine(text);
        await console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn())
            .StartAsync(async drawing =>
            {
                var bars = new Dictionary<GroupMember, ProgressTask>();
                ProgressTask all = drawing.AddTask(Markup.Escape(Line()));
                do
                {
                    IReadOnlyList<GroupMember> runs = _progress.Runs;
                    foreach (GroupMember run in runs.Where(r => r.State == MemberState.Running && !bars.ContainsKey(r)))
                    {
                        bars[run] = drawing.AddTask(Markup.Escape(run.Stream));
                    }

                    foreach ((GroupMember run, ProgressTask bar) in bars)
                    {
                        Draw(run, bar);
                    }

                    all.MaxValue = Math.Max(1, runs.Count);
                    all.Value = runs.Count(r => r.State is MemberState.Ended or MemberState.DoneBefore);
                    all.Description = Markup.Escape(Line());
                }
                while (await PauseAsync(BarPace).ConfigureAwait(false));
            }).ConfigureAwait(false);
    }

    private static void Draw(GroupMember run, ProgressTask bar)
    {
        if (run.State == MemberState.Ended)
        {
            bar.IsIndeterminate = false;
            bar.Value = bar.MaxValue;
            bar.StopTask();
            return;
        }

        RunProgress progress = run.Progress;
        (long done, long? total) = progress.TotalBytes is > 0 ? (progress.BytesRead, progress.TotalBytes) : (progress.Rows, progress.TotalRows);
        bar.IsIndeterminate = total is not > 0;

        // Estimates may be too small, and a bar that is full would be hidden.
        bar.MaxValue = Math.Max(total ?? 1, done + 1);
        bar.Value = done;
        bar.Description = Markup.Escape($"{run.Stream}: {Figures.Count(progress.Rows, "row")}{(progress.Lag is { } lag ? $", {Figures.Behind(lag)}" : "")}");
    }

    private async Task WriteLinesAsync()
    {
        while (await PauseAsync(LinePace).ConfigureAwait(false))
        {
            if (!_json)
            {
                await Console.Error.WriteLineAsync($"{Line()}, running {string.Join(", ", _progress.Runs.Where(r => r.State == MemberState.Running).Select(r => r.Stream))}").ConfigureAwait(false);
                continue;
            }

            foreach (GroupMember run in _progress.Runs.Where(r => r.State == MemberState.Running))
            {
                await Console.Error.WriteLineAsync(Document(run).ToJsonString()).ConfigureAwait(false);
            }
        }
    }

    private string Line()
    {
        IReadOnlyList<GroupMember> runs = _progress.Runs;
        double seconds = Math.Max(Stopwatch.GetElapsedTime(_started).TotalSeconds, 1e-3);
        long rows = runs.Sum(r => r.Progress.Rows);
        long bytes = runs.Sum(r => r.Progress.BytesRead);
        int ended = runs.Count(r => r.State is MemberState.Ended or MemberState.DoneBefore);
        return $"{_group.Job}: {ended} of {Figures.Count(runs.Count, "stream")}, {Figures.Count(rows, "row")}, {Figures.Count((long)(rows / seconds))} rows/s, {Figures.Bytes(bytes / seconds)}/s{(Lag(runs) is { } lag ? $", {Figures.Behind(lag)}" : "")}";
    }

    // Of the stream that is furthest behind.
    private static SourceLag? Lag(IReadOnlyList<GroupMember> runs)
    {
        SourceLag[] lags = [.. runs.Where(r => r.State == MemberState.Running).Select(r => r.Progress.Lag).OfType<SourceLag>()];
        return lags.Length == 0 ? null : new SourceLag(lags.Max(l => l.Time), lags.Max(l => l.Bytes));
    }

    private JsonObject Document(GroupMember run) => new()
    {
        ["progress"] = new JsonObject
        {
            ["job"] = _group.Job,
            ["stream"] = run.Stream,
            ["stage"] = run.Progress.Stage,
            ["rows"] = run.Progress.Rows,
            ["bad_rows"] = run.Progress.BadRows,
            ["bytes_read"] = run.Progress.BytesRead,
            ["total_bytes"] = run.Progress.TotalBytes,
            ["behind"] = run.Progress.Lag is { } lag ? RunSummary.LagJson(lag) : null,
            ["seconds"] = Math.Round(Stopwatch.GetElapsedTime(_started).TotalSeconds, 1),
        },
    };
}
