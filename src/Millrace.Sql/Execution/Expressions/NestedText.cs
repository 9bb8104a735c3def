using System.Text;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Arrays, maps and structs from JSON text. A member that a struct has no field for is left out, a field without a member is
/// null; text that is no JSON, or JSON of another shape, is a failure.
/// </summary>
internal static class NestedText
{
    private const int ShownBytes = 60;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>Whether a conversion is this one's.</summary>
    public static bool Is(DataType from, DataType to) => from.IsText && to.IsNested;

    /// <param name="column">Text; borrowed.</param>
    /// <param name="type">A nested type.</param>
    public static CastResult Parse(Column column, DataType type)
    {
        var text = (BinaryColumn)column;
        var failures = new SortedDictionary<int, string>();
        using ColumnBuilder builder = ColumnBuilder.Create(WithTexts(type), text.Length);
        for (int row = 0; row < text.Length; row++)
        {
            if (text.IsNull(row))
            {
                builder.AppendNull();
            }
            else if (!TryAppend(builder, type, text[row]))
            {
                builder.Truncate(row);
                builder.AppendNull();
                failures.Add(row, $"'{Shown(text[row])}' is not a valid {type}.");
            }
        }

        // The shape is read; what the texts at its ends mean, the other casts know.
        using Column shape = builder.Build();
        CastResult result = Cast.To(shape, type);
        foreach (CastFailure failure in result.Failures)
        {
            failures.TryAdd(failure.Row, failure.Message);
        }

        return new CastResult(result.Column, [.. failures.Select(f => new CastFailure(f.Key, f.Value))]);
    }

    private static DataType WithTexts(DataType type) => type.Id switch
    {
        TypeId.List => DataType.List(WithTexts(type.Element)),
        TypeId.Map => DataType.Map(DataType.Utf8, WithTexts(type.Children[1])),
        TypeId.Struct => DataType.Struct([.. type.Children.Select(WithTexts)]),
        TypeId.Json => DataType.Json,
        _ => DataType.Utf8,
    };

    private static Field WithTexts(Field field) => new(field.Name, WithTexts(field.Type));

    private static bool TryAppend(ColumnBuilder builder, DataType type, ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, Options);
        try
        {
            return reader.Read() && TryAppend(builder, type, ref reader, text) && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string of half a surrogate pair.
            return false;
        }
    }

    private static bool TryAppend(ColumnBuilder builder, DataType type, ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            builder.AppendNull();
            return true;
        }

        return type.Id switch
        {
            TypeId.List => TryAppendList((ListBuilder)builder, type.Element.Type, ref reader, text),
            TypeId.Map => TryAppendMap((ListBuilder)builder, type, ref reader, text),
            TypeId.Struct => TryAppendStruct((StructBuilder)builder, type, ref reader, text),
            _ => TryAppendText((BinaryBuilder)builder, type, ref reader, text),
        };
    }

    private static bool TryAppendList(ListBuilder builder, DataType element, ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!TryAppend(builder.Items, element, ref reader, text))
            {
                return false;
            }
        }

        builder.AppendRow();
        return true;
    }

    private static bool TryAppendMap(ListBuilder builder, DataType type, ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var entries = (StructBuilder)builder.Items;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            AppendString((BinaryBuilder)entries.Fields[0], ref reader);
            if (!reader.Read() || !TryAppend(entries.Fields[1], type.Children[1].Type, ref reader, text))
            {
                return false;
            }

            entries.AppendRow();
        }

        builder.AppendRow();
        return true;
    }

    private static bool TryAppendStruct(StructBuilder builder, DataType type, ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        int row = builder.Length;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int field = FieldOf(type, ref reader);
            reader.Read();

            // Of two members with one name the first counts.
            if (field < 0 || builder.Fields[field].Length > row)
            {
                reader.Skip();
            }
            else if (!TryAppend(builder.Fields[field], type.Children[field].Type, ref reader, text))
            {
                return false;
            }
        }

        foreach (ColumnBuilder field in builder.Fields)
        {
            if (field.Length == row)
            {
                field.AppendNull();
            }
        }

        builder.AppendRow();
        return true;
    }

    private static bool TryAppendText(BinaryBuilder builder, DataType type, ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (reader.TokenType == JsonTokenType.String && type.Id != TypeId.Json)
        {
            AppendString(builder, ref reader);
            return true;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        builder.Append(text[start..(int)reader.BytesConsumed]);
        return true;
    }

    private static void AppendString(BinaryBuilder builder, ref Utf8JsonReader reader)
    {
        Span<byte> target = builder.GetSpan(reader.ValueSpan.Length);
        builder.Commit(reader.CopyString(target));
    }

    private static int FieldOf(DataType type, ref Utf8JsonReader reader)
    {
        for (int i = 0; i < type.Children.Count; i++)
        {
            if (reader.ValueTextEquals(type.Children[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Shown(ReadOnlySpan<byte> text)
        => text.Length <= ShownBytes ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..ShownBytes]) + "…";
}
