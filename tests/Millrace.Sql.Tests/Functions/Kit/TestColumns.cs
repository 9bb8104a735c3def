using System.Globalization;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Tests.Functions;

/// <summary>A value of a given type for a call; the .NET value as <see cref="TestColumns"/> takes it.</summary>
public sealed record Typed(DataType Type, object? Value);

/// <summary>JSON text for a call.</summary>
public sealed record JsonText(string Text);

/// <summary>Columns from plain values: texts as strings, arrays and structs as object arrays, maps as arrays of pairs.</summary>
public static class TestColumns
{
    public static Column Make(DataType type, params object?[] values)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, values.Length);
        foreach (object? value in values)
        {
            Append(builder, value);
        }

        return builder.Build();
    }

    /// <summary>The value as printed.</summary>
    public static string Print(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return "NULL";
        }

        using Column one = column.Slice(row, 1);
        using Column text = Cast.To(one, DataType.Utf8).Column;
        return ((BinaryColumn)text).GetString(0);
    }

    public static DataType TypeOf(object? value) => value switch
    {
        Typed typed => typed.Type,
        string => DataType.Utf8,
        JsonText => DataType.Json,
        byte[] => DataType.Binary,
        bool => DataType.Boolean,
        int => DataType.Int32,
        long => DataType.Int64,
        double => DataType.Float64,
        DateOnly => DataType.Date,
        TimeOnly => DataType.Time(),
        DateTime => DataType.Timestamp(),
        DateTimeOffset => DataType.Timestamp(timeZone: "UTC"),
        Interval => DataType.Interval,
        object?[] items => DataType.List(TypeOf(items.First(i => i is not null))),
        _ => throw new ArgumentException($"No type for {value}."),
    };

    private static void Append(ColumnBuilder builder, object? value)
    {
        switch (builder, value is Typed typed ? typed.Value : value)
        {
            case (_, null):
                builder.AppendNull();
                break;
            case (BinaryBuilder bytes, byte[] given):
                bytes.Append(given);
                break;
            case (BinaryBuilder text, JsonText given):
                text.Append(given.Text);
                break;
            case (BinaryBuilder text, string given):
                text.Append(given);
                break;
            case (BooleanBuilder booleans, bool given):
                booleans.Append(given);
                break;
            case (FixedBuilder<long> longs, long given):
                longs.Append(given);
                break;
            case (FixedBuilder<Interval> intervals, Interval given):
                intervals.Append(given);
                break;
            case (ListBuilder list, object?[] items):
                foreach (object? item in items)
                {
                    Append(list.Items, item);
                }

                list.AppendRow();
                break;
            case (StructBuilder fields, object?[] items):
                for (int i = 0; i < items.Length; i++)
                {
                    Append(fields.Fields[i], items[i]);
                }

                fields.AppendRow();
                break;
            case (_, object other):
                AppendText(builder, other switch
                {
                    DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    TimeOnly time => time.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
                    DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
                    DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
                    _ => Convert.ToString(other, CultureInfo.InvariantCulture)!,
                });
                break;
        }
    }

    private static void AppendText(ColumnBuilder builder, string text)
    {
        using var one = new BinaryBuilder(DataType.Utf8, 1);
        one.Append(Encoding.UTF8.GetBytes(text));
        using Column source = one.Build();
        CastResult cast = Cast.To(source, builder.Type);
        Assert.Empty(cast.Failures);
        builder.AppendRange(cast.Column, 0, 1);
        cast.Column.Dispose();
    }
}
