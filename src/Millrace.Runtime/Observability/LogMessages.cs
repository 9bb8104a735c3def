using Microsoft.Extensions.Logging;

namespace Millrace.Runtime;

// A field that the message does not show is a field all the same.
#pragma warning disable SYSLIB1015

/// <summary>
/// Every event of runs that is logged. Numbers and names keep their meaning for ever; each event has job, tenant and run as fields.
/// Parameters are named as the fields are.
/// </summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "{job}: run started, {source} to {target}, {mode} read", EventName = "run_started")]
    public static partial void RunStarted(ILogger log, string job, string tenant, string run, string source, string target, string mode);

    [LoggerMessage(2, LogLevel.Information, "{job}: attempt {attempt}: {batching}", EventName = "attempt_started")]
    public static partial void AttemptStarted(ILogger log, string job, string tenant, string run, int attempt, string batching);

    [LoggerMessage(3, LogLevel.Information, "{job}: epoch {epoch} committed, {rows} rows in {seconds} s", EventName = "epoch_committed")]
    public static partial void EpochCommitted(ILogger log, string job, string tenant, string run, long epoch, long rows, long bad_rows, long bytes, double seconds, bool complete);

    [LoggerMessage(4, LogLevel.Warning, "{job}: epoch {epoch} has {bad_rows} bad rows, {dead_letters} of them kept; for example {code} {place}: {reason}", EventName = "bad_rows")]
    public static partial void BadRows(ILogger log, string job, string tenant, string run, long epoch, long bad_rows, long dead_letters, string code, string place, string reason);

    [LoggerMessage(5, LogLevel.Information, "{job}: epoch {epoch} given up with {rows} rows", EventName = "epoch_aborted")]
    public static partial void EpochAborted(ILogger log, string job, string tenant, string run, long epoch, long rows, string? code);

    [LoggerMessage(6, LogLevel.Warning, "{job}: attempt {attempt} failed, tried again after {seconds} s: {code} {reason}", EventName = "retry")]
    public static partial void Retry(ILogger log, string job, string tenant, string run, int attempt, double seconds, string code, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{job}: breaker of {remote} is {state}, it was {before}", EventName = "breaker_changed")]
    public static partial void BreakerChanged(ILogger log, string job, string tenant, string run, string remote, string state, string before);

    [LoggerMessage(8, LogLevel.Warning, "{job}: {reason}", EventName = "stall")]
    public static partial void Stalled(ILogger log, string job, string tenant, string run, string reason);

    [LoggerMessage(9, LogLevel.Information, "{job}: column {column} is read as {type}, it was {before}", EventName = "widened")]
    public static partial void Widened(ILogger log, string job, string tenant, string run, string column, string type, string? before);

    [LoggerMessage(10, LogLevel.Information, "{job}: {note}", EventName = "note")]
    public static partial void Noted(ILogger log, string job, string tenant, string run, string note);

    [LoggerMessage(11, LogLevel.Information, "{job}: run {outcome}, {rows} rows in {epochs} epochs, {seconds} s", EventName = "run_ended")]
    public static partial void RunEnded(ILogger log, string job, string tenant, string run, string outcome, long rows, long bad_rows, int epochs, int retries, long bytes_read, long bytes_written, double seconds);

    [LoggerMessage(12, LogLevel.Error, "{job}: run failed after {rows} rows: {code} {place} {reason}", EventName = "run_failed")]
    public static partial void RunFailed(ILogger log, string job, string tenant, string run, string code, string place, string reason, long rows, long bad_rows, int epochs, int retries, double seconds);
}
