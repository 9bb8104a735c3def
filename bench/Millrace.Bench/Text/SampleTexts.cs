using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Bench.Text;

/// <summary>Texts of values as files hold them.</summary>
internal static class SampleTexts
{
    public const int Rows = RecordBatch.DefaultRows;

    public static BinaryColumn Of(Func<Random, IFormattable> value, string? format = null)
    {
        var random = new Random(1);
        using var builder = new BinaryBuilder(DataType.Utf8, Rows);
        for (int i = 0; i < Rows; i++)
        {
            builder.Append(value(random).ToString(format, CultureInfo.InvariantCulture));
        }

        return (BinaryColumn)builder.Build();
    }

    public static BinaryColumn Integers() => Of(r => r.NextInt64(1L << r.Next(2, 40)));

    public static BinaryColumn Doubles() => Of(r => r.NextDouble() * 1000);

    public static BinaryColumn Prices() => Of(r => Math.Round((decimal)r.NextDouble() * 1000, 2));

    public static BinaryColumn Dates() => Of(r => new DateOnly(1970, 1, 1).AddDays(r.Next(20_000)), "yyyy-MM-dd");

    public static BinaryColumn Timestamps() => Of(r => new DateTime(1970, 1, 1).AddSeconds(r.Next()).AddMilliseconds(r.Next(1000)), "yyyy-MM-ddTHH:mm:ss.fff");
}
