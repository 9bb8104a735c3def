using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Tests.Observability;

internal sealed record LoggedEvent(string Name, LogLevel Level, IReadOnlyDictionary<string, object?> Fields);

/// <summary>Keeps log events with their fields.</summary>
internal sealed class LogRecorder : ILogger
{
    private readonly List<LoggedEvent> _events = [];

    public IReadOnlyList<LoggedEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    public IReadOnlyList<string> Names => [.. Events.Select(e => e.Name)];

    public LoggedEvent[] Of(string name) => [.. Events.Where(e => e.Name == name)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var fields = (IReadOnlyList<KeyValuePair<string, object?>>)state!;
        lock (_events)
        {
            _events.Add(new LoggedEvent(eventId.Name!, logLevel, fields.ToDictionary(f => f.Key, f => f.Value)));
        }
    }
}
