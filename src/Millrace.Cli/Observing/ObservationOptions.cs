using System.CommandLine;

namespace Millrace.Cli;

/// <summary>Options of the commands that run jobs: what is logged where, and who gets metrics and spans.</summary>
internal sealed class ObservationOptions
{
    private static readonly string[] Levels = ["debug", "info", "warning", "error", "none"];

    private readonly Option<string?> _level = new("--log-level") { Description = "Log what happens from this level on: debug, info, warning, error or none. Without any option of logging, nothing is logged.", HelpName = "level" };
    private readonly Option<string?> _format = new("--log-format") { Description = "text (the default) or json, one event a line.", HelpName = "format" };
    private readonly Option<string?> _file = new("--log-file") { Description = "File that log events are appended to, instead of standard error.", HelpName = "path" };
    private readonly Option<string?> _otlp = new("--otlp") { Description = "Send metrics, spans and log events to an OpenTelemetry collector, such as http://localhost:4318.", HelpName = "url" };

    public ObservationOptions(Command command)
    {
        _level.AcceptOnlyFromAmong(Levels);
        _format.AcceptOnlyFromAmong("text", "json");
        _otlp.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } url && !OtlpSettings.IsUrl(url))
            {
                result.AddError($"--otlp takes a URL such as http://localhost:4318, not '{url}'.");
            }
        });
        command.Options.Add(_level);
        command.Options.Add(_format);
        command.Options.Add(_file);
        command.Options.Add(_otlp);
    }

    /// <summary>What the command line and the environment ask for.</summary>
    public Observation Open(ParseResult parsed)
    {
        string? level = parsed.GetValue(_level);
        string? file = parsed.GetValue(_file);
        string? format = parsed.GetValue(_format);
        bool lines = (level ?? format ?? file) is not null && level != "none";
        return new Observation(
            lines ? new LogLineSettings(level ?? "info", format == "json", file) : null,
            OtlpSettings.Of(parsed.GetValue(_otlp), level ?? "info", Environment.GetEnvironmentVariable));
    }
}
