using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Millrace.Cli;

/// <summary>
/// Writes each event as one line: time, level, run and message, or a JSON document with all fields. Any thread may call. A log that
/// cannot be written, because its disk is full or its pipe is gone, never harms the run.
/// </summary>
internal sealed class LineLogger(TextWriter writer, LogLevel least, bool json, TimeProvider time) : ILogger
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        string now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string message = formatter(state, exception);
        string line = json ? Document(now, logLevel, eventId, message, fields) : Text(now, logLevel, message, fields);
        lock (_lock)
        {
            try
            {
                writer.Write(line);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static string Text(string now, LogLevel level, string message, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        var line = new StringBuilder();
        line.Append(now).Append(' ').Append(LogLevels.NameOf(level).PadRight(7)).Append(' ');
        foreach ((string name, object? value) in fields)
        {
            if (name == "run")
            {
                line.Append(value).Append(' ');
            }
        }

        // What a file brings along must not look like further lines, or steer a terminal.
        foreach (char c in message)
        {
            if (char.IsControl(c))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                line.Append(c);
            }
        }

        return line.Append('\n').ToString();
    }

    private static string Document(string now, LogLevel level, EventId id, string message, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        using var bytes = new MemoryStream();
        using (var document = new Utf8JsonWriter(bytes, Relaxed))
        {
            document.WriteStartObject();
            document.WriteString("time", now);
            document.WriteString("level", LogLevels.NameOf(level));
            document.WriteString("event", id.Name);
            document.WriteString("message", message);
            foreach ((string name, object? value) in fields)
            {
                if (name != "{OriginalFormat}" && value is not null)
                {
                    document.WritePropertyName(name);
                    WriteValue(document, value);
                }
            }

            document.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteValue(Utf8JsonWriter document, object value)
    {
        switch (value)
        {
            case long number:
                document.WriteNumberValue(number);
                break;
            case int number:
                document.WriteNumberValue(number);
                break;
            case double number:
                document.WriteNumberValue(number);
                break;
            case bool flag:
                document.WriteBooleanValue(flag);
                break;
            default:
                document.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
