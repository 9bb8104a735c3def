using System.Reflection;
using Microsoft.Extensions.Logging;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>A log event as the reference page shows it.</summary>
internal sealed record LogEvent(int Number, string Name, string Level, string Message, IReadOnlyList<string> Fields)
{
    /// <summary>All events of <see cref="RunLog"/>, in the order of their numbers.</summary>
    public static IReadOnlyList<LogEvent> All()
        => [.. typeof(RunLog).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(m => (Method: m, Event: m.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Event is not null)
            .Select(m => new LogEvent(
                m.Event!.EventId,
                m.Event.EventName!,
                m.Event.Level == LogLevel.Information ? "info" : OptionInfo.SnakeCase(m.Event.Level.ToString()),
                m.Event.Message,
                [.. m.Method.GetParameters().Select(p => p.Name!)]))
            .OrderBy(e => e.Number)];
}
