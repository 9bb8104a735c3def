using Microsoft.Extensions.Logging;

namespace Millrace.Cli;

/// <summary>The names of log levels on the command line and in log lines.</summary>
internal static class LogLevels
{
    public static LogLevel Parse(string name) => name switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.None,
    };

    public static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        _ => "error",
    };
}
