using System.Text.Json;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Kinds of values of a key.</summary>
internal enum KvKind
{
    Null,

    /// <summary>Text as it stands.</summary>
    Text,

    /// <summary>Text that is written as a JSON string behind a backslash; the span holds the JSON string.</summary>
    QuotedText,

    /// <summary>A JSON string; the span holds it with its quotes.</summary>
    JsonText,

    /// <summary>Another JSON value.</summary>
    Json,
}

/// <summary>A value as it stands behind its key.</summary>
internal readonly ref struct KvValue(KvKind kind, ReadOnlySpan<byte> span)
{
    public KvKind Kind => kind;

    public ReadOnlySpan<byte> Span { get; } = span;

    /// <summary>Tells what a text, without blanks around it, means.</summary>
    public static KvValue Parse(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'\\', (byte)'"', ..] && JsonToken.TryKind(text[1..], out JsonTokenType quoted) && quoted == JsonTokenType.String)
        {
            return new KvValue(KvKind.QuotedText, text[1..]);
        }

        return JsonToken.TryKind(text, out JsonTokenType kind)
            ? kind switch
            {
                JsonTokenType.Null => new KvValue(KvKind.Null, default),
                JsonTokenType.String => new KvValue(KvKind.JsonText, text),
                _ => new KvValue(KvKind.Json, text),
            }
            : new KvValue(KvKind.Text, text);
    }
}
