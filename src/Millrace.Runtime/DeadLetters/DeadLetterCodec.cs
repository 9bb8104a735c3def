using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>One line of a file of dead letters.</summary>
internal abstract record LetterLine;

/// <param name="Letter">The letter, without a context if that stands in a line of its own.</param>
/// <param name="ContextId">Names the line with the context; null when there is none or the letter carries it.</param>
internal sealed record LetterLineOfLetter(DeadLetter Letter, string? ContextId) : LetterLine;

/// <summary>A context that later letters of the file name.</summary>
internal sealed record LetterLineOfContext(string Id, JsonObject Value) : LetterLine;

/// <summary>A letter was replayed and its row committed.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Seen">Its last time as of then: a later fault of the same row counts anew.</param>
internal sealed record LetterLineOfReplay(string Id, DateTimeOffset Seen) : LetterLine;

/// <summary>Dead letters as JSON lines.</summary>
internal static class DeadLetterCodec
{
    /// <summary>Bytes of the longest line: a row of <see cref="RowError.MaxRaw"/> in which every byte is escaped, and its fields.</summary>
    public const int MaxLine = 256 << 20;

    // A member that stands twice would be read as either.
    private static readonly JsonDocumentOptions ReaderOptions = new() { AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes a letter. Without the id of a context line the letter's own context is written into it.</summary>
    public static void Write(System.Buffers.IBufferWriter<byte> target, DeadLetter letter, string? contextId)
    {
        using var json = new Utf8JsonWriter(target, WriterOptions);
        json.WriteStartObject();
        json.WriteString("event", "letter");
        json.WriteString("id", letter.Id);
        json.WriteNumber("attempts", letter.Attempts);
        json.WriteString("first", Time(letter.First));
        json.WriteString("last", Time(letter.Last));
        json.WriteString("stage", OptionInfo.SnakeCase(letter.Stage.ToString()));
        json.WriteString("code", letter.Code);
        json.WriteString("message", letter.Message);
        WriteText(json, "file", letter.Place.File);
        WriteNumber(json, "line", letter.Place.Line);
        WriteNumber(json, "column", letter.Place.Column);
        WriteNumber(json, "offset", letter.Place.Offset);
        WriteNumber(json, "row", letter.Place.Row);
        WriteText(json, "field", letter.Place.Field);
        WriteText(json, "stream", letter.Place.Stream);
        WriteText(json, "split", letter.Place.Split);
        WriteObject(json, "position", letter.Position);
        json.WriteString("tenant", letter.Tenant);
        json.WriteString("job", letter.Job);
        WriteText(json, "job_version", letter.JobVersion);
        json.WriteString("run", letter.Run);
        WriteNumber(json, "epoch", letter.Epoch == 0 ? null : letter.Epoch);
        WriteFields(json, letter.Fields);
        if (letter.Key is { } key)
        {
            WriteBytes(json, "key", key.Span);
        }

        WriteHeaders(json, letter.Headers);
        json.WriteString("form", OptionInfo.SnakeCase(letter.Form.ToString()));
        WriteBytes(json, "raw", letter.Raw.Span);
        WriteNumber(json, "raw_length", letter.IsCut ? letter.RawLength : null);
        if (contextId is not null)
        {
            json.WriteString("context", contextId);
        }
        else
        {
            WriteObject(json, "context", letter.Context);
        }

        End(json, target);
    }

    public static void Write(System.Buffers.IBufferWriter<byte> target, LetterLineOfContext context)
    {
        using var json = new Utf8JsonWriter(target, WriterOptions);
        json.WriteStartObject();
        json.WriteString("event", "context");
        json.WriteString("id", context.Id);
        WriteObject(json, "value", context.Value);
        End(json, target);
    }

    public static void Write(System.Buffers.IBufferWriter<byte> target, LetterLineOfReplay replay)
    {
        using var json = new Utf8JsonWriter(target, WriterOptions);
        json.WriteStartObject();
        json.WriteString("event", "replayed");
        json.WriteString("id", replay.Id);
        json.WriteString("seen", Time(replay.Seen));
        End(json, target);
    }

    /// <summary>Reads a line without its line feed.</summary>
    public static LetterLine Read(ReadOnlyMemory<byte> line, ErrorPlace place)
    {
        try
        {
            if (!Utf8.IsValid(line.Span))
            {
                throw new FormatException("the line is not UTF-8");
            }

            using JsonDocument document = JsonDocument.Parse(line, ReaderOptions);
            JsonElement root = document.RootElement;
            return Required(root, "event") switch
            {
                "letter" => ReadLetter(root),
                "context" => new LetterLineOfContext(Required(root, "id"), Object(root.GetProperty("value"))!),
                "replayed" => new LetterLineOfReplay(Id(root), Time(root, "seen")),
                var other => throw new FormatException($"the event is '{other}'"),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            throw DeadLetterErrors.Damaged.Error("The line is no line of dead letters that this program writes.", place, inner: e);
        }
    }

    private static LetterLineOfLetter ReadLetter(JsonElement root)
    {
        ReadOnlyMemory<byte> raw = Bytes(root, "raw") ?? default;
        bool hasContext = root.TryGetProperty("context", out JsonElement context);
        string? contextId = hasContext && context.ValueKind == JsonValueKind.String ? context.GetString() : null;
        var letter = new DeadLetter
        {
            Id = Id(root),
            Attempts = Math.Max(1, checked((int?)Number(root, "attempts")) ?? 1),
            First = Time(root, "first"),
            Last = Time(root, "last"),
            Stage = Choice<RowStage>(root, "stage"),
            Code = Required(root, "code"),
            Message = Required(root, "message"),
            Place = new ErrorPlace
            {
                File = Text(root, "file"),
                Line = Number(root, "line"),
                Column = checked((int?)Number(root, "column")),
                Offset = Number(root, "offset"),
                Row = Number(root, "row"),
                Field = Text(root, "field"),
                Stream = Text(root, "stream"),
                Split = Text(root, "split"),
            },
            Position = root.TryGetProperty("position", out JsonElement position) ? Object(position) : null,
            Tenant = Required(root, "tenant"),
            Job = Required(root, "job"),
            JobVersion = Text(root, "job_version"),
            Run = Required(root, "run"),
            Epoch = Number(root, "epoch") ?? 0,
            Fields = Fields(root),
            Key = Bytes(root, "key"),
            Headers = Headers(root),
            Form = Choice<RawForm>(root, "form"),
            Raw = raw,
            RawLength = Math.Max(raw.Length, Number(root, "raw_length") ?? 0),
            Context = hasContext && contextId is null ? Object(context) : null,
        };
        return new LetterLineOfLetter(letter, contextId);
    }

    private static void End(Utf8JsonWriter json, System.Buffers.IBufferWriter<byte> target)
    {
        json.WriteEndObject();
        json.Flush();
        target.GetSpan(1)[0] = (byte)'\n';
        target.Advance(1);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteObject(Utf8JsonWriter json, string name, JsonObject? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string?>> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject("fields");
        foreach ((string name, string? value) in fields)
        {
            string unique = name;
            for (int i = 2; !names.Add(unique); i++)
            {
                unique = $"{name}#{i}";
            }

            json.WriteString(unique, value);
        }

        json.WriteEndObject();
    }

    // A message may have several headers of one name.
    private static void WriteHeaders(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string?>> headers)
    {
        if (headers.Count == 0)
        {
            return;
        }

        json.WriteStartArray("headers");
        foreach ((string name, string? value) in headers)
        {
            json.WriteStartArray();
            json.WriteStringValue(name);
            json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    // Text for eyes and editors where the bytes are text, else base64.
    private static void WriteBytes(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            json.WriteString(name, bytes);
        }
        else
        {
            json.WriteBase64String(name + "_base64", bytes);
        }
    }

    private static ReadOnlyMemory<byte>? Bytes(JsonElement root, string name)
    {
        if (root.TryGetProperty(name + "_base64", out JsonElement base64))
        {
            return base64.GetBytesFromBase64();
        }

        return Text(root, name) is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : (ReadOnlyMemory<byte>?)null;
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static string Required(JsonElement root, string name)
        => Text(root, name) ?? throw new FormatException($"'{name}' is missing");

    private static string Id(JsonElement root)
        => Required(root, "id") is var id && DeadLetterId.TryParse(id, out _) ? id : throw new FormatException("the id is none");

    private static long? Number(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : null;

    private static JsonObject? Object(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value.Clone()),
        JsonValueKind.Null => null,
        _ => throw new FormatException("a group is expected"),
    };

    private static List<KeyValuePair<string, string?>> Fields(JsonElement root)
        => root.TryGetProperty("fields", out JsonElement group) ? [.. group.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()))] : [];

    private static List<KeyValuePair<string, string?>> Headers(JsonElement root)
        => root.TryGetProperty("headers", out JsonElement list)
            ? [.. list.EnumerateArray().Select(h => KeyValuePair.Create(h[0].GetString() ?? throw new FormatException("a header has no name"), h[1].GetString()))]
            : [];

    private static T Choice<T>(JsonElement root, string name)
        where T : struct, Enum
    {
        string text = Required(root, name);
        foreach (T value in Enum.GetValues<T>())
        {
            if (OptionInfo.SnakeCase(value.ToString()) == text)
            {
                return value;
            }
        }

        throw new FormatException($"'{name}' is '{text}'");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(JsonElement root, string name)
        => DateTimeOffset.ParseExact(Required(root, name), "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
