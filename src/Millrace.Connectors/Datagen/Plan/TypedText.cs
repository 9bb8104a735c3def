using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Reads values that options give as text.</summary>
internal static class TypedText
{
    /// <summary>The texts as a column of a type, which the caller owns. A text that is absent is null.</summary>
    public static Column Read(NamedField field, DataType type, IReadOnlyList<string?> texts)
    {
        using var builder = new BinaryBuilder(DataType.Utf8, texts.Count);
        foreach (string? text in texts)
        {
            if (text is null)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(text);
            }
        }

        using Column written = builder.Build();
        if (type.Equals(DataType.Utf8))
        {
            return written.Share();
        }

        if (!Cast.IsPossible(DataType.Utf8, type))
        {
            throw DatagenErrors.Field(field.Column, $"is of type {type}, which cannot be written as text", field.Place);
        }

        CastResult cast = Cast.To(written, type);
        if (cast.Failures is [var failure, ..])
        {
            cast.Column.Dispose();
            throw DatagenErrors.Field(field.Column, $"is of type {type}, and '{texts[failure.Row]}' is no such value: {failure.Message.TrimEnd('.')}", field.Place);
        }

        return cast.Column;
    }

    /// <summary>A text as what the type stores: units of dates, times and decimals, or the number itself.</summary>
    public static Int128 Units(NamedField field, DataType type, string text)
    {
        using Column column = Read(field, type, [text]);
        return column switch
        {
            FixedColumn<sbyte> c => c.Values[0],
            FixedColumn<short> c => c.Values[0],
            FixedColumn<int> c => c.Values[0],
            FixedColumn<long> c => c.Values[0],
            FixedColumn<byte> c => c.Values[0],
            FixedColumn<ushort> c => c.Values[0],
            FixedColumn<uint> c => c.Values[0],
            FixedColumn<ulong> c => c.Values[0],
            FixedColumn<Int128> c => c.Values[0],
            _ => throw DatagenErrors.Field(field.Column, $"is of type {type}, which has no range of values", field.Place),
        };
    }

    /// <summary>A text as a number with a fraction.</summary>
    public static double Number(NamedField field, string text)
    {
        using Column column = Read(field, DataType.Float64, [text]);
        return Finite(field, ((FixedColumn<double>)column).Values[0]);
    }

    /// <summary>A number that arithmetic can be done with.</summary>
    public static double Finite(NamedField field, double value)
        => double.IsFinite(value) ? value : throw DatagenErrors.Field(field.Column, $"has the option {value}, which is no finite number", field.Place);
}
