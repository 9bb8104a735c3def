using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Single JSON values in text.</summary>
internal static class JsonToken
{
    /// <summary>Levels that a value may have: what readers of JSON columns accept too.</summary>
    public const int MaxDepth = 200;

    /// <summary>Whether a text is one JSON value, and of which kind.</summary>
    public static bool TryKind(ReadOnlySpan<byte> text, out JsonTokenType kind)
    {
        kind = JsonTokenType.None;
        if (text.Length == 0 || text[0] is not ((byte)'{' or (byte)'[' or (byte)'"' or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' or (>= (byte)'0' and <= (byte)'9')))
        {
            return false;
        }

        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read())
            {
                return false;
            }

            kind = reader.TokenType;
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The text of a JSON string; false for other text and for halves of surrogate pairs.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> json, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                return false;
            }

            text = reader.GetString()!;
            return !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
