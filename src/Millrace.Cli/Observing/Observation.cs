using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>
/// Whoever watches the runs of a command, until it is disposed. Where nobody does, no library of logging or telemetry is loaded.
/// </summary>
internal sealed class Observation : IAsyncDisposable
{
    private readonly TextWriter? _lines;
    private readonly IAsyncDisposable? _export;

    public Observation(LogLineSettings? lines, OtlpSettings? otlp)
    {
        LogsToScreen = lines is { File: null };
        if (lines is not null)
        {
            _lines = LogLines.Open(lines.File);
        }

        if (lines is not null || otlp is not null)
        {
            (Log, _export) = Begin(lines, _lines, otlp);
        }
    }

    /// <summary>Receives the events of runs; null when nobody wants them.</summary>
    public RunLog? Log { get; }

    /// <summary>Whether standard error belongs to log lines, so that no progress stands between them.</summary>
    public bool LogsToScreen { get; }

    public async ValueTask DisposeAsync()
    {
        if (_export is not null)
        {
            await _export.DisposeAsync().ConfigureAwait(false);
        }

        if (_lines is not null)
        {
            await _lines.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Apart, since a method's libraries are loaded when it is compiled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (RunLog? Log, IAsyncDisposable? Export) Begin(LogLineSettings? lines, TextWriter? writer, OtlpSettings? otlp)
    {
        ILogger? local = lines is null ? null : new LineLogger(writer!, LogLevels.Parse(lines.Level), lines.Json, TimeProvider.System);
        if (otlp is null)
        {
            return (local is null ? null : new RunLog(local), null);
        }

        var export = OtlpExport.Start(otlp);
        ILogger? log = (local, export.Log) switch
        {
            (null, var sent) => sent,
            (var kept, null) => kept,
            var (kept, sent) => new LoggerPair(kept, sent),
        };
        return (log is null ? null : new RunLog(log), export);
    }
}
