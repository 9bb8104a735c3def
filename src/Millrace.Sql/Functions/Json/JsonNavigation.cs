using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// Finds values in JSON text; a value is the part of the text that it stands in. Of members of one name the last counts, as
/// in PostgreSQL. Throws <see cref="JsonException"/> for what is no JSON.
/// </summary>
internal static class JsonNavigation
{
    private const int MaxDepth = 256;

    public static Utf8JsonReader Reader(ReadOnlySpan<byte> json) => new(json, new JsonReaderOptions { MaxDepth = MaxDepth });

    /// <summary>What kind of value a text begins with.</summary>
    public static JsonTokenType KindOf(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = Reader(json);
        reader.Read();
        return reader.TokenType;
    }

    public static bool IsValid(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = Reader(json);
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

    /// <summary>The value that a path without wildcards leads to.</summary>
    public static bool TryFind(ReadOnlySpan<byte> json, scoped ReadOnlySpan<JsonStep> steps, out ReadOnlySpan<byte> value)
    {
        value = json;
        if (steps.IsEmpty)
        {
            value = Whole(json);
            return true;
        }

        foreach (ref readonly JsonStep step in steps)
        {
            bool found = step.Kind == JsonStepKind.Member ? TryMember(value, step.Name, out value) : TryElement(value, step.Index, out value);
            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes all values that a path leads to, with commas between them; returns how many.</summary>
    public static int WriteAll(ReadOnlySpan<byte> json, ReadOnlySpan<JsonStep> steps, ByteBuffer target, int limit)
    {
        if (steps.IsEmpty)
        {
            if (target.Length > 0)
            {
                target.Write((byte)',');
            }

            ReadOnlySpan<byte> whole = Whole(json);
            if ((long)target.Length + whole.Length <= limit)
            {
                target.Write(whole);
            }

            return 1;
        }

        if (steps[0].Kind is JsonStepKind.Member or JsonStepKind.Element)
        {
            return TryFind(json, steps[..1], out ReadOnlySpan<byte> one) ? WriteAll(one, steps[1..], target, limit) : 0;
        }

        Utf8JsonReader reader = Reader(json);
        reader.Read();
        JsonTokenType open = steps[0].Kind == JsonStepKind.AnyMember ? JsonTokenType.StartObject : JsonTokenType.StartArray;
        int count = 0;
        if (reader.TokenType == open)
        {
            while (TryNext(ref reader, open, out ReadOnlySpan<byte> value, json))
            {
                count += WriteAll(value, steps[1..], target, limit);
            }
        }

        return count;
    }

    /// <summary>Goes to the next value of an array or object whose start the reader has read.</summary>
    public static bool TryNext(scoped ref Utf8JsonReader reader, JsonTokenType open, out ReadOnlySpan<byte> value, ReadOnlySpan<byte> json)
    {
        value = default;
        if (!reader.Read() || reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
        {
            return false;
        }

        if (open == JsonTokenType.StartObject)
        {
            reader.Read();
        }

        value = Value(ref reader, json);
        return true;
    }

    /// <summary>The value that the reader stands at; the reader goes behind it.</summary>
    public static ReadOnlySpan<byte> Value(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    // The value without spaces around it; all of it is looked at, and what follows it.
    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = Reader(json);
        reader.Read();
        ReadOnlySpan<byte> value = Value(ref reader, json);
        reader.Read();
        return value;
    }

    private static bool TryMember(ReadOnlySpan<byte> json, scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        Utf8JsonReader reader = Reader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        bool found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool match = reader.ValueTextEquals(name);
            reader.Read();
            if (match)
            {
                value = Value(ref reader, json);
                found = true;
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read();
        return found;
    }

    private static bool TryElement(ReadOnlySpan<byte> json, long index, out ReadOnlySpan<byte> value)
    {
        value = default;
        Utf8JsonReader reader = Reader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        if (index < 0)
        {
            index += Count(json);
            if (index < 0)
            {
                return false;
            }
        }

        for (long i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == index)
            {
                value = Value(ref reader, json);
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>How many elements an array has.</summary>
    public static long Count(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = Reader(json);
        reader.Read();
        long count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            count++;
        }

        return count;
    }
}
