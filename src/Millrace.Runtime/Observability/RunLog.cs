using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Millrace.Runtime;

// A field that the message does not show is a field all the same.
#pragma warning disable SYSLIB1015

/// <summary>
/// Every event of runs that is logged. Numbers and names keep their meaning for ever; each event has job, tenant and run as
/// fields, and parameters are named as the fields are. No signature names the logging library, so that a process that does not
/// log never loads it; no body is inlined into a caller, where the compiler would have to look at its types.
/// </summary>
public sealed partial class RunLog(ILogger log)
{
    [LoggerMessage(1, LogLevel.Information, "{job}: run started, {source} to {target}, {mode} read", EventName = "run_started")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void RunStarted(string job, string tenant, string run, string source, string target, string mode);

    [LoggerMessage(2, LogLevel.Information, "{job}: attempt {attempt}: {batching}", EventName = "attempt_started")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void AttemptStarted(string job, string tenant, string run, int attempt, string batching);

    [LoggerMessage(3, LogLevel.Information, "{job}: epoch {epoch} committed, {rows} rows in {seconds} s", EventName = "epoch_committed")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void EpochCommitted(string job, string tenant, string run, long epoch, long rows, long bad_rows, long bytes, double seconds, bool complete);

    [LoggerMessage(4, LogLevel.Warning, "{job}: epoch {epoch} has {bad_rows} bad rows, {dead_letters} of them kept; for example {code} {place}: {reason}", EventName = "bad_rows")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void BadRows(string job, string tenant, string run, long epoch, long bad_rows, long dead_letters, string code, string place, string reason);

    [LoggerMessage(5, LogLevel.Information, "{job}: epoch {epoch} given up with {rows} rows", EventName = "epoch_aborted")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void EpochAborted(string job, string tenant, string run, long epoch, long rows, string? code);

    [LoggerMessage(6, LogLevel.Warning, "{job}: attempt {attempt} failed, tried again after {seconds} s: {code} {reason}", EventName = "retry")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void Retry(string job, string tenant, string run, int attempt, double seconds, string code, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{job}: breaker of {remote} is {state}, it was {before}", EventName = "breaker_changed")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void BreakerChanged(string job, string tenant, string run, string remote, string state, string before);

    [LoggerMessage(8, LogLevel.Warning, "{job}: {reason}", EventName = "stall")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void Stalled(string job, string tenant, string run, string reason);

    [LoggerMessage(9, LogLevel.Information, "{job}: column {column} is read as {type}, it was {before}", EventName = "widened")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void Widened(string job, string tenant, string run, string column, string type, string? before);

    [LoggerMessage(10, LogLevel.Information, "{job}: {note}", EventName = "note")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void Noted(string job, string tenant, string run, string note);

    [LoggerMessage(11, LogLevel.Information, "{job}: run {outcome}, {rows} rows in {epochs} epochs, {seconds} s", EventName = "run_ended")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void RunEnded(string job, string tenant, string run, string outcome, long rows, long bad_rows, int epochs, int retries, long bytes_read, long bytes_written, double seconds);

    [LoggerMessage(12, LogLevel.Error, "{job}: run failed after {rows} rows: {code} {place} {reason}", EventName = "run_failed")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void RunFailed(string job, string tenant, string run, string code, string place, string reason, long rows, long bad_rows, int epochs, int retries, double seconds);

    [LoggerMessage(13, LogLevel.Information, "{job}: replay started into {target}", EventName = "replay_started")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void ReplayStarted(string job, string tenant, string run, string target);

    [LoggerMessage(14, LogLevel.Information, "{job}: replay {outcome}, {replayed} letters as {rows} rows, {failed} still bad, {seconds} s", EventName = "replay_ended")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void ReplayEnded(string job, string tenant, string run, string outcome, long replayed, long rows, long failed, long waiting, int epochs, double seconds);

    [LoggerMessage(15, LogLevel.Error, "{job}: replay failed after {replayed} letters: {code} {place} {reason}", EventName = "replay_failed")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void ReplayFailed(string job, string tenant, string run, string code, string place, string reason, long replayed, long rows, int epochs, double seconds);

    [LoggerMessage(16, LogLevel.Warning, "{job}: {split} broken off and left to the next look: {code} {reason}", EventName = "broken_off")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal partial void BrokenOff(string job, string tenant, string run, string split, string code, string reason);
}
